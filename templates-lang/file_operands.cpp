// The part of OperandReader that reads names of files, headers and functions.

#include <algorithm>
#include <set>
#include <utility>

#include "templates-lang/characters.h"
#include "templates-lang/codes.h"
#include "templates-lang/operands.h"

namespace bora::lang {
namespace {

constexpr char kImportForms[] =
    "write '{% import \"models.h\" %}', '{% import <map> %}' or '{% from shop::text import shorten "
    "%}'";

bool is_builtin_type(std::string_view word) {
  constexpr std::string_view kTypes[] = {"bool", "char",   "double",   "float",   "int",
                                         "long", "signed", "unsigned", "char8_t", "wchar_t"};
  return std::ranges::find(kTypes, word) != std::end(kTypes);
}

}  // namespace

std::optional<OperandReader::File> OperandReader::file(const Token& tag) {
  const std::string_view operand = text(tag.content);
  const std::string directive = "'{% " + std::string(text(tag.name)) + " %}'";
  if (operand.empty()) {
    report(codes::kMissingOperand, tag.span, directive + " lacks a file name");
    return std::nullopt;
  }
  const std::uint32_t begin = tag.content.begin;
  const bool is_quoted = operand.front() == '"' || operand.front() == '\'';
  std::size_t size = 0;
  if (is_quoted) {
    size = operand.find(operand.front(), 1) - 1;  // the lexer has found the closing quote
  } else {
    while (size < operand.size() && !is_blank(operand[size])) ++size;
  }
  const std::uint32_t first = begin + (is_quoted ? 1 : 0);
  const Span span{first, first + static_cast<std::uint32_t>(size)};
  if (size == 0) {
    report(codes::kMalformedFile, tag.content, directive + " has an empty file name");
    return std::nullopt;
  }
  return File{std::string(text(span)), span, span.end + (is_quoted ? 1 : 0)};
}

std::optional<Extends> OperandReader::extends(const Token& tag) {
  auto base = file(tag);
  if (!base) return std::nullopt;
  const Span rest = code({base->end, tag.content.end});
  if (rest.size() > 0) {
    report(codes::kMalformedFile, rest, "'{% extends %}' takes one file name, not an expression");
    return std::nullopt;
  }
  return Extends{tag.span, std::move(base->name), base->span};
}

std::optional<Include> OperandReader::include(const Token& tag) {
  auto included = file(tag);
  if (!included) return std::nullopt;
  Include include{tag.span, std::move(included->name), included->span, {}, {}};
  const Span rest = code({included->end, tag.content.end});
  if (rest.size() == 0) return include;

  const Tokens tokens = scan_cpp(text_, rest);
  if (!is_word(tokens.front(), "with") || tokens.size() == 1) {
    report(codes::kMalformedArguments, rest,
           "a file name is followed by nothing or by 'with NAME=VALUE, …'");
    return std::nullopt;
  }
  auto list = arguments({tokens[1].span.begin, rest.end});
  if (!list) return std::nullopt;
  include.arguments = std::move(*list);
  include.kind = Include::Kind::with;
  return include;
}

// Reads `Entry(post)`, `shop::List<int>(xs)`. The last pair of parentheses is the call's.
std::optional<std::variant<Module, Include>> OperandReader::module(const Token& tag) {
  constexpr char kForm[] = "write '{% module Entry(post) %}'";
  const auto call = expression(tag, "a call", kForm);
  if (!call) return std::nullopt;
  const Tokens tokens = scan_cpp(text_, call->span);
  if (is_word(tokens.front(), "Template")) {
    auto include = template_module(tag, tokens);
    if (!include) return std::nullopt;
    return *std::move(include);
  }
  const std::size_t open = find_top_level(tokens, "(");
  const bool is_call = open > 0 && open < tokens.size() && text(tokens.back().span) == ")" &&
                       find_closing(tokens, open) + 1 == tokens.size();
  if (!is_call) {
    report(codes::kMalformedModule, call->span, "'{% module %}' wants a class and its arguments",
           kForm);
    return std::nullopt;
  }
  return Module{tag.span,
                *call,
                {call->span.begin, tokens[open - 1].span.end},
                {tokens[open].span.begin, call->span.end}};
}

// Reads `Template("card.html", title="x")`.
std::optional<Include> OperandReader::template_module(const Token& tag, const Tokens& tokens) {
  const Span whole{tokens.front().span.begin, tokens.back().span.end};
  const bool is_call = tokens.size() > 3 && text(tokens[1].span) == "(" &&
                       find_closing(tokens, 1) + 1 == tokens.size();
  const bool is_literal = is_call && tokens[2].kind == CppToken::Kind::string &&
                          text(tokens[2].span).front() == '"' && tokens[2].span.size() > 2;
  const bool has_rest = is_literal && tokens.size() > 4;
  if (!is_literal || (has_rest && text(tokens[3].span) != ",")) {
    report(codes::kMalformedModule, whole, "'Template' wants a file name and arguments",
           "write '{% module Template(\"card.html\", title=\"x\") %}'");
    return std::nullopt;
  }
  const Span name{tokens[2].span.begin + 1, tokens[2].span.end - 1};
  Include include{tag.span, std::string(text(name)), name, {}, Include::Kind::module};
  if (!has_rest) return include;
  auto list = arguments({tokens[3].span.end, tokens.back().span.begin});
  if (!list) return std::nullopt;
  include.arguments = std::move(*list);
  return include;
}

// Reads `card(title="x")`, `ui/card`, `"ui/card.html"(title="x")`. A name without an ending gets
// that of the calling file.
std::optional<Include> OperandReader::component(const Token& tag) {
  constexpr char kForm[] = "write '{% call card(title=\"x\") %}' to render 'card.html'";
  const Span operand = code(tag.content);
  if (operand.size() == 0) {
    report(codes::kMissingOperand, tag.span, "'{% call %}' lacks a component", kForm);
    return std::nullopt;
  }
  const Tokens tokens = scan_cpp(text_, operand);
  const std::size_t open = find_top_level(tokens, "(");
  const std::uint32_t name_end = open < tokens.size() ? tokens[open].span.begin : operand.end;
  Span name = code({operand.begin, name_end});
  const bool is_quoted = name.size() > 2 && text(name).front() == '"' && text(name).back() == '"';
  if (is_quoted) name = {name.begin + 1, name.end - 1};
  const auto is_path_byte = [](char c) {
    return is_word_byte(c) || c == '/' || c == '.' || c == '-';
  };
  const bool is_name = name.size() > 0 && std::ranges::all_of(text(name), is_path_byte);
  const bool is_call = open == tokens.size() || find_closing(tokens, open) + 1 == tokens.size();
  if (!is_name || !is_call) {
    report(codes::kMalformedCall, operand, "'{% call %}' wants a component and its arguments",
           kForm);
    return std::nullopt;
  }
  std::string file(text(name));
  if (!is_quoted && file.find('.', file.rfind('/') + 1) == std::string::npos) file += ending_;
  Include include{tag.span, std::move(file), name, {}, Include::Kind::call};
  const std::uint32_t list_begin = open < tokens.size() ? tokens[open].span.end : operand.end;
  const Span list = code({list_begin, std::max(list_begin, operand.end - 1)});
  if (list.size() == 0) return include;
  auto given = arguments(list);
  if (!given) return std::nullopt;
  include.arguments = std::move(*given);
  return include;
}

// Reads `std::exception`, `std::exception& e`, `std::exception as e`.
std::optional<Try::Except> OperandReader::except(const Token& tag) {
  Try::Except except{tag.span, {}, {}, {}};
  const Span operand = code(tag.content);
  if (operand.size() == 0) return except;
  const Tokens tokens = scan_cpp(text_, operand);
  const CppToken& last = tokens.back();
  const auto is_type_end = [&](const CppToken& token) {
    const std::string_view piece = text(token.span);
    return piece == "&" || piece == "*" || piece == ">" || is_builtin_type(piece) ||
           (token.kind == CppToken::Kind::identifier && !is_cpp_keyword(piece));
  };
  const bool has_as = tokens.size() > 2 && is_word(tokens[tokens.size() - 2], "as");
  const bool has_name =
      has_as || (tokens.size() > 1 && is_type_end(tokens[tokens.size() - 2]) &&
                 last.kind == CppToken::Kind::identifier && !is_cpp_keyword(text(last.span)));
  const bool is_type =
      tokens.front().kind == CppToken::Kind::identifier || text(tokens.front().span) == "::";
  if (!is_type || is_plain_list(tokens)) {
    report(codes::kMalformedExcept, operand, "'{% except %}' wants a type, or a type and a name",
           "write '{% except std::exception& error %}'");
    return std::nullopt;
  }
  const std::size_t type_end = tokens.size() - (has_as ? 3 : has_name ? 2 : 1);
  except.type = Span{operand.begin, tokens[type_end].span.end};
  if (!has_name) return except;
  except.name = introduced_name(last.span);
  if (!except.name) return std::nullopt;
  return except;
}

// A comma ends a value only before the next 'NAME =': the one in f<a, b>(c) does not.
std::optional<std::vector<Include::Argument>> OperandReader::arguments(Span list) {
  const Tokens tokens = scan_cpp(text_, list);
  const auto begins_argument = [&](std::size_t i) {
    return i + 1 < tokens.size() && tokens[i].kind == CppToken::Kind::identifier &&
           text(tokens[i + 1].span) == "=";
  };
  std::vector<Include::Argument> arguments;
  std::set<std::string_view> known;
  for (std::size_t at = 0; at < tokens.size();) {
    if (!begins_argument(at)) {
      report(codes::kMalformedArguments, tokens[at].span, "an argument is 'NAME=VALUE'");
      return std::nullopt;
    }
    auto name = introduced_name(tokens[at].span);
    if (!name) return std::nullopt;
    std::size_t end = find_top_level(tokens, ",", at + 2);
    while (end < tokens.size() && !begins_argument(end + 1)) {
      end = find_top_level(tokens, ",", end + 1);
    }
    const std::uint32_t value_end = end < tokens.size() ? tokens[end].span.begin : list.end;
    const Span value = code({tokens[at + 1].span.end, value_end});
    if (value.size() == 0) {
      report(codes::kMalformedArguments, name->span, quoted(name->text) + " lacks its value");
      return std::nullopt;
    }
    if (!known.insert(text(name->span)).second) {
      report(codes::kNameRepeated, name->span, quoted(name->text) + " is given twice");
      return std::nullopt;
    }
    const auto checked = checked_expression(value);
    if (!checked) return std::nullopt;
    arguments.push_back({std::move(*name), *checked});
    at = end < tokens.size() ? end + 1 : end;
  }
  return arguments;
}

// "models.h" or <map>, with its quotes. The lexer has found the closing one.
std::optional<Span> OperandReader::header(const Token& tag) const {
  const std::string_view operand = text(tag.content);
  if (operand.empty() || (operand.front() != '"' && operand.front() != '<')) return std::nullopt;
  const std::size_t close = operand.find(operand.front() == '"' ? '"' : '>', 1);
  if (close == std::string_view::npos || close == 1) return std::nullopt;
  const std::uint32_t begin = tag.content.begin;
  return Span{begin, begin + static_cast<std::uint32_t>(close) + 1};
}

std::optional<Import> OperandReader::import(const Token& tag) {
  const std::optional<Span> file = header(tag);
  if (tag.content.size() == 0) {
    report(codes::kMissingOperand, tag.span, "'{% import %}' lacks a header", kImportForms);
  } else if (!file) {
    report(codes::kMalformedImport, tag.content,
           "'{% import %}' takes a header in quotes or angle brackets", kImportForms);
  } else if (const Span rest = code({file->end, tag.content.end}); rest.size() > 0) {
    report(codes::kMalformedImport, rest, "'{% import %}' takes one header", "use a tag for each");
  } else {
    return Import{tag.span, file, {}, {}};
  }
  return std::nullopt;
}

// Reads a::b, ::a or b, and moves `at` after it.
std::optional<Span> OperandReader::qualified_name(const Tokens& tokens, std::size_t& at) const {
  const std::size_t first = at;
  const auto is_scope = [&] { return at < tokens.size() && text(tokens[at].span) == "::"; };
  if (is_scope()) ++at;
  while (at < tokens.size() && tokens[at].kind == CppToken::Kind::identifier &&
         !is_cpp_keyword(text(tokens[at].span))) {
    ++at;
    if (!is_scope()) return Span{tokens[first].span.begin, tokens[at - 1].span.end};
    ++at;
  }
  return std::nullopt;
}

std::optional<Import::Imported> OperandReader::imported(const Tokens& tokens, std::size_t& at) {
  Import::Imported result{};
  if (at < tokens.size() && text(tokens[at].span) == "*") {
    result.name = tokens[at++].span;
    return result;
  }
  const std::size_t begin = at;
  const auto name = qualified_name(tokens, at);
  if (!name) {
    const Span where = begin < tokens.size() ? tokens[begin].span
                                             : Span{tokens.back().span.end, tokens.back().span.end};
    report(codes::kMalformedImport, where, "a name to import is missing here", kImportForms);
    return std::nullopt;
  }
  result.name = *name;
  if (at < tokens.size() && is_word(tokens[at], "as")) {
    ++at;
    const Span where =
        at < tokens.size() ? tokens[at].span : Span{tokens.back().span.end, tokens.back().span.end};
    result.alias = introduced_name(where);
    if (!result.alias) return std::nullopt;
    ++at;
  }
  return result;
}

std::optional<Import> OperandReader::from(const Token& tag) {
  if (tag.content.size() == 0) {
    report(codes::kMissingOperand, tag.span, "'{% from %}' lacks a namespace or a header",
           kImportForms);
    return std::nullopt;
  }
  Import import{tag.span, header(tag), {}, {}};
  const std::uint32_t rest = import.header ? import.header->end : tag.content.begin;
  const Tokens tokens = scan_cpp(text_, {rest, tag.content.end});
  std::size_t at = 0;
  if (!import.header) import.scope = qualified_name(tokens, at);
  if ((!import.header && !import.scope) || at >= tokens.size() || !is_word(tokens[at], "import")) {
    report(codes::kMalformedImport, tag.content, "'{% from %}' wants 'NAMESPACE import NAME'",
           kImportForms);
    return std::nullopt;
  }
  do {
    ++at;
    auto name = imported(tokens, at);
    if (!name) return std::nullopt;
    if (import.header && text(name->name) == "*") {
      report(codes::kMalformedImport, name->name, "a header has no names to import all of",
             "write " + quoted("{% import " + std::string(text(*import.header)) + " %}"));
      return std::nullopt;
    }
    import.imported.push_back(std::move(*name));
  } while (at < tokens.size() && text(tokens[at].span) == ",");
  if (at < tokens.size()) {
    report(codes::kMalformedImport, tokens[at].span, "expected ',' between imported names");
    return std::nullopt;
  }
  return import;
}

std::optional<Autoescape> OperandReader::autoescape(const Token& tag) {
  const Span operand = code(tag.content);
  const std::string_view name = text(operand);
  if (name.empty() || name == "None") return Autoescape{Autoescape::Kind::none, tag.span, {}};
  if (name == "xhtml_escape" || name == "escape") {
    return Autoescape{Autoescape::Kind::xhtml_escape, tag.span, {}};
  }
  const Tokens tokens = scan_cpp(text_, operand);
  std::size_t at = 0;
  const auto function = qualified_name(tokens, at);
  if (function && at == tokens.size()) {
    return Autoescape{Autoescape::Kind::function, tag.span, operand};
  }
  report(codes::kMalformedAutoescape, operand, "'{% autoescape %}' wants the name of a function",
         "write 'xhtml_escape', or 'None' to write values as they are");
  return std::nullopt;
}

}  // namespace bora::lang
