#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

#include <bora/web/filter.h>
#include <bora/web/route_table.h>

namespace bora::web {

/// A filter of any kind, for routes that are written in C++ and for Settings::filters. It is made
/// of a function or an object, which it keeps.
class AnyFilter {
 public:
  template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, AnyFilter>)
  AnyFilter(F&& filter) {  // NOLINT: meant to be implicit
    using Kept = std::decay_t<F>;
    static_assert(detail::FiltersAround<Kept> || detail::FiltersBefore<Kept>,
                  "a filter takes a RequestHandler&, or that and a Next, and returns void or "
                  "bora::Task<void>; with a Next it returns bora::Task<void>");
    auto kept = std::make_shared<Kept>(std::forward<F>(filter));
    call_ = [](RequestHandler& handler, void* object) {
      return detail::call_filter(*static_cast<Kept*>(object), handler);
    };
    if constexpr (detail::FiltersEarly<Kept>) {
      early_ = [](http::HTTPServerRequest& request, void* object) {
        static_cast<Kept*>(object)->begin(request);
      };
    }
    object_ = std::move(kept);
  }

  /// The filter as a table's entry, for a table that keeps this object, or a copy of it, as long as
  /// it lives.
  [[nodiscard]] Filter entry() const { return {call_, early_, object_.get()}; }

 private:
  std::shared_ptr<void> object_;
  Filter::ObjectCall call_ = nullptr;
  Filter::Early early_ = nullptr;
};

}  // namespace bora::web
