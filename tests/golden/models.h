#pragma once

// The data of the golden templates.

#include <algorithm>
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

// An object that is made at each call, and that reports a use after its end.
class Ledger {
 public:
  Ledger() = default;
  Ledger(const Ledger&) = default;
  Ledger& operator=(const Ledger&) = delete;
  ~Ledger() {
    for (std::string& line : lines_) line.assign(line.size(), '?');
    for (auto& [name, count] : counts_) count = -1;
    is_open_ = false;
  }

  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
  [[nodiscard]] const std::map<std::string, int>& counts() const { return counts_; }
  [[nodiscard]] std::string_view title() const { return lines_.front(); }
  [[nodiscard]] const bool& is_open() const { return is_open_; }

 private:
  std::vector<std::string> lines_{"tea, 2 boxes, for the shop in the harbour",
                                  "salt, 1 bag, for the baker at the corner"};
  std::map<std::string, int> counts_{{"salt", 1}, {"tea", 2}};
  bool is_open_ = true;
};
inline Ledger ledger() {
  return {};
}

inline std::string_view first_word(const std::string& text) {
  return std::string_view(text).substr(0, text.find(' '));
}

inline std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    result.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

}  // namespace shop
