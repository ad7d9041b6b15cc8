// Reads the simple forms of expressions. Everything else counts as `inner`.

#include "compiler/codegen/temporaries.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "templates-lang/cpp_scanner.h"

namespace bora::compiler {
namespace {

using lang::CppToken;

constexpr auto kBinaryOperators =
    std::to_array<std::string_view>({"!=", "%",   "&",      "&&",    "*",  "+",   "-", "/",
                                     "<",  "<=",  "<=>",    "==",    ">",  ">=",  "?", ":",
                                     "^",  "and", "bitand", "bitor", "or", "xor", "|", "||"});

class Reader {
 public:
  Reader(std::string_view text, lang::Span span)
      : text_(text), tokens_(lang::scan_cpp(text, span)) {}

  Temporaries read() {
    if (tokens_.empty()) return Temporaries::none;
    if (word() == "{") return list();
    Temporaries most = operand();
    bool is_single = true;
    while (most != Temporaries::inner && !at_end()) {
      if (!is_binary_operator(word())) return Temporaries::inner;
      ++at_;
      is_single = false;
      // The value of a call between operators is destroyed at the end of the expression.
      if (most > Temporaries::none || operand() > Temporaries::none) return Temporaries::inner;
    }
    return is_single ? most : std::max(most, Temporaries::result);
  }

 private:
  [[nodiscard]] bool at_end() const { return at_ >= tokens_.size(); }
  [[nodiscard]] std::string_view word(std::size_t ahead = 0) const {
    if (at_ + ahead >= tokens_.size()) return {};
    const lang::Span span = tokens_[at_ + ahead].span;
    return text_.substr(span.begin, span.size());
  }
  [[nodiscard]] bool is_name() const {
    if (at_end() || tokens_[at_].kind != CppToken::Kind::identifier) return false;
    return !lang::is_cpp_keyword(word()) || word() == "this";
  }
  static bool is_binary_operator(std::string_view word) {
    return std::ranges::find(kBinaryOperators, word) != kBinaryOperators.end();
  }
  bool skip(std::string_view wanted) {
    if (word() != wanted) return false;
    ++at_;
    return true;
  }

  // `{1, name}`: as good as its elements are.
  Temporaries list() {
    ++at_;
    while (!at_end() && word() != "}") {
      if (operand() != Temporaries::none) return Temporaries::inner;
      if (word() != "}" && !skip(",")) return Temporaries::inner;
    }
    ++at_;
    return at_ == tokens_.size() ? Temporaries::none : Temporaries::inner;
  }

  Temporaries operand() {
    if (skip_literal()) return Temporaries::none;
    if (word() == "-" || word() == "!" || word() == "not" || word() == "+") {
      ++at_;
      return skip_literal() || path() == Temporaries::none ? Temporaries::none : Temporaries::inner;
    }
    if (word() == "*" || word() == "&") {
      ++at_;
      return path() == Temporaries::none ? Temporaries::none : Temporaries::inner;
    }
    return path();
  }

  // Skips a literal of the language itself. What a user's own suffix makes is not known.
  bool skip_literal() {
    if (at_end()) return false;
    const std::string_view literal = word();
    switch (tokens_[at_].kind) {
      case CppToken::Kind::number:
        if (literal.find('_') != std::string_view::npos) return false;
        break;
      case CppToken::Kind::string:
      case CppToken::Kind::raw_string:
        if (literal.back() != '"') return false;
        while (at_ + 1 < tokens_.size() && tokens_[at_ + 1].kind == CppToken::Kind::string) ++at_;
        if (word().back() != '"') return false;
        break;
      case CppToken::Kind::character:
        if (literal.back() != '\'') return false;
        break;
      case CppToken::Kind::identifier:
        if (literal != "true" && literal != "false" && literal != "nullptr") return false;
        break;
      default:
        return false;
    }
    ++at_;
    return true;
  }

  // `shop::tea.name`, `post->title()`, `rows[i].name`, `find(id)`
  Temporaries path() {
    skip("::");
    if (!is_name()) return Temporaries::inner;
    ++at_;
    Temporaries most = Temporaries::none;
    while (!at_end()) {
      if (word() == "::" || word() == "." || word() == "->") {
        // A member of a temporary object lives as long as the object; what a pointer refers to may
        // not.
        if (most != Temporaries::none && word() != ".") return Temporaries::inner;
        ++at_;
        if (!is_name()) return Temporaries::inner;
        ++at_;
      } else if (word() == "[" || word() == "(") {
        if (most != Temporaries::none) return Temporaries::inner;
        most = brackets(word() == "[" ? "]" : ")");
      } else {
        break;
      }
    }
    return most;
  }

  // An index, or the arguments of a call.
  Temporaries brackets(std::string_view closer) {
    ++at_;
    if (skip(closer)) return Temporaries::result;
    while (true) {
      if (operand() != Temporaries::none) return Temporaries::inner;
      if (skip(closer)) return closer == "]" ? Temporaries::result : Temporaries::arguments;
      if (!skip(",")) return Temporaries::inner;
    }
  }

  std::string_view text_;
  std::vector<CppToken> tokens_;
  std::size_t at_ = 0;
};

}  // namespace

Temporaries temporaries_of(std::string_view text, lang::Span span) {
  return Reader(text, span).read();
}

// An assignment has only a name before its '='; a declaration also has a type.
std::optional<lang::Span> declared_value(std::string_view text, lang::Span condition) {
  const std::vector<CppToken> tokens = lang::scan_cpp(text, condition);
  const auto word = [&](std::size_t i) {
    return text.substr(tokens[i].span.begin, tokens[i].span.size());
  };
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (word(i) == "(" || word(i) == "[" || word(i) == ";") return {};
    if (word(i) != "=") continue;
    const bool is_declared = i >= 2 && tokens[i - 1].kind == CppToken::Kind::identifier &&
                             word(i - 2) != "." && word(i - 2) != "->" && word(i - 2) != "::";
    if (!is_declared) return {};
    return lang::Span{tokens[i + 1].span.begin, tokens.back().span.end};
  }
  return {};
}

}  // namespace bora::compiler
