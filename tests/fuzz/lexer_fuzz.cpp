// Any bytes: tokens are in order, contain their parts, and are the same each time.

#include <memory>
#include <vector>

#include "templates-lang/lexer.h"
#include "tests/fuzz/invariants.h"

namespace bora::fuzz {
namespace {

bool holds(lang::Span outer, lang::Span inner) {
  return outer.begin <= inner.begin && inner.begin <= inner.end && inner.end <= outer.end;
}

void check(const lang::SourcePtr& source, const std::vector<lang::Token>& tokens) {
  using Kind = lang::Token::Kind;
  require(!tokens.empty() && tokens.back().kind == Kind::end, "the last token is the end");
  std::uint32_t at = 0;
  for (const lang::Token& token : tokens) {
    require_inside(source, token.span);
    require(token.span.begin >= at, "tokens lie in order");
    at = token.span.end;
    if (token.kind == Kind::end) {
      require(&token == &tokens.back(), "the end comes once");
    } else {
      require(token.span.size() > 0, "a token is not empty");
    }
    require_inside(source, token.name);
    if (token.is_damaged) continue;
    if (token.kind == Kind::expression || token.kind == Kind::directive)
      require(holds(token.span, token.content), "a tag holds its content");
    if (token.kind == Kind::directive && token.name.size() > 0) {
      require(holds(token.span, token.name), "a tag holds its name");
      require(token.name.end <= token.content.begin, "the name stands before the content");
    }
  }
}

bool are_equal(const std::vector<lang::Token>& a, const std::vector<lang::Token>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].kind != b[i].kind || a[i].span != b[i].span || a[i].name != b[i].name ||
        a[i].content != b[i].content || a[i].is_damaged != b[i].is_damaged)
      return false;
  }
  return true;
}

}  // namespace
}  // namespace bora::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bora;
  const auto source =
      std::make_shared<const lang::SourceText>("page.html", std::string(fuzz::as_text(data, size)));
  lang::DiagnosticSink sink;
  const auto tokens = lang::lex(source, sink);
  fuzz::check(source, tokens);
  fuzz::require_sound(sink);
  lang::DiagnosticSink again;
  fuzz::require(fuzz::are_equal(tokens, lang::lex(source, again)), "the same tokens each time");
  fuzz::require(sink.diagnostics().size() == again.diagnostics().size(),
                "the same findings each time");
  return 0;
}
