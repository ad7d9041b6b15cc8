// One walk over the page's tree, in the order in which a page is rendered and with the scopes of
// the generated code: a name that `{% set %}` or `{% for %}` introduces ends with the body that
// contains it.

#include "compiler/codegen/page_plan.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "compiler/codegen/content_hash.h"

namespace bora::compiler {
namespace {

using lang::Span;
using lang::Template;

constexpr std::string_view kLoopName = "loop";
constexpr std::string_view kResourcesName = "set_resources";

/// What a name stands for, innermost scope last.
class Symbols {
 public:
  enum class Kind : std::uint8_t { given, by_set, otherwise, loop, resources };
  struct Symbol {
    Kind kind = Kind::given;
    OpIndex by = kNoOp;
    std::size_t depth = 0;
  };

  void open() { scopes_.emplace_back(); }
  void close() {
    for (std::vector<Symbol>* symbols : scopes_.back()) symbols->pop_back();
    scopes_.pop_back();
  }
  [[nodiscard]] std::size_t depth() const { return scopes_.size(); }

  void introduce(std::string_view name, Kind kind, OpIndex by) {
    std::vector<Symbol>& known = symbols_[name];
    if (known.empty() || known.back().depth != depth()) {
      known.emplace_back();
      scopes_.back().push_back(&known);
    }
    known.back() = {kind, by, depth()};
  }

  /// Returns null if nothing on the page introduces the name.
  [[nodiscard]] const Symbol* find(std::string_view name) const {
    const auto found = symbols_.find(name);
    return found == symbols_.end() || found->second.empty() ? nullptr : &found->second.back();
  }

 private:
  std::unordered_map<std::string_view, std::vector<Symbol>> symbols_;
  std::vector<std::vector<std::vector<Symbol>*>> scopes_;
};

class Planner {
 public:
  explicit Planner(const lang::Page& page) : page_(page), flow_(page), context_(flow_.start()) {
    plan_.page = &page;
  }

  PagePlan run() {
    const PlanPlace* includer = nullptr;
    for (const Template* file : page_.chain) {
      const std::uint32_t line = includer == nullptr ? 0 : extends_line(*includer->file);
      includer = &plan_.places.emplace_back(PlanPlace{file, includer, line});
      chain_.push_back(includer);
    }
    plan_.leaf = chain_.front();
    symbols_.open();
    import_names();
    for (const auto& name : plan_.imported) give(name);
    for (const lang::PageParam& param : page_.params) give(param.param->name.text);
    // The values of fixed parameters may use imports and parameters, which are introduced before.
    for (const lang::FixedParam& fixed : page_.fixed) {
      plan_.fixed.push_back(kept_expression(fixed.set->value.span, *fixed.file));
      give(fixed.param.param->name.text);
    }
    symbols_.open();
    place_ = chain_.back();
    nodes(place_->file->body);
    end_text();
    count_waits();
    return std::move(plan_);
  }

 private:
  // A call and its content for the slots of its component. A null `outer` means that the slots of
  // the page itself show their own content.
  struct Frame {
    const lang::Call* call = nullptr;
    OpIndex op = kNoOp;
    std::vector<OpIndex> fills;
    const Frame* outer = nullptr;
  };

  [[nodiscard]] const Template& file() const { return *place_->file; }

  static std::uint32_t extends_line(const Template& file) {
    return file.extends ? file.source->position(file.extends->tag.begin).line : 1;
  }

  void import_names() {
    for (const auto& file : page_.files) {
      const std::string_view text = file->source->text();
      for (const lang::Import& import : file->imports) {
        for (const auto& imported : import.imported) {
          if (imported.alias) plan_.imported.insert(imported.alias->text);
          for (const lang::CppToken& token : lang::scan_cpp(text, imported.name)) {
            plan_.imported.insert(text.substr(token.span.begin, token.span.size()));
          }
        }
      }
    }
  }

  void give(std::string_view name) { symbols_.introduce(name, Symbols::Kind::given, kNoOp); }

  // Operations.

  OpIndex next() const { return static_cast<OpIndex>(plan_.ops.size()); }

  OpIndex add(PlanOp::Action action) {
    end_text();
    plan_.ops.push_back({std::move(action), next() + 1, place_});
    return next() - 1;
  }
  void end(OpIndex op) {
    plan_.ops[op].end = next();
    end_text();
  }
  // Ends an operation that has no Output of its own before the text at its end. That text moves to
  // the place after the operation, where it joins what follows.
  void end_before_text(OpIndex op) {
    OpIndex last = next();
    if (meets_literal_) {
      do --last;
      while (at<plan::Literal>(last).continues);
    }
    plan_.ops[op].end = last;
  }
  template <class Action>
  Action& at(OpIndex op) {
    return std::get<Action>(plan_.ops[op].action);
  }

  // Names.

  PlanExpression expression(Span span, const Template& in) {
    const std::string_view text = in.source->text();
    PlanExpression result;
    result.span = span;
    result.pieces = rewrite_expression(
        text, span, [this](std::string_view name) { return symbols_.find(name) == nullptr; },
        plan_.texts);
    const std::string_view whole = in.source->text(span);
    result.waits = has_await(whole);
    result.is_list = whole.starts_with('{');
    for (const Piece& piece : result.pieces) {
      if (piece.before == kModuleMarkup) result.has_modules = true;
      if (piece.before == kRoutePrefix) {
        result.uses.push_back({"route", NameUse::Kind::scope, kNoOp});
      }
      use_names(piece.text, result);
    }
    return result;
  }
  PlanExpression expression(Span span) { return expression(span, file()); }

  // Returns an expression whose value is kept or held.
  PlanExpression kept_expression(Span span, const Template& in) {
    PlanExpression result = expression(span, in);
    result.temporaries = temporaries_of(in.source->text(), span);
    return result;
  }
  PlanExpression kept_expression(Span span) { return kept_expression(span, file()); }

  // Returns the condition of an `if` or a `while`, which may declare a variable.
  PlanExpression condition(Span span, std::optional<Span>& declaration) {
    const std::optional<Span> value = declared_value(file().source->text(), span);
    if (!value) return expression(span);
    declaration = Span{span.begin, value->begin};
    PlanExpression result = kept_expression(*value);
    use_names(file().source->text(*declaration), result);
    return result;
  }

  void use_names(std::string_view text, PlanExpression& in) {
    for_each_name(
        text, [&](std::string_view name) { in.letters |= letter_bit(name); },
        [&](std::string_view name, bool is_scope) { in.uses.push_back(use(name, is_scope)); });
  }

  NameUse use(std::string_view name, bool is_scope) {
    if (is_scope) return {name, NameUse::Kind::scope, kNoOp};
    const Symbols::Symbol* known = symbols_.find(name);
    if (known == nullptr) return {name, NameUse::Kind::free, kNoOp};
    switch (known->kind) {
      case Symbols::Kind::given:
        return {name, NameUse::Kind::given, kNoOp};
      case Symbols::Kind::loop:
        at<plan::For>(known->by).names_loop = true;
        return {name, NameUse::Kind::loop, known->by};
      case Symbols::Kind::resources:
        at<plan::Scope>(known->by).names_resources = true;
        return {name, NameUse::Kind::resources, known->by};
      case Symbols::Kind::by_set:
      case Symbols::Kind::otherwise:
        break;
    }
    return {name, NameUse::Kind::local, known->by};
  }

  // Returns the meaning of a name for a `set`. In a file with a scope of its own, it finds nothing
  // from outside; and it never finds Bora's own objects.
  [[nodiscard]] PlanBinding binding(std::string_view name) const {
    const Symbols::Symbol* known = symbols_.find(name);
    if (known == nullptr || known->depth < first_depth_) return {};
    switch (known->kind) {
      case Symbols::Kind::by_set:
        return {PlanBinding::Kind::by_set, known->by};
      case Symbols::Kind::given:
      case Symbols::Kind::otherwise:
        return {PlanBinding::Kind::otherwise, known->by};
      case Symbols::Kind::loop:
      case Symbols::Kind::resources:
        break;
    }
    return {};
  }

  // Bodies.

  // Returns the context in which the body ends, and leaves the context as it was: each branch
  // begins in it.
  lang::HTMLContext nested(const lang::Body& body) {
    const lang::HTMLContext before = context_;
    symbols_.open();
    nodes(body);
    symbols_.close();
    return std::exchange(context_, before);
  }

  lang::HTMLContext part(plan::Part::Kind kind, const lang::Body& body) {
    const OpIndex op = add(plan::Part{kind});
    const lang::HTMLContext after = nested(body);
    end(op);
    return after;
  }

  // The body of a loop begins in the context that is common to all its passes.
  void loop_body(OpIndex loop, const lang::Body& body) {
    const lang::HTMLContext before = context_;
    context_ = flow_.loop_start(body, file(), before);
    loops_.push_back(loop);
    part(plan::Part::Kind::body, body);
    loops_.pop_back();
    context_ = before;
  }

  void nodes(const lang::Body& body) {
    for (const lang::Node& node : body) {
      const lang::HTMLContext before = context_;
      std::visit([this](const auto& value) { visit(value); }, node.value);
      context_ = flow_.after(node, file(), before);
    }
  }

  // Plans a body here that may come from another file.
  void in_place(const PlanPlace* place, const lang::Body& body) {
    const PlanPlace* outer = std::exchange(place_, place);
    nodes(body);
    place_ = outer;
  }

  // Nodes.

  void visit(const lang::Text& node) {
    if (node.text.empty()) return;
    if (!meets_literal_) text_ = {context_, {}, next()};
    text_.bytes += node.text;
    plan_.ops.push_back({plan::Literal{node.text, meets_literal_}, next() + 1, place_});
    meets_literal_ = true;
  }

  // Ends the text: what comes next does not continue the last literal.
  void end_text() {
    if (!std::exchange(meets_literal_, false)) return;
    const lang::EscapeRules& rules =
        page_.escape_rules ? *page_.escape_rules : lang::EscapeRules::none();
    OpIndex op = text_.begin;
    std::size_t op_end = std::get<plan::Literal>(plan_.ops[op].action).text.size();
    const auto op_at = [&](std::size_t offset) {
      while (op_end <= offset) op_end += at<plan::Literal>(++op).text.size();
      return op;
    };
    for (InlineElement& element : inline_elements(text_.context, text_.bytes, rules)) {
      const OpIndex begin = op_at(element.begin);
      const OpIndex end = op_at(element.end - 1) + 1;
      plan_.inline_elements.push_back({std::move(element), {begin, end}});
    }
  }

  void visit(const lang::Output& node) {
    const lang::OutputEscape escape = lang::output_escape(node, file(), context_);
    // The call takes the place of the braces and the blanks after them.
    const std::uint32_t begin = node.raw ? node.value.span.begin : node.tag.begin + 2;
    add(plan::Value{&node, expression({begin, node.value.span.end}), escape});
  }

  void visit(const lang::If& node) {
    const OpIndex choice = add(plan::Choice{});
    for (const auto& branch : node.branches) {
      plan::Branch planned{&branch, {}, {}};
      if (branch.condition) {
        planned.condition = condition(branch.condition->span, planned.declaration);
      }
      const OpIndex op = add(std::move(planned));
      nested(branch.body);
      end(op);
    }
    end(choice);
  }

  void visit(const lang::For& node) {
    const auto enumerated = node.names.size() > 1
                                ? parse_enumerate(file().source->text(), node.range.span)
                                : std::nullopt;
    plan::For planned{&node, {}, {}};
    planned.range = kept_expression(enumerated ? enumerated->range : node.range.span);
    if (enumerated) planned.enumerated_from = enumerated->start;
    const OpIndex op = add(std::move(planned));
    // `loop` exists unless the page makes one of its own.
    const PlanBinding own = binding(kLoopName);
    symbols_.open();
    if (own.kind == PlanBinding::Kind::nothing) {
      symbols_.introduce(kLoopName, Symbols::Kind::loop, op);
    }
    for (const lang::Name& name : node.names) {
      symbols_.introduce(name.text, Symbols::Kind::otherwise, op);
    }
    fors_.push_back(op);
    loop_body(op, node.body);
    fors_.pop_back();
    symbols_.close();
    if (node.else_body) part(plan::Part::Kind::other, *node.else_body);
    end(op);
  }

  void visit(const lang::While& node) {
    plan::While planned{&node, {}, {}};
    planned.condition = condition(node.condition.span, planned.declaration);
    const OpIndex op = add(std::move(planned));
    loop_body(op, node.body);
    if (node.else_body) part(plan::Part::Kind::other, *node.else_body);
    end(op);
  }

  void visit(const lang::Break&) { jump(true); }
  void visit(const lang::Continue&) { jump(false); }
  void jump(bool is_break) { add(plan::Jump{is_break, loops_.empty() ? kNoOp : loops_.back()}); }

  void visit(const lang::Set& node) {
    plan::Set planned{&node, {}, {}, {}};
    if (node.type) planned.type = expression(*node.type);
    planned.value = kept_expression(node.value.span);
    for (const lang::Name& name : node.names) planned.known.push_back(binding(name.text));
    const OpIndex op = add(std::move(planned));
    for (const lang::Name& name : node.names) {
      symbols_.introduce(name.text, Symbols::Kind::by_set, op);
      for (const OpIndex loop : fors_) {
        const auto& names = at<plan::For>(loop).node->names;
        if (std::ranges::find(names, name.text, &lang::Name::text) != names.end()) {
          at<plan::For>(loop).is_hidden = true;
        }
      }
    }
  }

  // Other bodies, and other files.

  void visit(const lang::Block& node) {
    const auto found = page_.blocks.find(node.name.text);
    if (found == page_.blocks.end()) return in_place(place_, node.body);
    PlanBlock& block = plan_.blocks[found->first];
    const bool is_deep = open_blocks_ > kMaxOuterBlocks;
    if (is_deep) block.is_deep = true;
    open_blocks_ += is_deep ? 0 : 1;
    const OpIndex begin = next();
    in_place(place_of(*found->second.file), found->second.block->body);
    open_blocks_ -= is_deep ? 0 : 1;
    block.ranges.push_back({begin, next()});
  }

  void visit(const lang::Super& node) {
    const auto found = page_.supers.find(&node);
    if (found == page_.supers.end()) return;
    in_place(place_of(*found->second.file), found->second.block->body);
  }

  // Returns the place of a file: this file, one that includes it, or one of the chain.
  const PlanPlace* place_of(const Template& wanted) {
    for (const PlanPlace* at = place_; at != nullptr; at = at->includer) {
      if (at->file == &wanted) return at;
    }
    for (const PlanPlace* at : chain_) {
      if (at->file == &wanted) return at;
    }
    return &plan_.places.emplace_back(PlanPlace{&wanted, chain_.front(), 1});
  }

  const PlanPlace* place_in(const Template& included, const lang::Include& node) {
    const std::uint32_t line = file().source->position(node.tag.begin).line;
    return &plan_.places.emplace_back(PlanPlace{&included, place_, line});
  }

  void visit(const lang::Include& node) {
    const auto found = page_.includes.find(&node);
    if (found == page_.includes.end()) return;
    const PlanPlace* place = place_in(*found->second, node);
    if (node.has_own_scope()) return scope(node, place);
    in_place(place, found->second->body);
  }

  void scope(const lang::Include& node, const PlanPlace* place) {
    plan::Scope planned{&node, place, {}};
    for (const lang::Param& param : place->file->params) {
      planned.arguments.push_back(argument(node, param, place));
    }
    const OpIndex op = add(std::move(planned));
    const std::size_t outer_depth = first_depth_;
    symbols_.open();
    first_depth_ = symbols_.depth();
    for (const lang::Param& param : place->file->params) {
      symbols_.introduce(param.name.text, Symbols::Kind::otherwise, op);
    }
    if (node.kind == lang::Include::Kind::module && is_resources_free()) {
      symbols_.introduce(kResourcesName, Symbols::Kind::resources, op);
    }
    symbols_.open();
    in_place(place, place->file->body);
    symbols_.close();
    symbols_.close();
    first_depth_ = outer_depth;
    end_before_text(op);
  }

  [[nodiscard]] bool is_resources_free() const {
    const Symbols::Symbol* known = symbols_.find(kResourcesName);
    return known == nullptr || known->kind == Symbols::Kind::resources;
  }

  plan::Scope::Argument argument(const lang::Include& node, const lang::Param& param,
                                 const PlanPlace* declared) {
    const auto given = std::ranges::find_if(node.arguments, [&](const auto& argument) {
      return argument.name.text == param.name.text;
    });
    if (given != node.arguments.end()) {
      return {&param, kept_expression(given->value.span), place_, node.tag, given->name.span};
    }
    return {&param, kept_expression(param.default_value->span, *declared->file), declared,
            param.tag, param.name.span};
  }

  // The content of the call sees the names that the call sees.
  void visit(const lang::Call& node) {
    const auto found = page_.includes.find(&node.component);
    if (found == page_.includes.end()) return;
    const OpIndex op = add(plan::Call{});
    Frame frame{&node, op, {}, frame_};
    for (const auto& fill : node.fills) {
      frame.fills.push_back(add(plan::Fill{}));
      nested(fill.body);
      end(frame.fills.back());
    }
    const PlanPlace* place = place_in(*found->second, node.component);
    const Frame* outer = std::exchange(frame_, &frame);
    scope(node.component, place);
    frame_ = outer;
    end_before_text(op);
  }

  void visit(const lang::Slot& node) {
    if (frame_ != nullptr) {
      if (const auto* fill = frame_->call->fill_of(node)) {
        const auto index = static_cast<std::size_t>(fill - frame_->call->fills.data());
        add(plan::FilledSlot{frame_->op, frame_->fills[index]});
        return;
      }
    }
    const OpIndex op = add(plan::Slot{frame_ == nullptr ? kNoOp : frame_->op});
    nested(node.body);
    end(op);
  }

  void visit(const lang::Apply& node) {
    const OpIndex op = add(plan::Capture{&node, {}});
    nested(node.body);
    end(op);
    at<plan::Capture>(op).function = expression(node.function.span);
  }

  void visit(const lang::Module& node) {
    const bool is_function = is_function_module(file().source->text(node.name));
    plan::Module planned{&node, is_function, expression(node.call.span), {}};
    if (!is_function) planned.arguments = expression(node.arguments);
    add(std::move(planned));
  }

  void visit(const lang::Flush&) { add(plan::Flush{}); }

  void visit(const lang::Try& node) {
    const OpIndex op = add(plan::Try{&node});
    lang::HTMLContext after = part(plan::Part::Kind::body, node.body);
    std::vector<lang::HTMLContext> others;
    for (const auto& except : node.excepts) others.push_back(visit_except(except));
    if (node.else_body) {
      const lang::HTMLContext before = std::exchange(context_, after);
      after = part(plan::Part::Kind::other, *node.else_body);
      context_ = before;
    }
    for (const lang::HTMLContext& other : others) after = lang::join(after, other).value_or(after);
    if (node.finally_body) {
      const lang::HTMLContext before = std::exchange(context_, after);
      part(plan::Part::Kind::finally_, *node.finally_body);
      context_ = before;
    }
    end(op);
  }

  lang::HTMLContext visit_except(const lang::Try::Except& except) {
    plan::Except planned{&except, {}};
    if (except.type) planned.type = expression(*except.type);
    const OpIndex op = add(std::move(planned));
    symbols_.open();
    if (except.name) symbols_.introduce(except.name->text, Symbols::Kind::otherwise, op);
    const lang::HTMLContext after = nested(except.body);
    symbols_.close();
    end(op);
    return after;
  }

  void count_waits() {
    std::uint32_t count = 0;
    plan_.waits_before.reserve(plan_.ops.size() + 1);
    for (const PlanOp& op : plan_.ops) {
      plan_.waits_before.push_back(count);
      bool waits = std::holds_alternative<plan::Flush>(op.action);
      for_each_expression(
          op, [&](const PlanExpression& expression) { waits = waits || expression.waits; });
      if (waits) ++count;
    }
    plan_.waits_before.push_back(count);
  }

  const lang::Page& page_;
  PagePlan plan_;
  lang::ContextFlow flow_;
  lang::HTMLContext context_;
  Symbols symbols_;
  std::size_t first_depth_ = 0;  // the depth of the file's scope, if it has one of its own
  std::vector<const PlanPlace*> chain_;
  const PlanPlace* place_ = nullptr;
  const Frame* frame_ = nullptr;  // the call whose component is planned
  std::vector<OpIndex> loops_;
  std::vector<OpIndex> fors_;
  std::size_t open_blocks_ = 0;
  bool meets_literal_ = false;  // whether a literal that comes next continues `text_`
  struct {
    lang::HTMLContext context;  // the context of the first byte
    std::string bytes;
    OpIndex begin = 0;
  } text_;
};

// The names that an operation itself introduces.
struct Introduced {
  std::uint64_t letters = 0;

  void add(const std::vector<lang::Name>& names) {
    for (const lang::Name& name : names) letters |= letter_bit(name.text);
  }
};

std::uint64_t introduced_letters(const PlanOp& op) {
  Introduced introduced;
  if (const auto* loop = std::get_if<plan::For>(&op.action)) introduced.add(loop->node->names);
  if (const auto* set = std::get_if<plan::Set>(&op.action)) introduced.add(set->node->names);
  if (const auto* scope = std::get_if<plan::Scope>(&op.action)) {
    for (const auto& argument : scope->arguments) {
      introduced.letters |= letter_bit(argument.param->name.text);
    }
  }
  if (const auto* except = std::get_if<plan::Except>(&op.action)) {
    if (except->node->name) introduced.letters |= letter_bit(except->node->name->text);
  }
  return introduced.letters;
}

void add_uses(const PlanExpression& expression, PlanNames& names) {
  names.letters |= expression.letters;
  names.uses_modules = names.uses_modules || expression.has_modules;
  for (const NameUse& use : expression.uses) {
    switch (use.kind) {
      case NameUse::Kind::free:
        names.free.insert(use.name);
        break;
      case NameUse::Kind::scope:
        names.scopes.insert(use.name);
        break;
      case NameUse::Kind::given:
        names.given.insert(use.name);
        break;
      case NameUse::Kind::resources:
        names.uses_modules = true;
        break;
      case NameUse::Kind::local:
      case NameUse::Kind::loop:
        break;
    }
  }
}

void add_op(const PlanOp& op, PlanNames& names) {
  for_each_expression(op, [&](const PlanExpression& expression) { add_uses(expression, names); });
  names.letters |= introduced_letters(op);
  if (std::holds_alternative<plan::Flush>(op.action)) names.flushes = true;
  if (std::holds_alternative<plan::Capture>(op.action)) names.captures = true;
  if (const auto* module = std::get_if<plan::Module>(&op.action)) {
    names.uses_modules = names.uses_modules || !module->is_function;
  }
  if (const auto* part = std::get_if<plan::Part>(&op.action)) {
    names.catches_all = names.catches_all || part->kind == plan::Part::Kind::finally_;
  }
}

// Adds the names that the values of fixed parameters use. A value may use parameters that were
// fixed before it, so the last value comes first.
void add_fixed(const PagePlan& plan, PlanNames& names) {
  for (std::size_t i = plan.fixed.size(); i-- > 0;) {
    if (names.given.contains(plan.page->fixed[i].param.param->name.text)) {
      add_uses(plan.fixed[i], names);
    }
  }
  for (const std::string_view name : plan.imported) names.letters |= letter_bit(name);
}

void add_range(const PagePlan& plan, PlanRange range, PlanNames& names) {
  for (OpIndex op = range.begin; op < range.end; ++op) add_op(plan.ops[op], names);
}

std::string uses_outer(std::string_view name) {
  return "it uses '" + std::string(name) + "', which is introduced outside of it";
}

// Returns why an operation needs what is before `begin`; empty if it does not.
std::string outer_need(const PlanOp& op, OpIndex begin) {
  std::string need;
  for_each_expression(op, [&](const PlanExpression& expression) {
    for (const NameUse& use : expression.uses) {
      if (use.by < begin && need.empty()) need = uses_outer(use.name);
    }
  });
  if (!need.empty()) return need;
  if (const auto* jump = std::get_if<plan::Jump>(&op.action)) {
    if (jump->loop < begin) return "it leaves a loop around it";
  }
  OpIndex component = kNoOp;
  if (const auto* slot = std::get_if<plan::Slot>(&op.action)) component = slot->component;
  if (const auto* slot = std::get_if<plan::FilledSlot>(&op.action)) component = slot->component;
  if (component < begin) return "it has a slot of a component that is called around it";
  return {};
}

}  // namespace

std::uint64_t letter_bit(std::string_view name) {
  if (name.size() != 1) return 0;
  const char c = name.front();
  if (c >= 'a' && c <= 'z') return std::uint64_t{1} << (c - 'a');
  if (c >= 'A' && c <= 'Z') return std::uint64_t{1} << (26 + c - 'A');
  return 0;
}

PlanNames PagePlan::names(PlanRange range) const {
  PlanNames names;
  add_range(*this, range, names);
  add_fixed(*this, names);
  return names;
}

PlanNames PagePlan::names(const PlanBlock& block) const {
  PlanNames names;
  for (const PlanRange& range : block.ranges) add_range(*this, range, names);
  add_fixed(*this, names);
  return names;
}

PlanNames PagePlan::names() const {
  PlanNames names;
  add_range(*this, whole(), names);
  for (const PlanExpression& value : fixed) add_uses(value, names);
  add_fixed(*this, names);
  for (const lang::PageParam& param : page->params)
    names.letters |= letter_bit(param.param->name.text);
  for (const lang::FixedParam& param : page->fixed) {
    names.letters |= letter_bit(param.param.param->name.text);
  }
  return names;
}

std::string PagePlan::obstacle(const PlanBlock& block) const {
  if (block.is_deep) return "it stands in more than " + std::to_string(kMaxOuterBlocks) + " others";
  for (const PlanRange& range : block.ranges) {
    for (OpIndex op = range.begin; op < range.end; ++op) {
      std::string need = outer_need(ops[op], range.begin);
      if (!need.empty()) return need;
    }
  }
  return {};
}

bool PagePlan::is_given(std::string_view name) const {
  const auto has_name = [&](const lang::PageParam& param) {
    return param.param->name.text == name;
  };
  return imported.contains(name) || std::ranges::any_of(page->params, has_name) ||
         std::ranges::any_of(page->fixed,
                             [&](const lang::FixedParam& fixed) { return has_name(fixed.param); });
}

OpIndex PagePlan::end_of_text(OpIndex at, OpIndex end) const {
  for (++at; at < end; ++at) {
    const auto* next = std::get_if<plan::Literal>(&ops[at].action);
    if (next == nullptr || !next->continues) break;
  }
  return at;
}

std::vector<std::string> PagePlan::texts_in(PlanRange range) const {
  std::vector<std::string> found;
  for (OpIndex at = range.begin; at < range.end; ++at) {
    const auto* literal = std::get_if<plan::Literal>(&ops[at].action);
    if (literal == nullptr) continue;
    if (!literal->continues || at == range.begin) found.emplace_back();
    found.back() += literal->text;
  }
  return found;
}

std::vector<std::string> PagePlan::hashes_in(PlanRange range, InlineElement::Kind kind) const {
  std::vector<std::string> hashes;
  for (const PlanInline& found : inline_elements) {
    const bool is_inside = found.literals.begin >= range.begin && found.literals.end <= range.end;
    if (!is_inside || found.element.kind != kind) continue;
    std::string hash = content_hash(found.element.content);
    if (std::ranges::find(hashes, hash) == hashes.end()) hashes.push_back(std::move(hash));
  }
  return hashes;
}

PagePlan plan_page(const lang::Page& page) {
  return Planner(page).run();
}

}  // namespace bora::compiler
