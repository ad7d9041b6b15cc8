#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace bora::web {

/// One value for a parameter of a pattern: a number, a bool or text. For the optional parameter at
/// the end it may also be a std::optional of these, which may be empty.
class URLArgument {
 public:
  template <class Number>
    requires std::is_arithmetic_v<Number>
  URLArgument(Number value) {
    if constexpr (std::is_same_v<Number, bool>) {
      kind_ = Kind::boolean;
      magnitude_ = value ? 1 : 0;
    } else if constexpr (std::is_integral_v<Number>) {
      kind_ = Kind::integer;
      is_negative_ = value < 0;
      magnitude_ =
          is_negative_ ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    } else {
      kind_ = Kind::real;
      real_ = static_cast<double>(value);
    }
  }
  URLArgument(std::string_view text) : text_(text) {}
  URLArgument(const std::string& text) : text_(text) {}
  URLArgument(const char* text) : text_(text) {}
  URLArgument(std::nullopt_t) : kind_(Kind::missing) {}
  template <class Value>
  URLArgument(const std::optional<Value>& value)
      : URLArgument(value ? URLArgument(*value) : URLArgument(std::nullopt)) {}

 private:
  friend class URLMaker;
  enum class Kind : std::uint8_t { text, integer, real, boolean, missing };

  std::string_view text_;
  std::uint64_t magnitude_ = 0;
  double real_ = 0;
  Kind kind_ = Kind::text;
  bool is_negative_ = false;
};

}  // namespace bora::web
