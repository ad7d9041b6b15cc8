#include "templates-lang/parser.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "templates-lang/characters.h"
#include "templates-lang/codes.h"
#include "templates-lang/directive_reader.h"
#include "templates-lang/lexer.h"
#include "templates-lang/operands.h"
#include "templates-lang/whitespace.h"

namespace bora::lang {
namespace {

std::string quoted_tag(std::string_view directive) {
  return "'{% " + std::string(directive) + " %}'";
}
std::string quoted_tag(Directive directive) {
  return quoted_tag(spelling(directive));
}

/// A directive whose `{% end %}` has not come yet.
struct Open {
  Tag tag;
  const Open* outer = nullptr;
  std::string block_name;          // for a block with a name
  std::optional<Tag> last_branch;  // elif, else, except or finally
};

/// The first two words of a text, which `{% end %}` may name.
struct Words {
  std::string_view first, second;

  explicit Words(std::string_view text) : first(take(text)), second(take(text)) {}

 private:
  static std::string_view take(std::string_view& text) {
    std::size_t begin = 0;
    while (begin < text.size() && is_blank(text[begin])) ++begin;
    std::size_t end = begin;
    while (end < text.size() && !is_blank(text[end])) ++end;
    const std::string_view word = text.substr(begin, end - begin);
    text.remove_prefix(end);
    return word;
  }
};

// Branches come in this order; only the first kind may repeat.
int branch_rank(Directive branch) {
  return branch == Directive::finally ? 3 : branch == Directive::else_ ? 2 : 1;
}

bool takes_branch(Directive open, Directive branch) {
  switch (branch) {
    case Directive::elif:
      return open == Directive::if_;
    case Directive::else_:
      return open == Directive::if_ || open == Directive::for_ || open == Directive::while_ ||
             open == Directive::try_;
    default:
      return open == Directive::try_;
  }
}

class Parser {
 public:
  Parser(Template& file, DiagnosticSink& sink)
      : file_(file),
        sink_(sink),
        directives_(file.source, sink),
        operands_(file.source, file.name, sink),
        whitespace_(default_whitespace_mode(file.name)),
        tokens_(lex(file.source, sink)) {
    find_declaration_lines();
  }

  void run() { parse_body(nullptr, file_.body); }

 private:
  using Next = std::optional<Tag>;

  // Reads up to the tag that ends `open` or begins its next branch, and returns that tag. Nothing
  // is returned at the end of the file and before an `{% end %}` that names a directive further
  // out.
  Next parse_body(Open* open, Body& body);
  void parse_directive(const Tag& tag, const Open* open, Body& body);
  void parse_nested(const Tag& tag, const Open* outer, Body& body);
  Span finish(const Next& end, const Open& open);
  void watch_indentation(const Tag& end, const Open& open);
  std::optional<std::string_view> indentation(Span tag) const;

  Node parse_if(Open open);
  Node parse_for(Open open);
  Node parse_while(Open open);
  Node parse_try(Open open);
  Node parse_block(Open open);
  Node parse_apply(Open open);
  Node parse_slot(Open open);
  Node parse_call(Open open);
  std::vector<Call::Fill> fills_of(Body body, Span call_tag);
  template <class Loop>
  void parse_loop_bodies(Loop& loop, Open& open);

  void find_declaration_lines();
  void add_text(const Token& token, Body& body);
  std::string reduced_text(Span text);
  void add_output(const Token& token, Body& body, bool is_raw);
  void add_plain_tag(const Tag& tag, Body& body);
  void add_super(const Tag& tag, Body& body);
  void set_extends(const Tag& tag, const Open* open);
  void add_param(const Tag& tag, const Open* open);
  void set_handler(const Tag& tag, const Open* open);
  void set_whitespace(const Tag& tag);

  bool ends(const Tag& tag, const Open* open);
  bool ends_outer(const Tag& tag, const Open* open) const;
  bool is_named_by(const Open& open, const Words& words) const;
  bool begins_branch(const Tag& tag, Open* open);
  bool is_at_top_level(const Tag& tag, const Open* open);
  Expression operand(const Tag& tag, std::string_view wanted);

  std::string_view text(Span span) const { return file_.source->text(span); }
  Diagnostic error(const char* code, Span span, std::string message, std::string help = {}) const {
    return error_at(code, file_.source, span, std::move(message), std::move(help));
  }
  Note opened_here(const Open& open) const {
    return {file_.source, open.tag.token.span, quoted_tag(open.tag.directive) + " is opened here"};
  }

  Template& file_;
  DiagnosticSink& sink_;
  DirectiveReader directives_;
  OperandReader operands_;
  WhitespaceReducer whitespace_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::vector<Span> declaration_lines_;  // in the file's order, with their line ends
  std::size_t next_line_ = 0;            // the first of them that may be after this place
  int depth_ = 0;
  std::optional<Note> odd_indentation_;  // about the first end that is not below its opening
  bool is_cut_off_ = false;              // whether the rest was not read, because it nests too deep
};

Parser::Next Parser::parse_body(Open* open, Body& body) {
  while (tokens_[at_].kind != Token::Kind::end) {
    const Token& token = tokens_[at_];
    if (token.kind == Token::Kind::text) {
      add_text(token, body);
      ++at_;
      continue;
    }
    if (token.kind == Token::Kind::expression) {
      add_output(token, body, false);
      ++at_;
      continue;
    }
    const Tag tag = directives_.read(token);
    if (ends_outer(tag, open)) return std::nullopt;
    ++at_;
    if (tag.directive == Directive::end) {
      if (ends(tag, open)) return tag;
    } else if (is_branch(tag.directive)) {
      if (begins_branch(tag, open)) return tag;
    } else {
      parse_directive(tag, open, body);
    }
  }
  return std::nullopt;
}

void Parser::parse_directive(const Tag& tag, const Open* open, Body& body) {
  if (opens_body(tag.directive)) return parse_nested(tag, open, body);
  if (tag.directive == Directive::extends) return set_extends(tag, open);
  if (tag.directive == Directive::param) return add_param(tag, open);
  if (tag.directive == Directive::handler) return set_handler(tag, open);
  if (tag.token.is_damaged) return;

  switch (tag.directive) {
    case Directive::autoescape:
      if (auto autoescape = operands_.autoescape(tag.token)) file_.autoescape = *autoescape;
      return;
    case Directive::whitespace:
      return set_whitespace(tag);
    case Directive::import:
      if (auto import = operands_.import(tag.token)) file_.imports.push_back(std::move(*import));
      return;
    case Directive::from:
      if (auto import = operands_.from(tag.token)) file_.imports.push_back(std::move(*import));
      return;
    case Directive::include:
      if (auto include = operands_.include(tag.token)) body.push_back({std::move(*include)});
      return;
    case Directive::set:
      if (auto set = operands_.set(tag.token)) body.push_back({std::move(*set)});
      return;
    case Directive::raw:
      return add_output(tag.token, body, true);
    case Directive::module:
      if (auto module = operands_.module(tag.token)) {
        std::visit([&](auto& node) { body.push_back({std::move(node)}); }, *module);
      }
      return;
    case Directive::super:
      return add_super(tag, body);
    case Directive::break_:
    case Directive::continue_:
    case Directive::flush:
      return add_plain_tag(tag, body);
    default:  // a comment, or a word that was reported
      return;
  }
}

void Parser::parse_nested(const Tag& tag, const Open* outer, Body& body) {
  if (depth_ == kMaxNesting) {
    sink_.report(error(codes::kNestedTooDeep, tag.token.span,
                       "directives nest more than " + std::to_string(kMaxNesting) + " deep",
                       "move the inner ones to a file of their own and include it"));
    is_cut_off_ = true;
    at_ = tokens_.size() - 1;
    return;
  }
  ++depth_;
  Open open{tag, outer, {}, {}};
  switch (tag.directive) {
    case Directive::if_:
      body.push_back(parse_if(std::move(open)));
      break;
    case Directive::for_:
      body.push_back(parse_for(std::move(open)));
      break;
    case Directive::while_:
      body.push_back(parse_while(std::move(open)));
      break;
    case Directive::try_:
      body.push_back(parse_try(std::move(open)));
      break;
    case Directive::block:
      body.push_back(parse_block(std::move(open)));
      break;
    case Directive::apply:
      body.push_back(parse_apply(std::move(open)));
      break;
    case Directive::slot:
      body.push_back(parse_slot(std::move(open)));
      break;
    default:
      body.push_back(parse_call(std::move(open)));
  }
  --depth_;
}

// Returns the span of the tag that closes `open`. Reports a mistake if there is none.
Span Parser::finish(const Next& end, const Open& open) {
  if (end) {
    watch_indentation(*end, open);
    return end->token.span;
  }
  const Token& here = tokens_[at_];
  const bool is_at_end = here.kind == Token::Kind::end;
  const bool is_excused = is_cut_off_ || (is_at_end && directives_.excuses_missing_end());
  if (!is_excused) {
    Diagnostic found =
        error(codes::kBlockNotClosed, open.tag.token.span,
              quoted_tag(open.tag.directive) + " is never closed", "add '{% end %}'");
    if (!is_at_end) {
      found.notes.push_back({file_.source, here.span, "this closes a directive further out"});
    } else if (odd_indentation_) {
      found.notes.push_back(*odd_indentation_);
    }
    sink_.report(std::move(found));
  }
  return {here.span.begin, here.span.begin};
}

// If there is an `{% end %}` too few or too many, the mistake is rarely where the tags show it. The
// indentation is the better hint.
void Parser::watch_indentation(const Tag& end, const Open& open) {
  const auto begin = indentation(open.tag.token.span);
  const auto under = indentation(end.token.span);
  if (odd_indentation_ || !begin || !under || *begin == *under) return;
  const std::uint32_t line = file_.source->position(open.tag.token.span.begin).line;
  odd_indentation_ = {file_.source, end.token.span,
                      "this closes " + quoted_tag(open.tag.directive) + " of line " +
                          std::to_string(line) + ", which is indented otherwise"};
}

// Returns the blanks before a tag, if nothing else is before it in its line.
std::optional<std::string_view> Parser::indentation(Span tag) const {
  constexpr std::uint32_t kMaxColumn = 200;  // so that megabytes of blanks are not read
  const std::uint32_t column = file_.source->position(tag.begin).column;
  if (column > kMaxColumn) return std::nullopt;
  const std::string_view before = text({tag.begin - (column - 1), tag.begin});
  if (!std::ranges::all_of(before, is_blank)) return std::nullopt;
  return before;
}

Node Parser::parse_if(Open open) {
  If node;
  node.branches.push_back({open.tag.token.span, operand(open.tag, "a condition"), {}});
  Next next = parse_body(&open, node.branches.back().body);
  while (next && next->directive != Directive::end) {
    std::optional<Expression> condition;
    if (next->directive == Directive::elif) condition = operand(*next, "a condition");
    node.branches.push_back({next->token.span, condition, {}});
    next = parse_body(&open, node.branches.back().body);
  }
  node.end_tag = finish(next, open);
  return {std::move(node)};
}

template <class Loop>
void Parser::parse_loop_bodies(Loop& loop, Open& open) {
  Next next = parse_body(&open, loop.body);
  if (next && next->directive == Directive::else_) {
    next = parse_body(&open, loop.else_body.emplace());
  }
  loop.end_tag = finish(next, open);
}

Node Parser::parse_for(Open open) {
  const Token& token = open.tag.token;
  std::optional<For> node;
  if (!token.is_damaged) node = operands_.for_loop(token);
  if (!node) node = For{token.span, {}, {token.content}, {}, {}, {}};
  parse_loop_bodies(*node, open);
  return {std::move(*node)};
}

Node Parser::parse_while(Open open) {
  While node{open.tag.token.span, operand(open.tag, "a condition"), {}, {}, {}};
  parse_loop_bodies(node, open);
  return {std::move(node)};
}

Node Parser::parse_try(Open open) {
  Try node;
  node.tag = open.tag.token.span;
  if (!open.tag.token.is_damaged) operands_.nothing(open.tag.token);
  Next next = parse_body(&open, node.body);
  while (next && next->directive != Directive::end) {
    Body* body = nullptr;
    if (next->directive == Directive::except) {
      std::optional<Try::Except> except;
      if (!next->token.is_damaged) except = operands_.except(next->token);
      node.excepts.push_back(except ? *std::move(except)
                                    : Try::Except{next->token.span, {}, {}, {}});
      body = &node.excepts.back().body;
    } else {
      auto& branch = next->directive == Directive::finally ? node.finally_body : node.else_body;
      body = &branch.emplace();
    }
    next = parse_body(&open, *body);
  }
  node.end_tag = finish(next, open);
  if (next && node.excepts.empty() && !node.finally_body) {
    sink_.report(error(codes::kTryWithoutExcept, node.tag,
                       "'{% try %}' has neither '{% except %}' nor '{% finally %}'"));
  }
  return {std::move(node)};
}

Node Parser::parse_block(Open open) {
  Block node;
  node.tag = open.tag.token.span;
  if (!open.tag.token.is_damaged) {
    if (auto name = operands_.word_name(open.tag.token)) node.name = std::move(*name);
  }
  open.block_name = node.name.text;
  const Next end = parse_body(&open, node.body);
  node.end_tag = finish(end, open);
  return {std::move(node)};
}

Node Parser::parse_apply(Open open) {
  Apply node{open.tag.token.span, operand(open.tag, "a function"), {}, {}};
  const Next end = parse_body(&open, node.body);
  node.end_tag = finish(end, open);
  return {std::move(node)};
}

Node Parser::parse_slot(Open open) {
  Slot node;
  node.tag = open.tag.token.span;
  if (!open.tag.token.is_damaged && open.tag.token.content.size() > 0) {
    node.name = operands_.word_name(open.tag.token);
  }
  const Next end = parse_body(&open, node.body);
  node.end_tag = finish(end, open);
  return {std::move(node)};
}

Node Parser::parse_call(Open open) {
  const Token& token = open.tag.token;
  std::optional<Include> component;
  if (!token.is_damaged) component = operands_.component(token);
  Call node;
  node.component.tag = token.span;
  if (component) node.component = *std::move(component);
  Body body;
  const Next end = parse_body(&open, body);
  node.end_tag = finish(end, open);
  node.fills = fills_of(std::move(body), token.span);
  return {std::move(node)};
}

// Returns the slots directly in a call, and the content outside of them unless it is only blanks.
std::vector<Call::Fill> Parser::fills_of(Body body, Span call_tag) {
  std::vector<Call::Fill> fills;
  Call::Fill rest{call_tag, {}, {}};
  bool has_rest = false;
  for (Node& node : body) {
    auto* slot = std::get_if<Slot>(&node.value);
    if (slot == nullptr) {
      const auto* words = std::get_if<Text>(&node.value);
      has_rest = has_rest || words == nullptr || !std::ranges::all_of(words->text, is_blank);
      rest.body.push_back(std::move(node));
      continue;
    }
    fills.push_back({slot->tag, std::move(slot->name), std::move(slot->body)});
  }
  if (has_rest) fills.push_back(std::move(rest));
  std::map<std::string_view, Span> known;
  for (const Call::Fill& fill : fills) {
    const std::string_view name = fill.name ? std::string_view(fill.name->text) : "";
    const auto [first, is_new] = known.emplace(name, fill.tag);
    if (is_new) continue;
    const bool is_rest = fill.tag == call_tag;
    Diagnostic found = error(
        codes::kSlotFilledTwice, is_rest ? first->second : fill.tag,
        fill.name ? "slot " + quoted(name) + " gets its content twice"
                  : "the slot without a name gets its content twice",
        is_rest ? "it is also what the call holds outside of slots; leave one of them out" : "");
    if (!is_rest) found.notes.push_back({file_.source, first->second, "the first one is here"});
    sink_.report(std::move(found));
  }
  return fills;
}

// Finds the lines with nothing but declarations and comments, which are no part of the text. (A
// comment has no token.)
void Parser::find_declaration_lines() {
  Span line;
  bool is_bare = true;
  bool has_declaration = false;
  const auto start_line = [&](std::uint32_t begin) {
    line = {begin, begin};
    is_bare = true;
    has_declaration = false;
  };
  for (const Token& token : tokens_) {
    if (token.kind == Token::Kind::directive) {
      const Directive directive = find_directive(text(token.name));
      const bool is_known = is_declaration(directive);
      has_declaration = has_declaration || is_known;
      is_bare = is_bare && (is_known || directive == Directive::comment);
    } else if (token.kind == Token::Kind::expression) {
      is_bare = false;
    } else if (token.kind == Token::Kind::text) {
      for (std::uint32_t at = token.span.begin; at < token.span.end; ++at) {
        const char c = file_.source->text()[at];
        is_bare = is_bare && is_blank(c);
        if (c != '\n') continue;
        if (is_bare && has_declaration) declaration_lines_.push_back({line.begin, at + 1});
        start_line(at + 1);
      }
    }
  }
}

// Returns the text without lines of declarations, and with white space reduced.
std::string Parser::reduced_text(Span span) {
  std::string kept;
  while (next_line_ < declaration_lines_.size() &&
         declaration_lines_[next_line_].end <= span.begin) {
    ++next_line_;
  }
  for (std::size_t i = next_line_; i < declaration_lines_.size(); ++i) {
    const Span& line = declaration_lines_[i];
    if (line.begin >= span.end) break;
    if (line.begin > span.begin) kept += text({span.begin, line.begin});
    span.begin = std::min(line.end, span.end);
  }
  kept += text(span);
  return whitespace_.reduce(kept);
}

void Parser::add_text(const Token& token, Body& body) {
  std::string reduced = reduced_text(token.span);
  if (reduced.empty()) return;
  const bool follows_text = at_ > 0 && tokens_[at_ - 1].kind == Token::Kind::text;
  Text* last = body.empty() ? nullptr : std::get_if<Text>(&body.back().value);
  if (follows_text && last) {
    last->text += reduced;
    last->span.end = token.span.end;
  } else {
    body.push_back({Text{token.span, std::move(reduced)}});
  }
}

void Parser::add_output(const Token& token, Body& body, bool is_raw) {
  if (token.is_damaged) return;
  const char* help =
      is_raw ? "it writes a value without escaping; write '{{!' for braces as text" : "";
  if (auto value = operands_.expression(token, "an expression", help)) {
    body.push_back({Output{token.span, *value, is_raw}});
  }
}

void Parser::add_plain_tag(const Tag& tag, Body& body) {
  operands_.nothing(tag.token);
  const Span span = tag.token.span;
  if (tag.directive == Directive::break_) body.push_back({Break{span}});
  if (tag.directive == Directive::continue_) body.push_back({Continue{span}});
  if (tag.directive == Directive::flush) body.push_back({Flush{span}});
}

// Adds a `super()`, or `super` alone.
void Parser::add_super(const Tag& tag, Body& body) {
  if (text(tag.token.content) != "()") operands_.nothing(tag.token);
  body.push_back({Super{tag.token.span}});
}

void Parser::set_extends(const Tag& tag, const Open* open) {
  if (!is_at_top_level(tag, open) || tag.token.is_damaged) return;
  auto extends = operands_.extends(tag.token);
  if (!extends) return;
  if (file_.extends) {
    Diagnostic found =
        error(codes::kExtendsRepeated, tag.token.span, "a template extends one other only");
    found.notes.push_back({file_.source, file_.extends->tag, "the first '{% extends %}' is here"});
    sink_.report(std::move(found));
    return;
  }
  file_.extends = std::move(extends);
}

void Parser::add_param(const Tag& tag, const Open* open) {
  if (!is_at_top_level(tag, open) || tag.token.is_damaged) return;
  if (auto param = operands_.param(tag.token)) file_.params.push_back(std::move(*param));
}

void Parser::set_handler(const Tag& tag, const Open* open) {
  if (!is_at_top_level(tag, open) || tag.token.is_damaged) return;
  const auto type = operands_.expression(tag.token, "a class", "write '{% handler shop::Page %}'");
  if (!type) return;
  if (file_.handler) {
    Diagnostic found =
        error(codes::kHandlerRepeated, tag.token.span, "a template is made for one handler only");
    found.notes.push_back({file_.source, file_.handler->tag, "the first '{% handler %}' is here"});
    sink_.report(std::move(found));
    return;
  }
  file_.handler = HandlerType{tag.token.span, *type};
}

void Parser::set_whitespace(const Tag& tag) {
  const std::string_view word = text(tag.token.content);
  if (const auto mode = parse_whitespace_mode(word)) return whitespace_.set_mode(*mode);
  sink_.report(error(codes::kUnknownWhitespaceMode,
                     word.empty() ? tag.token.span : tag.token.content,
                     word.empty() ? "'{% whitespace %}' lacks its mode"
                                  : "unknown white-space mode '" + std::string(word) + "'",
                     "the modes are 'all', 'single' and 'oneline'"));
}

bool Parser::ends(const Tag& tag, const Open* open) {
  if (open == nullptr) {
    if (!is_cut_off_ && !directives_.excuses_stray_end()) {
      Diagnostic found =
          error(codes::kEndClosesNothing, tag.token.span, "'{% end %}' closes nothing");
      if (odd_indentation_) found.notes.push_back(*odd_indentation_);
      sink_.report(std::move(found));
    }
    return false;
  }
  const Words words(text(tag.token.content));
  if (opens_body(find_directive(words.first)) && !is_named_by(*open, words)) {
    const std::string name = open->block_name.empty() ? "" : " " + open->block_name;
    Diagnostic found = error(
        codes::kEndOfAnother, tag.token.content,
        quoted_tag("end " + std::string(text(tag.token.content))) + " closes " +
            quoted_tag(std::string(spelling(open->tag.directive)) + name),
        "write '{% end %}' or " + quoted_tag("end " + std::string(spelling(open->tag.directive))));
    found.notes.push_back(opened_here(*open));
    sink_.report(std::move(found));
  }
  return true;
}

// Whether a tag such as `{% end for %}` ends an outer directive: if the innermost open one is an
// `if` inside a `for`, the end of the `if` is missing.
bool Parser::ends_outer(const Tag& tag, const Open* open) const {
  if (tag.directive != Directive::end || tag.token.is_damaged || open == nullptr) return false;
  const Words words(text(tag.token.content));
  if (!opens_body(find_directive(words.first)) || is_named_by(*open, words)) return false;
  for (const Open* outer = open->outer; outer; outer = outer->outer) {
    if (is_named_by(*outer, words)) return true;
  }
  return false;
}

bool Parser::is_named_by(const Open& open, const Words& words) const {
  if (find_directive(words.first) != open.tag.directive) return false;
  const bool has_name = open.tag.directive == Directive::block && !words.second.empty();
  return !has_name || open.block_name.empty() || open.block_name == words.second;
}

bool Parser::begins_branch(const Tag& tag, Open* open) {
  const std::string name = quoted_tag(tag.directive);
  Diagnostic found = error(codes::kMisplacedBranch, tag.token.span, "");
  if (open == nullptr) {
    if (directives_.excuses_stray_branch()) return false;
    found.message = name + " belongs to no directive";
  } else if (!takes_branch(open->tag.directive, tag.directive)) {
    found.message = name + " can't stand in " + quoted_tag(open->tag.directive);
    found.notes.push_back(opened_here(*open));
  } else if (open->last_branch &&
             branch_rank(open->last_branch->directive) >= branch_rank(tag.directive) &&
             branch_rank(open->last_branch->directive) > 1) {
    found.message = name + " can't follow " + quoted_tag(open->last_branch->directive);
    found.notes.push_back({file_.source, open->last_branch->token.span,
                           quoted_tag(open->last_branch->directive) + " is here"});
  } else if (tag.directive == Directive::else_ && open->tag.directive == Directive::try_ &&
             !open->last_branch) {
    found.message = "'{% else %}' of a '{% try %}' comes after its '{% except %}'";
    found.notes.push_back(opened_here(*open));
  } else {
    if (branch_rank(tag.directive) > 1 && !tag.token.is_damaged) operands_.nothing(tag.token);
    open->last_branch = tag;
    return true;
  }
  sink_.report(std::move(found));
  return false;
}

bool Parser::is_at_top_level(const Tag& tag, const Open* open) {
  if (open == nullptr) return true;
  Diagnostic found =
      error(codes::kOnlyAtTopLevel, tag.token.span,
            quoted_tag(tag.directive) + " can't stand in " + quoted_tag(open->tag.directive),
            "move it to the top of the file");
  found.notes.push_back(opened_here(*open));
  sink_.report(std::move(found));
  return false;
}

// Returns the C++ of a directive; a replacement if it is broken, because the body is still read.
Expression Parser::operand(const Tag& tag, std::string_view wanted) {
  std::optional<Expression> value;
  if (!tag.token.is_damaged) value = operands_.expression(tag.token, wanted);
  return value.value_or(Expression{tag.token.content});
}

}  // namespace

std::unique_ptr<Template> parse_template(std::string name, SourcePtr source, DiagnosticSink& sink) {
  auto file = std::make_unique<Template>();
  file->name = std::move(name);
  file->source = std::move(source);

  // The findings are sorted by their place: the lexer runs first, and unclosed directives are found
  // at the end.
  DiagnosticSink own;
  Parser(*file, own).run();
  file->is_whole = !own.has_errors();
  std::multimap<std::uint32_t, Diagnostic> found;
  for (const Diagnostic& diagnostic : own.diagnostics()) {
    found.emplace(diagnostic.span.begin, diagnostic);
  }
  for (auto& [place, diagnostic] : found) sink.report(std::move(diagnostic));
  return file;
}

}  // namespace bora::lang
