#include "templates-lang/messages.h"

#include <cstddef>
#include <utility>

#include "runtime/text/hex.h"
#include "runtime/text/utf8.h"
#include "templates-lang/characters.h"
#include "templates-lang/cpp_scanner.h"

namespace bora::lang {
namespace {

/// Decodes the escape whose backslash is directly before `at`, and moves `at` after it.
void append_escape(std::string& out, std::string_view text, std::size_t& at) {
  constexpr std::string_view kLetters = "abfnrtv";
  constexpr std::string_view kBytes = "\a\b\f\n\r\t\v";
  if (at >= text.size()) return;
  const char c = text[at++];
  if (const std::size_t letter = kLetters.find(c); letter != std::string_view::npos) {
    out += kBytes[letter];
    return;
  }
  const bool is_octal = c >= '0' && c <= '7';
  if (!is_octal && c != 'x' && c != 'u' && c != 'U') {
    out += c;
    return;
  }
  const std::size_t max_digits = is_octal ? 3 : c == 'u' ? 4 : c == 'U' ? 8 : 2;
  const int base = is_octal ? 8 : 16;
  if (is_octal) --at;
  std::uint32_t code = 0;
  for (std::size_t digits = 0; digits < max_digits && at < text.size(); ++digits, ++at) {
    const int digit = text::hex_value(text[at]);
    if (digit < 0 || digit >= base) break;
    code = code * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit);
  }
  if (c == 'u' || c == 'U') {
    text::append_utf8(out, code);
  } else {
    out += static_cast<char>(code);
  }
}

/// Returns the value of a string literal.
std::string literal_value(const CppToken& token, std::string_view text) {
  std::string_view literal = text.substr(token.span.begin, token.span.size());
  literal.remove_prefix(literal.find('"') + 1);
  literal = literal.substr(0, literal.rfind('"'));  // without a suffix such as `sv`
  if (token.kind == CppToken::Kind::raw_string) {
    const std::size_t delimiter = literal.find('(');
    literal.remove_prefix(delimiter + 1);
    literal.remove_suffix(delimiter + 1);
    return std::string(literal);
  }
  std::string value;
  for (std::size_t at = 0; at < literal.size();) {
    const char c = literal[at++];
    if (c == '\\') {
      append_escape(value, literal, at);
    } else {
      value += c;
    }
  }
  return value;
}

/// Reads one call after the other.
class CallReader {
 public:
  CallReader(std::string_view text, Span part) : text_(text), tokens_(scan_cpp(text, part)) {
    match_brackets();
  }

  std::vector<MessageCall> run() {
    std::vector<MessageCall> calls;
    for (std::size_t i = 0; i + 2 < tokens_.size(); ++i) {
      if (!is_call(i)) continue;
      MessageCall call{word(i), tokens_[i].span, {}, {}};
      read(i + 2, call);
      if (call.message || call.not_literal.size() > 0) calls.push_back(std::move(call));
    }
    return calls;
  }

 private:
  struct Argument {
    std::optional<std::string> value;
    Span span;
  };

  [[nodiscard]] std::string_view word(std::size_t at) const {
    return at < tokens_.size() ? text_.substr(tokens_[at].span.begin, tokens_[at].span.size())
                               : std::string_view();
  }

  [[nodiscard]] bool is_call(std::size_t at) const {
    if (tokens_[at].kind != CppToken::Kind::identifier || word(at + 1) != "(") return false;
    if (word(at) == "translate") return true;
    if (word(at) != "_" && word(at) != "pgettext") return false;
    if (at == 0) return true;
    const std::string_view before = word(at - 1);
    return before != "." && before != "->" && before != "::";
  }

  [[nodiscard]] bool is_string(std::size_t at) const {
    return at < tokens_.size() && tokens_[at].is_closed &&
           (tokens_[at].kind == CppToken::Kind::string ||
            tokens_[at].kind == CppToken::Kind::raw_string);
  }

  /// Fills last_, so that nested calls are read in linear time.
  void match_brackets() {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      last_.push_back(i);
      const std::string_view here = word(i);
      if (here == "(" || here == "[" || here == "{") {
        open.push_back(i);
      } else if ((here == ")" || here == "]" || here == "}") && !open.empty()) {
        last_[open.back()] = i;
        open.pop_back();
      }
    }
  }

  /// Returns the argument that begins at `at`, and moves `at` to the comma or parenthesis after it.
  Argument argument(std::size_t& at) const {
    Argument result;
    result.span = {tokens_[at].span.begin, tokens_[at].span.begin};
    const std::size_t begin = at;
    bool is_literal = true;
    for (; at < tokens_.size(); ++at) {
      if (word(at) == "," || word(at) == ")") break;
      is_literal = is_literal && is_string(at);
      at = last_[at];
      result.span.end = tokens_[at].span.end;
    }
    if (!is_literal || at == begin) return result;
    result.value.emplace();
    for (std::size_t i = begin; i < at; ++i) *result.value += literal_value(tokens_[i], text_);
    return result;
  }

  void read(std::size_t at, MessageCall& call) const {
    std::vector<Argument> arguments;
    constexpr std::size_t kMaxArguments = 4;
    while (at < tokens_.size() && word(at) != ")" && arguments.size() < kMaxArguments) {
      arguments.push_back(argument(at));
      if (word(at) == ",") ++at;
    }
    const std::size_t context = call.function == "pgettext" ? 1 : 0;
    const std::size_t count = arguments.size();
    const std::size_t literals = context + (count > context + 2 ? 2 : 1);
    if (count < context + 1) return;
    for (std::size_t i = 0; i < literals; ++i) {
      if (arguments[i].value) continue;
      call.not_literal = arguments[i].span;
      return;
    }
    Message message;
    if (context > 0) message.context = *arguments[0].value;
    message.singular = *arguments[context].value;
    if (literals > context + 1) message.plural = *arguments[context + 1].value;
    call.message = std::move(message);
  }

  std::string_view text_;
  std::vector<CppToken> tokens_;
  std::vector<std::size_t> last_;  // for an opening bracket its closing one, for other tokens
                                   // themselves
};

}  // namespace

std::vector<MessageCall> message_calls(std::string_view text, Span part) {
  return CallReader(text, part).run();
}

}  // namespace bora::lang
