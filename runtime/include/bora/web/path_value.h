#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bora::web {

/// How a type of the program's own stands in a path: what `[converters] price = "shop::Price"` in
/// routes.toml makes of `{x:price}`. Unless it is specialised, it asks the type itself:
///
///     struct Price {
///       static std::optional<Price> parse(std::string_view text);
///       static std::string format(const Price& price);
///     };
///
/// Specialise it for a type that can't be changed. `parse` gets one segment, percent-decoded and
/// not empty, while a path is matched and again before the handler is called; what it refuses is
/// matched by other routes. It must say the same each time, whatever else happens in the program,
/// and be callable from any thread; an exception counts as a refusal. `format` writes what `parse`
/// reads.
template <class T>
struct PathValue {
  using bora_asks_the_type = void;
  static std::optional<T> parse(std::string_view text) { return T::parse(text); }
  static std::string format(const T& value) { return T::format(value); }
};

namespace detail {

template <class T>
bool is_path_value(std::string_view segment) noexcept {
  try {
    return PathValue<T>::parse(segment).has_value();
  } catch (...) {
    return false;
  }
}

}  // namespace detail
}  // namespace bora::web
