// Turns a page's plan into the statements that render the page.
//
// Adjacent texts become one literal. The user's C++ is mapped to its place in the template; all
// other lines are the generated file's own.
//
// The objects of an argument or a range live until everything that uses it is rendered, as in a C++
// call: a lambda in the same expression renders that, before the expression ends.
//
//     const Kept<T>::Pointer value = nullptr;         const auto with = [&](auto&& then)
//     value = Kept<T>(EXPRESSION).at(), [&] {             -> decltype(auto) { return then(RANGE);
//     };
//       …                                             with([&](HeldBy<decltype(with)> range) { for
//       …
//     }();                                            });
//
// If something in the expression waits, a lambda can't be used, and values are copied.

#include "compiler/codegen/template_body.h"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "compiler/codegen/runtime_names.h"
#include "compiler/codegen/sink_names.h"
#include "compiler/codegen/temporaries.h"
#include "templates-lang/escape_rules.h"

namespace bora::compiler {
namespace {

using lang::Name;
using lang::Position;
using lang::Span;
using lang::Template;

std::vector<const PlanPlace*> path_of(const PlanPlace* place) {
  std::vector<const PlanPlace*> path;
  for (; place != nullptr; place = place->includer) path.push_back(place);
  std::reverse(path.begin(), path.end());
  return path;
}

// Returns the type of the object that writes a value.
std::string_view sink_type(const PagePlan& plan, const plan::Value& value) {
  switch (value.escape.kind) {
    case lang::OutputEscape::Kind::raw:
      return runtime::kRaw;
    case lang::OutputEscape::Kind::function:
      return runtime::kEscapedBy;
    case lang::OutputEscape::Kind::escape:
      break;
  }
  const lang::EscapeRules* rules = plan.page->escape_rules.get();
  if (value.escape.escape == lang::Escape::url && rules != nullptr && !rules->url_schemes.empty()) {
    return runtime::kOwnSchemesURLSink;
  }
  return sink_name(value.escape.escape);
}

// How long values live.

// Whether a value is copied because nothing can hold the objects that it refers to.
bool is_copied(const PlanExpression& value) {
  return value.temporaries == Temporaries::inner && !value.is_list;
}

// Whether a `for` runs within the expression of its range.
bool holds_range(const PagePlan& plan, OpIndex op) {
  const auto& loop = std::get<plan::For>(plan.ops[op].action);
  return loop.range.temporaries > Temporaries::result && !loop.range.waits &&
         !plan.waits(plan.below(op));
}

// Whether an included file is written within the expression of its argument.
bool holds_argument(const PagePlan& plan, OpIndex scope, const PlanExpression& value) {
  return value.temporaries > Temporaries::result && !value.waits && !plan.waits(plan.below(scope));
}

// Whether the operation copies a value with kKeep.
bool keeps_value(const PagePlan& plan, OpIndex op) {
  const PlanOp::Action& action = plan.ops[op].action;
  if (const auto* branch = std::get_if<plan::Branch>(&action)) {
    return branch->declaration && is_copied(*branch->condition);
  }
  if (const auto* loop = std::get_if<plan::While>(&action)) {
    return loop->declaration && is_copied(loop->condition);
  }
  if (const auto* loop = std::get_if<plan::For>(&action)) {
    return is_copied(loop->range) && !holds_range(plan, op);
  }
  if (const auto* set = std::get_if<plan::Set>(&action)) {
    return !set->node->names.empty() && is_copied(set->value);
  }
  if (const auto* scope = std::get_if<plan::Scope>(&action)) {
    return std::ranges::any_of(scope->arguments, [&](const auto& argument) {
      return is_copied(argument.value) && !holds_argument(plan, op, argument.value);
    });
  }
  return false;
}

// The objects that the values of a part are written by, in the order of their first use.
class SinkWalk {
 public:
  SinkWalk(const PagePlan& plan, const SinkNames& names, BodyParts& parts)
      : plan_(plan), names_(names), parts_(parts) {}

  void walk(PlanRange range) {
    for (OpIndex at = range.begin; at < range.end;) at = step(at);
  }

 private:
  OpIndex step(OpIndex at) {
    const PlanOp& op = plan_.ops[at];
    if (const auto* value = std::get_if<plan::Value>(&op.action)) {
      add(sink_type(plan_, *value),
          value->escape.kind == lang::OutputEscape::Kind::function ? op.place->file : nullptr);
    }
    if (const auto* module = std::get_if<plan::Module>(&op.action)) {
      add(module->is_function ? runtime::kRaw : runtime::kModuleScope);
    }
    if (const auto* capture = std::get_if<plan::Capture>(&op.action)) {
      aside(at);
      add(runtime::kRaw);
      add_modules(capture->function);
      return op.end;
    }
    for_each_expression(op, [this](const PlanExpression& value) { add_modules(value); });
    if (!std::holds_alternative<plan::Fill>(op.action)) return at + 1;
    aside(at);
    return op.end;
  }

  // Collects what is written to an Output of its own.
  void aside(OpIndex op) {
    auto* const outer = std::exchange(aside_, &parts_.captured[op]);
    walk(plan_.below(op));
    aside_ = outer;
  }

  void add_modules(const PlanExpression& expression) {
    if (expression.has_modules) add(runtime::kModuleScope);
  }

  void add(std::string_view type, const Template* function_of = nullptr) {
    const std::size_t index = parts_.sink_index(type, function_of);
    if (index == parts_.sinks.size()) {
      const bool is_scope = type == runtime::kModuleScope;
      parts_.sinks.push_back(
          {type, function_of, is_scope ? runtime::kModules : names_.name(index)});
      if (type == runtime::kOwnSchemesURLSink) {
        parts_.sinks.back().rules = plan_.page->escape_rules.get();
      }
    }
    if (aside_ != nullptr) aside_->insert(index);
  }

  const PagePlan& plan_;
  const SinkNames& names_;
  BodyParts& parts_;
  std::set<std::size_t>* aside_ = nullptr;
};

// A `{% finally %}` that jumps have to go through.
struct Finally {
  std::string name;
  bool breaks = false;
  bool continues = false;
};

// An operation while its statements are written.
struct At {
  OpIndex index = kNoOp;
  const PlanOp& op;
};

class BodyWriter {
 public:
  BodyWriter(CppWriter& writer, const PagePlan& plan, const BodyParts& parts)
      : writer_(writer),
        plan_(plan),
        parts_(parts),
        begin_(parts.range.begin),
        reported_(plan.leaf) {}

  void write() {
    operations(parts_.range);
    report_in(plan_.leaf);
  }

 private:
  // Places.

  [[nodiscard]] const Template& file() const { return *place_->file; }
  [[nodiscard]] Position position(std::uint32_t offset) const {
    return file().source->position(offset);
  }
  [[nodiscard]] std::string_view text_of(Span span) const { return file().source->text(span); }

  // Makes the compiler's "In file included from" lead to `target`.
  void report_in(const PlanPlace* target) {
    if (reported_ == target) return;
    const auto from = path_of(reported_);
    const auto to = path_of(target);
    const auto common = std::mismatch(from.begin(), from.end(), to.begin(), to.end());
    for (auto at = from.end(); at != common.first; --at) {
      const PlanPlace& left = **(at - 1);
      if (left.includer == nullptr) continue;
      writer_.leave_file(runtime::kLineMarkersMacro, left.includer->file->source->name(),
                         left.line);
    }
    for (auto at = common.second; at != to.end(); ++at) {
      const PlanPlace& entered = **at;
      if (entered.includer == nullptr) continue;
      writer_.enter_file(runtime::kLineMarkersMacro, entered.includer->file->source->name(),
                         entered.line, entered.file->source->name());
    }
    reported_ = target;
  }

  // C++ of the template, in its place.
  void mapped(std::string_view before, Span span) {
    report_in(place_);
    writer_.mapped(file().source->name(), position(span.begin), before, text_of(span));
  }
  void mapped(std::string_view before, const PlanExpression& expression, Span tag,
              std::string_view after) {
    for (const Piece& piece : expression.pieces) {
      const bool is_last = &piece == &expression.pieces.back();
      std::string in_front(&piece == expression.pieces.data() ? before : "");
      in_front += piece.before;
      if (is_last) {
        mapped(in_front, piece.span, piece.text, tag, after);
      } else {
        mapped(in_front, piece.span, piece.text, piece.span, {});
      }
    }
  }
  // Writes C++ that is reported in the template: `text` at the begin of `span`, `after` at the
  // tag's closing braces.
  void mapped(std::string_view before, Span span, std::string_view text, Span tag,
              std::string_view after) {
    report_in(place_);
    const std::uint32_t closer = std::max(tag.end, tag.begin + 2) - 2;
    writer_.mapped(file().source->name(), position(span.begin), before, text, position(closer),
                   after);
  }

  // Temporaries.

  // Writes `before EXPRESSION after`. The value is copied if it may refer to an object that is
  // destroyed at the end of the expression.
  void mapped_kept(const std::string& before, const PlanExpression& value, Span tag,
                   const std::string& after) {
    if (!is_copied(value)) return mapped(before, value, tag, after);
    mapped(before + runtime::kKeep + '(', value, tag, ')' + after);
  }

  // The same for a variable whose type is known, which may be a view.
  void mapped_fitting(const std::string& before, const std::string& variable,
                      const PlanExpression& value, Span tag) {
    if (value.temporaries == Temporaries::none || value.is_list) {
      return mapped(before, value, tag, ";");
    }
    mapped_kept(before + runtime::kFits + "<decltype(" + variable + ")>(", value, tag, ");");
  }

  // Bodies.

  // Writes a body that may be skipped or repeated. So it is not known before or after it how much
  // room the output has.
  void nested(PlanRange body) {
    unchecked_ = 0;
    operations(body);
    unchecked_ = 0;
  }

  // The same for the body of a loop, in which `break` and `continue` are C++'s own.
  void nested_in_loop(PlanRange body) {
    jumps_.push_back(nullptr);
    nested(body);
    jumps_.pop_back();
  }

  std::string unique(std::string_view name) {
    return "bora_" + std::string(name) + std::to_string(++last_number_);
  }

  // Text.

  void write_text(std::size_t size) {
    const bool is_checked = size > unchecked_;
    writer_.line("bora_out." +
                 std::string(is_checked ? runtime::kAppend : runtime::kAppendUnchecked) +
                 "(bora_text[" + std::to_string(literal_++) + "]);");
    unchecked_ = is_checked ? runtime::kMaxUnchecked : unchecked_ - size;
  }

  // bora_out owns the page's text while the page is rendered. Statements that use bora_output
  // directly, or the handler's text, have to be between these two calls.
  void release_output() {
    writer_.open("{");
    writer_.line("const " + std::string(runtime::kReleased) + " bora_released(bora_out);");
  }
  void resume_output() {
    writer_.close();
    unchecked_ = 0;
  }

  // Operations.

  void operations(PlanRange range) {
    for (OpIndex at = range.begin; at < range.end;) {
      const PlanOp& op = plan_.ops[at];
      if (std::holds_alternative<plan::Literal>(op.action)) {
        at = plan_.end_of_text(at, range.end);
        write_text(parts_.literals[literal_].size());
        continue;
      }
      const PlanPlace* outer = std::exchange(place_, op.place);
      std::visit([&](const auto& action) { write(action, At{at, op}); }, op.action);
      place_ = outer;
      at = op.end;
    }
  }

  // These operations are only below others, which write them.
  void write(const plan::Literal&, const At&) {}
  void write(const plan::Branch&, const At&) {}
  void write(const plan::Part&, const At&) {}
  void write(const plan::Fill&, const At&) {}
  void write(const plan::Except&, const At&) {}

  // Returns the next operation with the same parent.
  [[nodiscard]] OpIndex next(OpIndex child) const { return plan_.ops[child].end; }
  template <class Action>
  [[nodiscard]] const Action* as(OpIndex op, OpIndex end) const {
    return op < end ? std::get_if<Action>(&plan_.ops[op].action) : nullptr;
  }

  void write(const plan::Value& value, const At&) {
    const bool is_function = value.escape.kind == lang::OutputEscape::Kind::function;
    mapped(sink(sink_type(plan_, value), is_function ? &file() : nullptr) + '(', value.value,
           value.node->tag, ");");
  }

  const std::string& sink(std::string_view type, const Template* function_of = nullptr) const {
    return parts_.sinks[parts_.sink_index(type, function_of)].name;
  }

  void write(const plan::Choice&, const At& at) {
    bool is_first = true;
    for (OpIndex child = at.index + 1; child < at.op.end; child = next(child)) {
      const auto& branch = *as<plan::Branch>(child, at.op.end);
      if (!branch.condition) {
        writer_.open("else {");
      } else {
        condition(is_first ? "if (" : "else if (", branch.declaration, *branch.condition,
                  branch.node->tag);
        writer_.indent();
      }
      is_first = false;
      nested(plan_.below(child));
      writer_.close();
    }
  }

  // Writes a condition. A variable that it declares lives as long as the body.
  void condition(const std::string& before, const std::optional<Span>& declaration,
                 const PlanExpression& value, Span tag) {
    if (!declaration) return mapped(before, value, tag, ") {");
    mapped(before, *declaration);
    mapped_kept({}, value, tag, ") {");
  }

  void write(const plan::For& loop, const At& at) {
    const OpIndex body = at.index + 1;
    const OpIndex other = next(body);
    const bool has_else = as<plan::Part>(other, at.op.end) != nullptr;
    const bool is_held = holds_range(plan_, at.index);
    const bool is_grouped = loop.enumerated_from || loop.names_loop || has_else || is_held;
    if (is_grouped) writer_.open("{");
    const std::string held = is_held ? hold_range(loop) : std::string();
    const std::string ran = begin_else(has_else);
    const std::string counter = loop.enumerated_from ? unique("count") : std::string();
    if (loop.enumerated_from) {
      writer_.line("::std::size_t " + counter + " = " + std::string(*loop.enumerated_from) + ';');
    }

    write_for_head(loop, held);
    writer_.indent();
    if (loop.names_loop) writer_.line(std::string("loop.") + runtime::kLoopStep + "();");
    if (!ran.empty()) writer_.line(ran + " = true;");
    if (loop.enumerated_from) {
      mapped("[[maybe_unused]] const ::std::size_t ", loop.node->names.front().span);
      writer_.line("= " + counter + "++;");
    }
    // In C++, only a block inside the loop's own can hide a name of the loop's head.
    if (loop.is_hidden) writer_.open("{");
    nested_in_loop(plan_.below(body));
    if (loop.is_hidden) writer_.close();
    writer_.close();
    if (has_else) write_else(other, ran);
    if (is_held) writer_.close("});");
    if (is_grouped) writer_.close();
  }

  // Opens the lambda in which all objects of the range are alive, and returns the range's name.
  std::string hold_range(const plan::For& loop) {
    const std::string with = unique("with");
    const std::string name = unique("held");
    const std::string list_end = loop.range.is_list ? ")" : "";
    writer_.line("const auto " + with + " = [&](auto&& bora_then) -> decltype(auto) {");
    mapped("return bora_then(" + std::string(loop.range.is_list ? runtime::kList : "") +
               (loop.range.is_list ? "(" : ""),
           loop.range, loop.node->tag, list_end + "); };");
    const std::string type = std::string(runtime::kHeldBy) + "<decltype(" + with + ")> ";
    mapped(with + "([&]([[maybe_unused]] " + type, loop.range.span, name, loop.node->tag, ") {");
    writer_.indent();
    return name;
  }

  void write_for_head(const plan::For& loop, std::string range_name) {
    const Span range = loop.range.span;
    const Span tag = loop.node->tag;
    // The range is evaluated only once, although `loop` needs its length first.
    if (range_name.empty() && (loop.names_loop || is_copied(loop.range))) {
      range_name = unique("range");
      mapped_kept("auto&& " + range_name + " = ", loop.range, tag, ";");
    }
    if (loop.names_loop) {
      writer_.line(std::string(runtime::kLoop) + " loop;");
      writer_.line(std::string("loop.length = ") + runtime::kLoopLength + '(' + range_name + ");");
    }
    const auto names = std::span(loop.node->names).subspan(loop.enumerated_from ? 1 : 0);
    const bool is_binding = names.size() > 1;
    mapped({}, names.front().span, "for ([[maybe_unused]] auto&&", tag, {});
    // Compilers report at the bracket that an element can't be taken apart.
    std::string_view before = is_binding ? "[" : "";
    for (const Name& name : names) {
      mapped(before, name.span);
      before = ", ";
    }
    // clang reports at the colon that something is not a range.
    mapped(is_binding ? "]" : "", range, ":", tag, {});
    if (range_name.empty()) return mapped({}, loop.range, tag, ") {");
    mapped({}, range, range_name, tag, ") {");
  }

  void write(const plan::While& loop, const At& at) {
    const OpIndex body = at.index + 1;
    const OpIndex other = next(body);
    const bool has_else = as<plan::Part>(other, at.op.end) != nullptr;
    if (has_else) writer_.open("{");
    const std::string ran = begin_else(has_else);
    condition("while (", loop.declaration, loop.condition, loop.node->tag);
    writer_.indent();
    if (!ran.empty()) writer_.line(ran + " = true;");
    nested_in_loop(plan_.below(body));
    writer_.close();
    if (!has_else) return;
    write_else(other, ran);
    writer_.close();
  }

  // Declares and returns the variable that tells whether a loop with an `else` ran; empty for a
  // loop without one.
  std::string begin_else(bool has_else) {
    if (!has_else) return {};
    std::string ran = unique("ran");
    writer_.line("bool " + ran + " = false;");
    return ran;
  }

  void write_else(OpIndex part, const std::string& ran) {
    writer_.open("if (!" + ran + ") {");
    nested(plan_.below(part));
    writer_.close();
  }

  // A jump out of a `{% try %}` with a `{% finally %}` goes through that part.
  void write(const plan::Jump& jump, const At&) { write_jump(jump.is_break); }
  void write_jump(bool is_break) {
    Finally* const finally = jumps_.empty() ? nullptr : jumps_.back();
    if (finally == nullptr) return writer_.line(is_break ? "break;" : "continue;");
    (is_break ? finally->breaks : finally->continues) = true;
    writer_.line("{ " + finally->name + "_jump = " + (is_break ? "1" : "2") + "; goto " +
                 finally->name + "; }");
  }

  void write(const plan::Set& set, const At&) {
    const lang::Set& node = *set.node;
    if (node.names.empty()) {
      mapped({}, set.value, node.tag, ";");
    } else if (node.type) {
      mapped("[[maybe_unused]] ", *node.type);
      mapped({}, node.names.front().span);
      // A deduced type is that of the value, and a reference refers to the value itself.
      const std::string_view type = text_of(*node.type);
      if (type.find("auto") != type.npos || type.ends_with('&')) {
        mapped_kept("= ", set.value, node.tag, ";");
      } else {
        mapped_fitting("= ", node.names.front().text, set.value, node.tag);
      }
    } else if (node.names.size() == 1) {
      set_one(set);
    } else {
      set_several(set);
    }
  }

  // Returns what a name was before, as far as it is visible in this function.
  [[nodiscard]] PlanBinding::Kind known(const plan::Set& set, std::size_t index) const {
    const PlanBinding& binding = set.known[index];
    if (binding.by >= begin_) return binding.kind;  // kNoOp is larger than every index.
    const std::string& name = set.node->names[index].text;
    return plan_.is_given(name) ? PlanBinding::Kind::otherwise : PlanBinding::Kind::nothing;
  }

  void set_one(const plan::Set& set) {
    const Name& name = set.node->names.front();
    const Span tag = set.node->tag;
    const PlanBinding::Kind before = known(set, 0);
    if (before == PlanBinding::Kind::otherwise) {
      // The value may use the name that the new variable hides, so it is evaluated first.
      const std::string value = unique("value");
      mapped_kept("auto " + value + " = ", set.value, tag, ";");
      return assign(name, before, value);
    }
    const bool is_new = before == PlanBinding::Kind::nothing;
    mapped(is_new ? "[[maybe_unused]] auto " : "", name.span);
    if (is_new) {
      mapped_kept("= ", set.value, tag, ";");
    } else {
      mapped_fitting("= ", name.text, set.value, tag);
    }
  }

  void set_several(const plan::Set& set) {
    const std::vector<Name>& names = set.node->names;
    const Span tag = set.node->tag;
    bool is_new = true;
    for (std::size_t i = 0; i < names.size(); ++i) {
      is_new = is_new && known(set, i) == PlanBinding::Kind::nothing;
    }
    std::vector<std::string> values;
    std::string list = "[";
    mapped({}, names.front().span, "[[maybe_unused]] auto", tag, {});
    for (const Name& name : names) {
      if (is_new) {
        mapped(list, name.span);
        list = ", ";
      } else {
        values.push_back(unique("value"));
        list += (values.size() > 1 ? ", " : "") + values.back();
      }
    }
    mapped_kept((is_new ? std::string() : list) + "] = ", set.value, tag, ";");
    for (std::size_t i = 0; i < values.size(); ++i) assign(names[i], known(set, i), values[i]);
  }

  // Gives `name` what the generated variable `value` holds.
  void assign(const Name& name, PlanBinding::Kind before, const std::string& value) {
    mapped(before == PlanBinding::Kind::by_set ? "" : "[[maybe_unused]] auto ", name.span);
    writer_.line("= static_cast<decltype(" + value + ")&&>(" + value + ");");
  }

  // Other files.

  // An argument that is being written.
  struct Argument {
    const plan::Scope::Argument& planned;
    std::string value;  // the variable that is the value, or that points to it
    std::string type;   // the type of its holder; empty if there is none

    [[nodiscard]] bool is_held() const { return !type.empty(); }
  };

  // The arguments are evaluated outside of the file's scope, so that each may use names that the
  // file's parameters hide.
  void write(const plan::Scope& scope, const At& at) {
    writer_.open("{");
    std::vector<Argument> arguments;
    for (const plan::Scope::Argument& argument : scope.arguments) {
      arguments.push_back(write_argument(argument, scope, at.index));
    }
    const bool holds = std::ranges::any_of(arguments, &Argument::is_held);
    if (holds) {
      hold(arguments);
    } else {
      writer_.open("{");
    }
    place_ = scope.place;
    for (const Argument& argument : arguments) {
      mapped("[[maybe_unused]] const auto& ", argument.planned.param->name.span);
      writer_.line((argument.is_held() ? "= *" : "= ") + argument.value + ';');
    }
    if (scope.names_resources) {
      writer_.line("const " + std::string(runtime::kSetResources) +
                   " set_resources(bora_output, bora_handler, " + string_literal(file().name) +
                   ");");
    }
    writer_.open("{");
    operations(plan_.below(at.index));
    writer_.close();
    writer_.close(holds ? "}());" : "}");
    writer_.close();
  }

  // Mistakes in the type are reported in the file that declares the parameter, all others at the
  // argument.
  Argument write_argument(const plan::Scope::Argument& planned, const plan::Scope& scope,
                          OpIndex op) {
    Argument argument{planned, unique("value"), {}};
    const PlanPlace* const outer = place_;
    if (holds_argument(plan_, op, planned.value)) {
      argument.type = argument.value + "_type";
      place_ = scope.place;
      const Span type = planned.param->type;
      mapped("using " + argument.type + " = " + runtime::kKept + '<', type, text_of(type),
             planned.param->tag, ">;");
      place_ = outer;
      writer_.line(argument.type + "::Pointer " + argument.value + " = nullptr;");
      return argument;
    }
    // A value that is converted is bound to a name first, since the parameter may refer to it.
    std::string whole;
    if (planned.value.temporaries != Temporaries::none && !planned.value.is_list) {
      whole = argument.value + "_whole";
      place_ = planned.place;
      mapped_kept("auto&& " + whole + " = ", planned.value, planned.tag, ";");
      whole = "static_cast<decltype(" + whole + ")&&>(" + whole + ')';
    }
    place_ = scope.place;
    mapped("[[maybe_unused]] " + std::string(runtime::kRequired) + '<', planned.param->type);
    place_ = planned.place;
    mapped("> ", planned.name, argument.value, planned.name, {});
    if (whole.empty()) {
      mapped("= ", planned.value, planned.tag, ";");
    } else {
      mapped("= ", planned.value.span, whole, planned.tag, ";");
    }
    place_ = outer;
    return argument;
  }

  // Opens the expression that makes the arguments, and the lambda at its end.
  void hold(const std::vector<Argument>& arguments) {
    writer_.line("static_cast<void>(");
    for (const Argument& argument : arguments) {
      if (!argument.is_held()) continue;
      const PlanPlace* outer = std::exchange(place_, argument.planned.place);
      const PlanExpression& value = argument.planned.value;
      mapped(argument.value + " = " + argument.type + (value.is_list ? '{' : '('), value,
             argument.planned.tag, value.is_list ? "}.at()," : ").at(),");
      place_ = outer;
    }
    writer_.open("[&] {");
  }

  // Components.

  // The content becomes functions in the scope of the call, so that it sees the names that the call
  // sees.
  void write(const plan::Call&, const At& at) {
    writer_.open("{");
    OpIndex child = at.index + 1;
    for (; as<plan::Fill>(child, at.op.end) != nullptr; child = next(child)) write_fill(child);
    operations({child, at.op.end});
    writer_.close();
  }

  void write_fill(OpIndex fill) {
    const std::string function = unique("slot");
    writer_.line("[[maybe_unused]] const auto " + function + " =");
    writer_.line("    [&]([[maybe_unused]] " + std::string(runtime::kOutput) + "& bora_output,");
    writer_.open("        [[maybe_unused]] " + std::string(runtime::kPageWriter) + "& bora_out) {");
    captured(fill);
    writer_.close("};");
    slots_.emplace(fill, function);
  }

  void write(const plan::FilledSlot& slot, const At&) {
    unchecked_ = 0;
    writer_.line(slots_.at(slot.fill) + "(bora_output, bora_out);");
  }

  void write(const plan::Slot&, const At& at) {
    writer_.open("{");
    nested(plan_.below(at.index));
    writer_.close();
  }

  // Writes a body that goes to another Output, whose `bora_output` and `bora_out` are in scope.
  void captured(OpIndex op) {
    std::vector<Sink> sinks;
    for (const std::size_t sink : parts_.captured.at(op)) sinks.push_back(parts_.sinks[sink]);
    write_sinks(writer_, sinks);
    auto outer_jumps = std::exchange(jumps_, {});
    nested(plan_.below(op));
    jumps_ = std::move(outer_jumps);
  }

  void write(const plan::Capture& capture, const At& at) {
    const std::string captured_text = unique("captured");
    writer_.open("{");
    writer_.line(std::string(runtime::kOutput) + ' ' + captured_text + ';');
    writer_.open("{");
    writer_.line("[[maybe_unused]] " + std::string(runtime::kOutput) +
                 "& bora_output = " + captured_text + ';');
    writer_.line(std::string(runtime::kPageWriter) + " bora_out(bora_output, 0);");
    captured(at.index);
    writer_.line("bora_out." + std::string(runtime::kFinish) + "();");
    writer_.close();
    mapped(sink(runtime::kRaw) + "((", capture.function, capture.node->tag,
           ")(::std::string(" + captured_text + ".text())));");
    writer_.close();
  }

  // Modules.

  void write(const plan::Module& module, const At&) {
    const Span tag = module.node->tag;
    if (module.is_function) return mapped(sink(runtime::kRaw) + '(', module.call, tag, ");");
    release_output();
    mapped(sink(runtime::kModuleScope) + ".render<", module.node->name);
    mapped(">", module.arguments, tag, ";");
    resume_output();
  }

  void write(const plan::Flush&, const At&) {
    release_output();
    writer_.line("co_await bora_handler.flush();");
    resume_output();
  }

  // Exceptions.

  void write(const plan::Try&, const At& at) {
    OpIndex last = at.index + 1;
    while (next(last) < at.op.end) last = next(last);
    const auto* part = as<plan::Part>(last, at.op.end);
    writer_.open("{");
    if (part != nullptr && part->kind == plan::Part::Kind::finally_) {
      write_finally(at.index, last);
    } else {
      write_try(at.index, at.op.end);
    }
    writer_.close();
  }

  // Writes all parts before `end`.
  void write_try(OpIndex op, OpIndex end) {
    const OpIndex body = op + 1;
    OpIndex other = next(body);
    while (as<plan::Except>(other, end) != nullptr) other = next(other);
    const bool has_else = other < end;
    const std::string passed = has_else ? unique("passed") : std::string();
    if (has_else) writer_.line("bool " + passed + " = false;");
    writer_.open(next(body) == other ? "{" : "try {");
    nested(plan_.below(body));
    if (has_else) writer_.line(passed + " = true;");
    writer_.close();
    for (OpIndex child = next(body); child < other; child = next(child)) {
      write_except(*as<plan::Except>(child, end)->node, plan_.below(child));
    }
    if (!has_else) return;
    writer_.open("if (" + passed + ") {");
    nested(plan_.below(other));
    writer_.close();
  }

  void write_except(const lang::Try::Except& except, PlanRange body) {
    if (!except.type) {
      writer_.open("catch (...) {");
    } else {
      const std::string_view type = text_of(*except.type);
      const bool is_whole = type.ends_with('&') || type.ends_with('*');
      const bool is_const = type.starts_with("const ");
      mapped(is_whole || is_const ? "catch (" : "catch (const ", *except.type);
      const std::string_view sign = is_whole ? "" : "&";
      if (except.name) mapped(sign, except.name->span);
      writer_.open(std::string(except.name ? "" : sign) + ") {");
    }
    // A `set` may hide the exception's name only in a block of its own.
    writer_.open("{");
    nested(body);
    writer_.close();
    writer_.close();
  }

  // Exceptions and jumps are delayed until the `{% finally %}` was rendered.
  void write_finally(OpIndex op, OpIndex part) {
    Finally finally{unique("finally")};
    writer_.line("::std::exception_ptr " + finally.name + "_error;");
    writer_.line("[[maybe_unused]] int " + finally.name + "_jump = 0;");
    writer_.open("try {");
    jumps_.push_back(&finally);
    write_try(op, part);
    jumps_.pop_back();
    writer_.close("} catch (...) {");
    writer_.indent();
    writer_.line(finally.name + "_error = ::std::current_exception();");
    writer_.close();
    if (finally.breaks || finally.continues) writer_.line(finally.name + ":");
    writer_.open("{");
    nested(plan_.below(part));
    writer_.close();
    writer_.line("if (" + finally.name + "_error) ::std::rethrow_exception(" + finally.name +
                 "_error);");
    if (finally.breaks) write_jump_on(finally.name, true);
    if (finally.continues) write_jump_on(finally.name, false);
  }

  void write_jump_on(const std::string& finally, bool is_break) {
    writer_.open("if (" + finally + (is_break ? "_jump == 1) {" : "_jump == 2) {"));
    write_jump(is_break);
    writer_.close();
  }

  CppWriter& writer_;
  const PagePlan& plan_;
  const BodyParts& parts_;
  const OpIndex begin_;
  const PlanPlace* place_ = nullptr;
  const PlanPlace* reported_;             // the place that the compiler reports now
  std::map<OpIndex, std::string> slots_;  // the names of the functions for the Fills
  std::vector<Finally*> jumps_;           // what jumps go through; null: a loop that they leave
                                          // directly
  std::size_t literal_ = 0;               // the index of the next literal
  std::size_t unchecked_ = runtime::kMaxUnchecked;  // bytes left for append_unchecked()
  int last_number_ = 0;
};

// Writes one object that calls the function of `{% autoescape function %}`, which may be
// overloaded.
void write_function_sink(CppWriter& writer, const Sink& sink) {
  const lang::Template& file = *sink.file;
  const lang::Span function = *file.autoescape.function;
  writer.line("const " + std::string(sink.type) + ' ' + sink.name +
              "(bora_out, [](const auto& bora_value) -> decltype(");
  writer.mapped(file.source->name(), file.source->position(function.begin), {},
                std::string(file.source->text(function)), file.source->position(function.end),
                "(bora_value)) {");
  writer.line("return " + std::string(file.source->text(function)) + "(bora_value); });");
}

// Writes a sink that takes the project's schemes, and the array of these.
void write_schemes_sink(CppWriter& writer, const Sink& sink) {
  const std::string schemes = "bora_schemes_" + sink.name;
  std::string list;
  for (const std::string& scheme : sink.rules->url_schemes) {
    list += (list.empty() ? "" : ", ") + string_literal(scheme);
  }
  writer.line("static constexpr ::std::string_view " + schemes + "[] = {" + list + "};");
  writer.line("const " + std::string(sink.type) + ' ' + sink.name + "(bora_out, " + schemes + ");");
}

}  // namespace

SinkNames::SinkNames(std::uint64_t taken) {
  for (const char letter :
       std::string_view("owqpxyzuvtsrnmlkjihgfedcbaOWQPXYZUVTSRNMLKJIHGFEDCBA")) {
    if ((taken & letter_bit(std::string_view(&letter, 1))) == 0) letters_ += letter;
  }
}

// Longer names change no column in messages, because they are written on a line of their own.
std::string SinkNames::name(std::size_t index) const {
  if (index < letters_.size()) return {letters_[index]};
  return "bora_sink" + std::to_string(index);
}

std::size_t BodyParts::sink_index(std::string_view type, const Template* function_of) const {
  const auto is_it = [&](const Sink& known) {
    return known.type == type && known.file == function_of;
  };
  return static_cast<std::size_t>(std::ranges::find_if(sinks, is_it) - sinks.begin());
}

BodyParts body_parts(const PagePlan& plan, PlanRange range, const SinkNames& names) {
  BodyParts parts;
  parts.range = range;
  parts.literals = plan.texts_in(range);
  SinkWalk(plan, names, parts).walk(range);
  for (OpIndex op = range.begin; op < range.end && !parts.keeps_values; ++op) {
    parts.keeps_values = keeps_value(plan, op);
  }
  return parts;
}

void write_body(CppWriter& writer, const PagePlan& plan, const BodyParts& parts) {
  BodyWriter(writer, plan, parts).write();
}

void write_sinks(CppWriter& writer, const std::vector<Sink>& sinks) {
  for (const Sink& sink : sinks) {
    if (sink.file != nullptr) {
      write_function_sink(writer, sink);
    } else if (sink.type == runtime::kModuleScope) {
      writer.line("const " + std::string(sink.type) + ' ' + sink.name +
                  "(bora_output, bora_handler);");
    } else if (sink.rules != nullptr) {
      write_schemes_sink(writer, sink);
    } else {
      writer.line("const " + std::string(sink.type) + ' ' + sink.name + "(bora_out);");
    }
  }
}

}  // namespace bora::compiler
