// The part of OperandReader that reads names of files, headers and functions.

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
    size = operand.find(operand.front(), 1) - 1;  // The lexer has seen the closing quote.
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
  Include include{tag.span, std::move(included->name), included->span, {}};
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
  return include;
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

// "models.h" or <map>, with its quotes. The lexer has seen the closing one.
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

// a::b, ::a, b; moves `at` behind it.
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
