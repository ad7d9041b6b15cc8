#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <bora/web/path_value.h>

// Converts the text of an argument into a value of the type that a handler asks for.

namespace bora::web::detail {

template <class T>
inline constexpr bool is_optional_argument = false;
template <class T>
inline constexpr bool is_optional_argument<std::optional<T>> = true;

// Each of these throws BadArgumentError, which names the argument.
std::int64_t signed_value(std::string_view name, std::string_view text, std::int64_t min,
                          std::int64_t max);
std::uint64_t unsigned_value(std::string_view name, std::string_view text, std::uint64_t max);
double real_value(std::string_view name, std::string_view text);
bool bool_value(std::string_view name, std::string_view text);
[[noreturn]] void refuse_argument(std::string_view name, std::string_view text);

/// Whether PathValue is specialised for T, or T has the function that PathValue asks for.
template <class T>
concept HasPathValue =
    !requires { typename PathValue<T>::bora_asks_the_type; } || requires(std::string_view text) {
      { T::parse(text) } -> std::convertible_to<std::optional<T>>;
    };
template <class T>
inline constexpr bool is_argument_type =
    (std::is_integral_v<T> && !std::is_same_v<T, char>) || std::is_floating_point_v<T> ||
    std::is_same_v<T, std::string> || HasPathValue<T>;

template <class T>
T parse_argument(std::string_view name, std::string_view text) {
  static_assert(is_argument_type<T>,
                "an argument is an integer, a floating-point number, a bool, a std::string, or a "
                "type with a static parse(std::string_view) as PathValue has it; std::optional of "
                "these is asked for without a default");
  if constexpr (std::is_same_v<T, bool>) {
    return bool_value(name, text);
  } else if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(real_value(name, text));
  } else if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
    return static_cast<T>(
        signed_value(name, text, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(unsigned_value(name, text, std::numeric_limits<T>::max()));
  } else if constexpr (std::is_same_v<T, std::string>) {
    return std::string(text);
  } else if constexpr (HasPathValue<T>) {
    std::optional<T> value = PathValue<T>::parse(text);
    if (!value) refuse_argument(name, text);
    return *std::move(value);
  }
}

}  // namespace bora::web::detail
