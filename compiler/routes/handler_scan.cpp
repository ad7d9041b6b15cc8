#include "compiler/routes/handler_scan.h"

#include <algorithm>
#include <set>
#include <utility>

#include "templates-lang/characters.h"

namespace bora::compiler {
namespace {

/// Returns names and single other characters; skips comments and literals.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {}

  /// The result is empty at the end.
  std::string_view next() {
    skip_space();
    if (at_ >= text_.size()) return {};
    const std::size_t begin = at_;
    while (at_ < text_.size() && lang::is_word_byte(text_[at_])) ++at_;
    if (at_ == begin) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  [[nodiscard]] std::uint32_t line() const {
    return static_cast<std::uint32_t>(std::count(text_.begin(), text_.begin() + offset(), '\n')) +
           1;
  }

 private:
  [[nodiscard]] std::ptrdiff_t offset() const { return static_cast<std::ptrdiff_t>(at_); }

  void skip_space() {
    while (at_ < text_.size()) {
      const std::string_view rest = text_.substr(at_);
      if (lang::is_blank(rest.front())) {
        ++at_;
      } else if (rest.starts_with("//")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (rest.starts_with("/*")) {
        const std::size_t end = text_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? text_.size() : end + 2;
      } else if (rest.front() == '"' || rest.front() == '\'') {
        skip_literal(rest.front());
      } else {
        return;
      }
    }
  }

  void skip_literal(char quote) {
    for (++at_; at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool is_name(std::string_view token) {
  return !token.empty() && lang::is_word_byte(token.front()) && !lang::is_digit(token.front());
}

/// Reads the bases between the colon and the brace, and returns the last name of each.
std::vector<std::string> read_bases(Tokens& tokens) {
  std::vector<std::string> bases;
  std::string last;
  for (std::string_view token = tokens.next(); !token.empty() && token != ";";
       token = tokens.next()) {
    if (is_name(token)) last = token;
    if (token != "," && token != "{") continue;
    bases.push_back(std::move(last));
    last.clear();
    if (token == "{") return bases;
  }
  return {};
}

}  // namespace

void find_classes(const std::string& file, std::string_view text,
                  std::vector<ClassDefinition>& classes) {
  Tokens tokens(text);
  for (std::string_view token = tokens.next(); !token.empty(); token = tokens.next()) {
    if (token != "class" && token != "struct") continue;
    ClassDefinition found;
    found.file = file;
    token = tokens.next();
    if (!is_name(token)) continue;
    found.name = token;
    found.line = tokens.line();
    token = tokens.next();
    if (token == "final") token = tokens.next();
    if (token == ":") found.bases = read_bases(tokens);
    if (!found.bases.empty()) classes.push_back(std::move(found));
  }
}

std::vector<ClassDefinition> unused_handlers(const RouteManifest& manifest,
                                             const std::vector<ClassDefinition>& classes) {
  std::set<std::string> handlers = {"RequestHandler", "WebSocketHandler"};
  std::set<std::string> used;
  const auto use = [&used](const std::string& name) {
    used.insert(name.substr(name.find_last_of(':') + 1));
  };
  for (const Route& route : manifest.routes) use(route.handler.text);
  use(manifest.error_handler.text);
  for (const ClassDefinition& found : classes)
    for (const std::string& base : found.bases) used.insert(base);
  for (bool has_grown = true; has_grown;) {
    has_grown = false;
    for (const ClassDefinition& found : classes) {
      const bool derives = std::ranges::any_of(
          found.bases, [&handlers](const std::string& base) { return handlers.contains(base); });
      if (derives) has_grown = handlers.insert(found.name).second || has_grown;
    }
  }
  std::vector<ClassDefinition> unused;
  for (const ClassDefinition& found : classes) {
    if (handlers.contains(found.name) && !used.contains(found.name)) unused.push_back(found);
  }
  return unused;
}

}  // namespace bora::compiler
