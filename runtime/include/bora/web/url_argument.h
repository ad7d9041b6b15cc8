#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace bora::web {

/// One value for a parameter of a pattern: any integer or text.
class URLArgument {
 public:
  template <class Integer>
    requires(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>)
  URLArgument(Integer value) : is_integer_(true), is_negative_(value < 0) {
    magnitude_ =
        is_negative_ ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  }
  URLArgument(std::string_view text) : text_(text) {}
  URLArgument(const std::string& text) : text_(text) {}
  URLArgument(const char* text) : text_(text) {}

 private:
  friend class URLMaker;

  std::string_view text_;
  std::uint64_t magnitude_ = 0;
  bool is_integer_ = false;
  bool is_negative_ = false;
};

}  // namespace bora::web
