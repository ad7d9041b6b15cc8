#pragma once

// The HTML context at every node of a page. The checker and code generation both walk over a page
// with it, so they agree on how each value is escaped.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "templates-lang/ast.h"
#include "templates-lang/diagnostic.h"
#include "templates-lang/escape_rules.h"
#include "templates-lang/html_context.h"
#include "templates-lang/inheritance.h"

namespace bora::lang {

/// A context, and the place where its open element or value was opened.
struct ContextAt {
  struct Place {
    const Template* file = nullptr;  ///< null if not known
    const Text* text = nullptr;
    std::size_t offset = 0;
  };
  HTMLContext context;
  Place tag;
  Place inner;
};

/// Follows the context over the nodes of one page. Each body is walked once for each context in
/// which it begins, so that the work is linear in the page, repeated includes or not.
class ContextFlow {
 public:
  /// @param sink  For problems. Null for a page that was checked.
  explicit ContextFlow(const Page& page, DiagnosticSink* sink = nullptr);

  /// Walks over the whole page and reports problems.
  void run();

  [[nodiscard]] HTMLContext start() const;
  /// Returns the context after a node.
  HTMLContext after(const Node& node, const Template& file, const HTMLContext& before);
  /// Returns the context in which every pass of a `for` or `while` begins.
  HTMLContext loop_start(const Body& body, const Template& file, const HTMLContext& before);
  /// Returns the context in which a block begins; text if the page does not show it.
  HTMLContext block_start(std::string_view name);

 private:
  /// The end of a body that began in `start`, and the contexts of the jumps out of its loop.
  struct Known {
    HTMLContext start;
    std::optional<HTMLContext> attempt;
    ContextAt end;
    std::vector<ContextAt> jumps;
  };
  /// A `{% try %}` around a node: code that may throw must be in its context.
  struct Attempt {
    const Try* node = nullptr;
    const Template* file = nullptr;
    HTMLContext context;
  };

  ContextAt body(const Body& nodes, const Template& file, const ContextAt& start);
  ContextAt step(const Node& node, const Template& file, const ContextAt& before);
  ContextAt walk(const Text& node, const Template& file, const ContextAt& before);
  ContextAt walk(const Output& node, const Template& file, const ContextAt& before);
  ContextAt walk(const If& node, const Template& file, const ContextAt& before);
  ContextAt walk(const For& node, const Template& file, const ContextAt& before);
  ContextAt walk(const While& node, const Template& file, const ContextAt& before);
  ContextAt walk(const Break& node, const Template& file, const ContextAt& before);
  ContextAt walk(const Continue& node, const Template& file, const ContextAt& before);
  ContextAt walk(const Block& node, const Template& file, const ContextAt& before);
  ContextAt walk(const Include& node, const Template& file, const ContextAt& before);
  ContextAt walk(const Super& node, const Template& file, const ContextAt& before);
  ContextAt walk(const Apply& node, const Template& file, const ContextAt& before);
  ContextAt walk(const Try& node, const Template& file, const ContextAt& before);
  ContextAt walk(const Module& node, const Template& file, const ContextAt& before);
  ContextAt walk(const Call& node, const Template& file, const ContextAt& before);
  ContextAt walk(const Slot& node, const Template& file, const ContextAt& before);
  template <class T>
  ContextAt walk(const T&, const Template&, const ContextAt& before) {
    return before;
  }

  template <class Loop>
  ContextAt loop(const Loop& node, const Template& file, const ContextAt& before);
  ContextAt settle_loop(const Body& body, const Template& file, const ContextAt& before,
                        const Span* tag);
  ContextAt jump(const ContextAt& from);
  void check_attempt(Span tag, const Template& file, const ContextAt& before);
  void check_markup(std::string_view what, Span tag, const Template& file, const ContextAt& before);

  /// Returns the context after branches or passes of `file` that end in contexts that can't be
  /// joined. A file with escaping of its own goes on without a context; in other files this is an
  /// error.
  static ContextAt unjoined(const Template& file, const ContextAt& at);

  void report_text(TextProblem problem, std::size_t at, const Text& text, const Template& file);
  void report_refusal(Refusal refusal, const Output& node, const Template& file,
                      const ContextAt& before);
  void report_branches(const ContextAt& first, Span first_tag, const ContextAt& second,
                       Span second_tag, const Template& file);
  void report_moves(std::string_view what, Span tag, const Template& file, const ContextAt& before,
                    const ContextAt& end);
  void report_end(const ContextAt& end);
  void add_opening(Diagnostic& diagnostic, const ContextAt& at) const;

  const Page& page_;
  const EscapeRules& rules_;
  DiagnosticSink* sink_;
  std::unordered_map<const Body*, std::vector<Known>> known_;
  std::map<std::string, HTMLContext, std::less<>> blocks_;
  std::vector<ContextAt> jumps_;  // jumps out of the body that is walked
  const Attempt* attempt_ = nullptr;
};

/// Reports places where values can't be escaped, and where the context depends on the data.
void check_contexts(const Page& page, DiagnosticSink& sink);

/// Returns how the value of `output` is written in `context`. Nothing means: as the file's
/// `{% autoescape %}` or the tag's `raw` says, see `Autoescape`.
struct OutputEscape {
  enum class Kind : std::uint8_t { raw, function, escape };
  Kind kind = Kind::escape;
  Escape escape = Escape::html;
};
OutputEscape output_escape(const Output& output, const Template& file, const HTMLContext& context);

}  // namespace bora::lang
