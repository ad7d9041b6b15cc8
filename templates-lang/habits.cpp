#include "templates-lang/habits.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace bora::lang {
namespace {

struct Filter {
  std::string_view name;
  std::string_view help;
};
constexpr Filter kFilters[] = {
    {"capitalize", {}},
    {"default", "write 'x.empty() ? \"…\" : x'"},
    {"e", "values are escaped without it"},
    {"escape", "values are escaped without it"},
    {"escapejs", "values in scripts are escaped without it"},
    {"first", "write 'x.front()'"},
    {"join", {}},
    {"last", "write 'x.back()'"},
    {"length", "write 'x.size()'"},
    {"linebreaks", {}},
    {"lower", {}},
    {"nl2br", {}},
    {"raw", "write '{% raw x %}'"},
    {"safe", "write '{% raw x %}'"},
    {"striptags", {}},
    {"title", {}},
    {"tojson", "write 'json_encode(x)'"},
    {"trim", {}},
    {"truncate", {}},
    {"truncatewords", {}},
    {"upper", {}},
    {"urlencode", "write 'url_escape(x)'"},
    {"urlize", "write 'linkify(x)'"},
};

class Finder {
 public:
  Finder(std::string_view text, const std::vector<CppToken>& tokens, Span span)
      : text_(text), tokens_(tokens), span_(span) {}

  std::vector<Habit> run() {
    if (tokens_.empty()) return {};
    if (handlebars()) return std::move(found_);
    int braces = 0;
    for (at_ = 0; at_ < tokens_.size() && found_.empty(); ++at_) {
      const std::string_view here = word();
      if (here == "{") ++braces;
      if (here == "}") --braces;
      if (braces == 0) one();  // the body of a lambda has statements, which are skipped
    }
    return std::move(found_);
  }

 private:
  [[nodiscard]] std::string_view word(std::size_t ahead = 0) const {
    if (at_ + ahead >= tokens_.size()) return {};
    return text_.substr(tokens_[at_ + ahead].span.begin, tokens_[at_ + ahead].span.size());
  }
  [[nodiscard]] std::string_view before() const {
    if (at_ == 0) return {};
    return text_.substr(tokens_[at_ - 1].span.begin, tokens_[at_ - 1].span.size());
  }
  [[nodiscard]] bool is(std::size_t ahead, CppToken::Kind kind) const {
    return at_ + ahead < tokens_.size() && tokens_[at_ + ahead].kind == kind;
  }
  // Whether the token before this one ends a value, so that only an operator can follow.
  [[nodiscard]] bool follows_value() const {
    if (at_ == 0) return false;
    const CppToken::Kind kind = tokens_[at_ - 1].kind;
    const std::string_view last = before();
    return last == ")" || last == "]" || kind == CppToken::Kind::number ||
           kind == CppToken::Kind::string ||
           (kind == CppToken::Kind::identifier &&
            (!is_cpp_keyword(last) || last == "true" || last == "false" || last == "this"));
  }
  [[nodiscard]] bool is_member() const {
    return before() == "." || before() == "->" || before() == "::";
  }
  void add(std::size_t size, std::string message, std::string help, bool is_certain = true) {
    const std::size_t last = std::min(at_ + size, tokens_.size()) - 1;
    found_.push_back({{tokens_[at_].span.begin, tokens_[last].span.end},
                      std::move(message),
                      std::move(help),
                      is_certain});
  }

  // Finds tags of Handlebars.
  bool handlebars() {
    at_ = 0;
    const std::string_view first = word();
    const std::string_view rest = word(1);
    if (first == "#" || first == "^") {
      const bool is_loop = rest == "each";
      add(2, "blocks are directives",
          is_loop            ? "write '{% for item in RANGE %}' … '{% end %}'"
          : rest == "unless" ? "write '{% if not CONDITION %}' … '{% end %}'"
                             : "write '{% if CONDITION %}' … '{% end %}'");
    } else if (first == "/") {
      add(2, "blocks are closed by a directive", "write '{% end %}'");
    } else if (first == ">") {
      add(1, "other files are included by a directive",
          "write '{% include \"" + std::string(rest.empty() ? "FILE" : rest) + ".html\" %}'");
    } else if (first == "else" && tokens_.size() == 1) {
      add(1, "branches are directives", "write '{% else %}'");
    } else if (first == "{" && text_.substr(0, span_.begin).ends_with("{{")) {
      add(1, "three braces don't mean unescaped", "write '{% raw VALUE %}'");
    } else if (first == "super" && word(1) == "(" && word(2) == ")") {
      add(3, "the base's text of a block is a directive", "write '{% super() %}'");
    } else {
      return false;
    }
    return true;
  }

  void one() {
    const std::string_view here = word();
    if (here == "if" && follows_value()) {
      add(1, "a condition in an expression is C++'s", "write 'CONDITION ? VALUE : OTHER'");
    } else if (here == "in" && follows_value() && at_ + 1 < tokens_.size()) {
      const bool is_negated = before() == "not";
      add(1, "C++ has no 'in'",
          is_negated
              ? "write 'not RANGE.contains(VALUE)'"
              : "write 'RANGE.contains(VALUE)', or std::ranges::find for what is no map or set");
    } else if (here == "not" && word(1) == "in" && follows_value()) {
      add(2, "C++ has no 'not in'", "write 'not RANGE.contains(VALUE)'");
    } else if (here == "is" && follows_value() && at_ + 1 < tokens_.size()) {
      const bool is_not = word(1) == "not";
      add(is_not ? 2 : 1, "C++ has no 'is'",
          is_not ? "write 'VALUE' for what there may not be, or '!='"
                 : "write 'not VALUE' for what is not there, or '=='");
    } else if (here == "=" && before() == "==") {
      add(1, "C++ has no '==='", "write '=='");
    } else if (here == "?" && word(1) == "?") {
      add(2, "C++ has no '\?\?'", "write 'VALUE.value_or(OTHER)' for an optional");
    } else if (here == "%" && before().ends_with('"')) {
      add(1, "C++ does not format by '%'", "write the text and '{{ VALUE }}' in its place");
    } else if (here == "f" && is(1, CppToken::Kind::string) &&
               tokens_[at_].span.end == tokens_[at_ + 1].span.begin) {
      add(2, "C++ has no strings with values in them",
          "write the text and '{{ VALUE }}' in its place");
    } else if (here == "|" && is(1, CppToken::Kind::identifier)) {
      filter();
    } else if (!is_member()) {
      word_of_python(here);
    }
  }

  void filter() {
    const auto known = std::ranges::find(kFilters, word(1), &Filter::name);
    const bool has_argument =
        word(2) == ":" && (is(3, CppToken::Kind::string) || is(3, CppToken::Kind::character));
    if (known == std::end(kFilters) && !has_argument) return;
    std::string help = known == std::end(kFilters) || known->help.empty()
                           ? "write a function of your own: '" + std::string(word(1)) + "(x)'"
                           : std::string(known->help);
    ++at_;
    add(1, "'|' is no filter: in C++ it joins the bits of numbers", std::move(help), has_argument);
    --at_;
  }

  void word_of_python(std::string_view here) {
    struct Word {
      std::string_view word, help;
    };
    constexpr Word kWords[] = {
        {"True", "write 'true'"},
        {"False", "write 'false'"},
        {"None", "write 'nullptr', or ask for '.has_value()' or '.empty()'"}};
    const auto known = std::ranges::find(kWords, here, &Word::word);
    if (known != std::end(kWords) && word(1) != "::" && word(1) != "(") {
      add(1, "'" + std::string(here) + "' is Python's", std::string(known->help), false);
    } else if (here == "len" && word(1) == "(") {
      add(1, "'len' is Python's", "write 'x.size()'", false);
    }
  }

  std::string_view text_;
  const std::vector<CppToken>& tokens_;
  Span span_;
  std::size_t at_ = 0;
  std::vector<Habit> found_;
};

}  // namespace

std::vector<Habit> find_habits(std::string_view text, const std::vector<CppToken>& tokens,
                               Span span) {
  return Finder(text, tokens, span).run();
}

std::vector<Habit> find_text_habits(std::string_view text, Span span) {
  std::vector<Habit> found;
  const std::string_view part = text.substr(0, span.end);
  for (std::size_t at = part.find("<%", span.begin); at != part.npos;
       at = part.find("<%", at + 2)) {
    const std::size_t end = part.find("%>", at);
    if (end == part.npos) break;
    const bool is_value =
        part.substr(at + 2).starts_with('=') || part.substr(at + 2).starts_with('-');
    found.push_back({{static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end + 2)},
                     "'<% %>' is text in a template",
                     is_value ? "write '{{ VALUE }}'" : "write '{% DIRECTIVE %}'",
                     false});
  }
  return found;
}

}  // namespace bora::lang
