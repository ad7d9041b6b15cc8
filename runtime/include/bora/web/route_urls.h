#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include <bora/web/url_argument.h>

// The types of the objects in a generated routes.h, which are called like functions:
// `route::entry(7)`. (A compiler needs time for each function, and a program may have thousands of
// routes.)

namespace bora::web {

class RouteTable;

namespace detail {
[[nodiscard]] std::string url_of_route(const RouteTable& table, std::uint32_t route,
                                       std::initializer_list<URLArgument> arguments);
}

/// The address of a route without captures: `route::home()`.
struct FixedURL {
  const char* text;
  std::uint32_t size;

  [[nodiscard]] std::string_view operator()() const noexcept { return {text, size}; }
};

/// The address of a route with captures of these types: `route::entry(7, "a title")`.
template <class... Values>
struct URLTo {
  const RouteTable* table;
  std::uint32_t route;

  /// @throws std::invalid_argument  As reverse_url() in <bora/web/route_table.h>.
  [[nodiscard]] std::string operator()(Values... values) const {
    return detail::url_of_route(*table, route, {values...});
  }
};

/// The same for a route whose last capture may be missing: `route::pages()`, `route::pages(2)`.
template <class Optional, class... Values>
struct URLToOptional {
  const RouteTable* table;
  std::uint32_t route;

  /// @throws std::invalid_argument  As reverse_url() in <bora/web/route_table.h>.
  [[nodiscard]] std::string operator()(Values... values, Optional last = {}) const {
    return detail::url_of_route(*table, route, {values..., last});
  }
};

}  // namespace bora::web
