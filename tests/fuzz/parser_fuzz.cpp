// Any bytes. The tree is no deeper than allowed, whole unless errors were reported, and the same
// each time.

#include <memory>

#include "templates-lang/ast_dump.h"
#include "templates-lang/ast_walk.h"
#include "templates-lang/parser.h"
#include "tests/fuzz/invariants.h"

namespace bora::fuzz {
namespace {

void check_body(const lang::SourcePtr& source, const lang::Body& body, int depth) {
  require(depth <= lang::kMaxNesting + 1, "the tree is no deeper than allowed");
  for (const lang::Node& node : body) {
    std::visit(
        [&](const auto& value) {
          if constexpr (requires { value.tag; }) require_inside(source, value.tag);
          if constexpr (requires { value.span; }) require_inside(source, value.span);
          if constexpr (requires { value.end_tag; }) require_inside(source, value.end_tag);
        },
        node.value);
    lang::for_each_body(node,
                        [&](const lang::Body& inner) { check_body(source, inner, depth + 1); });
  }
}

}  // namespace
}  // namespace bora::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bora;
  const auto source =
      std::make_shared<const lang::SourceText>("page.html", std::string(fuzz::as_text(data, size)));
  lang::DiagnosticSink sink;
  const auto file = lang::parse_template("page.html", source, sink);
  fuzz::require(file != nullptr, "there is always a tree");
  fuzz::check_body(source, file->body, 0);
  fuzz::require_sound(sink);
  fuzz::require(file->is_whole != sink.has_errors(), "a tree is whole unless errors were reported");
  lang::DiagnosticSink again;
  const auto second = lang::parse_template("page.html", source, again);
  fuzz::require(lang::dump(*file) == lang::dump(*second), "the same tree each time");
  return 0;
}
