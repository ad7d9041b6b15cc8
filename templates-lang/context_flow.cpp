#include "templates-lang/context_flow.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "templates-lang/characters.h"
#include "templates-lang/codes.h"
#include "templates-lang/context_messages.h"
#include "templates-lang/cpp_scanner.h"

namespace bora::lang {
namespace {

// This is more than the number of parts of a context that can change.
constexpr int kMaxRounds = 8;

bool is_text(const HTMLContext& context) {
  return context.state == HTMLContext::State::text || context.state == HTMLContext::State::none ||
         context.state == HTMLContext::State::dead || context.state == HTMLContext::State::lost;
}

// A file with `{% autoescape %}` is a plain Tornado template: the places of its values do not
// matter.
bool has_own_escape(const Template& file) {
  return file.autoescape.tag.has_value();
}

// Whether an expression is nothing but a call of this function.
bool is_call_of(std::string_view function, const Output& output, const Template& file) {
  const std::string_view text = file.source->text();
  const std::vector<CppToken> tokens = scan_cpp(text, output.value.span);
  const auto is = [&](std::size_t i, std::string_view wanted) {
    return text.substr(tokens[i].span.begin, tokens[i].span.size()) == wanted;
  };
  std::size_t at = 0;
  if (tokens.size() > 2 && is(0, "bora") && is(1, "::")) at = 2;
  if (tokens.size() < at + 3 || !is(at, function) || !is(at + 1, "(")) return false;
  int depth = 0;
  for (std::size_t i = at + 1; i < tokens.size(); ++i) {
    if (is(i, "(")) ++depth;
    if (is(i, ")") && --depth == 0) return i + 1 == tokens.size();
  }
  return false;
}

// Whether it helps to show where the thing that takes no value begins.
bool is_opening_of_use(Refusal refusal) {
  switch (refusal) {
    case Refusal::comment:
    case Refusal::raw_element:
    case Refusal::script_type:
    case Refusal::template_literal:
    case Refusal::regex:
    case Refusal::lost:
      return true;
    default:
      return false;
  }
}

// Functions that a template can call without an import.
const std::vector<std::string>& known_escapes() {
  static const std::vector<std::string> names = {"escape",       "json_encode",   "linkify",
                                                 "squeeze",      "url_escape",    "url_unescape",
                                                 "xhtml_escape", "xhtml_unescape"};
  return names;
}

// Whether two names differ in one letter that is missing, wrong or added, or in two neighbours that
// are exchanged.
bool is_slip(std::string_view a, std::string_view b) {
  const auto [from_a, from_b] = std::ranges::mismatch(a, b);
  a.remove_prefix(static_cast<std::size_t>(from_a - a.begin()));
  b.remove_prefix(static_cast<std::size_t>(from_b - b.begin()));
  while (!a.empty() && !b.empty() && a.back() == b.back()) {
    a.remove_suffix(1);
    b.remove_suffix(1);
  }
  const bool is_swap = a.size() == 2 && b.size() == 2 && a[0] == b[1] && a[1] == b[0];
  return is_swap || (a.size() <= 1 && b.size() <= 1);
}

// Reports `{% autoescape xhtml_escpae %}`, for which the C++ compiler would report every value.
void check_escape_functions(const Page& page, DiagnosticSink& sink) {
  const bool imports =
      std::ranges::any_of(page.files, [](const auto& file) { return !file->imports.empty(); });
  for (const auto& file : page.files) {
    if (!file->autoescape.function) continue;
    const std::string name(file->source->text(*file->autoescape.function));
    const auto& known = known_escapes();
    const bool is_plain = std::ranges::all_of(name, is_word_byte);
    if (!is_plain || std::ranges::find(known, name) != known.end()) continue;
    const std::string nearest = nearest_name(name, known);
    const bool is_near = !nearest.empty() && is_slip(name, nearest);
    if (!is_near) continue;
    Diagnostic found =
        error_at(codes::kUnknownEscape, file->source, *file->autoescape.function,
                 "nothing declares the function '" + name + "'", "did you mean '" + nearest + "'?");
    // An imported header may have one of that name.
    if (imports) {
      found.severity = Severity::warning;
      found.message = "'" + name + "' looks like a slip of the pen";
    }
    sink.report(std::move(found));
  }
}

}  // namespace

ContextFlow::ContextFlow(const Page& page, DiagnosticSink* sink)
    : page_(page),
      rules_(page.escape_rules ? *page.escape_rules : EscapeRules::none()),
      sink_(sink) {}

HTMLContext ContextFlow::start() const {
  return initial_context(page_.root()->name);
}

void ContextFlow::run() {
  const ContextAt end = body(page_.root()->body, *page_.root(), {start(), {}, {}});
  if (sink_ && !is_complete(end.context) && !has_own_escape(*page_.root())) report_end(end);
}

HTMLContext ContextFlow::after(const Node& node, const Template& file, const HTMLContext& before) {
  jumps_.clear();
  return step(node, file, {before, {}, {}}).context;
}

HTMLContext ContextFlow::loop_start(const Body& nodes, const Template& file,
                                    const HTMLContext& before) {
  return settle_loop(nodes, file, {before, {}, {}}, nullptr).context;
}

HTMLContext ContextFlow::block_start(std::string_view name) {
  if (blocks_.empty()) body(page_.root()->body, *page_.root(), {start(), {}, {}});
  const auto found = blocks_.find(name);
  return found == blocks_.end() ? HTMLContext() : found->second;
}

ContextAt ContextFlow::body(const Body& nodes, const Template& file, const ContextAt& start) {
  std::optional<HTMLContext> attempt;
  if (attempt_) attempt = attempt_->context;
  for (const Known& known : known_[&nodes]) {
    if (known.start != start.context || known.attempt != attempt) continue;
    jumps_.insert(jumps_.end(), known.jumps.begin(), known.jumps.end());
    return known.end.context == start.context ? start : known.end;
  }
  std::vector<ContextAt> outer = std::exchange(jumps_, {});
  ContextAt at = start;
  for (const Node& node : nodes) at = step(node, file, at);
  known_[&nodes].push_back({start.context, attempt, at, jumps_});
  std::swap(outer, jumps_);
  jumps_.insert(jumps_.end(), outer.begin(), outer.end());
  return at;
}

ContextAt ContextFlow::step(const Node& node, const Template& file, const ContextAt& before) {
  return std::visit([&](const auto& value) { return walk(value, file, before); }, node.value);
}

ContextAt ContextFlow::walk(const Text& node, const Template& file, const ContextAt& before) {
  const Advance advanced = advance_over(before.context, node.text, rules_);
  ContextAt after = before;
  after.context = advanced.context;
  if (advanced.problem && has_own_escape(file)) return unjoined(file, after);
  if (advanced.tag_at != std::string_view::npos) after.tag = {&file, &node, advanced.tag_at};
  if (advanced.tag_at != std::string_view::npos) after.inner = {};
  if (advanced.inner_at != std::string_view::npos) after.inner = {&file, &node, advanced.inner_at};
  if (advanced.problem) report_text(*advanced.problem, advanced.problem_at, node, file);
  return after;
}

ContextAt ContextFlow::walk(const Output& node, const Template& file, const ContextAt& before) {
  check_attempt(node.tag, file, before);
  const bool is_contextual =
      output_escape(node, file, before.context).kind == OutputEscape::Kind::escape &&
      !file.autoescape.tag;
  const Placement place = placement(before.context);
  if (is_contextual && place.refusal) report_refusal(*place.refusal, node, file, before);
  ContextAt after = before;
  after.context = after_output(before.context);
  return after;
}

ContextAt ContextFlow::walk(const If& node, const Template& file, const ContextAt& before) {
  check_attempt(node.branches.front().tag, file, before);
  std::optional<ContextAt> joined;
  Span joined_tag;
  const auto add = [&](const ContextAt& end, Span tag) {
    const auto both = joined ? join(joined->context, end.context) : std::optional(end.context);
    if (!both) {
      report_branches(*joined, joined_tag, end, tag, file);
      joined = unjoined(file, *joined);
    } else if (!joined || *both == end.context) {
      joined = end;
      joined_tag = tag;
    } else {
      joined->context = *both;
    }
  };
  for (const If::Branch& branch : node.branches) add(body(branch.body, file, before), branch.tag);
  if (node.branches.back().condition) add(before, node.end_tag);
  return *joined;
}

ContextAt ContextFlow::walk(const For& node, const Template& file, const ContextAt& before) {
  return loop(node, file, before);
}
ContextAt ContextFlow::walk(const While& node, const Template& file, const ContextAt& before) {
  return loop(node, file, before);
}

template <class Loop>
ContextAt ContextFlow::loop(const Loop& node, const Template& file, const ContextAt& before) {
  check_attempt(node.tag, file, before);
  ContextAt end = settle_loop(node.body, file, before, &node.tag);
  if (!node.else_body) return end;
  const ContextAt other = body(*node.else_body, file, before);
  const auto joined = join(end.context, other.context);
  if (!joined) report_branches(end, node.tag, other, node.end_tag, file);
  if (!joined) return unjoined(file, end);
  end.context = *joined;
  return end;
}

// Returns the context in which every pass of a loop begins, the first one and all later ones.
ContextAt ContextFlow::settle_loop(const Body& nodes, const Template& file, const ContextAt& before,
                                   const Span* tag) {
  ContextAt start = before;
  for (int round = 0; round < kMaxRounds; ++round) {
    std::vector<ContextAt> outer = std::exchange(jumps_, {});
    std::vector<ContextAt> ends{body(nodes, file, start)};
    std::swap(outer, jumps_);
    ends.insert(ends.end(), outer.begin(), outer.end());
    HTMLContext next = start.context;
    for (const ContextAt& end : ends) {
      const auto joined = join(next, end.context);
      if (!joined) {
        if (tag) report_moves("each pass of this loop", *tag, file, before, end);
        return unjoined(file, start);
      }
      next = *joined;
    }
    if (next == start.context) return start;
    start.context = next;
  }
  return start;
}

ContextAt ContextFlow::walk(const Break&, const Template&, const ContextAt& before) {
  return jump(before);
}
ContextAt ContextFlow::walk(const Continue&, const Template&, const ContextAt& before) {
  return jump(before);
}

ContextAt ContextFlow::jump(const ContextAt& from) {
  jumps_.push_back(from);
  ContextAt dead;
  dead.context.state = HTMLContext::State::dead;
  return dead;
}

ContextAt ContextFlow::walk(const Block& node, const Template& file, const ContextAt& before) {
  blocks_.try_emplace(node.name.text, before.context);
  const auto found = page_.blocks.find(node.name.text);
  if (found == page_.blocks.end()) return body(node.body, file, before);
  return body(found->second.block->body, *found->second.file, before);
}

ContextAt ContextFlow::walk(const Include& node, const Template& file, const ContextAt& before) {
  check_attempt(node.tag, file, before);
  const auto found = page_.includes.find(&node);
  if (found == page_.includes.end()) return before;
  return body(found->second->body, *found->second, before);
}

ContextAt ContextFlow::walk(const Super& node, const Template&, const ContextAt& before) {
  const auto found = page_.supers.find(&node);
  if (found == page_.supers.end()) return before;
  return body(found->second.block->body, *found->second.file, before);
}

ContextAt ContextFlow::walk(const Apply& node, const Template& file, const ContextAt& before) {
  check_attempt(node.tag, file, before);
  const ContextAt end = body(node.body, file, before);
  const auto joined = join(before.context, end.context);
  if (!joined) report_moves("what is applied to", node.tag, file, before, end);
  ContextAt after = joined ? before : unjoined(file, before);
  after.context = after_output(after.context);
  return after;
}

ContextAt ContextFlow::walk(const Try& node, const Template& file, const ContextAt& before) {
  const Attempt attempt{&node, &file, before.context};
  const Attempt* outer = std::exchange(attempt_, &attempt);
  ContextAt end = body(node.body, file, before);
  attempt_ = outer;
  if (node.else_body) end = body(*node.else_body, file, end);
  for (const Try::Except& except : node.excepts) {
    const ContextAt other = body(except.body, file, before);
    const auto joined = join(end.context, other.context);
    if (!joined) report_branches(end, node.tag, other, except.tag, file);
    if (!joined) end = unjoined(file, end);
    if (joined) end.context = *joined;
  }
  return node.finally_body ? body(*node.finally_body, file, end) : end;
}

ContextAt ContextFlow::walk(const Module& node, const Template& file, const ContextAt& before) {
  check_attempt(node.tag, file, before);
  check_markup("a module", node.tag, file, before);
  return before;
}

ContextAt ContextFlow::walk(const Call& node, const Template& file, const ContextAt& before) {
  check_markup("a component", node.component.tag, file, before);
  for (const Call::Fill& fill : node.fills) {
    const ContextAt end = body(fill.body, file, before);
    if (!join(before.context, end.context)) {
      report_moves("what a call passes on", fill.tag, file, before, end);
    }
  }
  return walk(node.component, file, before);
}

ContextAt ContextFlow::walk(const Slot& node, const Template& file, const ContextAt& before) {
  check_markup("a slot", node.tag, file, before);
  const ContextAt end = body(node.body, file, before);
  if (!join(before.context, end.context)) {
    report_moves("the slot's own content", node.tag, file, before, end);
  }
  return before;
}

// Reports code that may throw in another context than that of its `{% try %}`: text that was
// written before an exception stays in the page.
void ContextFlow::check_attempt(Span tag, const Template& file, const ContextAt& before) {
  if (!attempt_ || !sink_ || before.context == attempt_->context || has_own_escape(file)) return;
  const auto joined = join(attempt_->context, before.context);
  if (joined && *joined == attempt_->context) return;
  Diagnostic found =
      error_at(codes::kTryMoves, file.source, tag,
               "an exception here would leave the page " + std::string(describe(before.context)),
               "set a variable in the '{% try %}', and write the tag in its '{% else %}'");
  found.notes.push_back({attempt_->file->source, attempt_->node->tag, "the '{% try %}' is here"});
  sink_->report(std::move(found));
}

void ContextFlow::check_markup(std::string_view what, Span tag, const Template& file,
                               const ContextAt& before) {
  if (!sink_ || is_text(before.context) || has_own_escape(file)) return;
  Diagnostic found = error_at(
      codes::kMarkupHere, file.source, tag,
      std::string(what) + " writes HTML and can't stand " + std::string(describe(before.context)),
      "move it between tags");
  add_opening(found, before);
  sink_->report(std::move(found));
}

ContextAt ContextFlow::unjoined(const Template& file, const ContextAt& at) {
  ContextAt after = at;
  if (has_own_escape(file)) {
    after.context = {};
    after.context.state = HTMLContext::State::lost;
  }
  return after;
}

void ContextFlow::report_text(TextProblem problem, std::size_t at, const Text& text,
                              const Template& file) {
  if (!sink_) return;
  const ContextMessage message = message_of(problem);
  const std::uint32_t place = source_offset(text, file.source->text(), at);
  sink_->report(error_at(message.code, file.source, {place, place + 1},
                         std::string(message.message), std::string(message.help)));
}

void ContextFlow::report_refusal(Refusal refusal, const Output& node, const Template& file,
                                 const ContextAt& before) {
  if (!sink_) return;
  const ContextMessage message = message_of(refusal);
  std::string help(message.help);
  if (refusal == Refusal::unquoted) help = quoted_attribute(node, file).value_or(help);
  Diagnostic found =
      error_at(message.code, file.source, node.tag, std::string(message.message), std::move(help));
  if (is_opening_of_use(refusal)) add_opening(found, before);
  sink_->report(std::move(found));
}

void ContextFlow::report_branches(const ContextAt& first, Span first_tag, const ContextAt& second,
                                  Span second_tag, const Template& file) {
  if (!sink_ || has_own_escape(file)) return;
  Diagnostic found = error_at(
      codes::kBranchesDiffer, file.source, second_tag,
      "what follows would stand " + describe_beside(second.context, first.context) + " or " +
          describe_beside(first.context, second.context) + ", by the branch that is taken",
      "let all branches end alike: with the same tags, quotes and comments open");
  found.notes.push_back({file.source, first_tag, "the branch that ends otherwise begins here"});
  add_opening(found, first);
  add_opening(found, second);
  sink_->report(std::move(found));
}

void ContextFlow::report_moves(std::string_view what, Span tag, const Template& file,
                               const ContextAt& before, const ContextAt& end) {
  if (!sink_ || has_own_escape(file)) return;
  Diagnostic found =
      error_at(codes::kBodyMoves, file.source, tag,
               std::string(what) + " begins " + describe_beside(before.context, end.context) +
                   " and ends " + describe_beside(end.context, before.context),
               "open and close tags, quotes and comments in one and the same body");
  add_opening(found, end);
  sink_->report(std::move(found));
}

void ContextFlow::report_end(const ContextAt& end) {
  const Template& root = *page_.root();
  const auto size = static_cast<std::uint32_t>(root.source->text().size());
  Diagnostic found = error_at(codes::kPageEndsInside, root.source, {size, size},
                              "the page ends " + std::string(describe(end.context)), "");
  add_opening(found, end);
  if (found.notes.empty()) {
    found.help = "close what is open";
  } else {
    Note opening = std::move(found.notes.front());
    found.notes.clear();
    found.source = opening.source;
    found.span = opening.span;
    found.help = "it is opened here and never closed";
  }
  sink_->report(std::move(found));
}

void ContextFlow::add_opening(Diagnostic& diagnostic, const ContextAt& at) const {
  if (is_text(at.context)) return;
  const ContextAt::Place& place = at.inner.text ? at.inner : at.tag;
  if (!place.text) return;
  const std::uint32_t begin = source_offset(*place.text, place.file->source->text(), place.offset);
  const Span span{begin, begin + 1};
  const bool is_known = std::ranges::any_of(diagnostic.notes, [&](const Note& note) {
    return note.source == place.file->source && note.span == span;
  });
  const bool is_lost = at.context.language == HTMLContext::Language::lost;
  if (is_known) return;
  diagnostic.notes.push_back(
      {place.file->source, span, is_lost ? "from here on it is not certain" : "it is opened here"});
}

void check_contexts(const Page& page, DiagnosticSink& sink) {
  check_escape_functions(page, sink);
  ContextFlow(page, &sink).run();
}

OutputEscape output_escape(const Output& output, const Template& file, const HTMLContext& context) {
  using Kind = OutputEscape::Kind;
  const Autoescape& autoescape = file.autoescape;
  if (output.raw || autoescape.kind == Autoescape::Kind::none) return {Kind::raw, Escape::html};
  if (autoescape.kind == Autoescape::Kind::function) return {Kind::function, Escape::html};
  if (autoescape.tag) return {Kind::escape, Escape::html};
  if (context.state == HTMLContext::State::none) {
    return {file.name.ends_with(".txt") ? Kind::raw : Kind::escape, Escape::html};
  }
  const Escape escape = placement(context).escape;
  const bool is_encoded = (escape == Escape::url_component || escape == Escape::url_part) &&
                          is_call_of("url_escape", output, file);
  return {Kind::escape, is_encoded ? Escape::url_encoded : escape};
}

}  // namespace bora::lang
