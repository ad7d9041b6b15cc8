#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bora::web {

/// How a type of the program's own is read from and written to a path: for example
/// `[converters] price = "shop::Price"` in routes.toml, for `{x:price}`. Unless it is specialised,
/// it calls functions of the type itself:
///
///     struct Price {
///       static std::optional<Price> parse(std::string_view text);
///       static std::string format(const Price& price);
///     };
///
/// Specialise it for a type that can't be changed. `parse` gets one segment, percent-decoded and
/// not empty, while a path is matched and again before the handler is called; a segment that it
/// refuses may match other routes. It must give the same result each time and be callable from any
/// thread; an exception counts as a refusal. `format` writes the text that `parse` reads.
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
