#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <bora/render/page_writer.h>

// The sinks of `{{ value }}`: one object for each way of escaping, which generated code calls like
// a function, so that the call is as wide as the two braces.

namespace bora::render {

namespace detail {

void to_string() = delete;  // so that only the one beside the value's type is found

// These are constants rather than concepts: for a constant that is false, compilers say just that,
// but for a concept they list its parts, a page for each value that can't be printed.
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
inline constexpr bool is_text = !is_number<T> && !std::is_null_pointer_v<T> &&
                                std::is_convertible_v<const T&, std::string_view>;

template <class T>
inline constexpr bool has_to_string =
    requires(const T& value) { static_cast<std::string_view>(to_string(value)); };

// Types such as an element of std::vector<bool>: std::to_string(int) would make it 1 or 0.
template <class T>
inline constexpr bool is_like_bool = requires(const T& value) {
  value.operator bool();
  requires std::is_convertible_v<const T&, bool>;
};

// Whether T is render::Markup, whose header not every unit needs.
template <class T>
inline constexpr bool is_markup = requires { typename T::bora_markup; };

template <class T>
inline constexpr bool is_printable =
    is_number<T> || is_text<T> || has_to_string<T> || is_like_bool<T>;

}  // namespace detail

/// Types that `{{ }}` can print: numbers, bool, char, everything that converts to std::string_view,
/// and types with a function `to_string(value)` in their own namespace that returns a string.
template <class T>
concept Printable = detail::is_printable<T>;

/// The name of this type is the compiler's message for a value that can't be printed.
struct define_a_function_to_string_for_this_type {};

namespace detail {

enum class Escaping { html, text, none };  // text escapes a Markup too

// Each operator calls the Output directly: a page has hundreds of these calls, and every function
// in between would be inlined once more for each of them.
template <Escaping escaping>
class Sink {
 public:
  BORA_IN_PLACE explicit constexpr Sink(PageWriter& out) : out_(out) {}

  // The argument is passed by value, so that a static constant of a class, which may have no
  // address, can be printed.
  template <class T>
    requires(is_number<T>)
  BORA_IN_PLACE void operator()(T value) const {
    if constexpr (std::is_same_v<T, char>) {
      put(std::string_view(&value, 1));
    } else if constexpr (std::is_same_v<T, bool>) {
      put_bool(value);
    } else if constexpr (std::is_same_v<T, float>) {
      out_.append_float(value);
    } else if constexpr (std::is_floating_point_v<T>) {
      out_.append_float(static_cast<double>(value));
    } else if constexpr (std::is_signed_v<T>) {
      out_.append_integer(value);
    } else {
      out_.append_unsigned(value);
    }
  }

  template <class T>
    requires(!is_number<T> && is_printable<T>)
  BORA_IN_PLACE void operator()(const T& value) const {
    if constexpr (is_text<T> && std::is_pointer_v<T>) {
      if (value != nullptr) put(value);
    } else if constexpr (is_markup<T> && escaping != Escaping::text) {
      out_.append(static_cast<std::string_view>(value));
    } else if constexpr (is_text<T> && escaping != Escaping::none) {
      out_.append_escaped(value);
    } else if constexpr (is_text<T>) {
      out_.append(static_cast<std::string_view>(value));
    } else if constexpr (is_like_bool<T>) {
      put_bool(static_cast<bool>(value));
    } else {
      const auto& text = to_string(value);
      put(static_cast<std::string_view>(text));
    }
  }

  // It is deleted rather than absent: compilers then report the call, in the template's own line.
  template <class T>
    requires(!is_printable<T>)
  void operator()(const T& value, define_a_function_to_string_for_this_type = {}) const = delete;

 private:
  BORA_IN_PLACE void put(std::string_view text) const {
    if constexpr (escaping != Escaping::none) {
      out_.append_escaped(text);
    } else {
      out_.append(text);
    }
  }
  BORA_IN_PLACE void put_bool(bool value) const {
    out_.append(value ? std::string_view("true") : std::string_view("false"));
  }

  PageWriter& out_;
};

}  // namespace detail

/// The sink of `{{ value }}` in HTML text, and under `{% autoescape xhtml_escape %}`.
using Escaped = detail::Sink<detail::Escaping::html>;
/// The sink of `{{ value }}` in the value of an attribute, a title or a textarea.
using EscapedText = detail::Sink<detail::Escaping::text>;
/// The sink of `{% raw value %}`, and of `{{ value }}` under `{% autoescape None %}`.
using Raw = detail::Sink<detail::Escaping::none>;

/// The name of this type is the compiler's message for a value that the file's own function,
/// `{% autoescape function %}`, does not accept: neither the value itself nor its text.
struct the_function_of_autoescape_does_not_take_this {};

namespace detail {

// The text of a value, for functions that take no other.
template <class T>
class TextOf {
 public:
  explicit TextOf(const T& value) {
    PageWriter writer(out_, 0);
    Raw{writer}(value);
    writer.finish();
  }
  [[nodiscard]] std::string_view text() const { return out_.text(); }

 private:
  Output out_;
};

}  // namespace detail

/// The sink of `{{ value }}` under `{% autoescape function %}`: the result of the function, for the
/// value or else for its text, is written as it is.
template <class Function>
class EscapedBy {
 public:
  template <class T>
  static constexpr bool takes =
      requires(const Function& function, const T& value) { function(value); };

  constexpr EscapedBy(PageWriter& out, Function function) : out_(out), function_(function) {}

  template <class T>
    requires(takes<T> || (Printable<T> && takes<std::string_view>))
  void operator()(const T& value) const {
    if constexpr (takes<T>) {
      Raw{out_}(function_(value));
    } else {
      Raw{out_}(function_(detail::TextOf<T>(value).text()));
    }
  }

  template <class T>
    requires(!takes<T> && !(Printable<T> && takes<std::string_view>))
  void operator()(const T& value,
                  the_function_of_autoescape_does_not_take_this = {}) const = delete;

 private:
  PageWriter& out_;
  Function function_;
};

}  // namespace bora::render
