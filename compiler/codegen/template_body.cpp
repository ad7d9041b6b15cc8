// The walk over a page's tree that writes its statements.
//
// Text is gathered until a statement has to stand behind it, so literals that meet across tags,
// blocks and files become one. Whatever is the user's C++ is mapped to its place in the template;
// everything else is a line of the generated file's own.
//
// What an argument or a range is made of is kept until what uses it is written, as in a call of
// C++: the expression is not at its end yet when a lambda beside it writes that.
//
//     const Kept<T>::Pointer value = nullptr;         const auto with = [&](auto&& then)
//     value = Kept<T>(EXPRESSION).at(), [&] {             -> decltype(auto) { return then(RANGE);
//     };
//       …                                             with([&](HeldBy<decltype(with)> range) { for
//       …
//     }();                                            });
//
// Where something waits in there, a lambda can't be used, and values are copied.

#include "compiler/codegen/template_body.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "compiler/codegen/runtime_names.h"
#include "compiler/codegen/sink_names.h"
#include "compiler/codegen/temporaries.h"
#include "templates-lang/context_flow.h"
#include "templates-lang/escape_rules.h"

namespace bora::compiler {
namespace {

using lang::Name;
using lang::Position;
using lang::Span;
using lang::Template;

// A file of the page and how the page came to it; null `includer`: the page itself.
struct Place {
  const Template* file = nullptr;
  const Place* includer = nullptr;
  std::uint32_t line = 0;  // Of the tag in the includer.
};

std::vector<const Place*> path_of(const Place* place) {
  std::vector<const Place*> path;
  for (; place != nullptr; place = place->includer) path.push_back(place);
  std::reverse(path.begin(), path.end());
  return path;
}

// How a name came into a C++ scope: `set` can assign to what `set` introduced, and hides the rest.
enum class Introduced { by_set, otherwise };

// What a call holds for its component's slots, by their names in C++; null `outer`: the page's
// own slots get their own content.
struct Frame {
  const lang::Call* call = nullptr;
  std::vector<std::string> functions;
  const Frame* outer = nullptr;
};

// A `{% finally %}` that jumps have to go through.
struct Finally {
  std::string name;
  bool breaks = false;
  bool continues = false;
};

class BodyWriter {
 public:
  BodyWriter(CppWriter& writer, const lang::Page& page, const SinkNames& sinks,
             const BodyParts* known)
      : writer_(writer), page_(page), sinks_(sinks), flow_(page), known_(known) {
    const Place* includer = nullptr;
    for (const Template* file : page.chain) {
      const std::uint32_t line = includer == nullptr ? 0 : extends_line(*includer->file);
      includer = &chain_.emplace_back(Place{file, includer, line});
    }
    reported_ = &chain_.front();
  }

  BodyParts write(const BlockStart* block) {
    scopes_.emplace_back();
    for (const std::string& name : imported_names(page_)) introduce(name);
    for (const lang::PageParam& param : page_.params) introduce(param.param->name.text);
    for (const lang::FixedParam& fixed : page_.fixed) introduce(fixed.param.param->name.text);
    scopes_.emplace_back();
    place_ = &chain_.back();
    if (block == nullptr) {
      nodes(place_->file->body);
    } else {
      context_ = block->context;
      in_place(place_of(*block->block.file), block->block.block->body);
    }
    flush_text();
    report_in(&chain_.front());
    return std::move(parts_);
  }

 private:
  // Places.

  [[nodiscard]] const Template& file() const { return *place_->file; }
  [[nodiscard]] Position position(std::uint32_t offset) const {
    return file().source->position(offset);
  }
  [[nodiscard]] std::string_view text_of(Span span) const { return file().source->text(span); }

  static std::uint32_t extends_line(const Template& file) {
    return file.extends ? file.source->position(file.extends->tag.begin).line : 1;
  }

  // Brings the compiler's "In file included from" to where `target` is.
  void report_in(const Place* target) {
    if (reported_ == target) return;
    const auto from = path_of(reported_);
    const auto to = path_of(target);
    const auto common = std::mismatch(from.begin(), from.end(), to.begin(), to.end());
    for (auto at = from.end(); at != common.first; --at) {
      const Place& left = **(at - 1);
      if (left.includer == nullptr) continue;
      writer_.leave_file(runtime::kLineMarkersMacro, left.includer->file->source->name(),
                         left.line);
    }
    for (auto at = common.second; at != to.end(); ++at) {
      const Place& entered = **at;
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
  void mapped(std::string_view before, Span span, Span tag, std::string_view after) {
    const auto is_free = [this](std::string_view name) { return !is_introduced(name); };
    const std::vector<Piece> pieces = rewrite_expression(file().source->text(), span, is_free);
    for (const Piece& piece : pieces) {
      const bool is_last = &piece == &pieces.back();
      if (piece.before.starts_with(runtime::kModules)) sink(runtime::kModuleScope);
      const std::string in_front =
          std::string(&piece == pieces.data() ? before : "") + piece.before;
      if (is_last) {
        mapped(in_front, piece.span, piece.text, tag, after);
      } else {
        mapped(in_front, piece.span, piece.text, piece.span, {});
      }
    }
  }
  // `text` is reported where `span` begins, `after` where the tag's closing braces are.
  void mapped(std::string_view before, Span span, std::string_view text, Span tag,
              std::string_view after) {
    report_in(place_);
    const std::uint32_t closer = std::max(tag.end, tag.begin + 2) - 2;
    writer_.mapped(file().source->name(), position(span.begin), before, text, position(closer),
                   after);
  }

  // Temporaries.

  [[nodiscard]] Temporaries temporaries(Span value) const {
    return temporaries_of(file().source->text(), value);
  }
  // A list of values, which has no type of its own.
  [[nodiscard]] bool is_list(Span value) const { return text_of(value).starts_with('{'); }

  // `.before EXPRESSION after`, the value copied if it may refer to what ends with the expression.
  void mapped_kept(const std::string& before, Span value, Span tag, const std::string& after) {
    if (temporaries(value) != Temporaries::inner || is_list(value)) {
      return mapped(before, value, tag, after);
    }
    parts_.keeps_values = true;
    mapped(before + runtime::kKeep + '(', value, tag, ')' + after);
  }

  // The same for a variable whose type is known, which may be a view.
  void mapped_fitting(const std::string& before, const std::string& variable, Span value,
                      Span tag) {
    if (temporaries(value) == Temporaries::none || is_list(value)) {
      return mapped(before, value, tag, ";");
    }
    mapped_kept(before + runtime::kFits + "<decltype(" + variable + ")>(", value, tag, ");");
  }

  // Whether something in `body` waits; its C++ may, only in a page that flushes.
  bool waits(const lang::Body& body, const Template& in) {
    bool found = false;
    const auto look = [&](const lang::Node& node, const Template& node_file) {
      found = found || std::holds_alternative<lang::Flush>(node.value);
      for (const Span span : cpp_spans(node)) {
        found = found || node_file.source->text(span).find("co_await") != std::string_view::npos;
      }
    };
    for_each_node(page_, body, in, look);
    return found;
  }

  // Scopes.

  // What `set` knows: nothing of what lies outside of a file with a scope of its own.
  [[nodiscard]] const Introduced* introduced(const std::string& name) const {
    for (std::size_t i = scopes_.size(); i > first_scope_; --i) {
      const auto found = scopes_[i - 1].find(name);
      if (found != scopes_[i - 1].end()) return &found->second;
    }
    return nullptr;
  }
  // What C++ knows.
  [[nodiscard]] bool is_introduced(std::string_view name) const {
    return std::any_of(scopes_.begin(), scopes_.end(),
                       [&](const auto& scope) { return scope.contains(name); });
  }
  void introduce(const std::string& name) { scopes_.back()[name] = Introduced::otherwise; }

  // Leaves the context as it was: each branch begins in it.
  // Returns the one in which the body ends.
  lang::HTMLContext nested(const lang::Body& body) {
    const lang::HTMLContext before = context_;
    scopes_.emplace_back();
    unchecked_ = 0;
    nodes(body);
    flush_text();
    unchecked_ = 0;
    scopes_.pop_back();
    return std::exchange(context_, before);
  }

  // The same for the body of a loop, where `break` and `continue` are C++'s own.
  void nested_in_loop(const lang::Body& body) {
    const lang::HTMLContext before = context_;
    context_ = flow_.loop_start(body, file(), before);
    jumps_.push_back(nullptr);
    nested(body);
    jumps_.pop_back();
    context_ = before;
  }

  std::string unique(std::string_view name) {
    return "bora_" + std::string(name) + std::to_string(++last_number_);
  }

  // Text.

  void flush_text() {
    if (text_.empty()) return;
    const bool is_checked = text_.size() > unchecked_;
    writer_.line("bora_out." +
                 std::string(is_checked ? runtime::kAppend : runtime::kAppendUnchecked) +
                 "(bora_text[" + std::to_string(parts_.literals.size()) + "]);");
    unchecked_ = is_checked ? runtime::kMaxUnchecked : unchecked_ - text_.size();
    parts_.literals.push_back(std::exchange(text_, {}));
  }

  // The page's text is in bora_out's hands. Statements that use bora_output or its handler's text
  // themselves stand between these two.
  void release_output() {
    writer_.open("{");
    writer_.line("const " + std::string(runtime::kReleased) + " bora_released(bora_out);");
  }
  void resume_output() {
    writer_.close();
    unchecked_ = 0;
  }

  // Nodes.

  void nodes(const lang::Body& body) {
    for (const lang::Node& node : body) {
      const lang::HTMLContext before = context_;
      std::visit([this](const auto& value) { write(value); }, node.value);
      context_ = flow_.after(node, file(), before);
    }
  }

  void write(const lang::Text& node) { text_ += node.text; }

  void write(const lang::Output& node) {
    flush_text();
    // The call takes the place of the braces, blanks behind them included.
    const std::uint32_t begin = node.raw ? node.value.span.begin : node.tag.begin + 2;
    mapped(sink_of(node) + '(', {begin, node.value.span.end}, node.tag, ");");
  }

  // How an output is written here.
  const std::string& sink_of(const lang::Output& node) {
    const lang::OutputEscape escape = lang::output_escape(node, file(), context_);
    switch (escape.kind) {
      case lang::OutputEscape::Kind::raw:
        return sink(runtime::kRaw);
      case lang::OutputEscape::Kind::function:
        return sink(runtime::kEscapedBy, &file());
      case lang::OutputEscape::Kind::escape:
        break;
    }
    if (escape.escape == lang::Escape::url && page_.escape_rules &&
        !page_.escape_rules->url_schemes.empty()) {
      return sink(runtime::kOwnSchemesURLSink);
    }
    return sink(sink_name(escape.escape));
  }

  const std::string& sink(std::string_view type, const Template* function_of = nullptr) {
    std::size_t index = 0;
    const auto is_it = [&](const Sink& known) {
      return known.type == type && known.file == function_of;
    };
    while (index < parts_.sinks.size() && !is_it(parts_.sinks[index])) ++index;
    if (index == parts_.sinks.size()) {
      const bool is_scope = type == runtime::kModuleScope;
      parts_.sinks.push_back(
          {type, function_of, is_scope ? runtime::kModules : sinks_.name(index)});
      if (type == runtime::kOwnSchemesURLSink) parts_.sinks.back().rules = page_.escape_rules.get();
    }
    if (captured_) parts_.captured[*captured_].insert(index);
    return parts_.sinks[index].name;
  }

  void write(const lang::If& node) {
    flush_text();
    bool is_first = true;
    for (const auto& branch : node.branches) {
      if (!branch.condition) {
        writer_.open("else {");
      } else {
        condition(is_first ? "if (" : "else if (", branch.condition->span, branch.tag);
        writer_.indent();
      }
      is_first = false;
      nested(branch.body);
      writer_.close();
    }
  }

  // A variable that is declared in it lives as long as the body.
  void condition(const std::string& before, Span span, Span tag) {
    const std::optional<Span> value = declared_value(file().source->text(), span);
    if (!value) return mapped(before, span, tag, ") {");
    mapped(before, {span.begin, value->begin});
    mapped_kept({}, *value, tag, ") {");
  }

  void write(const lang::For& node) {
    flush_text();
    const auto enumerated = node.names.size() > 1
                                ? parse_enumerate(file().source->text(), node.range.span)
                                : std::nullopt;
    const bool has_loop = names_loop(node);
    const Range range = range_of(node, enumerated ? enumerated->range : node.range.span);
    const bool is_grouped = enumerated || has_loop || node.else_body || range.is_held;
    if (is_grouped) writer_.open("{");
    const std::string held = range.is_held ? hold_range(range.span, node.tag) : std::string();
    const std::string ran = begin_else(node.else_body.has_value());
    const std::string counter = enumerated ? unique("count") : std::string();
    if (enumerated) writer_.line("::std::size_t " + counter + " = " + enumerated->start + ';');

    write_for_head(node, range, held, enumerated.has_value(), has_loop);
    writer_.indent();
    if (has_loop) writer_.line(std::string("loop.") + runtime::kLoopStep + "();");
    if (!ran.empty()) writer_.line(ran + " = true;");
    if (enumerated) {
      mapped("[[maybe_unused]] const ::std::size_t ", node.names.front().span);
      writer_.line("= " + counter + "++;");
    }
    write_for_body(node);
    writer_.close();
    write_else(node.else_body, ran);
    if (range.is_held) writer_.close("});");
    if (is_grouped) writer_.close();
  }

  struct Range {
    Span span;
    bool is_held = false;    // By hold_range().
    bool is_copied = false;  // As nothing can hold it.
  };
  Range range_of(const lang::For& node, Span span) {
    Range range{span};
    const Temporaries made = temporaries(span);
    if (made <= Temporaries::result) return range;
    const bool is_awaited = text_of(span).find("co_await") != std::string_view::npos;
    range.is_held = !is_awaited && !waits(node.body, file()) &&
                    !(node.else_body && waits(*node.else_body, file()));
    range.is_copied = !range.is_held && made == Temporaries::inner && !is_list(span);
    return range;
  }

  // Opens the lambda in which all that `range` is made of is there, and returns the range's name.
  std::string hold_range(Span range, Span tag) {
    const std::string with = unique("with");
    const std::string name = unique("held");
    const std::string list_end = is_list(range) ? ")" : "";
    writer_.line("const auto " + with + " = [&](auto&& bora_then) -> decltype(auto) {");
    mapped("return bora_then(" + std::string(is_list(range) ? runtime::kList : "") +
               (is_list(range) ? "(" : ""),
           range, tag, list_end + "); };");
    const std::string type = std::string(runtime::kHeldBy) + "<decltype(" + with + ")> ";
    mapped(with + "([&]([[maybe_unused]] " + type, range, name, tag, ") {");
    writer_.indent();
    return name;
  }

  // `loop` exists where the body names it and the page does not make one of its own.
  bool names_loop(const lang::For& node) const {
    const bool is_own = std::any_of(node.names.begin(), node.names.end(),
                                    [](const Name& name) { return name.text == "loop"; });
    return !is_own && introduced("loop") == nullptr && body_names(page_, node.body, file(), "loop");
  }

  void write_for_head(const lang::For& node, const Range& from, std::string range_name,
                      bool is_enumerated, bool has_loop) {
    const Span range = from.span;
    // Evaluated once, although `loop` asks for its length first.
    if (range_name.empty() && (has_loop || from.is_copied)) {
      range_name = unique("range");
      mapped_kept("auto&& " + range_name + " = ", range, node.tag, ";");
    }
    if (has_loop) {
      writer_.line(std::string(runtime::kLoop) + " loop;");
      writer_.line(std::string("loop.length = ") + runtime::kLoopLength + '(' + range_name + ");");
    }
    const auto names = std::span(node.names).subspan(is_enumerated ? 1 : 0);
    const bool is_binding = names.size() > 1;
    mapped({}, names.front().span, "for ([[maybe_unused]] auto&&", node.tag, {});
    // What can't be taken apart is reported at the bracket.
    std::string_view before = is_binding ? "[" : "";
    for (const Name& name : names) {
      mapped(before, name.span);
      before = ", ";
    }
    // clang reports what is no range at the colon.
    mapped(is_binding ? "]" : "", range, ":", node.tag, {});
    mapped({}, range, range_name.empty() ? text_of(range) : range_name, node.tag, ") {");
  }

  void write_for_body(const lang::For& node) {
    scopes_.emplace_back();
    for (const Name& name : node.names) introduce(name.text);
    // C++ lets a name of the loop's head be hidden only in a block inside the loop's own.
    const bool hides = sets_one_of(node);
    if (hides) writer_.open("{");
    nested_in_loop(node.body);
    if (hides) writer_.close();
    scopes_.pop_back();
  }

  [[nodiscard]] bool sets_one_of(const lang::For& node) const {
    bool found = false;
    for_each_node(page_, node.body, file(), [&](const lang::Node& inner, const Template&) {
      const auto* set = std::get_if<lang::Set>(&inner.value);
      if (set == nullptr) return;
      for (const Name& name : set->names) {
        found = found || std::any_of(node.names.begin(), node.names.end(),
                                     [&](const Name& other) { return other.text == name.text; });
      }
    });
    return found;
  }

  void write(const lang::While& node) {
    flush_text();
    if (node.else_body) writer_.open("{");
    const std::string ran = begin_else(node.else_body.has_value());
    condition("while (", node.condition.span, node.tag);
    writer_.indent();
    if (!ran.empty()) writer_.line(ran + " = true;");
    nested_in_loop(node.body);
    writer_.close();
    write_else(node.else_body, ran);
    if (node.else_body) writer_.close();
  }

  // The variable that tells whether a loop with an `else` ran; empty for one without.
  std::string begin_else(bool has_else) {
    if (!has_else) return {};
    std::string ran = unique("ran");
    writer_.line("bool " + ran + " = false;");
    return ran;
  }

  void write_else(const std::optional<lang::Body>& body, const std::string& ran) {
    if (!body) return;
    writer_.open("if (!" + ran + ") {");
    nested(*body);
    writer_.close();
  }

  void write(const lang::Break&) {
    flush_text();
    jump(&Finally::breaks, "break;");
  }
  void write(const lang::Continue&) {
    flush_text();
    jump(&Finally::continues, "continue;");
  }

  // Out of a `{% try %}` with a `{% finally %}` the way leads through that.
  void jump(bool Finally::*kind, std::string_view statement) {
    Finally* const finally = jumps_.empty() ? nullptr : jumps_.back();
    if (finally == nullptr) return writer_.line(statement);
    finally->*kind = true;
    writer_.line("{ " + finally->name + "_jump = " + (kind == &Finally::breaks ? "1" : "2") +
                 "; goto " + finally->name + "; }");
  }

  void write(const lang::Set& node) {
    flush_text();
    if (node.names.empty()) {
      mapped({}, node.value.span, node.tag, ";");
    } else if (node.type) {
      mapped("[[maybe_unused]] ", *node.type);
      mapped({}, node.names.front().span);
      // A type to deduce is that of the value, a reference keeps what it is bound to.
      const std::string_view type = text_of(*node.type);
      if (type.find("auto") != type.npos || type.ends_with('&')) {
        mapped_kept("= ", node.value.span, node.tag, ";");
      } else {
        mapped_fitting("= ", node.names.front().text, node.value.span, node.tag);
      }
      scopes_.back()[node.names.front().text] = Introduced::by_set;
    } else if (node.names.size() == 1) {
      set_one(node);
    } else {
      set_several(node);
    }
  }

  void set_one(const lang::Set& node) {
    const Name& name = node.names.front();
    const Introduced* known = introduced(name.text);
    if (known != nullptr && *known == Introduced::otherwise) {
      // The value may name what the new variable hides, so it comes first.
      const std::string value = unique("value");
      mapped_kept("auto " + value + " = ", node.value.span, node.tag, ";");
      return assign(name, value);
    }
    mapped(known == nullptr ? "[[maybe_unused]] auto " : "", name.span);
    if (known == nullptr) {
      mapped_kept("= ", node.value.span, node.tag, ";");
    } else {
      mapped_fitting("= ", name.text, node.value.span, node.tag);
    }
    scopes_.back().try_emplace(name.text, Introduced::by_set);
  }

  void set_several(const lang::Set& node) {
    const bool is_new = std::all_of(node.names.begin(), node.names.end(),
                                    [&](const Name& name) { return !introduced(name.text); });
    std::vector<std::string> values;
    std::string list = "[";
    mapped({}, node.names.front().span, "[[maybe_unused]] auto", node.tag, {});
    for (const Name& name : node.names) {
      if (is_new) {
        mapped(list, name.span);
        scopes_.back()[name.text] = Introduced::by_set;
        list = ", ";
      } else {
        values.push_back(unique("value"));
        list += (values.size() > 1 ? ", " : "") + values.back();
      }
    }
    mapped_kept((is_new ? std::string() : list) + "] = ", node.value.span, node.tag, ";");
    for (std::size_t i = 0; i < values.size(); ++i) assign(node.names[i], values[i]);
  }

  // Gives `name` what the generated variable `value` holds.
  void assign(const Name& name, const std::string& value) {
    const Introduced* known = introduced(name.text);
    const bool is_set = known != nullptr && *known == Introduced::by_set;
    mapped(is_set ? "" : "[[maybe_unused]] auto ", name.span);
    writer_.line("= static_cast<decltype(" + value + ")&&>(" + value + ");");
    if (!is_set) scopes_.back()[name.text] = Introduced::by_set;
  }

  void write(const lang::Block& node) {
    const auto found = page_.blocks.find(node.name.text);
    const lang::BlockBody target =
        found == page_.blocks.end() ? lang::BlockBody{&node, place_->file} : found->second;
    in_place(place_of(*target.file), target.block->body);
  }

  // A block is written in this file, in one that includes it, or in one of the chain.
  const Place* place_of(const Template& wanted) {
    for (const Place* at = place_; at != nullptr; at = at->includer) {
      if (at->file == &wanted) return at;
    }
    for (const Place& at : chain_) {
      if (at.file == &wanted) return &at;
    }
    return &included_.emplace_back(Place{&wanted, &chain_.front(), 1});
  }

  void write(const lang::Super& node) {
    const auto found = page_.supers.find(&node);
    if (found == page_.supers.end()) return;
    in_place(place_of(*found->second.file), found->second.block->body);
  }

  // Other files.

  void write(const lang::Include& node) {
    const auto found = page_.includes.find(&node);
    if (found == page_.includes.end()) return;
    const Place* place = place_in(*found->second, node);
    if (node.has_own_scope()) return write_in_own_scope(node, place);
    in_place(place, found->second->body);
  }

  const Place* place_in(const Template& included, const lang::Include& node) {
    return &included_.emplace_back(Place{&included, place_, position(node.tag.begin).line});
  }

  void in_place(const Place* place, const lang::Body& body) {
    const Place* outer = std::exchange(place_, place);
    nodes(body);
    place_ = outer;
  }

  // An argument of a file with a scope of its own.
  struct Argument {
    std::string value;  // The name of what the parameter is bound to.
    std::string type;   // If it is held, the name of its `Kept`: `value` is a pointer.
    Span span;
    Span tag;
    const Place* place = nullptr;  // Where it is written.

    [[nodiscard]] bool is_held() const { return !type.empty(); }
  };

  // The arguments come first, under names that hide nothing, so that each may name what a
  // parameter hides.
  void write_in_own_scope(const lang::Include& node, const Place* place) {
    flush_text();
    writer_.open("{");
    std::vector<Argument> arguments;
    for (const lang::Param& param : place->file->params) {
      arguments.push_back(write_argument(node, param, place));
    }
    const bool holds = std::ranges::any_of(arguments, &Argument::is_held);
    if (holds) {
      hold(arguments);
    } else {
      writer_.open("{");
    }
    const std::size_t outer_scope = std::exchange(first_scope_, scopes_.size());
    scopes_.emplace_back();
    const Place* outer = std::exchange(place_, place);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const Name& name = place->file->params[i].name;
      mapped("[[maybe_unused]] const auto& ", name.span);
      writer_.line((arguments[i].is_held() ? "= *" : "= ") + arguments[i].value + ';');
      introduce(name.text);
    }
    if (node.kind == lang::Include::Kind::module) write_set_resources();
    writer_.open("{");
    scopes_.emplace_back();
    nodes(place->file->body);
    scopes_.pop_back();
    writer_.close();
    place_ = outer;
    scopes_.pop_back();
    first_scope_ = outer_scope;
    writer_.close(holds ? "}());" : "}");
    writer_.close();
  }

  // The type is reported in the file that declares it, the rest where the argument is given.
  Argument write_argument(const lang::Include& node, const lang::Param& param,
                          const Place* declared) {
    const auto given =
        std::find_if(node.arguments.begin(), node.arguments.end(),
                     [&](const auto& argument) { return argument.name.text == param.name.text; });
    const bool is_given = given != node.arguments.end();
    Argument argument{unique("value"),
                      {},
                      is_given ? given->value.span : param.default_value->span,
                      is_given ? node.tag : param.tag,
                      is_given ? place_ : declared};
    const Span name = is_given ? given->name.span : param.name.span;
    const Place* const outer = place_;
    const std::string_view text = argument.place->file->source->text();
    const Temporaries made = temporaries_of(text, argument.span);
    if (made > Temporaries::result && !waits(declared->file->body, *declared->file) &&
        text.substr(argument.span.begin, argument.span.size()).find("co_await") == text.npos) {
      argument.type = argument.value + "_type";
      place_ = declared;
      mapped("using " + argument.type + " = " + runtime::kKept + '<', param.type, param.tag, ">;");
      place_ = outer;
      writer_.line(argument.type + "::Pointer " + argument.value + " = nullptr;");
      return argument;
    }
    // A value that is converted for the parameter is bound first, since that may refer to it.
    std::string whole;
    if (made != Temporaries::none && !is_list(argument)) {
      whole = argument.value + "_whole";
      place_ = argument.place;
      mapped_kept("auto&& " + whole + " = ", argument.span, argument.tag, ";");
      whole = "static_cast<decltype(" + whole + ")&&>(" + whole + ')';
    }
    place_ = declared;
    mapped("[[maybe_unused]] " + std::string(runtime::kRequired) + '<', param.type);
    place_ = argument.place;
    mapped("> ", name, argument.value, name, {});
    if (whole.empty()) {
      mapped("= ", argument.span, argument.tag, ";");
    } else {
      mapped("= ", argument.span, whole, argument.tag, ";");
    }
    place_ = outer;
    return argument;
  }

  [[nodiscard]] static bool is_list(const Argument& argument) {
    return argument.place->file->source->text(argument.span).starts_with('{');
  }
  // Begins the expression in which the arguments are made, and a lambda at its end.
  void hold(const std::vector<Argument>& arguments) {
    writer_.line("static_cast<void>(");
    for (const Argument& argument : arguments) {
      if (!argument.is_held()) continue;
      const Place* outer = std::exchange(place_, argument.place);
      const bool has_list = is_list(argument);
      mapped(argument.value + " = " + argument.type + (has_list ? '{' : '('), argument.span,
             argument.tag, has_list ? "}.at()," : ").at(),");
      place_ = outer;
    }
    writer_.open("[&] {");
  }

  void write_set_resources() {
    if (is_introduced("set_resources")) return;
    const Template& included = file();
    if (!body_names(page_, included.body, included, "set_resources")) return;
    writer_.line("const " + std::string(runtime::kSetResources) +
                 " set_resources(bora_output, bora_handler, " + string_literal(included.name) +
                 ");");
  }

  // Components.

  // The content becomes functions in the scope of the call, so that it sees what the call sees.
  void write(const lang::Call& node) {
    const auto found = page_.includes.find(&node.component);
    if (found == page_.includes.end()) return;
    flush_text();
    writer_.open("{");
    Frame frame{&node, {}, frame_};
    for (const auto& fill : node.fills) frame.functions.push_back(write_fill(fill));
    const Place* place = place_in(*found->second, node.component);
    const Frame* outer = std::exchange(frame_, &frame);
    write_in_own_scope(node.component, place);
    frame_ = outer;
    writer_.close();
  }

  std::string write_fill(const lang::Call::Fill& fill) {
    std::string function = unique("slot");
    writer_.line("[[maybe_unused]] const auto " + function + " =");
    writer_.line("    [&]([[maybe_unused]] " + std::string(runtime::kOutput) + "& bora_output,");
    writer_.open("        [[maybe_unused]] " + std::string(runtime::kPageWriter) + "& bora_out) {");
    captured(fill.body);
    writer_.close("};");
    return function;
  }

  void write(const lang::Slot& node) {
    flush_text();
    if (frame_ != nullptr) {
      if (const auto* fill = frame_->call->fill_of(node)) {
        const auto index = static_cast<std::size_t>(fill - frame_->call->fills.data());
        unchecked_ = 0;
        return writer_.line(frame_->functions[index] + "(bora_output, bora_out);");
      }
    }
    writer_.open("{");
    nested(node.body);
    writer_.close();
  }

  // A body that is written to another Output, whose `bora_output` and `bora_out` are in scope.
  void captured(const lang::Body& body) {
    const std::size_t index = parts_.captured.size();
    parts_.captured.emplace_back();
    if (known_ != nullptr) {
      std::vector<Sink> sinks;
      for (const std::size_t sink : known_->captured[index]) sinks.push_back(known_->sinks[sink]);
      write_sinks(writer_, sinks);
    }
    const auto outer = std::exchange(captured_, index);
    auto outer_jumps = std::exchange(jumps_, {});
    nested(body);
    jumps_ = std::move(outer_jumps);
    captured_ = outer;
  }

  void write(const lang::Apply& node) {
    flush_text();
    const std::string captured_text = unique("captured");
    writer_.open("{");
    writer_.line(std::string(runtime::kOutput) + ' ' + captured_text + ';');
    writer_.open("{");
    writer_.line("[[maybe_unused]] " + std::string(runtime::kOutput) +
                 "& bora_output = " + captured_text + ';');
    writer_.line(std::string(runtime::kPageWriter) + " bora_out(bora_output, 0);");
    captured(node.body);
    writer_.line("bora_out." + std::string(runtime::kFinish) + "();");
    writer_.close();
    mapped(sink(runtime::kRaw) + "((", node.function.span, node.tag,
           ")(::std::string(" + captured_text + ".text())));");
    writer_.close();
  }

  // Modules.

  void write(const lang::Module& node) {
    flush_text();
    if (is_function_module(text_of(node.name))) {
      return mapped(sink(runtime::kRaw) + '(', node.call.span, node.tag, ");");
    }
    const std::string call = sink(runtime::kModuleScope) + ".render<";
    release_output();
    mapped(call, node.name);
    mapped(">", node.arguments, node.tag, ";");
    resume_output();
  }

  void write(const lang::Flush&) {
    flush_text();
    release_output();
    writer_.line("co_await bora_handler.flush();");
    resume_output();
  }

  // Exceptions.

  void write(const lang::Try& node) {
    flush_text();
    writer_.open("{");
    if (node.finally_body) {
      write_finally(node);
    } else {
      write_try(node);
    }
    writer_.close();
  }

  // Returns the context behind it, in which a `{% finally %}` begins.
  lang::HTMLContext write_try(const lang::Try& node) {
    const std::string passed = node.else_body ? unique("passed") : std::string();
    if (node.else_body) writer_.line("bool " + passed + " = false;");
    writer_.open(node.excepts.empty() ? "{" : "try {");
    lang::HTMLContext end = nested(node.body);
    if (node.else_body) writer_.line(passed + " = true;");
    writer_.close();
    std::vector<lang::HTMLContext> ends;
    for (const auto& except : node.excepts) ends.push_back(write_except(except));
    if (node.else_body) {
      writer_.open("if (" + passed + ") {");
      const lang::HTMLContext before = std::exchange(context_, end);
      end = nested(*node.else_body);
      context_ = before;
      writer_.close();
    }
    for (const lang::HTMLContext& other : ends) end = lang::join(end, other).value_or(end);
    return end;
  }

  lang::HTMLContext write_except(const lang::Try::Except& except) {
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
    scopes_.emplace_back();
    if (except.name) introduce(except.name->text);
    // What is set may hide the exception only in a block of its own.
    writer_.open("{");
    const lang::HTMLContext end = nested(except.body);
    writer_.close();
    scopes_.pop_back();
    writer_.close();
    return end;
  }

  // The exception or the jump waits until the `{% finally %}` was rendered.
  void write_finally(const lang::Try& node) {
    Finally finally{unique("finally")};
    writer_.line("::std::exception_ptr " + finally.name + "_error;");
    writer_.line("[[maybe_unused]] int " + finally.name + "_jump = 0;");
    writer_.open("try {");
    jumps_.push_back(&finally);
    const lang::HTMLContext end = write_try(node);
    jumps_.pop_back();
    writer_.close("} catch (...) {");
    writer_.indent();
    writer_.line(finally.name + "_error = ::std::current_exception();");
    writer_.close();
    if (finally.breaks || finally.continues) writer_.line(finally.name + ":");
    writer_.open("{");
    const lang::HTMLContext before = std::exchange(context_, end);
    nested(*node.finally_body);
    context_ = before;
    writer_.close();
    writer_.line("if (" + finally.name + "_error) ::std::rethrow_exception(" + finally.name +
                 "_error);");
    if (finally.breaks) {
      writer_.open("if (" + finally.name + "_jump == 1) {");
      jump(&Finally::breaks, "break;");
      writer_.close();
    }
    if (finally.continues) {
      writer_.open("if (" + finally.name + "_jump == 2) {");
      jump(&Finally::continues, "continue;");
      writer_.close();
    }
  }

  CppWriter& writer_;
  const lang::Page& page_;
  const SinkNames& sinks_;
  lang::ContextFlow flow_;
  lang::HTMLContext context_ = flow_.start();
  std::deque<Place> chain_;     // Leaf first, as Page::chain.
  std::deque<Place> included_;  // Elements stay where they are.
  const Place* place_ = nullptr;
  const Place* reported_ = nullptr;  // Where the compiler thinks it is.
  std::vector<std::map<std::string, Introduced, std::less<>>> scopes_;
  std::size_t first_scope_ = 0;          // Of the file, where it has a scope of its own.
  const Frame* frame_ = nullptr;         // The call whose component is written.
  std::vector<Finally*> jumps_;          // The ways out; null: a loop that is left directly.
  std::optional<std::size_t> captured_;  // The part with an Output of its own that is written.
  std::string text_;
  std::size_t unchecked_ = runtime::kMaxUnchecked;  // Bytes for append_unchecked().
  BodyParts parts_;
  const BodyParts* const known_;
  int last_number_ = 0;
};

// The function of `{% autoescape function %}`, which may be overloaded, behind one object.
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

// The sink and what else it takes.
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

SinkNames::SinkNames(const NameSet& taken) {
  for (const char letter :
       std::string_view("owqpxyzuvtsrnmlkjihgfedcbaOWQPXYZUVTSRNMLKJIHGFEDCBA")) {
    if (!taken.contains(std::string_view(&letter, 1))) letters_ += letter;
  }
}

// Longer names cost the exact column of nothing: they are written on a line of their own.
std::string SinkNames::name(std::size_t index) const {
  if (index < letters_.size()) return {letters_[index]};
  return "bora_sink" + std::to_string(index);
}

BodyParts write_body(CppWriter& writer, const lang::Page& page, const BlockStart* block,
                     const SinkNames& sinks, const BodyParts* known) {
  return BodyWriter(writer, page, sinks, known).write(block);
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
