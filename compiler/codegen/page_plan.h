#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/codegen/cpp_expression.h"
#include "compiler/codegen/inline_elements.h"
#include "compiler/codegen/temporaries.h"
#include "templates-lang/context_flow.h"
#include "templates-lang/inheritance.h"

// A page as a flat list of operations: what is written, in which order, with nothing left to look
// up. Bases, blocks, `{% super() %}` and plain includes are gone, since their operations are where
// they are rendered. Each value knows how it is escaped there, each name what it means, each slot
// which content it has. Code generation walks over the list; questions about a page or a part of it
// are answered without writing code.
//
//   {% for x in xs %}<li>{{ x }}{% else %}none{% end %}    0 For            up to 6
//                                                          1   Part         up to 4   the body
//                                                          2     Literal    "<li>"
//                                                          3     Value      x, as HTML
//                                                          4   Part         up to 6   the else
//                                                          5     Literal    "none"

namespace bora::compiler {

using OpIndex = std::uint32_t;

/// The index of no operation. It is larger than every index.
inline constexpr OpIndex kNoOp = std::numeric_limits<OpIndex>::max();

/// A file of the page, and the include by which it came. `includer` is null for the page itself.
struct PlanPlace {
  const lang::Template* file = nullptr;
  const PlanPlace* includer = nullptr;
  std::uint32_t line = 0;  ///< the line of the tag in the includer
};

/// The operations from `begin` to `end`, without `end`.
struct PlanRange {
  OpIndex begin = 0;
  OpIndex end = 0;

  [[nodiscard]] bool contains(OpIndex op) const { return op >= begin && op < end; }
};

/// The meaning of a name in an expression. Members are not among the names.
struct NameUse {
  enum class Kind : std::uint8_t {
    free,      ///< nothing on the page introduces it
    scope,     ///< a "::" follows: `route`, `std`
    given,     ///< a parameter of the page, or a name that it imports
    local,     ///< introduced by the operation `by`
    loop,      ///< the object `loop` of the For `by`
    resources  ///< the object `set_resources` of the Scope `by`
  };
  std::string_view name;
  Kind kind = Kind::free;
  OpIndex by = kNoOp;
};

/// C++ of a template.
struct PlanExpression {
  lang::Span span;            ///< in the file of its operation's place
  std::vector<Piece> pieces;  ///< the text that is written for it
  std::vector<NameUse> uses;
  std::uint64_t letters = 0;  ///< as in PlanNames
  Temporaries temporaries = Temporaries::inner;
  bool is_list = false;      ///< `{1, 2}`, which has no type of its own.
  bool waits = false;        ///< There is a `co_await`.
  bool has_modules = false;  ///< There is a `modules.Entry(x)`.
};

/// The meaning of a name before an operation that sets it.
struct PlanBinding {
  enum class Kind : std::uint8_t {
    nothing,
    by_set,    ///< a variable, which can be assigned to
    otherwise  ///< a name that can only be hidden
  };
  Kind kind = Kind::nothing;
  OpIndex by = kNoOp;  ///< the operation; kNoOp for a parameter or an import
};

namespace plan {

/// A text as it is sent.
struct Literal {
  std::string_view text;   ///< a view of the template's tree
  bool continues = false;  ///< whether it directly follows the literal before it: they are one text
};

struct Value {
  const lang::Output* node;
  PlanExpression value;  ///< with the blanks in front of it
  lang::OutputEscape escape;
};

/// `if`. Below it are Branches.
struct Choice {};
struct Branch {
  const lang::If::Branch* node;
  std::optional<lang::Span> declaration;    ///< `auto post = ` of `auto post = find(id)`.
  std::optional<PlanExpression> condition;  ///< empty for the `else`
};

/// A body below a For, a While or a Try: its names end with it.
struct Part {
  enum class Kind : std::uint8_t { body, other, finally_ };  // other: `else`
  Kind kind = Kind::body;
};

struct For {
  const lang::For* node;
  PlanExpression range;  ///< the argument of `enumerate(…)`, if there is one
  std::optional<std::string_view> enumerated_from;
  bool names_loop = false;  ///< whether something in it uses its object `loop`
  bool is_hidden = false;   ///< whether something in it sets one of its names
};
struct While {
  const lang::While* node;
  std::optional<lang::Span> declaration;
  PlanExpression condition;
};
struct Jump {
  bool is_break = false;
  OpIndex loop = kNoOp;
};

struct Set {
  const lang::Set* node;
  std::optional<PlanExpression> type;
  PlanExpression value;
  std::vector<PlanBinding> known;  ///< one for each of the node's names
};

/// An include with a scope of its own. Below it is the file's body.
struct Scope {
  struct Argument {
    const lang::Param* param;
    PlanExpression value;
    const PlanPlace* place;  ///< the place of the value
    lang::Span tag;          ///< the tag around the value
    lang::Span name;         ///< the name of the argument, or of the parameter with a default
  };
  const lang::Include* node;
  const PlanPlace* place;  ///< the place of its body
  std::vector<Argument> arguments;
  bool names_resources = false;  ///< whether something in it uses its object `set_resources`
};

/// A component with content for its slots. Below it are a Fill for each, then a Scope.
struct Call {};
struct Fill {};
/// A slot for which the call has no content: below it is the slot's own body.
struct Slot {
  OpIndex component = kNoOp;  ///< The Call around it.
};
/// A slot for which the call has content.
struct FilledSlot {
  OpIndex component = kNoOp;
  OpIndex fill = kNoOp;
};

/// `apply`: the output of the operations below it is an argument of the function.
struct Capture {
  const lang::Apply* node;
  PlanExpression function;
};

struct Module {
  const lang::Module* node;
  bool is_function = false;
  PlanExpression call;       ///< the whole call
  PlanExpression arguments;  ///< "(post)", for a class
};

struct Flush {};

/// Below it are the Part of its body, Excepts, and Parts for `else` and `finally`.
struct Try {
  const lang::Try* node;
};
struct Except {
  const lang::Try::Except* node;
  std::optional<PlanExpression> type;
};

}  // namespace plan

struct PlanOp {
  using Action = std::variant<plan::Literal, plan::Value, plan::Choice, plan::Branch, plan::Part,
                              plan::For, plan::While, plan::Jump, plan::Set, plan::Scope,
                              plan::Call, plan::Fill, plan::Slot, plan::FilledSlot, plan::Capture,
                              plan::Module, plan::Flush, plan::Try, plan::Except>;
  Action action;
  OpIndex end = 0;  ///< the index after this operation and all operations below it
  const PlanPlace* place = nullptr;
};

/// A block that the page shows.
struct PlanBlock {
  /// Its places: several if a file that holds it is included several times.
  std::vector<PlanRange> ranges;
  bool is_deep = false;  ///< whether it is inside more than kMaxOuterBlocks others
};

/// A block inside more blocks than this is not rendered alone, so that a page's code grows linearly
/// with its text.
inline constexpr std::size_t kMaxOuterBlocks = 8;

/// The names that a part of a page uses. They are views of the plan's and the page's text.
struct PlanNames {
  using NameSet = std::set<std::string_view>;

  NameSet free;               ///< names that the page does not define
  NameSet given;              ///< the page's parameters and imports among them
  NameSet scopes;             ///< "route", "std".
  std::uint64_t letters = 0;  ///< one bit for each name of one letter: see letter_bit()
  bool flushes = false;       ///< whether there is a `{% flush %}`
  bool uses_modules = false;  ///< whether there is a `{% module %}` with a class, or an equivalent
  bool captures = false;      ///< whether there is an `{% apply %}`
  bool catches_all = false;   ///< whether there is a `{% finally %}`
};

/// Returns the bit of a name of one letter, 'a' to 'z' and 'A' to 'Z'; 0 for all other names.
std::uint64_t letter_bit(std::string_view name);

/// A script or style element that is wholly literal, and the literals of its text.
struct PlanInline {
  InlineElement element;
  PlanRange literals;
};

/// The plan of a page that was resolved and checked without errors. It owns its places and
/// rewritten text; all other text and all nodes belong to the Page, which must outlive it. Nothing
/// changes after plan_page(), so any number of writers may walk over it.
struct PagePlan {
  const lang::Page* page = nullptr;
  std::vector<PlanOp> ops;
  std::map<std::string_view, PlanBlock> blocks;
  std::vector<PlanExpression> fixed;        ///< The values of Page::fixed, in their order.
  std::set<std::string_view> imported;      ///< the names that the page's files import
  std::vector<PlanInline> inline_elements;  ///< In the order of the page.
  const PlanPlace* leaf = nullptr;          ///< the page itself

  std::deque<PlanPlace> places;             ///< a deque, so that elements stay where they are
  std::deque<std::string> texts;            ///< rewritten text, and names
  std::vector<std::uint32_t> waits_before;  ///< the number of waiting operations before each
                                            ///< operation

  [[nodiscard]] PlanRange whole() const { return {0, static_cast<OpIndex>(ops.size())}; }
  /// Returns the operations below an operation.
  [[nodiscard]] PlanRange below(OpIndex op) const { return {op + 1, ops[op].end}; }

  /// Whether an operation in the range waits.
  [[nodiscard]] bool waits(PlanRange range) const {
    return waits_before[range.begin] != waits_before[range.end];
  }
  /// Returns the names in the range, and those of the fixed parameters that they need.
  [[nodiscard]] PlanNames names(PlanRange range) const;
  /// Returns the names of a block at all of its places.
  [[nodiscard]] PlanNames names(const PlanBlock& block) const;
  /// Returns the names of the whole page, including fixed parameters that nothing uses.
  [[nodiscard]] PlanNames names() const;
  /// Returns why a block can't be rendered alone, "it uses 'x', which …"; empty if it can.
  [[nodiscard]] std::string obstacle(const PlanBlock& block) const;

  /// Whether a parameter or an import of the page has that name.
  [[nodiscard]] bool is_given(std::string_view name) const;

  /// Returns the end of the text that begins with the literal `at`, after all adjacent literals.
  [[nodiscard]] OpIndex end_of_text(OpIndex at, OpIndex end) const;
  /// Returns all texts in the range, in the order in which they are written.
  [[nodiscard]] std::vector<std::string> texts_in(PlanRange range) const;
  /// Returns the hashes of the elements of a kind that are wholly in the range, each once.
  [[nodiscard]] std::vector<std::string> hashes_in(PlanRange range, InlineElement::Kind kind) const;
};

/// Makes the plan. Recursion is as deep as tags, includes and bases are nested, all of which have
/// limits; time and memory are linear in the size of the page's code.
PagePlan plan_page(const lang::Page& page);

/// Calls `visit` for every expression of an operation itself, not of those below it, in the order
/// of their evaluation.
template <class Visit>
void for_each_expression(const PlanOp& op, const Visit& visit) {
  const auto optional = [&](const std::optional<PlanExpression>& expression) {
    if (expression) visit(*expression);
  };
  if (const auto* value = std::get_if<plan::Value>(&op.action)) visit(value->value);
  if (const auto* branch = std::get_if<plan::Branch>(&op.action)) optional(branch->condition);
  if (const auto* loop = std::get_if<plan::For>(&op.action)) visit(loop->range);
  if (const auto* loop = std::get_if<plan::While>(&op.action)) visit(loop->condition);
  if (const auto* capture = std::get_if<plan::Capture>(&op.action)) visit(capture->function);
  if (const auto* module = std::get_if<plan::Module>(&op.action)) visit(module->call);
  if (const auto* except = std::get_if<plan::Except>(&op.action)) optional(except->type);
  if (const auto* set = std::get_if<plan::Set>(&op.action)) {
    optional(set->type);
    visit(set->value);
  }
  if (const auto* scope = std::get_if<plan::Scope>(&op.action)) {
    for (const plan::Scope::Argument& argument : scope->arguments) visit(argument.value);
  }
}

}  // namespace bora::compiler
