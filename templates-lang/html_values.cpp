#include "templates-lang/html_values.h"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/text/characters.h"
#include "templates-lang/characters.h"
#include "templates-lang/html_names.h"

namespace bora::lang {
namespace {

using Before = HTMLContext::Before;
using CSS = HTMLContext::CSS;
using Item = HTMLContext::Item;
using JS = HTMLContext::JS;
using Language = HTMLContext::Language;
using Slash = HTMLContext::Slash;
using URL = HTMLContext::URL;

// In HTMLContext::word, this stands for a value in a style sheet.
constexpr char kValue = '\x01';

bool is_line_end(char c) {
  return c == '\n' || c == '\r';
}
void lose(HTMLContext& context) {
  end_language(context);
  context.language = Language::lost;
}

// JavaScript. Strings, regular expressions and line comments end at the end of a line. If one seems
// to go on there, it was something else, and nothing after it is certain.

// Words that do not end an operand, so that a '/' after them begins a regular expression.
constexpr std::string_view kBeforeRegex[] = {
    "break",    "case", "catch",  "class", "const",      "continue", "debugger", "default",
    "delete",   "do",   "else",   "enum",  "export",     "extends",  "finally",  "for",
    "function", "if",   "import", "in",    "instanceof", "new",      "return",   "switch",
    "throw",    "try",  "typeof", "var",   "void",       "while",    "with"};
// Words that may end an operand, which only a parser can decide.
constexpr std::string_view kUnknownBeforeSlash[] = {"await", "of", "yield"};
constexpr std::string_view kBeforeParens[] = {"for", "if", "while", "with"};

template <class Words>
bool is_one_of(const Words& words, const HTMLContext& context) {
  return !context.is_member &&
         std::find(std::begin(words), std::end(words), context.word.text()) != std::end(words);
}

bool is_word(std::string_view word, const HTMLContext& context) {
  return !context.is_member && context.word.text() == word;
}

// Whether the address of a module follows: `import "…"`, `import x from "…"`.
bool is_before_module(const HTMLContext& context) {
  return is_word("import", context) || is_word("from", context);
}

void end_name(HTMLContext& context) {
  if (!context.word.empty()) {
    context.slash = slash_meaning(context);
    context.before = is_word("for", context)      ? Before::for_
                     : is_word("import", context) ? Before::import_
                                                  : Before::other;
    context.is_member = false;
  }
  context.word.clear();
  context.has_ended = false;
  context.is_glued = false;
}

// Handles the end of every token except a name, a blank or a comment.
void end_token(HTMLContext& context) {
  end_name(context);
  context.before = Before::other;
  context.is_member = false;
}

// Whether the word tells what a parenthesis after it is.
bool decides_parens(const HTMLContext& context) {
  return is_one_of(kBeforeParens, context) || is_before_module(context) ||
         (is_word("await", context) && context.before == Before::for_);
}

// `import(`, `import.defer(`.
bool calls_import(const HTMLContext& context) {
  if (context.word.empty()) return false;
  return is_word("import", context) || (context.is_member && context.before == Before::import_);
}

void open_paren(HTMLContext& context) {
  const bool is_for_await = is_word("await", context) && context.before == Before::for_;
  const bool is_condition = is_one_of(kBeforeParens, context) || is_for_await;
  const bool is_import = calls_import(context) || (context.import_parens & 1) != 0;
  end_token(context);
  if (context.paren_count == 64) return lose(context);
  context.parens = (context.parens << 1) | (is_condition ? 1 : 0);
  context.import_parens = (context.import_parens << 1) | (is_import ? 1 : 0);
  ++context.paren_count;
  context.slash = Slash::regex;
}

void close_paren(HTMLContext& context) {
  end_token(context);
  const bool is_known = context.paren_count > 0;
  const bool is_condition = (context.parens & 1) != 0;
  context.parens >>= 1;
  context.import_parens >>= 1;
  if (is_known) --context.paren_count;
  context.slash = !is_known ? Slash::unknown : is_condition ? Slash::regex : Slash::division;
}

void open_brace(HTMLContext& context) {
  end_token(context);
  context.slash = Slash::regex;
  if (context.template_depth == 0) return;
  std::uint8_t& braces = context.template_braces[context.template_depth - 1U];
  if (braces == 255) return lose(context);
  ++braces;
}

void close_brace(HTMLContext& context) {
  end_token(context);
  context.slash = Slash::unknown;  // a '/' begins a regex after a block, and divides after an
                                   // object
  if (context.template_depth == 0) return;
  std::uint8_t& braces = context.template_braces[context.template_depth - 1U];
  if (--braces > 0) return;
  --context.template_depth;
  context.js = JS::template_literal;
}

void open_template_code(HTMLContext& context) {
  if (context.template_depth == context.template_braces.size()) return lose(context);
  context.template_braces[context.template_depth++] = 1;
  context.js = JS::code;
  context.slash = Slash::regex;
}

bool is_name_byte(char c) {
  return is_word_byte(c) || c == '$';
}

// The values of `last` for a part of "<!--" or "-->". A capital letter says that its line has
// something before it.
constexpr char kLessThan = 'a';
constexpr char kBang = 'b';
constexpr char kDash = 'c';
constexpr char kTwoDashes = 'd';

char next_last(char last, char c, bool has_code_in_line) {
  const auto is = [last](char wanted) { return to_lower(last) == wanted; };
  const auto in_case = [last](char next) {
    return to_lower(last) == last ? next : static_cast<char>(next - 'a' + 'A');
  };
  if (c == '<') return has_code_in_line ? 'A' : kLessThan;
  if (c == '!' && is(kLessThan)) return in_case(kBang);
  if (c == '-' && is(kBang)) return in_case(kDash);
  if (c == '-') return last == '-' ? kTwoDashes : '-';
  return c == '+' ? '+' : '\0';
}

// Handles the end of "<!--" and "-->". If nothing is before them in their line, they begin a line
// comment. Otherwise their meaning depends on the kind of the script, and the context is lost.
bool begins_comment(HTMLContext& context, char last, char c) {
  const bool opens = c == '-' && to_lower(last) == kDash;
  const bool closes = c == '>' && last == kTwoDashes;
  if (!opens && !closes) return false;
  if (opens ? last != kDash : context.has_code_in_line) {
    lose(context);
  } else {
    end_token(context);
    context.js = JS::line_comment;
    context.slash = Slash::unknown;  // the code before the comment is forgotten
  }
  return true;
}

// Handles a blank or a comment: the name before it still decides what follows.
void end_word(HTMLContext& context) {
  context.has_ended = !context.word.empty();
}

void open_string(HTMLContext& context, JS js) {
  context.is_module_string = is_before_module(context);
  end_token(context);
  context.js = js;
  context.slash = Slash::regex;
}

// "a.b", "...a"
void feed_point(HTMLContext& context, char last) {
  const bool is_spread = (context.word.empty() && context.is_member) || last == '.';
  const bool is_of_import = is_word("import", context);
  end_token(context);
  context.slash = Slash::regex;
  context.is_member = !is_spread;
  if (is_of_import) context.before = Before::import_;
  context.last = is_spread ? '.' : '\0';
}

void feed_code(HTMLContext& context, char c) {
  const char last = context.last;
  context.last = next_last(last, c, context.has_code_in_line);
  if (begins_comment(context, last, c)) return;
  if (is_line_end(c)) context.has_code_in_line = false;
  if (text::is_html_space(c)) return end_word(context);
  const bool begins_line = !context.has_code_in_line;
  if (c != '-') context.has_code_in_line = true;
  const bool is_open = !context.word.empty() && !context.has_ended;
  const bool is_number = is_open && is_digit(context.word.front());
  if (is_name_byte(c) || c == '#' || (c == '.' && is_number)) {
    if (context.has_ended) end_name(context);
    return context.word.add(c);
  }
  const Slash before = slash_meaning(context);
  switch (c) {
    case '(':
      return open_paren(context);
    case ')':
      return close_paren(context);
    case '{':
      return open_brace(context);
    case '}':
      return close_brace(context);
    case '/':
      context.js = JS::slash;
      return;
    case '"':
      return open_string(context, JS::double_quoted);
    case '\'':
      return open_string(context, JS::single_quoted);
    case '`':
      return open_string(context, JS::template_literal);
    case '\\':  // an escape can be any letter of a name
      return lose(context);
    case '.':
      return feed_point(context, last);
    default:
      break;
  }
  // This may begin "<!--" or "-->", after which the word would be forgotten, though it decides what
  // follows.
  if (begins_line && (c == '<' || c == '-') && decides_parens(context)) return lose(context);
  end_token(context);
  context.slash = c == ']' ? Slash::division : Slash::regex;
  if (c != '+' && c != '-') return;
  if (last == c) {
    context.slash = context.sign;  // "x++", "++x"
  } else {
    context.sign = begins_line ? Slash::regex : before;
  }
}

void feed_string(HTMLContext& context, char c, char quote) {
  if (context.is_escaped) {
    context.is_escaped = c == '\r';  // a line feed may follow
    if (c != '\n' || !context.is_escaped) return;
  } else if (c == '\\') {
    context.is_escaped = true;
  } else if (c == quote) {
    context.js = JS::code;
    context.is_module_string = false;
    context.slash = Slash::division;
  } else if (is_line_end(c)) {
    lose(context);
  }
}

void feed_template(HTMLContext& context, char c) {
  const bool was_dollar = context.js == JS::template_dollar;
  context.js = JS::template_literal;
  if (context.is_escaped) {
    context.is_escaped = false;
  } else if (c == '\\') {
    context.is_escaped = true;
  } else if (c == '`') {
    context.js = JS::code;
    context.is_module_string = false;
    context.slash = Slash::division;
  } else if (c == '$') {
    context.js = JS::template_dollar;
  } else if (c == '{' && was_dollar) {
    open_template_code(context);
  }
}

void feed_regex(HTMLContext& context, char c) {
  if (is_line_end(c)) return lose(context);
  if (context.is_escaped) {
    context.is_escaped = false;
  } else if (c == '\\') {
    context.is_escaped = true;
  } else if (context.js == JS::regex_class) {
    if (c == ']') context.js = JS::regex;
  } else if (c == '[') {
    context.js = JS::regex_class;
  } else if (c == '/') {
    context.js = JS::code;
    context.slash = Slash::division;
  }
}

void feed_slash(HTMLContext& context, char c) {
  const Slash slash = slash_meaning(context);
  if (c == '/' || c == '*') {
    end_word(context);
    context.js = c == '/' ? JS::line_comment : JS::block_comment;
    return;
  }
  end_token(context);
  if (slash == Slash::unknown) {
    lose(context);
  } else if (slash == Slash::regex) {
    context.js = JS::regex;
    feed_regex(context, c);
  } else {
    context.js = JS::code;
    context.slash = Slash::regex;
    feed_code(context, c);
  }
}

void feed_comment_end(HTMLContext& context) {
  context.js = JS::code;
  context.has_code_in_line = false;
}

void feed_js(HTMLContext& context, char c) {
  switch (context.js) {
    case JS::code:
      return feed_code(context, c);
    case JS::slash:
      return feed_slash(context, c);
    case JS::double_quoted:
      return feed_string(context, c, '"');
    case JS::single_quoted:
      return feed_string(context, c, '\'');
    case JS::template_literal:
    case JS::template_dollar:
      return feed_template(context, c);
    case JS::regex:
    case JS::regex_class:
      return feed_regex(context, c);
    case JS::line_comment:
      if (is_line_end(c)) feed_comment_end(context);
      return;
    case JS::block_comment:
    case JS::block_comment_star:
      if (is_line_end(c)) context.has_code_in_line = false;
      if (c == '/' && context.js == JS::block_comment_star) {
        context.js = JS::code;
      } else {
        context.js = c == '*' ? JS::block_comment_star : JS::block_comment;
      }
      return;
  }
}

void feed_json(HTMLContext& context, char c) {
  if (context.js == JS::double_quoted) return feed_string(context, c, '"');
  if (c == '"') context.js = JS::double_quoted;
}

// JSON, or JavaScript after "js:".
void feed_prefixed(HTMLContext& context, char c, Language otherwise) {
  if (text::is_html_space(c) && context.word.empty()) return;
  if (c == ':' && (context.word.text() == "js" || context.word.text() == "javascript")) {
    return begin_language(context, Language::js);
  }
  context.word.add(c);
  const auto begins = [&](std::string_view prefix) {
    return prefix.starts_with(context.word.text());
  };
  const bool is_long = context.word.text().empty();
  if (!is_long && (begins("js") || begins("javascript"))) return;
  const ShortWord word = context.word;
  begin_language(context, otherwise);
  for (const char seen : word.prefix()) static_cast<void>(feed(context, seen));
}

// htmx: "click[code] from:body".
void feed_trigger(HTMLContext& context, char c) {
  if (c == '[' && context.paren_count < 255) ++context.paren_count;
  if (c == ']' && context.paren_count > 0) --context.paren_count;
}

// URLs.

// After a value, which may be empty or "/", a '/' could be the first one of "//".
URL behind_slash(URL url, bool is_resource) {
  switch (url) {
    case URL::start:
    case URL::maybe_authority:
      return URL::slash;
    case URL::after_value:
    case URL::maybe_start:
      return is_resource ? URL::slash : URL::path;
    case URL::slash:
    case URL::authority_start:
      return URL::authority_start;
    default:
      return URL::path;
  }
}

URL next_url(const HTMLContext& context, char c, bool is_scheme_byte, bool is_resource) {
  const URL url = context.url;
  if (c == ':' && url == URL::scheme) {
    return is_code_scheme(context.word.text()) ? URL::code : URL::authority_start;
  }
  if (c == '/' || c == '\\') return behind_slash(url, is_resource);
  switch (url) {
    case URL::start:
    case URL::scheme:
      return is_scheme_byte ? URL::scheme : URL::path;
    case URL::maybe_start:
    case URL::after_value:
      return is_scheme_byte ? URL::after_value : URL::path;
    case URL::authority_start:
      return URL::authority;
    case URL::slash:
      return URL::path;
    default:
      return url;
  }
}

std::optional<TextProblem> feed_url(HTMLContext& context, char c, bool is_resource) {
  URL& url = context.url;
  if (url == URL::fragment || url == URL::code) return std::nullopt;
  if (c == '\t' || is_line_end(c)) return std::nullopt;  // browsers remove these
  if (url == URL::query && c != '#') return std::nullopt;
  if (c == '#' || c == '?') {
    url = c == '#' ? URL::fragment : URL::query;
    context.word.clear();
    return std::nullopt;
  }
  const bool is_start = url == URL::start || url == URL::maybe_start;
  if (is_start && static_cast<unsigned char>(c) <= ' ') return std::nullopt;
  const bool is_scheme_byte =
      (to_lower(c) >= 'a' && to_lower(c) <= 'z') || is_digit(c) || c == '+' || c == '-' || c == '.';
  if (c == ':' && (url == URL::after_value || url == URL::maybe_start)) {
    url = URL::path;
    return TextProblem::dynamic_scheme;
  }
  url = next_url(context, c, is_scheme_byte, is_resource);
  if (url == URL::scheme) {
    context.word.add(c);
  } else {
    context.word.clear();
  }
  return std::nullopt;
}

void begin_url(HTMLContext& context) {
  context.url = URL::start;
  context.word.clear();
}

// A comma ends a descriptor, and a URL only if a blank follows.
std::optional<TextProblem> feed_url_list(HTMLContext& context, char c) {
  const char last = std::exchange(context.last, c == ',' ? ',' : '\0');
  // The value may have been a whole list.
  if (c == ',' && context.item == Item::url && context.url == URL::after_value) {
    context.item = Item::start;
  }
  if (c == ',' && context.item == Item::descriptor && context.paren_count == 0) {
    context.item = Item::start;
  } else if (text::is_html_space(c)) {
    if (context.item == Item::url) context.item = last == ',' ? Item::start : Item::descriptor;
  } else if (context.item == Item::descriptor) {
    if (c == '(') context.paren_count = 1;
    if (c == ')') context.paren_count = 0;
  } else if (context.item == Item::start && c != ',') {
    context.item = Item::url;
    begin_url(context);
  }
  return context.item == Item::url ? feed_url(context, c, false) : std::nullopt;
}

// The texts are addresses from which browsers take code.
std::optional<TextProblem> feed_importmap(HTMLContext& context, char c) {
  const JS before = context.js;
  feed_json(context, c);
  if (context.language != Language::importmap) return std::nullopt;
  if (before != context.js) {
    begin_url(context);
    return std::nullopt;
  }
  if (context.is_escaped) lose(context);  // the escape can be any character
  return context.js == JS::double_quoted ? feed_url(context, c, true) : std::nullopt;
}

// "5; url=/there". `word` is "url" once it is complete; `item` tells the rest.
std::optional<TextProblem> feed_refresh(HTMLContext& context, char c) {
  if (context.item == Item::url) {
    const bool is_quote = context.url == URL::start && (c == '"' || c == '\'');
    return is_quote ? std::nullopt : feed_url(context, c, false);
  }
  if (c == '=') {
    context.item = Item::url;
    begin_url(context);
  }
  return std::nullopt;
}

// Style sheets.

void feed_css_string(HTMLContext& context, char c, char quote) {
  if (context.is_escaped) {
    context.is_escaped = false;
  } else if (c == '\\') {
    context.is_escaped = true;
  } else if (c == quote) {
    context.css = CSS::code;
  } else if (is_line_end(c) || c == '\f') {
    lose(context);
  }
}

// Whether a letter of the word was written as an escape.
bool has_escape(const ShortWord& word) {
  return word.prefix().find('\x80') != std::string_view::npos;
}

void end_css_name(HTMLContext& context) {
  const bool is_unknown = context.word.front() == '@' && has_escape(context.word);
  if (context.word.text() == "@import" || is_unknown) context.is_import = true;
  context.word.clear();
}

void feed_css_code(HTMLContext& context, char c) {
  // "/{{ value }}*" begins a comment if the value is empty.
  const char last = std::exchange(context.last, '\0');
  if (c == '*' && last == '/') return lose(context);
  if (context.is_escaped) {
    context.is_escaped = false;
    context.word.add('\x80');
    return;
  }
  if (is_name_byte(c) || c == '-' || c == '@') return context.word.add(c);
  if (c == '\\') {
    context.is_escaped = true;
    return;
  }
  // The function's name is unknown: it is in a value, or was written with escapes.
  const bool is_unknown = context.word.front() == kValue || has_escape(context.word);
  const bool is_url = c == '(' && context.word.text() == "url";
  end_css_name(context);
  switch (c) {
    case '"':
      context.css = CSS::double_quoted;
      break;
    case '\'':
      context.css = CSS::single_quoted;
      break;
    case '/':
      context.css = CSS::slash;
      break;
    case '(':
      if (is_unknown) return lose(context);
      if (!is_url) break;
      context.css = CSS::url_open;
      context.url = URL::start;
      break;
    case ';':
    case '{':
    case '}':
      context.is_import = false;
      break;
    default:
      break;
  }
}

std::optional<TextProblem> feed_css_url(HTMLContext& context, char c) {
  if (context.css == CSS::url_open) {
    if (text::is_html_space(c)) return std::nullopt;
    begin_url(context);
    context.css = c == '"' ? CSS::url_double_quoted : c == '\'' ? CSS::url_single_quoted : CSS::url;
    if (context.css != CSS::url) return std::nullopt;
  }
  const char end = context.css == CSS::url                 ? ')'
                   : context.css == CSS::url_double_quoted ? '"'
                                                           : '\'';
  if (c == '\\') {  // the escape can be any character
    lose(context);
  } else if (c == end) {
    begin_url(context);
    context.css = CSS::code;
  } else {
    return feed_url(context, c, false);
  }
  return std::nullopt;
}

std::optional<TextProblem> feed_css(HTMLContext& context, char c) {
  switch (context.css) {
    case CSS::code:
      feed_css_code(context, c);
      break;
    case CSS::slash:
      context.css = c == '*' ? CSS::comment : CSS::code;
      if (c != '*') feed_css_code(context, c);
      break;
    case CSS::double_quoted:
      feed_css_string(context, c, '"');
      break;
    case CSS::single_quoted:
      feed_css_string(context, c, '\'');
      break;
    case CSS::comment:
    case CSS::comment_star:
      if (c == '/' && context.css == CSS::comment_star) {
        context.css = CSS::code;
      } else {
        context.css = c == '*' ? CSS::comment_star : CSS::comment;
      }
      break;
    case CSS::url_open:
    case CSS::url:
    case CSS::url_double_quoted:
    case CSS::url_single_quoted:
      return feed_css_url(context, c);
  }
  return std::nullopt;
}

// Placements.

Placement refuse(Refusal refusal) {
  return {Escape::html, refusal};
}

Placement url_placement(const HTMLContext& context) {
  switch (context.url) {
    case URL::start:
    case URL::maybe_start:
      return {Escape::url, {}};
    case URL::scheme:
    case URL::after_value:
      return {Escape::url_more, {}};
    case URL::slash:
      return {Escape::url_first_part, {}};
    case URL::authority_start:
    case URL::authority:
    case URL::maybe_authority:
    case URL::path:
      return {Escape::url_part, {}};
    case URL::query:
    case URL::fragment:
      return {Escape::url_component, {}};
    case URL::code:
      return refuse(Refusal::code_url);
  }
  return refuse(Refusal::lost);
}

// In a URL of code, values may change neither scheme nor host.
Placement resource_placement(const HTMLContext& context) {
  switch (context.url) {
    case URL::start:
      return {Escape::resource_url, {}};
    case URL::scheme:
    case URL::after_value:
      return {Escape::resource_more, {}};
    case URL::slash:
      return {Escape::resource_first_part, {}};
    case URL::maybe_start:
    case URL::authority_start:
    case URL::authority:
    case URL::maybe_authority:
      return refuse(Refusal::authority);
    default:
      return url_placement(context);
  }
}

// A JSON string has escapes of its own, so a value there may have only characters that need none.
Placement importmap_placement(const HTMLContext& context) {
  if (context.js != JS::double_quoted) return refuse(Refusal::module_address);
  switch (context.url) {
    case URL::start:
      return {Escape::module_url, {}};
    case URL::path:
    case URL::query:
    case URL::fragment:
      return {Escape::url_component, {}};
    case URL::code:
      return refuse(Refusal::code_url);
    default:
      return refuse(Refusal::authority);
  }
}

Placement js_placement(const HTMLContext& context) {
  const bool is_attribute = context.state == HTMLContext::State::value;
  const Escape value = is_attribute ? Escape::js_attribute : Escape::js_value;
  const Escape text = is_attribute ? Escape::js_attribute_string : Escape::js_string;
  const bool is_module = context.is_module_string || (context.import_parens & 1) != 0;
  switch (context.js) {
    case JS::double_quoted:
    case JS::single_quoted:
      if (context.template_depth > 0) return refuse(Refusal::template_literal);
      if (is_module) return refuse(Refusal::module_address);
      return context.is_escaped ? refuse(Refusal::lost) : Placement{text, {}};
    case JS::template_literal:
    case JS::template_dollar:
      return refuse(Refusal::template_literal);
    case JS::regex:
    case JS::regex_class:
      return refuse(Refusal::regex);
    case JS::line_comment:
    case JS::block_comment:
    case JS::block_comment_star:
      return refuse(Refusal::comment);
    case JS::slash:
      if (slash_meaning(context) != Slash::division) return refuse(Refusal::regex);
      break;
    case JS::code:
      break;
  }
  if (context.template_depth > 0) return refuse(Refusal::template_literal);
  if (is_module) return refuse(Refusal::module_address);
  if (context.js == JS::slash) return {value, {}};
  if (is_before_module(context) && context.has_ended) return refuse(Refusal::module_address);
  const bool is_glued = !context.word.empty() && !context.has_ended;
  const bool is_member = context.is_member && !context.has_ended;
  return is_glued || context.is_glued || is_member ? refuse(Refusal::glued_name)
                                                   : Placement{value, {}};
}

Placement css_placement(const HTMLContext& context) {
  const bool is_comment = context.css == CSS::comment || context.css == CSS::comment_star;
  if (is_comment) return refuse(Refusal::comment);
  if (context.is_import || context.word.front() == '@') return refuse(Refusal::css_import);
  if (context.is_escaped) return refuse(Refusal::lost);
  switch (context.css) {
    case CSS::code:
    case CSS::slash:
      return {context.state == HTMLContext::State::value ? Escape::css_attribute_value
                                                         : Escape::css_value,
              {}};
    case CSS::double_quoted:
    case CSS::single_quoted:
      return {Escape::css_string, {}};
    default:
      break;
  }
  const Placement url = url_placement(context);
  if (url.refusal) return url;
  if (url.escape == Escape::url) return {Escape::css_url, {}};
  if (url.escape == Escape::url_part) return {Escape::css_url_part, {}};
  return {Escape::css_url_component, {}};
}

void after_url_output(HTMLContext& context) {
  context.word.clear();
  if (context.url == URL::slash) {
    // A value may be empty, except in a URL of code.
    if (context.language == Language::resource) context.url = URL::path;
    return;
  }
  const bool is_first =
      context.url == URL::start || context.url == URL::maybe_start || context.url == URL::scheme;
  if (is_first) context.url = URL::after_value;
}

// Joins.

int rank(URL url) {
  switch (url) {
    case URL::authority_start:
    case URL::authority:
    case URL::maybe_authority:
    case URL::path:
      return 0;
    case URL::slash:
      return 1;
    case URL::scheme:
    case URL::after_value:
      return 2;
    case URL::start:
    case URL::maybe_start:
      return 3;
    case URL::fragment:
    case URL::query:
      return 4;
    case URL::code:
      return 5;
  }
  return 5;
}

// Joins the beginnings of "http" and "https".
bool join_schemes(HTMLContext& a, const HTMLContext& b) {
  const bool is_http = a.word.text().starts_with("http") && b.word.text().starts_with("http");
  if (a.url != URL::scheme || b.url != URL::scheme || !is_http) return false;
  if (b.word.text().size() < a.word.text().size()) a.word = b.word;
  return true;
}

// Joins two places in a URL: the result is a place whose escaping is safe in both.
bool join_url(HTMLContext& a, const HTMLContext& b) {
  if ((a.url == b.url && a.word == b.word) || join_schemes(a, b)) return true;
  a.word.clear();
  const int worse = std::max(rank(a.url), rank(b.url));
  if (a.url != b.url && worse == 5) return false;
  constexpr std::array<URL, 6> safe = {URL::path,        URL::slash, URL::after_value,
                                       URL::maybe_start, URL::query, URL::code};
  a.url = safe[static_cast<std::size_t>(worse)];
  return true;
}

// The same for a URL of code. In each set of places, the joined place is safe for all of them,
// whatever follows.
bool join_resource(HTMLContext& a, const HTMLContext& b) {
  if ((a.url == b.url && a.word == b.word) || join_schemes(a, b)) return true;
  struct Set {
    std::array<URL, 4> places;
    URL joined;
  };
  constexpr std::array<Set, 5> sets = {{
      {{URL::path, URL::scheme, URL::after_value, URL::path}, URL::after_value},
      {{URL::path, URL::slash, URL::path, URL::path}, URL::slash},
      {{URL::path, URL::query, URL::fragment, URL::path}, URL::query},
      {{URL::authority, URL::authority_start, URL::authority, URL::authority},
       URL::authority_start},
      {{URL::start, URL::path, URL::authority, URL::maybe_authority}, URL::maybe_authority},
  }};
  for (const Set& set : sets) {
    const auto has = [&](URL url) {
      return std::find(set.places.begin(), set.places.end(), url) != set.places.end();
    };
    if (!has(a.url) || !has(b.url)) continue;
    a.word.clear();
    a.url = set.joined;
    return true;
  }
  return false;
}

// Joins two types with the same consequences, unless more text follows; and two relations, of which
// the one that adds code counts.
void join_types(HTMLContext& a, HTMLContext& b) {
  if (a.word == b.word) return;
  const auto script = [](const ShortWord& word) {
    return word.text().empty() && !word.empty() ? Language::other_script
                                                : script_language(word.text());
  };
  const auto is_code = [](const ShortWord& word) { return is_code_relation(word.text()); };
  if (a.language == Language::type && script(a.word) != script(b.word)) return;
  const bool is_first = a.language == Language::relation && is_code(a.word) != is_code(b.word)
                            ? is_code(a.word)
                            : a.word > b.word;
  a.word = b.word = is_first ? a.word : b.word;
  a.is_glued = b.is_glued = true;
}

void join_js(HTMLContext& a, HTMLContext& b) {
  if (a.js != JS::code || b.js != JS::code) return;
  const bool same_word =
      a.word == b.word && a.is_member == b.is_member && a.has_ended == b.has_ended;
  const bool decides = decides_parens(a) || decides_parens(b) || calls_import(a) ||
                       calls_import(b) || a.before == Before::import_ ||
                       b.before == Before::import_;
  // These words give the text after them another meaning than other code would.
  if ((decides && (!same_word || a.before != b.before)) || a.import_parens != b.import_parens) {
    return;
  }
  const Slash slash_a = slash_meaning(a);
  const Slash slash_b = slash_meaning(b);
  const auto has_name = [](const HTMLContext& context) {
    return context.is_glued || (!context.word.empty() && !context.has_ended);
  };
  const bool is_glued = has_name(a) || has_name(b);
  for (HTMLContext* side : {&a, &b}) {
    if (!same_word) {
      side->word.clear();
      side->is_member = false;
      side->has_ended = false;
    }
    side->is_glued = is_glued && (!same_word || a.word.empty());
    side->slash = slash_a == slash_b ? slash_a : Slash::unknown;
    side->last = 0;
    side->has_code_in_line = true;
    if (a.before != b.before || !same_word) side->before = Before::other;
  }
  if (a.sign != b.sign) a.sign = b.sign = Slash::unknown;
  if (a.parens == b.parens && a.paren_count == b.paren_count) return;
  for (HTMLContext* side : {&a, &b}) {
    side->parens = 0;
    side->import_parens = 0;
    side->paren_count = 0;
  }
}

void join_css(HTMLContext& a, HTMLContext& b) {
  if (a.css != CSS::code || b.css != CSS::code) return;
  a.last = b.last = std::max(a.last, b.last);
  if (a.word == b.word) return;
  const bool follows_value = a.word.front() == kValue || b.word.front() == kValue;
  for (HTMLContext* side : {&a, &b}) {
    end_css_name(*side);
    if (follows_value) side->word.add(kValue);
  }
  a.is_import = b.is_import = a.is_import || b.is_import;
}

}  // namespace

Slash slash_meaning(const HTMLContext& context) {
  if (context.is_glued) return Slash::unknown;
  if (context.word.empty()) return context.slash;
  if (is_one_of(kUnknownBeforeSlash, context)) return Slash::unknown;
  return is_one_of(kBeforeRegex, context) ? Slash::regex : Slash::division;
}

namespace {

// Returns a word that is too long to be a known one.
ShortWord unknown_word() {
  ShortWord word;
  while (word.empty() || !word.text().empty()) word.add('?');
  return word;
}

}  // namespace

std::optional<TextProblem> feed(HTMLContext& context, char c) {
  switch (context.language) {
    case Language::url:
      return feed_url(context, c, false);
    case Language::resource:
      return feed_url(context, c, true);
    case Language::url_list:
      return feed_url_list(context, c);
    case Language::refresh:
      return context.is_refresh ? feed_refresh(context, c) : std::nullopt;
    case Language::css:
      return feed_css(context, c);
    case Language::js:
    case Language::js_markup:
    case Language::js_bound:
      feed_js(context, c);
      return std::nullopt;
    case Language::json:
      feed_json(context, c);
      return std::nullopt;
    case Language::json_or_js:
      feed_prefixed(context, c, Language::json);
      return std::nullopt;
    case Language::text_or_js:
      feed_prefixed(context, c, Language::plain);
      return std::nullopt;
    case Language::importmap:
      return feed_importmap(context, c);
    case Language::trigger:
      feed_trigger(context, c);
      return std::nullopt;
    case Language::markup:
      context.has_markup = true;
      return std::nullopt;
    case Language::type:
    case Language::relation:
    case Language::http_equiv:
      // Text after a join makes each of the two words another one.
      if (context.is_glued) context.word = unknown_word();
      context.is_glued = false;
      context.word.add(c);
      return std::nullopt;
    case Language::animated:
      context.word.add(c);
      return std::nullopt;
    case Language::plain:
    case Language::animated_values:
    case Language::hyperscript:
    case Language::other_script:
    case Language::lost:
      return std::nullopt;
  }
  return std::nullopt;
}

void begin_language(HTMLContext& context, Language language) {
  end_language(context);
  context.language = language;
}

void end_language(HTMLContext& context) {
  const HTMLContext fresh;
  context.language = fresh.language;
  context.js = fresh.js;
  context.slash = fresh.slash;
  context.is_escaped = false;
  context.is_member = false;
  context.has_ended = false;
  context.before = fresh.before;
  context.sign = fresh.sign;
  context.is_glued = false;
  context.last = 0;
  context.has_code_in_line = false;
  context.parens = 0;
  context.import_parens = 0;
  context.paren_count = 0;
  context.is_module_string = false;
  context.template_depth = 0;
  context.template_braces = {};
  context.css = fresh.css;
  context.is_import = false;
  context.url = fresh.url;
  context.item = fresh.item;
  context.has_markup = false;
  context.word.clear();
}

Placement language_placement(const HTMLContext& context) {
  switch (context.language) {
    case Language::plain:
      return {Escape::text, {}};
    case Language::url:
      return url_placement(context);
    case Language::resource:
      return resource_placement(context);
    case Language::url_list:
      if (context.item == Item::start) return {Escape::srcset, {}};
      if (context.item == Item::descriptor) return {Escape::url_component, {}};
      return url_placement(context);
    case Language::refresh:
      if (!context.is_refresh) return {Escape::text, {}};
      if (context.item != Item::url) return {Escape::url_component, {}};
      return url_placement(context);
    case Language::css:
      return css_placement(context);
    case Language::js:
    case Language::json:
      return js_placement(context);
    case Language::json_or_js:
      return context.word.empty() ? js_placement(context) : refuse(Refusal::lost);
    case Language::text_or_js:
      return context.word.empty() ? Placement{Escape::text_not_js, {}} : refuse(Refusal::lost);
    case Language::js_markup:
      return refuse(Refusal::bound_markup);
    case Language::js_bound:
      return refuse(Refusal::bound_attribute);
    case Language::trigger:
      return context.paren_count > 0 ? refuse(Refusal::other_language)
                                     : Placement{Escape::word, {}};
    case Language::hyperscript:
      return refuse(Refusal::other_language);
    case Language::importmap:
      return importmap_placement(context);
    case Language::markup:
      return context.has_markup ? refuse(Refusal::srcdoc_markup) : Placement{Escape::srcdoc, {}};
    case Language::type:
    case Language::relation:
    case Language::http_equiv:
      return refuse(Refusal::deciding_attribute);
    case Language::animated:
    case Language::animated_values:
      return refuse(Refusal::animation);
    case Language::other_script:
      return refuse(Refusal::script_type);
    case Language::lost:
      return refuse(Refusal::lost);
  }
  return refuse(Refusal::lost);
}

void after_language_output(HTMLContext& context) {
  switch (context.language) {
    case Language::url:
    case Language::resource:
      context.wrote_value = context.wrote_value || context.element == HTMLContext::Element::link;
      return after_url_output(context);
    case Language::url_list:
      context.last = 0;
      if (context.item == Item::start) {
        context.item = Item::url;
        context.url = URL::after_value;
      } else if (context.item == Item::url) {
        after_url_output(context);
      }
      return;
    case Language::refresh:
      if (!context.is_refresh) {
        context.wrote_value = true;
      } else if (context.item == Item::url) {
        after_url_output(context);
      }
      return;
    case Language::css:
      if (context.css == CSS::slash) {
        context.css = CSS::code;
        context.last = '/';
      }
      if (context.css == CSS::url_open) context.css = CSS::url;
      if (context.css == CSS::code) {
        end_css_name(context);
        context.word.add(kValue);
      }
      if (context.css == CSS::url || context.css == CSS::url_double_quoted ||
          context.css == CSS::url_single_quoted) {
        after_url_output(context);
      }
      return;
    case Language::js:
      if (context.js == JS::slash) context.js = JS::code;
      if (context.js != JS::code) return;
      end_token(context);
      context.last = 0;
      context.has_code_in_line = true;
      context.slash = Slash::division;
      return;
    case Language::json_or_js:
      return begin_language(context, Language::json);
    case Language::importmap:
      if (context.js == JS::double_quoted) after_url_output(context);
      return;
    default:
      return;
  }
}

bool join_language(HTMLContext& a, HTMLContext b) {
  // If one side is at the beginning and the other is in text, a value must not begin with "js:",
  // which is safe for both.
  for (HTMLContext* side : {&a, &b}) {
    const Language other = side == &a ? b.language : a.language;
    const bool is_begun = side->language == Language::text_or_js && side->word.empty();
    if (is_begun && other == Language::plain) a.language = b.language = Language::text_or_js;
  }
  if (a.language != b.language) return false;
  const bool is_resource =
      a.language == Language::resource || (a.language == Language::importmap && a.js == b.js);
  const bool has_url =
      is_resource || a.language == Language::url ||
      ((a.language == Language::refresh || a.language == Language::url_list) &&
       a.item == Item::url && b.item == Item::url) ||
      (a.language == Language::css && a.css == b.css &&
       (a.css == CSS::url || a.css == CSS::url_double_quoted || a.css == CSS::url_single_quoted));
  if (has_url && !(is_resource ? join_resource(a, b) : join_url(a, b))) return false;
  if (has_url) {
    b.url = a.url;
    b.word = a.word;
  }
  if (a.language == Language::js || a.language == Language::json) join_js(a, b);
  if (a.language == Language::css) join_css(a, b);
  if (a.language == Language::type || a.language == Language::relation) join_types(a, b);
  if (a.language == Language::url_list && a.item != b.item) {
    // One branch has a candidate less. What follows is after a descriptor, or where one could
    // begin.
    a.item = b.item = Item::descriptor;
    a.url = b.url = URL::start;
    a.word.clear();
    b.word.clear();
  }
  if (a.language == Language::url_list) {
    a.last = b.last = 0;
    a.paren_count = b.paren_count = 0;
  }
  a.has_markup = b.has_markup = a.has_markup || b.has_markup;
  return a == b;
}

}  // namespace bora::lang
