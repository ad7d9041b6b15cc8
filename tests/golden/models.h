#pragma once

// What the golden templates show.

#include <map>
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

}  // namespace shop
