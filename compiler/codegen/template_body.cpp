// The walk over a page's tree that writes its statements.
//
// Text is gathered until a statement has to stand behind it, so literals that meet across tags,
// blocks and files become one. Whatever is the user's C++ is mapped to its place in the template;
// everything else is a line of the generated file's own.

#include "compiler/codegen/template_body.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>

#include "compiler/codegen/runtime_names.h"
#include "compiler/codegen/sink_names.h"
#include "templates-lang/context_flow.h"

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

class BodyWriter {
 public:
  BodyWriter(CppWriter& writer, const lang::Page& page, const SinkNames& sinks)
      : writer_(writer), page_(page), sinks_(sinks), flow_(page) {
    const Place* includer = nullptr;
    for (const Template* file : page.chain) {
      const std::uint32_t line = includer == nullptr ? 0 : extends_line(*includer->file);
      includer = &chain_.emplace_back(Place{file, includer, line});
    }
    reported_ = &chain_.front();
  }

  BodyParts write() {
    scopes_.emplace_back();
    for (const lang::PageParam& param : page_.params) {
      scopes_.back()[param.param->name.text] = Introduced::otherwise;
    }
    scopes_.emplace_back();
    place_ = &chain_.back();
    nodes(place_->file->body);
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
    mapped(before, span, text_of(span), tag, after);
  }
  // `text` is reported where `span` begins, `after` where the tag's closing braces are.
  void mapped(std::string_view before, Span span, std::string_view text, Span tag,
              std::string_view after) {
    report_in(place_);
    const std::uint32_t closer = std::max(tag.end, tag.begin + 2) - 2;
    writer_.mapped(file().source->name(), position(span.begin), before, text, position(closer),
                   after);
  }

  // Scopes.

  [[nodiscard]] const Introduced* introduced(const std::string& name) const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
      if (const auto found = scope->find(name); found != scope->end()) return &found->second;
    }
    return nullptr;
  }

  // Leaves the context as it was: each branch begins in it.
  void nested(const lang::Body& body) {
    const lang::HTMLContext before = context_;
    scopes_.emplace_back();
    unchecked_ = 0;
    nodes(body);
    flush_text();
    unchecked_ = 0;
    scopes_.pop_back();
    context_ = before;
  }

  // The same for the body of a loop.
  void nested_loop(const lang::Body& body) {
    const lang::HTMLContext before = context_;
    context_ = flow_.loop_start(body, file(), before);
    nested(body);
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
  void release_output() { writer_.line("bora_out." + std::string(runtime::kFinish) + "();"); }
  void resume_output() {
    writer_.line("bora_out." + std::string(runtime::kResume) + "();");
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
    return sink(sink_name(escape.escape));
  }

  const std::string& sink(std::string_view type, const Template* function_of = nullptr) {
    for (const Sink& known : parts_.sinks) {
      if (known.type == type && known.file == function_of) return known.name;
    }
    const std::size_t index = parts_.sinks.size();
    return parts_.sinks.emplace_back(Sink{type, function_of, sinks_.name(index)}).name;
  }

  void write(const lang::If& node) {
    flush_text();
    bool is_first = true;
    for (const auto& branch : node.branches) {
      if (!branch.condition) {
        writer_.open("else {");
      } else {
        mapped(is_first ? "if (" : "else if (", branch.condition->span, branch.tag, ") {");
        writer_.indent();
      }
      is_first = false;
      nested(branch.body);
      writer_.close();
    }
  }

  void write(const lang::For& node) {
    flush_text();
    const auto enumerated = node.names.size() > 1
                                ? parse_enumerate(file().source->text(), node.range.span)
                                : std::nullopt;
    const bool has_loop = names_loop(node);
    const bool is_grouped = enumerated || has_loop || node.else_body;
    if (is_grouped) writer_.open("{");
    const std::string ran = begin_else(node.else_body.has_value());
    const std::string counter = enumerated ? unique("count") : std::string();
    if (enumerated) writer_.line("::std::size_t " + counter + " = " + enumerated->start + ';');

    write_for_head(node, enumerated ? enumerated->range : node.range.span, enumerated.has_value(),
                   has_loop);
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
    if (is_grouped) writer_.close();
  }

  // `loop` exists where the body names it and the page does not make one of its own.
  bool names_loop(const lang::For& node) const {
    const bool is_own = std::any_of(node.names.begin(), node.names.end(),
                                    [](const Name& name) { return name.text == "loop"; });
    return !is_own && introduced("loop") == nullptr && body_names(page_, node.body, file(), "loop");
  }

  void write_for_head(const lang::For& node, Span range, bool is_enumerated, bool has_loop) {
    // Evaluated once, although `loop` asks for its length first.
    const std::string range_name = has_loop ? unique("range") : std::string();
    if (has_loop) {
      mapped("auto&& " + range_name + " = ", range, node.tag, ";");
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
    mapped({}, range, has_loop ? range_name : text_of(range), node.tag, ") {");
  }

  void write_for_body(const lang::For& node) {
    scopes_.emplace_back();
    for (const Name& name : node.names) scopes_.back()[name.text] = Introduced::otherwise;
    // C++ lets a name of the loop's head be hidden only in a block inside the loop's own.
    const bool hides = sets_one_of(node);
    if (hides) writer_.open("{");
    nested_loop(node.body);
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
    mapped("while (", node.condition.span, node.tag, ") {");
    writer_.indent();
    if (!ran.empty()) writer_.line(ran + " = true;");
    nested_loop(node.body);
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
    writer_.line("break;");
  }
  void write(const lang::Continue&) {
    flush_text();
    writer_.line("continue;");
  }

  void write(const lang::Set& node) {
    flush_text();
    if (node.names.empty()) {
      mapped({}, node.value.span, node.tag, ";");
    } else if (node.type) {
      mapped("[[maybe_unused]] ", *node.type);
      mapped({}, node.names.front().span);
      mapped("= ", node.value.span, node.tag, ";");
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
      mapped("auto " + value + " = ", node.value.span, node.tag, ";");
      return assign(name, value);
    }
    mapped(known == nullptr ? "[[maybe_unused]] auto " : "", name.span);
    mapped("= ", node.value.span, node.tag, ";");
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
    mapped((is_new ? std::string() : list) + "] = ", node.value.span, node.tag, ";");
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

  void write(const lang::Include& node) {
    if (!node.arguments.empty()) return refuse("include with");
    const auto found = page_.includes.find(&node);
    if (found == page_.includes.end()) return;
    const std::uint32_t line = position(node.tag.begin).line;
    in_place(&included_.emplace_back(Place{found->second, place_, line}), found->second->body);
  }

  void in_place(const Place* place, const lang::Body& body) {
    const Place* outer = std::exchange(place_, place);
    nodes(body);
    place_ = outer;
  }

  // The checker reports these; a page with errors is not generated.
  static void refuse(std::string_view what) {
    throw std::logic_error("template with an unsupported directive: " + std::string(what));
  }
  void write(const lang::Apply&) { refuse("apply"); }
  void write(const lang::Try&) { refuse("try"); }
  void write(const lang::Module&) { refuse("module"); }
  void write(const lang::Super&) { refuse("super"); }
  void write(const lang::Flush&) {
    flush_text();
    release_output();
    writer_.line("co_await bora_handler.flush();");
    resume_output();
  }
  void write(const lang::Call&) { refuse("call"); }
  void write(const lang::Slot&) { refuse("slot"); }

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
  std::string text_;
  std::size_t unchecked_ = runtime::kMaxUnchecked;  // Bytes for append_unchecked().
  BodyParts parts_;
  int last_number_ = 0;
};

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

BodyParts write_body(CppWriter& writer, const lang::Page& page, const SinkNames& sinks) {
  return BodyWriter(writer, page, sinks).write();
}

}  // namespace bora::compiler
