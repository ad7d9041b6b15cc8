// lint_file(): what one file shows by itself.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "templates-lang/ast_walk.h"
#include "templates-lang/characters.h"
#include "templates-lang/codes.h"
#include "templates-lang/cpp_scanner.h"
#include "templates-lang/habits.h"
#include "templates-lang/lexer.h"
#include "templates-lang/lints.h"
#include "templates-lang/messages.h"

namespace bora::lang {
namespace {

class FileLint {
 public:
  FileLint(const Template& file, std::vector<Diagnostic>& found) : file_(file), found_(found) {}

  void run() {
    for (const Param& param : file_.params) {
      introduce(param.name, Variable::Kind::param);
      if (is_arithmetic(file_.source->text(param.type))) numbers_.insert(param.name.text);
    }
    body(file_.body);
  }

 private:
  struct Variable {
    enum class Kind { param, loop, set };
    const Name* name = nullptr;
    Kind kind = Kind::set;
    std::size_t depth = 0;
  };

  void body(const Body& nodes) {
    check_reached(nodes);
    for (const Node& node : nodes) {
      if (const auto* text = std::get_if<Text>(&node.value)) check_text(text->span);
      for (const Span& value : values_of(node)) check_addition(value);
      if (const auto* set = std::get_if<Set>(&node.value)) {
        for (const Name& name : set->names) add_set(name, set->type.has_value());
      } else if (const auto* branches = std::get_if<If>(&node.value)) {
        check_conditions(*branches);
      } else if (const auto* loop = std::get_if<While>(&node.value)) {
        if (const auto value = constant(loop->condition.span); value && !*value)
          report_constant(loop->condition.span, false);
      }
      const auto* loop = std::get_if<For>(&node.value);
      for_each_body(node, [&](const Body& inner) {
        scopes_.emplace_back();
        if (loop != nullptr && &inner == &loop->body) {
          for (const Name& name : loop->names) add_loop_name(name);
        }
        body(inner);
        leave_scope();
      });
    }
  }

  void check_text(Span text) {
    for (Habit& habit : find_text_habits(file_.source->text(), text)) {
      found_.push_back(warning(codes::kOtherLanguage, habit.span, std::move(habit.message),
                               std::move(habit.help)));
    }
    if (file_.source->name().ends_with(".html")) check_single_braces(text);
  }

  /// Reports `{ name }` in the text of an element, if `name` is a variable of this file.
  void check_single_braces(Span part) {
    const std::string_view text = file_.source->text().substr(0, part.end);
    for (std::size_t at = text.find('{', part.begin); at != text.npos;
         at = text.find('{', at + 1)) {
      std::size_t begin = at + 1;
      while (begin < text.size() && text[begin] == ' ') ++begin;
      std::size_t end = begin;
      while (end < text.size() && is_word_char(text[end])) ++end;
      std::size_t close = end;
      while (close < text.size() && text[close] == ' ') ++close;
      if (end == begin || close >= text.size() || text[close] != '}') continue;
      const char before = at == 0 ? ' ' : text[at - 1];
      const char after = close + 1 < text.size() ? text[close + 1] : ' ';
      const bool is_longer = before == '{' || before == '$' || before == '#' || after == '}';
      const std::string name(text.substr(begin, end - begin));
      const auto known = variables_.find(name);
      if (is_longer || known == variables_.end() || known->second.empty()) continue;
      if (!is_text_of_element(text.substr(0, at))) continue;
      found_.push_back(
          warning(codes::kOtherLanguage,
                  {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(close + 1)},
                  "a value stands in two braces",
                  "write '{{ " + name + " }}', or '&#123;' for the brace itself"));
    }
  }

  static bool is_word_char(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  /// Whether a place is in text: not in a tag or comment, nor in an element in which braces have a
  /// meaning or are shown. This is a guess from the text before the place; it is false if in doubt.
  static bool is_text_of_element(std::string_view before) {
    const auto last = [before](std::string_view what) {
      const std::size_t found = before.rfind(what);
      return found == before.npos ? 0 : found + 1;
    };
    if (last("<") > last(">") || last("<!--") > last("-->")) return false;
    for (const std::string_view name : {"script", "style", "textarea", "title", "code", "pre",
                                        "template", "xmp", "svg", "math"}) {
      if (last("<" + std::string(name)) > last("</" + std::string(name))) return false;
    }
    return true;
  }

  static std::vector<Span> values_of(const Node& node) {
    if (const auto* output = std::get_if<Output>(&node.value)) return {output->value.span};
    if (const auto* set = std::get_if<Set>(&node.value)) return {set->value.span};
    std::vector<Span> spans;
    const auto* include = std::get_if<Include>(&node.value);
    if (const auto* call = std::get_if<Call>(&node.value)) include = &call->component;
    if (include != nullptr) {
      for (const auto& argument : include->arguments) spans.push_back(argument.value.span);
    }
    return spans;
  }

  /// Reports `"row-" + id`, which moves the address of the text by a number.
  void check_addition(Span value) {
    const std::string_view text = file_.source->text();
    const std::vector<CppToken> tokens = scan_cpp(text, value);
    for (std::size_t i = 1; i + 1 < tokens.size(); ++i) {
      if (file_.source->text(tokens[i].span) != "+") continue;
      const bool is_first =
          is_plain_string(tokens[i - 1]) && (i == 1 || !is_word_at(tokens, i - 2, "+"));
      const bool is_second = is_plain_string(tokens[i + 1]);
      if (is_first == is_second) continue;
      const bool is_number =
          is_first ? begins_with_number(tokens, i + 1) : ends_with_number(tokens, i);
      if (!is_number) continue;
      const Span literal = tokens[is_first ? i - 1 : i + 1].span;
      found_.push_back(warning(codes::kTextPlusNumber, literal,
                               "a text and a number are not joined by '+': this is an address",
                               "write the text and '{{ NUMBER }}' beside it, or std::to_string()"));
    }
  }

  bool is_plain_string(const CppToken& token) const {
    return token.kind == CppToken::Kind::string && file_.source->text(token.span).ends_with('"');
  }
  bool is_word_at(const std::vector<CppToken>& tokens, std::size_t at,
                  std::string_view word) const {
    return at < tokens.size() && file_.source->text(tokens[at].span) == word;
  }
  bool is_number_name(const std::vector<CppToken>& tokens, std::size_t at) const {
    if (tokens[at].kind == CppToken::Kind::number) {
      return file_.source->text(tokens[at].span).find('_') == std::string_view::npos;
    }
    return tokens[at].kind == CppToken::Kind::identifier &&
           numbers_.contains(file_.source->text(tokens[at].span));
  }
  /// Whether the operand that begins at `at` is a number, and nothing after it changes that.
  bool begins_with_number(const std::vector<CppToken>& tokens, std::size_t at) const {
    if (is_word_at(tokens, at, "loop") && is_word_at(tokens, at + 1, ".")) {
      return at + 2 < tokens.size() && file_.source->text(tokens[at + 2].span).starts_with("index");
    }
    if (is_number_name(tokens, at)) {
      const bool goes_on = is_word_at(tokens, at + 1, ".") || is_word_at(tokens, at + 1, "->") ||
                           is_word_at(tokens, at + 1, "(") || is_word_at(tokens, at + 1, "[") ||
                           is_word_at(tokens, at + 1, "::");
      return !goes_on;
    }
    return ends_in_size(tokens, at);
  }
  /// `x.y.size()` from `at` on.
  bool ends_in_size(const std::vector<CppToken>& tokens, std::size_t at) const {
    while (at + 1 < tokens.size() && tokens[at].kind == CppToken::Kind::identifier &&
           (is_word_at(tokens, at + 1, ".") || is_word_at(tokens, at + 1, "->"))) {
      at += 2;
    }
    return (is_word_at(tokens, at, "size") || is_word_at(tokens, at, "length")) &&
           is_word_at(tokens, at + 1, "(") && is_word_at(tokens, at + 2, ")") &&
           !is_word_at(tokens, at + 3, ".");
  }
  /// Whether the operand before the '+' at `plus` is a number.
  bool ends_with_number(const std::vector<CppToken>& tokens, std::size_t plus) const {
    const bool is_alone = plus < 2 || is_word_at(tokens, plus - 2, "(") ||
                          is_word_at(tokens, plus - 2, "?") || is_word_at(tokens, plus - 2, ":");
    return is_alone && is_number_name(tokens, plus - 1);
  }

  static bool is_arithmetic(std::string_view type) {
    constexpr std::string_view kTypes[] = {
        "int",           "long",         "short",         "unsigned",   "long long",
        "unsigned long", "unsigned int", "std::size_t",   "size_t",     "std::int32_t",
        "std::uint32_t", "std::int64_t", "std::uint64_t", "const int&", "const int"};
    return std::ranges::find(kTypes, type) != std::end(kTypes);
  }

  void introduce(const Name& name, Variable::Kind kind) {
    if (kind != Variable::Kind::param) numbers_.erase(name.text);
    variables_[name.text].push_back({&name, kind, scopes_.size()});
    scopes_.back().push_back(&name);
  }

  void leave_scope() {
    for (const Name* name : scopes_.back()) variables_[name->text].pop_back();
    scopes_.pop_back();
  }

  /// Returns the meaning of a name here; null if the file does not introduce it.
  const Variable* find(const Name& name) const {
    const auto found = variables_.find(name.text);
    return found == variables_.end() || found->second.empty() ? nullptr : &found->second.back();
  }

  void add_loop_name(const Name& name) {
    const Variable* hidden = find(name);
    // Loops that take "_" for what they don't need may nest.
    if (hidden != nullptr && name.text != "_") report_hidden(name, *hidden);
    introduce(name, Variable::Kind::loop);
  }

  /// A `set` gives another value to a variable that a `set` has made. It hides a parameter or a
  /// variable of a loop, which is fine at the same level, because everything after it sees the new
  /// variable.
  void add_set(const Name& name, bool is_typed) {
    const Variable* known = find(name);
    const bool hides = known != nullptr && (is_typed || known->kind != Variable::Kind::set);
    if (hides && known->depth < scopes_.size()) report_hidden(name, *known);
    if (hides || known == nullptr) introduce(name, Variable::Kind::set);
  }

  void report_hidden(const Name& name, const Variable& hidden) {
    const char* what = hidden.kind == Variable::Kind::param  ? "the parameter"
                       : hidden.kind == Variable::Kind::loop ? "the loop's variable"
                                                             : "the variable";
    Diagnostic finding =
        warning(codes::kHidesName, name.span,
                quoted(name.text) + " hides " + what + " of that name", "give it another name");
    finding.notes.push_back({file_.source, hidden.name->span, "which is introduced here"});
    found_.push_back(std::move(finding));
  }

  /// Returns the value of a condition that never changes.
  std::optional<bool> constant(Span condition) const {
    const std::vector<CppToken> tokens = scan_cpp(file_.source->text(), condition);
    if (tokens.size() != 1) return std::nullopt;
    const std::string_view word = file_.source->text(tokens.front().span);
    if (word == "true") return true;
    if (word == "false") return false;
    if (!std::ranges::all_of(word, is_digit)) return std::nullopt;
    return word.find_first_not_of('0') != std::string_view::npos;
  }

  void check_conditions(const If& node) {
    for (std::size_t i = 0; i < node.branches.size(); ++i) {
      const auto& condition = node.branches[i].condition;
      if (!condition) continue;
      if (const auto value = constant(condition->span)) {
        Diagnostic finding = constant_condition(condition->span, *value);
        if (*value && i + 1 < node.branches.size())
          finding.notes.push_back(
              {file_.source, node.branches[i + 1].tag, "so this branch is never rendered"});
        found_.push_back(std::move(finding));
      } else {
        check_repeated(node, i);
      }
    }
  }

  void check_repeated(const If& node, std::size_t branch) {
    constexpr std::size_t kMaxBranches = 50;  // the number of earlier branches that each is
                                              // compared with
    const Span span = node.branches[branch].condition->span;
    if (has_effects(span)) return;
    const std::size_t from = branch - std::min(branch, kMaxBranches);
    for (std::size_t i = from; i < branch; ++i) {
      const Span earlier = node.branches[i].condition->span;
      if (file_.source->text(earlier) != file_.source->text(span)) continue;
      Diagnostic finding =
          warning(codes::kRepeatedCondition, span,
                  "this branch is never rendered: an earlier one has its condition", "");
      finding.notes.push_back({file_.source, earlier, "the condition is tested here"});
      found_.push_back(std::move(finding));
      return;
    }
  }

  /// Whether evaluating it twice may give two values.
  bool has_effects(Span expression) const {
    return std::ranges::any_of(
        scan_cpp(file_.source->text(), expression), [&](const CppToken& token) {
          const std::string_view text = file_.source->text(token.span);
          return text == "(" || text == "++" || text == "--" || text == "=" ||
                 (text.size() > 1 && text.back() == '=' && text != "==" && text != "!=" &&
                  text != "<=" && text != ">=");
        });
  }

  Diagnostic constant_condition(Span condition, bool value) const {
    return warning(codes::kConstantCondition, condition,
                   std::string("this condition is always ") + (value ? "true" : "false"),
                   "for notes and parts that wait, use '{% comment %}' or '{# #}'");
  }
  void report_constant(Span condition, bool value) {
    found_.push_back(constant_condition(condition, value));
  }

  /// Reports nodes after a break or continue in the same body.
  void check_reached(const Body& nodes) {
    const auto jump =
        std::ranges::find_if(nodes, [](const Node& node) { return tag_of_jump(node); });
    if (jump == nodes.end()) return;
    for (auto node = std::next(jump); node != nodes.end(); ++node) {
      const std::optional<Span> place = place_of(*node);
      if (!place) continue;
      Diagnostic finding =
          warning(codes::kNeverReached, *place, "what stands here is never reached", "");
      finding.notes.push_back({file_.source, *tag_of_jump(*jump), "the loop's body is left here"});
      found_.push_back(std::move(finding));
      return;
    }
  }

  static const Span* tag_of_jump(const Node& node) {
    if (const auto* jump = std::get_if<Break>(&node.value)) return &jump->tag;
    if (const auto* jump = std::get_if<Continue>(&node.value)) return &jump->tag;
    return nullptr;
  }

  /// Returns the place to mark for a node; nothing for blank text.
  std::optional<Span> place_of(const Node& node) const {
    return std::visit(
        [&](const auto& value) -> std::optional<Span> {
          if constexpr (requires { value.tag; }) {
            return value.tag;
          } else if constexpr (requires { value.branches; }) {
            return value.branches.front().tag;
          } else if constexpr (requires { value.component; }) {
            return value.component.tag;
          } else {
            const bool is_blank_text = std::ranges::all_of(value.text, is_blank);
            return is_blank_text ? std::nullopt : std::optional(trimmed(value.span));
          }
        },
        node.value);
  }

  Span trimmed(Span span) const {
    const std::string_view text = file_.source->text();
    while (span.begin < span.end && is_blank(text[span.begin])) ++span.begin;
    while (span.end > span.begin && is_blank(text[span.end - 1])) --span.end;
    return span;
  }

  Diagnostic warning(const char* code, Span span, std::string message, std::string help) const {
    Diagnostic finding = error_at(code, file_.source, span, std::move(message), std::move(help));
    finding.severity = Severity::warning;
    return finding;
  }

  const Template& file_;
  std::vector<Diagnostic>& found_;
  std::vector<std::vector<const Name*>> scopes_ = {{}};          // the names that each introduces
  std::set<std::string, std::less<>> numbers_;                   // parameters that are numbers
  std::map<std::string_view, std::vector<Variable>> variables_;  // by name; the innermost last
};

/// Looks at the calls in a file's tags whose arguments have to be literal.
class CallLint {
 public:
  CallLint(const Template& file, const std::vector<StaticFiles>& static_files,
           std::vector<Diagnostic>& found)
      : file_(file), static_files_(static_files), found_(found) {}

  void run() {
    DiagnosticSink ignored;
    for (const Token& tag : lex(file_.source, ignored)) {
      tokens_ = scan_cpp(file_.source->text(), tag.content);
      for (std::size_t i = 0; i + 2 < tokens_.size(); ++i) {
        if (text(i) == "static_url" && is_call(i)) check_static_url(i + 2);
      }
      check_messages(tag.content);
    }
  }

 private:
  std::string_view text(std::size_t at) const { return file_.source->text(tokens_[at].span); }

  /// Whether there is a name before an opening parenthesis, and it is no member.
  bool is_call(std::size_t at) const {
    if (tokens_[at].kind != CppToken::Kind::identifier || text(at + 1) != "(") return false;
    if (at == 0) return true;
    const std::string_view before = text(at - 1);
    return before != "." && before != "->" && before != "::";
  }

  bool is_string(std::size_t at) const {
    return at < tokens_.size() && (tokens_[at].kind == CppToken::Kind::string ||
                                   tokens_[at].kind == CppToken::Kind::raw_string);
  }

  bool ends_argument(std::size_t at) const {
    return at >= tokens_.size() || text(at) == "," || text(at) == ")";
  }

  void check_static_url(std::size_t argument) {
    if (static_files_.empty() || !is_string(argument) || !ends_argument(argument + 1)) return;
    std::string_view literal = text(argument);
    if (!literal.starts_with('"') || !literal.ends_with('"') ||
        literal.find('\\') != std::string_view::npos)
      return;
    literal = literal.substr(1, literal.size() - 2);
    const std::string named(literal);
    if (std::ranges::any_of(static_files_,
                            [&](const StaticFiles& files) { return files.has(named); }))
      return;
    const std::string path = named.substr(0, named.find_first_of("?#"));
    const Span span = tokens_[argument].span;
    report(codes::kMissingAsset, {span.begin + 1, span.end - 1},
           "there is no file " + quoted(path) + " in " + quoted(static_files_.front().folder),
           found_.size() < DiagnosticSink::kMaxDiagnostics ? nearest_file(path) : "");
  }

  std::string nearest_file(const std::string& path) const {
    for (const StaticFiles& files : static_files_) {
      const std::string nearest = nearest_name(path, files.names());
      if (!nearest.empty()) return "did you mean " + quoted(nearest) + "?";
    }
    return {};
  }

  void check_messages(Span part) {
    for (const MessageCall& call : message_calls(file_.source->text(), part)) {
      if (call.message || call.function == "translate") continue;
      report(codes::kMessageNotLiteral, call.not_literal,
             "a message to be translated is a literal string, or it can't be extracted",
             "look it up where the text is made");
    }
  }

  void report(const char* code, Span span, std::string message, std::string help) {
    Diagnostic finding = error_at(code, file_.source, span, std::move(message), std::move(help));
    finding.severity = Severity::warning;
    found_.push_back(std::move(finding));
  }

  const Template& file_;
  const std::vector<StaticFiles>& static_files_;
  std::vector<Diagnostic>& found_;
  std::vector<CppToken> tokens_;
};

}  // namespace

void lint_file(const Template& file, const std::vector<StaticFiles>& static_files,
               DiagnosticSink& sink) {
  std::vector<Diagnostic> found;
  FileLint(file, found).run();
  CallLint(file, static_files, found).run();
  std::ranges::sort(found, [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.span.begin, a.code) < std::tie(b.span.begin, b.code);
  });
  for (Diagnostic& finding : found) sink.report(std::move(finding));
}

}  // namespace bora::lang
