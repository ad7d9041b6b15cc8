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

// A page as a flat list of operations: what is written in which order, with nothing left to look
// up. Bases, blocks, `{% super() %}` and plain includes are gone, since their operations stand
// where they are rendered. Each value knows how it is escaped there, each name what it stands for,
// each slot which content it has. Who writes code walks over the list; who wants to know something
// of a page or of a part of it asks, and nothing is written in order to find out.
//
//   {% for x in xs %}<li>{{ x }}{% else %}none{% end %}    0 For            up to 6
//                                                          1   Part         up to 4   the body
//                                                          2     Literal    "<li>"
//                                                          3     Value      x, as HTML
//                                                          4   Part         up to 6   the else
//                                                          5     Literal    "none"

namespace bora::compiler {

using OpIndex = std::uint32_t;

/// No operation. It is larger than every index.
inline constexpr OpIndex kNoOp = std::numeric_limits<OpIndex>::max();

/// A file of the page and how the page came to it; null `includer`: the page itself.
struct PlanPlace {
  const lang::Template* file = nullptr;
  const PlanPlace* includer = nullptr;
  std::uint32_t line = 0;  ///< Of the tag in the includer.
};

/// The operations from `begin` up to `end`, which is not one of them.
struct PlanRange {
  OpIndex begin = 0;
  OpIndex end = 0;

  [[nodiscard]] bool contains(OpIndex op) const { return op >= begin && op < end; }
};

/// What a name in an expression stands for. Members are not among the names.
struct NameUse {
  enum class Kind : std::uint8_t {
    free,      ///< Nothing on the page introduces it.
    scope,     ///< A "::" follows: `route`, `std`.
    given,     ///< A parameter of the page, or what it imports.
    local,     ///< Introduced by the operation `by`.
    loop,      ///< The object `loop` of the For `by`.
    resources  ///< The object `set_resources` of the Scope `by`.
  };
  std::string_view name;
  Kind kind = Kind::free;
  OpIndex by = kNoOp;
};

/// C++ of a template.
struct PlanExpression {
  lang::Span span;            ///< In the file of its operation's place.
  std::vector<Piece> pieces;  ///< What is written for it.
  std::vector<NameUse> uses;
  std::uint64_t letters = 0;  ///< See PlanNames.
  Temporaries temporaries = Temporaries::inner;
  bool is_list = false;      ///< `{1, 2}`, which has no type of its own.
  bool waits = false;        ///< There is a `co_await`.
  bool has_modules = false;  ///< There is a `modules.Entry(x)`.
};

/// What a name was before an operation that sets it.
struct PlanBinding {
  enum class Kind : std::uint8_t {
    nothing,
    by_set,    ///< A variable, which can be assigned to.
    otherwise  ///< What can only be hidden.
  };
  Kind kind = Kind::nothing;
  OpIndex by = kNoOp;  ///< The operation; kNoOp: a parameter or an import.
};

namespace plan {

/// Text, as it is sent.
struct Literal {
  std::string_view text;   ///< Of the template's tree.
  bool continues = false;  ///< Directly after the literal before it: they are one text.
};

struct Value {
  const lang::Output* node;
  PlanExpression value;  ///< With the blanks in front of it.
  lang::OutputEscape escape;
};

/// `if`. Below it are Branches.
struct Choice {};
struct Branch {
  const lang::If::Branch* node;
  std::optional<lang::Span> declaration;    ///< `auto post = ` of `auto post = find(id)`.
  std::optional<PlanExpression> condition;  ///< Empty: the `else`.
};

/// A body of its own below a For, a While or a Try: its names end with it.
struct Part {
  enum class Kind : std::uint8_t { body, other, finally_ };  // other: `else`
  Kind kind = Kind::body;
};

struct For {
  const lang::For* node;
  PlanExpression range;  ///< Within the `enumerate(…)`, if there is one.
  std::optional<std::string_view> enumerated_from;
  bool names_loop = false;  ///< Something in it uses its object `loop`.
  bool is_hidden = false;   ///< Something in it sets one of its names.
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
  std::vector<PlanBinding> known;  ///< For each of the node's names.
};

/// An include with a scope of its own. Below it is the file's body.
struct Scope {
  struct Argument {
    const lang::Param* param;
    PlanExpression value;
    const PlanPlace* place;  ///< Of the value.
    lang::Span tag;          ///< Around the value.
    lang::Span name;         ///< Of the argument, or of the parameter with a default.
  };
  const lang::Include* node;
  const PlanPlace* place;  ///< Of its body.
  std::vector<Argument> arguments;
  bool names_resources = false;  ///< Something in it uses its object `set_resources`.
};

/// A component with content for its slots. Below it are a Fill for each, then a Scope.
struct Call {};
struct Fill {};
/// A slot without content of the call: below it is its own.
struct Slot {
  OpIndex component = kNoOp;  ///< The Call around it.
};
/// A slot that has content.
struct FilledSlot {
  OpIndex component = kNoOp;
  OpIndex fill = kNoOp;
};

/// `apply`: what is below it is written aside and given to the function.
struct Capture {
  const lang::Apply* node;
  PlanExpression function;
};

struct Module {
  const lang::Module* node;
  bool is_function = false;
  PlanExpression call;       ///< All of it.
  PlanExpression arguments;  ///< "(post)", of a class.
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
  OpIndex end = 0;  ///< The index after this operation and all that it contains.
  const PlanPlace* place = nullptr;
};

/// A block that the page shows.
struct PlanBlock {
  /// Where it is shown: in several places if a file that holds it is included several times.
  std::vector<PlanRange> ranges;
  bool is_deep = false;  ///< It stands in more than kMaxOuterBlocks others.
};

/// A block inside more blocks than this is not rendered alone: so a page's code grows with its
/// text, and not with its square.
inline constexpr std::size_t kMaxOuterBlocks = 8;

/// The names that a part of a page uses. They are views of the plan's and the page's text.
struct PlanNames {
  using NameSet = std::set<std::string_view>;

  NameSet free;               ///< Something else than the page must give them.
  NameSet given;              ///< The page's parameters and imports among them.
  NameSet scopes;             ///< "route", "std".
  std::uint64_t letters = 0;  ///< One bit for each letter that is a name there: see letter_bit().
  bool flushes = false;       ///< There is a `{% flush %}`.
  bool uses_modules = false;  ///< There is a `{% module %}` with a class, or what stands for one.
  bool captures = false;      ///< There is an `{% apply %}`.
  bool catches_all = false;   ///< There is a `{% finally %}`.
};

/// The bit of a name of one letter, 'a' to 'z' and 'A' to 'Z'; 0 for all other names.
std::uint64_t letter_bit(std::string_view name);

/// A script or style element that is all literal, and the literals in which it stands.
struct PlanInline {
  InlineElement element;
  PlanRange literals;
};

/// The plan of a page that was resolved and checked without errors. It owns its places and what was
/// rewritten; all other text and all nodes are the Page's, which must outlive it. Nothing changes
/// after plan_page(), so that any number of writers may walk over it.
struct PagePlan {
  const lang::Page* page = nullptr;
  std::vector<PlanOp> ops;
  std::map<std::string_view, PlanBlock> blocks;
  std::vector<PlanExpression> fixed;        ///< The values of Page::fixed, in their order.
  std::set<std::string_view> imported;      ///< Names that the page's files import.
  std::vector<PlanInline> inline_elements;  ///< In the order of the page.
  const PlanPlace* leaf = nullptr;          ///< The page itself.

  std::deque<PlanPlace> places;             ///< Elements stay where they are.
  std::deque<std::string> texts;            ///< What was rewritten, and names.
  std::vector<std::uint32_t> waits_before;  ///< How many operations wait in front of each.

  [[nodiscard]] PlanRange whole() const { return {0, static_cast<OpIndex>(ops.size())}; }
  /// What is below an operation.
  [[nodiscard]] PlanRange below(OpIndex op) const { return {op + 1, ops[op].end}; }

  /// Whether something in there waits.
  [[nodiscard]] bool waits(PlanRange range) const {
    return waits_before[range.begin] != waits_before[range.end];
  }
  /// The names in there, and those of the fixed parameters that are needed for them.
  [[nodiscard]] PlanNames names(PlanRange range) const;
  /// The names of a block wherever it is shown.
  [[nodiscard]] PlanNames names(const PlanBlock& block) const;
  /// Those of the whole page, fixed parameters that nothing uses among them.
  [[nodiscard]] PlanNames names() const;
  /// Why a block can't be rendered alone, "it uses 'x', which …"; empty if it can.
  [[nodiscard]] std::string obstacle(const PlanBlock& block) const;

  /// Whether the page's parameters or what it imports have that name.
  [[nodiscard]] bool is_given(std::string_view name) const;

  /// Behind the text that begins with the literal `at`: with all literals that meet there.
  [[nodiscard]] OpIndex end_of_text(OpIndex at, OpIndex end) const;
  /// All texts in there, in the order in which they are written.
  [[nodiscard]] std::vector<std::string> texts_in(PlanRange range) const;
  /// The hashes of the elements of a kind that stand in there as a whole, each once.
  [[nodiscard]] std::vector<std::string> hashes_in(PlanRange range, InlineElement::Kind kind) const;
};

/// Recursion is as deep as tags, includes and bases are nested, all of which have limits; time and
/// memory are linear in what the page's code becomes.
PagePlan plan_page(const lang::Page& page);

/// Calls `visit` for every expression of an operation itself, not of those below it, in the order
/// in which they are evaluated.
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
