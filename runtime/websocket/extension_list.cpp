#include "runtime/websocket/extension_list.h"

#include <cstddef>
#include <utility>

#include "runtime/http/characters.h"

namespace bora::websocket {

namespace {

// A field has at most so many elements: nobody needs more, and each one costs time and memory.
constexpr std::size_t kMaxElements = 64;

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  [[nodiscard]] bool is_at_end() const { return at_ == text_.size(); }
  // True, and past it, if `c` comes next, blanks around it or not.
  bool take(char c) {
    skip_blanks();
    if (is_at_end() || text_[at_] != c) return false;
    ++at_;
    skip_blanks();
    return true;
  }
  // Empty: there is none.
  std::string_view token() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && http::is_token_character(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  // RFC 6455, 9.1: a quoted value must be a token when the quotes are off.
  std::optional<std::string> value() {
    if (is_at_end() || text_[at_] != '"') {
      const std::string_view plain = token();
      if (plain.empty()) return std::nullopt;
      return std::string(plain);
    }
    std::string result;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && ++at_ == text_.size()) return std::nullopt;
      if (!http::is_token_character(text_[at_])) return std::nullopt;
      result.push_back(text_[at_]);
    }
    if (is_at_end() || result.empty()) return std::nullopt;
    ++at_;
    return result;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = http::to_lower(c);
  return result;
}

}  // namespace

std::optional<std::vector<Extension>> parse_extensions(std::string_view field) {
  std::vector<Extension> result;
  Scanner scanner(field);
  std::size_t parameters = 0;
  scanner.skip_blanks();
  while (!scanner.is_at_end()) {
    if (scanner.take(',')) continue;
    const std::string_view name = scanner.token();
    if (name.empty() || result.size() == kMaxElements) return std::nullopt;
    Extension& extension = result.emplace_back();
    extension.name = lower(name);
    while (scanner.take(';')) {
      const std::string_view parameter = scanner.token();
      if (parameter.empty() || ++parameters > kMaxElements) return std::nullopt;
      std::optional<std::string> value;
      if (scanner.take('=')) {
        value = scanner.value();
        if (!value) return std::nullopt;
      }
      extension.parameters.push_back({lower(parameter), std::move(value)});
    }
    scanner.skip_blanks();
    if (!scanner.is_at_end() && !scanner.take(',')) return std::nullopt;
  }
  return result;
}

std::optional<std::vector<std::string>> parse_tokens(std::string_view field) {
  std::vector<std::string> result;
  Scanner scanner(field);
  scanner.skip_blanks();
  while (!scanner.is_at_end()) {
    if (scanner.take(',')) continue;
    const std::string_view token = scanner.token();
    if (token.empty() || result.size() == kMaxElements) return std::nullopt;
    result.emplace_back(token);
    scanner.skip_blanks();
    if (!scanner.is_at_end() && !scanner.take(',')) return std::nullopt;
  }
  return result;
}

}  // namespace bora::websocket
