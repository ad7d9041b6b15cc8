#include "compiler/codegen/cpp_expression.h"

#include <algorithm>
#include <utility>

#include "compiler/routes/cpp_names.h"
#include "templates-lang/cpp_scanner.h"

namespace bora::compiler {
namespace {

using lang::CppToken;
using lang::Span;

std::string_view token_text(std::string_view text, const CppToken& token) {
  return text.substr(token.span.begin, token.span.size());
}

bool is_identifier(std::string_view text, const CppToken& token, std::string_view name) {
  return token.kind == CppToken::Kind::identifier && token_text(text, token) == name;
}

// Whether the name at `i` belongs to something else: `x.name`, `x->name`, `scope::name`.
bool is_member(std::string_view text, const std::vector<CppToken>& tokens, std::size_t i) {
  const std::string_view before = i > 0 ? token_text(text, tokens[i - 1]) : std::string_view();
  return before == "." || before == "->" || before == "::";
}

// Returns "admin::users" for "admin.users"; empty if no route can have that name.
std::string route_function(std::string_view name) {
  std::string function;
  while (true) {
    const std::size_t dot = std::min(name.find('.'), name.size());
    const std::string_view part = name.substr(0, dot);
    if (!is_plain_identifier(part) || is_reserved_name(part)) return {};
    function += part;
    if (dot == name.size()) return function;
    function += "::";
    name.remove_prefix(dot + 1);
  }
}

// Rewrites one expression, token by token.
class Rewriter {
 public:
  using IsFree = std::function<bool(std::string_view)>;

  Rewriter(std::string_view text, Span span, const IsFree& is_free, std::deque<std::string>& texts)
      : text_(text), span_(span), is_free_(is_free), texts_(texts) {}

  std::vector<Piece> run() {
    const std::string_view whole = text_.substr(span_.begin, span_.size());
    if (whole.find("reverse_url") == whole.npos && whole.find("modules") == whole.npos) {
      return {{{}, span_, whole}};
    }
    tokens_ = lang::scan_cpp(text_, span_);
    std::uint32_t begin = span_.begin;
    for (std::size_t i = 0; i + 3 < tokens_.size(); ++i) {
      const bool is_name = tokens_[i].kind == CppToken::Kind::identifier;
      if (!is_name || is_member(text_, tokens_, i)) continue;
      const std::uint32_t at = tokens_[i].span.begin;
      const std::size_t known = pieces_.size();
      std::uint32_t rest = 0;
      if (word(i) == "reverse_url") rest = reverse_url(i, {begin, at});
      if (word(i) == "modules") rest = module(i, {begin, at});
      if (pieces_.size() > known) begin = rest;
    }
    if (pieces_.empty()) return {{{}, span_, whole}};
    add(next_before_, {begin, span_.end});
    return std::move(pieces_);
  }

 private:
  [[nodiscard]] std::string_view word(std::size_t i) const { return token_text(text_, tokens_[i]); }

  void add(std::string_view before, Span span) {
    if (before.empty() && span.size() == 0) return;
    pieces_.push_back({before, span, text_.substr(span.begin, span.size())});
  }

  // Rewrites `reverse_url("name"`, if ',' or ')' follows. Returns where the template's text goes
  // on.
  std::uint32_t reverse_url(std::size_t i, Span before) {
    const CppToken& literal = tokens_[i + 2];
    const bool is_call = word(i + 1) == "(" && literal.kind == CppToken::Kind::string &&
                         word(i + 2).front() == '"' && word(i + 2).back() == '"' &&
                         (word(i + 3) == "," || word(i + 3) == ")");
    if (!is_call || !is_free_("reverse_url")) return 0;
    std::string function = route_function(word(i + 2).substr(1, literal.span.size() - 2));
    if (function.empty()) return 0;
    add(std::exchange(next_before_, "("), before);
    const std::string& written = texts_.emplace_back(std::move(function));
    pieces_.push_back({kRoutePrefix, {literal.span.begin + 1, literal.span.end - 1}, written});
    return word(i + 3) == "," ? tokens_[i + 3].span.end : tokens_[i + 3].span.begin;
  }

  // Rewrites `modules.Entry(`, `modules.shop::List<int>(`.
  std::uint32_t module(std::size_t i, Span before) {
    if (word(i + 1) != "." || !is_free_("modules")) return 0;
    std::size_t open = i + 2;
    while (open < tokens_.size() && word(open) != "(") ++open;
    if (open == tokens_.size() || open == i + 2) return 0;
    add(std::exchange(next_before_, ">"), before);
    add(kModuleMarkup, {tokens_[i + 2].span.begin, tokens_[open - 1].span.end});
    return tokens_[open].span.begin;
  }

  std::string_view text_;
  Span span_;
  const IsFree& is_free_;
  std::deque<std::string>& texts_;
  std::vector<CppToken> tokens_;
  std::vector<Piece> pieces_;
  std::string_view next_before_;  // the text before what follows a rewritten name
};

// Returns where the range ends and `, 7` begins: the last comma outside brackets, if nothing but a
// number follows it.
std::optional<std::size_t> start_comma(std::string_view text, const std::vector<CppToken>& tokens) {
  const std::size_t number = tokens.size() - 2;
  if (number < 4 || tokens[number].kind != CppToken::Kind::number) return {};
  if (token_text(text, tokens[number - 1]) != ",") return {};
  return number - 1;
}

}  // namespace

void for_each_name(std::string_view text, const std::function<void(std::string_view)>& see,
                   const std::function<void(std::string_view, bool)>& visit) {
  const std::vector<CppToken> tokens =
      lang::scan_cpp(text, {0, static_cast<std::uint32_t>(text.size())});
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind != CppToken::Kind::identifier) continue;
    const std::string_view name = token_text(text, tokens[i]);
    see(name);
    if (is_member(text, tokens, i)) continue;
    visit(name, i + 1 < tokens.size() && token_text(text, tokens[i + 1]) == "::");
  }
}

bool has_await(std::string_view text) {
  return text.find("co_await") != std::string_view::npos;
}

bool is_function_module(std::string_view name) {
  return name == "linkify" || name == "xsrf_form_html";
}

std::vector<Piece> rewrite_expression(std::string_view text, Span span,
                                      const std::function<bool(std::string_view)>& is_free,
                                      std::deque<std::string>& texts) {
  return Rewriter(text, span, is_free, texts).run();
}

bool uses_namespace(std::string_view text, Span span, std::string_view scope) {
  const std::vector<CppToken> tokens = lang::scan_cpp(text, span);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (is_identifier(text, tokens[i], scope) && token_text(text, tokens[i + 1]) == "::")
      return true;
  }
  return false;
}

std::optional<Enumerate> parse_enumerate(std::string_view text, Span span) {
  const std::vector<CppToken> tokens = lang::scan_cpp(text, span);
  if (tokens.size() < 4 || !is_identifier(text, tokens[0], "enumerate")) return {};
  if (token_text(text, tokens[1]) != "(" || token_text(text, tokens.back()) != ")") return {};
  int depth = 0;
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    const std::string_view piece = token_text(text, tokens[i]);
    if (piece == "(") ++depth;
    if (piece == ")" && --depth == 0 && i + 1 < tokens.size()) return {};
  }
  Enumerate result;
  std::uint32_t end = tokens.back().span.begin;
  if (const auto comma = start_comma(text, tokens)) {
    result.start = token_text(text, tokens[*comma + 1]);
    end = tokens[*comma].span.begin;
  }
  result.range = lang::trim_cpp(text, {tokens[1].span.end, end});
  return result;
}

}  // namespace bora::compiler
