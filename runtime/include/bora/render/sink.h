#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <bora/render/output.h>

// What `{{ value }}` calls: one object for each way of escaping, which generated code calls like a
// function, so that the call is as wide as the two braces.

namespace bora::render {

namespace detail {

void to_string() = delete;  // so that only the one beside the value's type is found

template <class T>
inline constexpr bool is_number = std::is_arithmetic_v<T>;
template <>
inline constexpr bool is_number<wchar_t> = false;
template <>
inline constexpr bool is_number<char8_t> = false;
template <>
inline constexpr bool is_number<char16_t> = false;
template <>
inline constexpr bool is_number<char32_t> = false;

template <class T>
concept Number = is_number<T>;

template <class T>
concept Text =
    !Number<T> && !std::is_null_pointer_v<T> && std::is_convertible_v<const T&, std::string_view>;

template <class T>
concept HasToString = requires(const T& value) { static_cast<std::string_view>(to_string(value)); };

// An element of std::vector<bool>, for one; std::to_string(int) would make it 1 or 0.
template <class T>
concept LikeBool = std::is_class_v<T> && requires(const T& value) {
  value.operator bool();
  requires std::is_convertible_v<const T&, bool>;
};

template <Number T>
void put_number(Output& out, T value) {
  if constexpr (std::is_same_v<T, bool>) {
    out.append(value ? std::string_view("true") : std::string_view("false"));
  } else if constexpr (std::is_same_v<T, float>) {
    out.append_float(value);
  } else if constexpr (std::is_floating_point_v<T>) {
    out.append_float(static_cast<double>(value));
  } else if constexpr (std::is_signed_v<T>) {
    out.append_integer(value);
  } else {
    out.append_unsigned(value);
  }
}

template <class T>
std::string_view text_of(const T& value) {
  if constexpr (std::is_pointer_v<T>) {
    if (value == nullptr) return {};
  }
  return value;
}

}  // namespace detail

/// What `{{ }}` can print: numbers, bool, char, whatever converts to std::string_view, and types
/// with a function `to_string(value)` in their own namespace that returns a string.
template <class T>
concept Printable =
    detail::Number<T> || detail::Text<T> || detail::HasToString<T> || detail::LikeBool<T>;

/// Stands in the signature that a compiler shows for a value that can't be printed.
struct define_a_function_to_string_for_this_type {};

namespace detail {

template <void (*put)(Output&, std::string_view)>
class Sink {
 public:
  explicit constexpr Sink(Output& out) : out_(out) {}

  // By value: a static constant of a class, which may have no address, can be printed.
  template <Number T>
  void operator()(T value) const {
    if constexpr (std::is_same_v<T, char>) {
      put(out_, std::string_view(&value, 1));
    } else {
      put_number(out_, value);
    }
  }

  template <class T>
    requires(Printable<T> && !Number<T>)
  void operator()(const T& value) const {
    if constexpr (Text<T>) {
      put(out_, text_of(value));
    } else if constexpr (LikeBool<T>) {
      put_number(out_, static_cast<bool>(value));
    } else {
      const auto& text = to_string(value);
      put(out_, static_cast<std::string_view>(text));
    }
  }

  // Deleted rather than absent: compilers then report the call, in the template's own line.
  template <class T>
    requires(!Printable<T>)
  void operator()(const T& value, define_a_function_to_string_for_this_type = {}) const = delete;

 private:
  Output& out_;
};

inline void put_escaped(Output& out, std::string_view text) {
  out.append_escaped(text);
}
inline void put_raw(Output& out, std::string_view text) {
  out.append(text);
}

}  // namespace detail

/// `{{ value }}` under `{% autoescape xhtml_escape %}`, the default.
using Escaped = detail::Sink<detail::put_escaped>;
/// `{% raw value %}`, and `{{ value }}` under `{% autoescape None %}`.
using Raw = detail::Sink<detail::put_raw>;

}  // namespace bora::render
