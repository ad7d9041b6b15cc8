#include "templates-lang/operands.h"

#include <algorithm>
#include <set>
#include <utility>

#include "templates-lang/characters.h"
#include "templates-lang/codes.h"
#include "templates-lang/cpp_names.h"
#include "templates-lang/habits.h"
#include "templates-lang/utf8.h"

namespace bora::lang {
namespace {

std::string tag_name(const SourceText& source, const Token& tag) {
  return tag.kind == Token::Kind::expression ? "{{ }}"
                                             : "{% " + std::string(source.text(tag.name)) + " %}";
}

int nesting_change(std::string_view token) {
  if (token == "(" || token == "[" || token == "{") return 1;
  if (token == ")" || token == "]" || token == "}") return -1;
  return 0;
}

// Returns the number of characters in a literal with single quotes; an escape counts as one.
std::size_t count_characters(std::string_view literal) {
  literal.remove_prefix(literal.find('\'') + 1);
  literal = literal.substr(0, literal.rfind('\''));
  std::size_t count = 0;
  for (; !literal.empty(); ++count) {
    std::size_t size = literal.front() == '\\' ? 2 : decode_utf8(literal, 0).size;
    // A longer escape, '\x41', has only hexadecimal digits after the letter.
    if (literal.front() == '\\') {
      size = std::min(literal.find_first_not_of("0123456789abcdefABCDEF{}", size), literal.size());
    }
    literal.remove_prefix(std::min(size, literal.size()));
  }
  return count;
}

// Returns the literal with double quotes.
std::string as_string(std::string_view literal) {
  const std::size_t open = literal.find('\'');
  const std::string_view inside = literal.substr(open + 1, literal.rfind('\'') - open - 1);
  std::string string = "\"";
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] == '\\' && i + 1 < inside.size()) string += inside[i++];
    if (inside[i] == '"' && (i == 0 || inside[i - 1] != '\\')) string += '\\';
    string += inside[i];
  }
  return string + '"';
}

}  // namespace

bool OperandReader::is_word(const CppToken& token, std::string_view word) const {
  return token.kind == CppToken::Kind::identifier && text(token.span) == word;
}

std::size_t OperandReader::find_top_level(const Tokens& tokens, std::string_view op,
                                          std::size_t from) const {
  int depth = 0;
  for (std::size_t i = from; i < tokens.size(); ++i) {
    const std::string_view token = text(tokens[i].span);
    if (depth == 0 && token == op) return i;
    if (tokens[i].kind == CppToken::Kind::punctuation) depth += nesting_change(token);
  }
  return tokens.size();
}

std::size_t OperandReader::find_closing(const Tokens& tokens, std::size_t open) const {
  int depth = 0;
  for (std::size_t i = open; i < tokens.size(); ++i) {
    if (tokens[i].kind == CppToken::Kind::punctuation)
      depth += nesting_change(text(tokens[i].span));
    if (depth == 0) return i;
  }
  return tokens.size();
}

void OperandReader::report(const char* code, Span span, std::string message, std::string help) {
  sink_.report(error_at(code, source_, span, std::move(message), std::move(help)));
}

void OperandReader::nothing(const Token& tag) {
  if (tag.content.size() == 0) return;
  report(codes::kUnexpectedOperand, tag.content,
         quoted(tag_name(*source_, tag)) + " takes nothing after its name");
}

std::optional<Expression> OperandReader::expression(const Token& tag, std::string_view wanted,
                                                    std::string help) {
  const Span span = code(tag.content);
  if (span.size() > 0) return checked_expression(span);
  if (tag.kind == Token::Kind::expression) {
    report(codes::kEmptyExpression, tag.span, "there is no expression in this tag",
           "write '{{!' for two braces that are text");
  } else {
    report(codes::kMissingOperand, tag.span,
           quoted(tag_name(*source_, tag)) + " lacks " + std::string(wanted), std::move(help));
  }
  return std::nullopt;
}

// Finds mistakes that the C++ compiler would accept, or report in a way that only readers of the
// generated code understand.
std::optional<Expression> OperandReader::checked_expression(Span span) {
  const Tokens tokens = scan_cpp(text_, span);
  const std::size_t semicolon = find_top_level(tokens, ";");
  if (semicolon < tokens.size()) {
    report(codes::kSemicolon, tokens[semicolon].span, "an expression does not hold a ';'",
           semicolon + 1 == tokens.size() ? "leave it out" : "use a tag for each");
    return std::nullopt;
  }
  if (!check_characters(tokens)) return std::nullopt;
  for (const Habit& habit : find_habits(text_, tokens, span)) {
    Diagnostic found =
        error_at(codes::kOtherLanguage, source_, habit.span, habit.message, habit.help);
    if (!habit.is_certain) found.severity = Severity::warning;
    sink_.report(std::move(found));
    if (habit.is_certain) return std::nullopt;
  }
  return Expression{span};
}

// Reports texts in single quotes. One character is fine unless something is compared with it: a
// text is never equal to it, and the messages of compilers about that fill pages.
bool OperandReader::check_characters(const Tokens& tokens) {
  bool is_fine = true;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind != CppToken::Kind::character) continue;
    const std::string_view literal = text(tokens[i].span);
    const auto compares = [&](std::size_t at) {
      return at < tokens.size() && (text(tokens[at].span) == "==" || text(tokens[at].span) == "!=");
    };
    const bool is_one = count_characters(literal) == 1;
    if (is_one && !compares(i + 1) && !(i > 0 && compares(i - 1))) continue;
    report(codes::kLongCharacter, tokens[i].span,
           is_one ? "this is one character in C++, not a text to compare with"
                  : "single quotes hold one character in C++",
           "write " + as_string(literal) +
               (is_one ? ", or for a 'char' char(" + std::string(literal) + ")" : ""));
    is_fine = false;
  }
  return is_fine;
}

std::optional<Name> OperandReader::introduced_name(Span span) {
  const std::string name(text(span));
  if (!is_identifier(name)) {
    report(codes::kNotAName, span, quoted(name) + " is not a name",
           "names are letters, digits and underscores, and don't begin with a digit");
  } else if (is_cpp_keyword(name)) {
    report(codes::kKeywordAsName, span, quoted(name) + " is a word of C++ and can't be a name",
           "write " + quoted(name + "_"));
  } else if (is_cpp_macro(name)) {
    report(codes::kKeywordAsName, span,
           quoted(name) + " is a macro of C++'s headers and can't be a name",
           "write " + quoted(name + "_"));
  } else if (name.starts_with("bora_") || name.starts_with("BORA_")) {
    report(codes::kReservedName, span,
           "names that begin with " + quoted(name.substr(0, 5)) + " are reserved");
  } else if (is_reserved_for_implementation(name)) {
    report(
        codes::kReservedName, span,
        "names with '__' or with '_' and a capital letter at their beginning are the compiler's");
  } else {
    return Name{name, span};
  }
  return std::nullopt;
}

std::optional<std::vector<Name>> OperandReader::introduced_names(Span list) {
  std::vector<Name> names;
  std::set<std::string_view> known;
  const Tokens tokens = scan_cpp(text_, list);
  for (std::size_t begin = 0; begin <= tokens.size();) {
    const std::size_t comma = find_top_level(tokens, ",", begin);
    if (comma == begin) {
      const Span where = begin < tokens.size() ? tokens[begin].span : Span{list.end, list.end};
      report(codes::kNotAName, where, "a name is missing here");
      return std::nullopt;
    }
    auto name = introduced_name({tokens[begin].span.begin, tokens[comma - 1].span.end});
    if (!name) return std::nullopt;
    if (!known.insert(text(name->span)).second) {
      report(codes::kNameRepeated, name->span, quoted(name->text) + " stands twice in this list");
      return std::nullopt;
    }
    names.push_back(std::move(*name));
    begin = comma + 1;
  }
  return names;
}

std::optional<For> OperandReader::for_loop(const Token& tag) {
  const Span operand = code(tag.content);
  if (operand.size() == 0) {
    report(codes::kMissingOperand, tag.span, "'{% for %}' lacks its names and its range",
           "write '{% for NAME in RANGE %}'");
    return std::nullopt;
  }
  const Tokens tokens = scan_cpp(text_, operand);
  const std::size_t in = find_top_level(tokens, "in");
  if (in == tokens.size() || in == 0) {
    report(codes::kMalformedFor, operand, "'{% for %}' wants 'NAME in RANGE'",
           in == 0 ? "a name is missing before 'in'"
                   : "write '{% for x in xs %}' or '{% for key, value in map %}'");
    return std::nullopt;
  }
  const Span list{operand.begin, tokens[in - 1].span.end};
  if (text(tokens.front().span) == "(" || (in > 1 && find_top_level(tokens, ",") > in)) {
    report(codes::kMalformedFor, list, quoted(text(list)) + " is not a name or a list of names",
           "write only names, as in '{% for key, value in map %}': types are deduced");
    return std::nullopt;
  }
  auto names = introduced_names(list);
  if (!names) return std::nullopt;
  const Span range = code({tokens[in].span.end, operand.end});
  if (range.size() == 0) {
    report(codes::kMalformedFor, tokens[in].span, "a range is missing after 'in'");
    return std::nullopt;
  }
  const auto checked = checked_expression(range);
  if (!checked) return std::nullopt;
  return For{tag.span, std::move(*names), *checked, {}, {}, {}};
}

// Whether the text left of '=' declares a variable ("const auto& x"), and is not something to
// assign to ("a.b", "xs[0]", "*p").
bool OperandReader::is_declaration(const Tokens& left) const {
  if (left.size() < 2 || left.back().kind != CppToken::Kind::identifier) return false;
  const std::string_view first = text(left.front().span);
  const CppToken& before_name = left[left.size() - 2];
  const std::string_view before = text(before_name.span);
  const bool begins_type = left.front().kind == CppToken::Kind::identifier || first == "::";
  const bool ends_type = before_name.kind == CppToken::Kind::identifier || before == ">" ||
                         before == "&" || before == "&&" || before == "*" || before == ")";
  return begins_type && ends_type;
}

// Whether there is a comma that can't belong to f(a, b) or map<a, b>.
bool OperandReader::is_plain_list(const Tokens& tokens) const {
  return find_top_level(tokens, ",") < tokens.size() &&
         std::ranges::none_of(tokens, [&](const CppToken& t) { return text(t.span) == "<"; });
}

std::optional<Set> OperandReader::set(const Token& tag) {
  const Span operand = code(tag.content);
  if (operand.size() == 0) {
    report(codes::kMissingOperand, tag.span, "'{% set %}' lacks its statement",
           "write '{% set NAME = VALUE %}'");
    return std::nullopt;
  }
  const auto statement = checked_expression(operand);
  if (!statement) return std::nullopt;

  Set set{tag.span, {}, {}, *statement};
  const Tokens tokens = scan_cpp(text_, operand);
  const std::size_t equals = find_top_level(tokens, "=");
  if (equals == tokens.size()) return set;
  const Span value = code({tokens[equals].span.end, operand.end});
  if (equals == 0 || value.size() == 0) {
    report(codes::kMalformedSet, tokens[equals].span,
           equals == 0 ? "a name is missing before '='" : "a value is missing after '='");
    return std::nullopt;
  }
  const Tokens left(tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(equals));
  const bool is_name = left.size() == 1;
  const bool is_list = is_plain_list(left);
  if (!is_name && !is_list && !is_declaration(left)) return set;

  const Span list{is_name || is_list ? operand.begin : left.back().span.begin,
                  left.back().span.end};
  auto names = introduced_names(list);
  if (!names) return std::nullopt;
  const Tokens right(tokens.begin() + static_cast<std::ptrdiff_t>(equals) + 1, tokens.end());
  if (names->size() > 1 && is_plain_list(right)) {
    report(codes::kMalformedSet, value, "a list of names takes one value, such as a pair",
           "use a tag for each name");
    return std::nullopt;
  }
  set.names = std::move(*names);
  set.value = {value};
  if (list.begin > operand.begin) set.type = code({operand.begin, list.begin});
  return set;
}

std::optional<Param> OperandReader::param(const Token& tag) {
  const std::string example =
      "write '{% param std::string_view title %}', or with '= \"…\"' after it";
  const Span operand = code(tag.content);
  const Tokens tokens = scan_cpp(text_, operand);
  const std::size_t equals = find_top_level(tokens, "=");
  if (equals == 0) {
    report(codes::kMissingOperand, tag.span, "'{% param %}' lacks its type and its name", example);
    return std::nullopt;
  }
  const Tokens left(tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(equals));
  const Span declaration{operand.begin, left.back().span.end};
  if (!is_declaration(left)) {
    report(codes::kMalformedParam, declaration, "'{% param %}' wants a type and a name", example);
    return std::nullopt;
  }
  int angles = 0;
  for (const CppToken& token : left) {
    const std::string_view piece = text(token.span);
    angles += (piece == "<" ? 1 : 0) - (piece == ">" ? 1 : 0);
    if (piece != "," || angles > 0) continue;
    report(codes::kMalformedParam, token.span, "'{% param %}' declares one parameter",
           "use a tag for each");
    return std::nullopt;
  }
  auto name = introduced_name(left.back().span);
  if (!name) return std::nullopt;
  const Span type{operand.begin, left[left.size() - 2].span.end};
  Param param{tag.span, type, std::move(*name), {}};
  if (equals == tokens.size()) return param;

  const Span value = code({tokens[equals].span.end, operand.end});
  if (value.size() == 0) {
    report(codes::kMalformedParam, tokens[equals].span, "a default is missing after '='");
    return std::nullopt;
  }
  param.default_value = checked_expression(value);
  if (!param.default_value) return std::nullopt;
  return param;
}

std::optional<Name> OperandReader::word_name(const Token& tag) {
  const std::string name(text(tag.content));
  if (name.empty()) {
    report(codes::kMissingOperand, tag.span, quoted(tag_name(*source_, tag)) + " lacks a name");
    return std::nullopt;
  }
  if (!std::ranges::all_of(name, is_word_byte)) {
    std::string repaired = name;
    const bool is_quoted = name.size() > 2 && name.front() == name.back() &&
                           (name.front() == '"' || name.front() == '\'');
    if (is_quoted) repaired = name.substr(1, name.size() - 2);
    std::ranges::replace_if(repaired, [](char c) { return !is_word_byte(c); }, '_');
    report(codes::kNotAName, tag.content, quoted(name) + " is not a name",
           is_quoted ? "names stand without quotes: " + repaired
                     : "names are letters, digits and underscores: " + quoted(repaired));
    return std::nullopt;
  }
  return Name{name, tag.content};
}

}  // namespace bora::lang
