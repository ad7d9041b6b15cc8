#include "templates-lang/directives.h"

#include <algorithm>
#include <array>
#include <vector>

#include "templates-lang/diagnostic.h"

namespace bora::lang {
namespace {

// In the order of the enumerators.
constexpr auto kSpellings = std::to_array<std::string_view>(
    {"apply",   "autoescape", "block",  "break",   "call",    "comment",   "continue", "elif",
     "else",    "end",        "except", "extends", "finally", "flush",     "for",      "from",
     "handler", "if",         "import", "include", "module",  "param",     "raw",      "set",
     "slot",    "super",      "try",    "",        "while",   "whitespace"});
static_assert(kSpellings.size() == static_cast<std::size_t>(Directive::whitespace) + 1);
static_assert(kSpellings[static_cast<std::size_t>(Directive::unknown)].empty());

struct Foreign {
  std::string_view word;
  Directive directive;
  std::string_view help;
};
constexpr Foreign kForeign[] = {
    {"elseif", Directive::elif, "write '{% elif CONDITION %}'"},
    {"elsif", Directive::elif, "write '{% elif CONDITION %}'"},
    {"foreach", Directive::for_, "write '{% for NAME in RANGE %}'"},
    {"catch", Directive::except, "write '{% except std::exception& e %}'"},
    {"filter", Directive::apply, "write '{% apply FUNCTION %}'"},
    {"do", Directive::set, "write '{% set STATEMENT %}'"},
    {"let", Directive::set, "write '{% set NAME = VALUE %}'"},
    {"print", Directive::unknown, "write '{{ VALUE }}'"},
    {"macro", Directive::unknown, "write a C++ function, or a template of its own and include it"},
    {"url", Directive::unknown, "write '{{ route::NAME() }}' or '{{ reverse_url(\"NAME\") }}'"},
    {"static", Directive::unknown, "write '{{ static_url(\"app.css\") }}'"},
    {"csrf_token", Directive::unknown, "write '{{ xsrf_form_html() }}'"},
    {"csrf", Directive::unknown, "write '{{ xsrf_form_html() }}'"},
    {"load", Directive::unknown, "headers are imported: '{% import \"models.h\" %}'"},
    {"use", Directive::unknown, "headers are imported: '{% import \"models.h\" %}'"},
    {"trans", Directive::unknown, "write '{{ _(\"TEXT\") }}'"},
    {"translate", Directive::unknown, "write '{{ _(\"TEXT\") }}'"},
    {"with", Directive::unknown, "write '{% set NAME = VALUE %}'"},
    {"assign", Directive::set, "write '{% set NAME = VALUE %}'"},
    {"empty", Directive::else_, "write '{% else %}'"},
    {"unless", Directive::if_, "write '{% if not CONDITION %}'"},
    {"component", Directive::call, "write '{% call NAME(PARAMETER=VALUE) %}'"},
    {"partial", Directive::unknown, "write '{% include \"FILE\" %}'"},
    {"verbatim", Directive::unknown, "write '{{!' and '{%!' for braces that are text"},
};

}  // namespace

std::string_view spelling(Directive directive) {
  return kSpellings[static_cast<std::size_t>(directive)];
}

Directive find_directive(std::string_view word) {
  const auto found = std::ranges::find(kSpellings, word);
  if (word.empty() || found == kSpellings.end()) return Directive::unknown;
  return static_cast<Directive>(found - kSpellings.begin());
}

bool opens_body(Directive directive) {
  switch (directive) {
    case Directive::apply:
    case Directive::block:
    case Directive::call:
    case Directive::for_:
    case Directive::if_:
    case Directive::slot:
    case Directive::try_:
    case Directive::while_:
      return true;
    default:
      return false;
  }
}

bool is_branch(Directive directive) {
  return directive == Directive::elif || directive == Directive::else_ ||
         directive == Directive::except || directive == Directive::finally;
}

bool is_declaration(Directive directive) {
  switch (directive) {
    case Directive::autoescape:
    case Directive::extends:
    case Directive::from:
    case Directive::handler:
    case Directive::import:
    case Directive::param:
    case Directive::whitespace:
      return true;
    default:
      return false;
  }
}

DirectiveGuess guess_directive(std::string_view word) {
  for (const Foreign& foreign : kForeign) {
    if (foreign.word == word) return {foreign.directive, std::string(foreign.help)};
  }
  if (word.starts_with("end")) {
    const std::string_view closed = word.substr(word.starts_with("end_") ? 4 : 3);
    const bool is_known = opens_body(find_directive(closed));
    return {is_known ? Directive::end : Directive::unknown,
            is_known ? "write '{% end %}' or '{% end " + std::string(closed) + " %}'" : ""};
  }
  std::vector<std::string> known;
  for (std::string_view name : kSpellings) {
    if (!name.empty()) known.emplace_back(name);
  }
  const std::string nearest = nearest_name(word, known);
  if (nearest.empty()) return {};
  return {find_directive(nearest), "did you mean '" + nearest + "'?"};
}

}  // namespace bora::lang
