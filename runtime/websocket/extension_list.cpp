#include "runtime/websocket/extension_list.h"

#include <cstddef>
#include <utility>

#include "runtime/text/fields.h"

namespace bora::websocket {

namespace {

// A field has at most this many elements: nobody needs more, and each one costs time and memory.
constexpr std::size_t kMaxElements = 64;

class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  void skip_blanks() {
    while (!rest_.empty() && text::is_blank(rest_.front())) rest_.remove_prefix(1);
  }
  [[nodiscard]] bool is_at_end() const { return rest_.empty(); }
  // If `c` comes next, with or without blanks around it, skips it and returns true.
  bool take(char c) {
    skip_blanks();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    skip_blanks();
    return true;
  }
  // Returns an empty text if there is none.
  std::string_view token() { return text::take_token(rest_); }
  // RFC 6455, 9.1: a quoted value must be a token when the quotes are off.
  std::optional<std::string> value() {
    std::optional<std::string> result =
        rest_.starts_with('"') ? text::take_quoted_string(rest_) : std::string(token());
    if (!result || !text::is_token(*result)) return std::nullopt;
    return result;
  }

 private:
  std::string_view rest_;
};

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
    extension.name = text::lowered(name);
    while (scanner.take(';')) {
      const std::string_view parameter = scanner.token();
      if (parameter.empty() || ++parameters > kMaxElements) return std::nullopt;
      std::optional<std::string> value;
      if (scanner.take('=')) {
        value = scanner.value();
        if (!value) return std::nullopt;
      }
      extension.parameters.push_back({text::lowered(parameter), std::move(value)});
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
