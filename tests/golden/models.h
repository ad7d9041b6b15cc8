#pragma once

// What the golden templates show.

#include <cctype>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shop {

struct Item {
  std::string name;
  int price = 0;
  bool sold = false;
};

enum class Mood { calm, wild };
inline std::string_view to_string(Mood mood) {
  return mood == Mood::calm ? "calm" : "<wild>";
}

inline std::string shorten(std::string_view text, std::size_t size = 3) {
  return std::string(text.substr(0, size)) + (text.size() > size ? "…" : "");
}

inline std::pair<int, std::string_view> best() {
  return {7, "seven"};
}

inline int positive(int number) {
  if (number < 0) throw std::runtime_error("negative");
  return number;
}

inline std::string upper(const std::string& text) {
  std::string result;
  for (const char c : text) {
    result += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return result;
}

inline std::string twice(std::string_view text) {
  return std::string(text) + std::string(text);
}

}  // namespace shop
