#include "templates-lang/html_values.h"

#include <algorithm>
#include <array>

#include "templates-lang/characters.h"
#include "templates-lang/html_names.h"

namespace bora::lang {
namespace {

using CSS = HTMLContext::CSS;
using Item = HTMLContext::Item;
using JS = HTMLContext::JS;
using Language = HTMLContext::Language;
using Slash = HTMLContext::Slash;
using URL = HTMLContext::URL;

// Stands in HTMLContext::word for a value in a style sheet.
constexpr char kValue = '\x01';

bool is_line_end(char c) {
  return c == '\n' || c == '\r';
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\f' || is_line_end(c);
}

void lose(HTMLContext& context) {
  end_language(context);
  context.language = Language::lost;
}

// JavaScript. A browser ends a string, a regular expression or a line comment at the end of a line;
// what was taken for one and goes on there was something else, and nothing behind it is certain.

constexpr std::string_view kBeforeRegex[] = {"await", "case",       "delete", "do",   "else",
                                             "in",    "instanceof", "new",    "of",   "return",
                                             "throw", "typeof",     "void",   "yield"};
constexpr std::string_view kBeforeParens[] = {"for", "if", "while", "with"};

template <class Words>
bool is_one_of(const Words& words, const HTMLContext& context) {
  return !context.is_member &&
         std::find(std::begin(words), std::end(words), context.word.text()) != std::end(words);
}

void end_name(HTMLContext& context) {
  if (!context.word.empty()) context.slash = slash_meaning(context);
  context.word.clear();
  context.is_glued = false;
  context.is_member = false;
}

void open_paren(HTMLContext& context) {
  const bool is_condition = is_one_of(kBeforeParens, context);
  end_name(context);
  context.parens = (context.parens << 1) | (is_condition ? 1 : 0);
  if (context.paren_count < 64) ++context.paren_count;
  context.slash = Slash::regex;
}

void close_paren(HTMLContext& context) {
  end_name(context);
  const bool is_known = context.paren_count > 0;
  const bool is_condition = is_known && (context.parens & 1) != 0;
  context.parens >>= 1;
  if (is_known) --context.paren_count;
  context.slash = is_condition ? Slash::regex : Slash::division;
}

void open_brace(HTMLContext& context) {
  end_name(context);
  context.slash = Slash::regex;
  if (context.template_depth == 0) return;
  std::uint8_t& braces = context.template_braces[context.template_depth - 1U];
  if (braces == 255) return lose(context);
  ++braces;
}

void close_brace(HTMLContext& context) {
  end_name(context);
  context.slash = Slash::unknown;  // Behind a block a regex, behind an object a division.
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

// What `last` remembers of "<!--" and "-->".
constexpr char kLessThan = 'a';
constexpr char kBang = 'b';
constexpr char kDash = 'c';
constexpr char kTwoDashes = 'd';
constexpr char kBlank = ' ';

char next_last(char last, char c) {
  if (c == '<') return kLessThan;
  if (c == '!' && last == kLessThan) return kBang;
  if (c == '-' && last == kBang) return kDash;
  if (c == '-') return last == '-' ? kTwoDashes : '-';
  return c == '+' ? '+' : '\0';
}

// "<!--" anywhere begins a line comment, "-->" where nothing stands before it in its line.
bool begins_comment(HTMLContext& context, char last, char c) {
  if (c == '-' && last == kDash) {
    context.js = JS::line_comment;
  } else if (c == '>' && last == kTwoDashes) {
    if (context.has_code_in_line) {
      lose(context);
    } else {
      context.js = JS::line_comment;
    }
  } else {
    return false;
  }
  return true;
}

void feed_code_blank(HTMLContext& context, char c) {
  if (is_line_end(c)) context.has_code_in_line = false;
  if (is_one_of(kBeforeParens, context)) {
    context.last = kBlank;  // "if (" is as good as "if(".
  } else {
    end_name(context);
  }
}

void feed_code(HTMLContext& context, char c) {
  const char last = context.last;
  context.last = next_last(last, c);
  if (begins_comment(context, last, c)) return;
  if (is_space(c)) return feed_code_blank(context, c);
  if (c != '-') context.has_code_in_line = true;
  const bool is_number = !context.word.empty() && is_digit(context.word.front());
  if (is_name_byte(c) || (c == '.' && is_number)) {
    if (last == kBlank) end_name(context);
    return context.word.add(c);
  }
  if (c == '(') return open_paren(context);
  if (c == ')') return close_paren(context);
  if (c == '{') return open_brace(context);
  if (c == '}') return close_brace(context);
  if (c == '/') {
    const Slash slash = slash_meaning(context);
    end_name(context);
    context.slash = slash;
    context.js = JS::slash;
    return;
  }
  const bool is_spread = c == '.' && (context.is_member || last == '.');
  end_name(context);
  context.slash = Slash::regex;
  switch (c) {
    case '"':
      context.js = JS::double_quoted;
      break;
    case '\'':
      context.js = JS::single_quoted;
      break;
    case '`':
      context.js = JS::template_literal;
      break;
    case '.':
      context.is_member = !is_spread;
      context.last = is_spread ? '.' : '\0';
      break;
    case ']':
      context.slash = Slash::division;
      break;
    case '+':
    case '-':
      if (last == c) context.slash = Slash::division;  // "x++"
      break;
    default:
      break;
  }
}

void feed_string(HTMLContext& context, char c, char quote) {
  if (context.is_escaped) {
    context.is_escaped = c == '\r';  // A line feed may follow.
    if (c != '\n' || !context.is_escaped) return;
  } else if (c == '\\') {
    context.is_escaped = true;
  } else if (c == quote) {
    context.js = JS::code;
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
  if (c == '/' || c == '*') {
    context.js = c == '/' ? JS::line_comment : JS::block_comment;
  } else if (context.slash == Slash::unknown) {
    lose(context);
  } else if (context.slash == Slash::regex) {
    context.js = JS::regex;
    feed_regex(context, c);
  } else {
    context.js = JS::code;
    context.slash = Slash::regex;
    feed_code(context, c);
  }
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
      if (is_line_end(c)) context.js = JS::code;
      return;
    case JS::block_comment:
    case JS::block_comment_star:
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

// URLs.

std::optional<TextProblem> feed_url(HTMLContext& context, char c) {
  URL& url = context.url;
  if (url == URL::fragment || url == URL::code) return std::nullopt;
  if (c == '\t' || is_line_end(c)) return std::nullopt;  // Browsers take them out.
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
  if (c == ':' && url == URL::scheme) {
    url = is_code_scheme(context.word.text()) ? URL::code : URL::path;
  } else if (c == '/' || c == '\\') {
    url = url == URL::start ? URL::slash : URL::path;
  } else if (url == URL::start && is_scheme_byte) {
    url = URL::scheme;
  } else if (url == URL::maybe_start && is_scheme_byte) {
    url = URL::after_value;
  } else if (!is_scheme_byte) {
    url = URL::path;
  }
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

std::optional<TextProblem> feed_url_list(HTMLContext& context, char c) {
  if (c == ',' && context.item == Item::descriptor) {
    context.item = Item::start;
  } else if (is_space(c)) {
    if (context.item == Item::url) context.item = Item::descriptor;
  } else if (context.item == Item::start && c != ',') {
    context.item = Item::url;
    begin_url(context);
  }
  return context.item == Item::url ? feed_url(context, c) : std::nullopt;
}

// "5; url=/there". `word` is "url" once it is complete; `item` tells the rest.
std::optional<TextProblem> feed_refresh(HTMLContext& context, char c) {
  if (context.item == Item::url) {
    const bool is_quote = context.url == URL::start && (c == '"' || c == '\'');
    return is_quote ? std::nullopt : feed_url(context, c);
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

void end_css_name(HTMLContext& context) {
  if (context.word.text() == "@import") context.is_import = true;
  context.word.clear();
}

void feed_css_code(HTMLContext& context, char c) {
  if (context.is_escaped) {
    context.is_escaped = false;
    context.word.add('\x80');
    return;
  }
  if (is_name_byte(c) || c == '-' || c == '@') return context.word.add(c);
  const bool follows_value = context.word.front() == kValue;
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
    case '\\':
      context.is_escaped = true;
      break;
    case '(':
      if (follows_value) lose(context);  // Of what function, only the value knows.
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
    if (is_space(c)) return std::nullopt;
    begin_url(context);
    context.css = c == '"' ? CSS::url_double_quoted : c == '\'' ? CSS::url_single_quoted : CSS::url;
    if (context.css != CSS::url) return std::nullopt;
  }
  const char end = context.css == CSS::url                 ? ')'
                   : context.css == CSS::url_double_quoted ? '"'
                                                           : '\'';
  if (c == '\\') {  // Could be any character.
    lose(context);
  } else if (c == end) {
    begin_url(context);
    context.css = CSS::code;
  } else {
    return feed_url(context, c);
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

Placement url_placement(const HTMLContext& context, bool is_resource) {
  switch (context.url) {
    case URL::start:
    case URL::maybe_start:
      return {is_resource ? Escape::resource_url : Escape::url, {}};
    case URL::scheme:
    case URL::after_value:
      return {is_resource ? Escape::url_first_part : Escape::url_more, {}};
    case URL::slash:
      return {Escape::url_first_part, {}};
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

Placement js_placement(const HTMLContext& context) {
  const bool is_attribute = context.state == HTMLContext::State::value;
  const Escape value = is_attribute ? Escape::js_attribute : Escape::js_value;
  switch (context.js) {
    case JS::double_quoted:
    case JS::single_quoted:
      if (context.template_depth > 0) return refuse(Refusal::template_literal);
      return context.is_escaped ? refuse(Refusal::lost) : Placement{Escape::js_string, {}};
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
      if (context.slash != Slash::division) return refuse(Refusal::regex);
      break;
    case JS::code:
      break;
  }
  if (context.template_depth > 0) return refuse(Refusal::template_literal);
  const bool is_keyword = is_one_of(kBeforeParens, context);
  const bool is_glued = !context.word.empty() && !is_keyword;
  return is_glued || context.is_glued || context.is_member ? refuse(Refusal::glued_name)
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
      return {Escape::css_value, {}};
    case CSS::double_quoted:
    case CSS::single_quoted:
      return {Escape::css_string, {}};
    default:
      break;
  }
  const Placement url = url_placement(context, false);
  if (url.refusal) return url;
  if (url.escape == Escape::url) return {Escape::css_url, {}};
  if (url.escape == Escape::url_part) return {Escape::css_url_part, {}};
  return {Escape::css_url_component, {}};
}

void after_url_output(HTMLContext& context) {
  context.word.clear();
  if (context.url == URL::slash) return;  // The value may be empty.
  const bool is_first =
      context.url == URL::start || context.url == URL::maybe_start || context.url == URL::scheme;
  if (is_first) context.url = URL::after_value;
}

// Joins.

int rank(URL url) {
  switch (url) {
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

// The one of two places in a URL whose way of escaping is safe in both.
bool join_url(HTMLContext& a, const HTMLContext& b, bool is_resource) {
  if (a.url == b.url && a.word == b.word) return true;
  const bool is_http = a.word.text().starts_with("http") && b.word.text().starts_with("http");
  const bool are_schemes = a.url == URL::scheme && b.url == URL::scheme;
  if (are_schemes && is_http) {
    if (b.word.text().size() < a.word.text().size()) a.word = b.word;
    return true;
  }
  a.word.clear();
  const int worse = std::max(rank(a.url), rank(b.url));
  if (a.url != b.url && (worse == 5 || (worse == 3 && is_resource))) return false;
  constexpr std::array<URL, 6> safe = {URL::path,        URL::slash, URL::after_value,
                                       URL::maybe_start, URL::query, URL::code};
  a.url = safe[static_cast<std::size_t>(worse)];
  return true;
}

void join_js(HTMLContext& a, HTMLContext& b) {
  if (a.js != JS::code || b.js != JS::code) return;
  const Slash slash_a = slash_meaning(a);
  const Slash slash_b = slash_meaning(b);
  const bool is_glued = !a.word.empty() || !b.word.empty() || a.is_glued || b.is_glued;
  const bool same_word = a.word == b.word && a.is_member == b.is_member;
  for (HTMLContext* side : {&a, &b}) {
    if (!same_word) side->word.clear();
    if (!same_word) side->is_member = false;
    side->is_glued = is_glued && (!same_word || a.word.empty());
    side->slash = slash_a == slash_b ? slash_a : Slash::unknown;
    side->last = 0;
    side->has_code_in_line = true;
  }
  if (a.parens == b.parens && a.paren_count == b.paren_count) return;
  for (HTMLContext* side : {&a, &b}) {
    side->parens = 0;
    side->paren_count = 0;
  }
}

void join_css(HTMLContext& a, HTMLContext& b) {
  if (a.css != CSS::code || b.css != CSS::code || a.word == b.word) return;
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
  return is_one_of(kBeforeRegex, context) ? Slash::regex : Slash::division;
}

std::optional<TextProblem> feed(HTMLContext& context, char c) {
  switch (context.language) {
    case Language::url:
    case Language::resource:
      return feed_url(context, c);
    case Language::url_list:
      return feed_url_list(context, c);
    case Language::refresh:
      return context.is_refresh ? feed_refresh(context, c) : std::nullopt;
    case Language::css:
      return feed_css(context, c);
    case Language::js:
      feed_js(context, c);
      return std::nullopt;
    case Language::json:
      feed_json(context, c);
      return std::nullopt;
    case Language::markup:
      context.has_markup = true;
      return std::nullopt;
    case Language::type:
    case Language::relation:
    case Language::http_equiv:
      context.word.add(c);
      return std::nullopt;
    case Language::plain:
    case Language::animated:
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
  context.is_glued = false;
  context.last = 0;
  context.has_code_in_line = false;
  context.parens = 0;
  context.paren_count = 0;
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
      return url_placement(context, false);
    case Language::resource:
      return url_placement(context, true);
    case Language::url_list:
      if (context.item == Item::start) return {Escape::srcset, {}};
      if (context.item == Item::descriptor) return {Escape::url_component, {}};
      return url_placement(context, false);
    case Language::refresh:
      if (!context.is_refresh) return {Escape::text, {}};
      if (context.item != Item::url) return {Escape::url_component, {}};
      return url_placement(context, false);
    case Language::css:
      return css_placement(context);
    case Language::js:
    case Language::json:
      return js_placement(context);
    case Language::markup:
      return context.has_markup ? refuse(Refusal::srcdoc_markup) : Placement{Escape::srcdoc, {}};
    case Language::type:
    case Language::relation:
    case Language::http_equiv:
      return refuse(Refusal::deciding_attribute);
    case Language::animated:
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
      if (context.css == CSS::slash) context.css = CSS::code;
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
      end_name(context);
      context.last = 0;
      context.slash = Slash::division;
      return;
    default:
      return;
  }
}

bool join_language(HTMLContext& a, HTMLContext b) {
  if (a.language != b.language) return false;
  const bool is_resource = a.language == Language::resource;
  const bool has_url =
      is_resource || a.language == Language::url ||
      ((a.language == Language::refresh || a.language == Language::url_list) &&
       a.item == Item::url && b.item == Item::url) ||
      (a.language == Language::css && a.css == b.css &&
       (a.css == CSS::url || a.css == CSS::url_double_quoted || a.css == CSS::url_single_quoted));
  if (has_url && !join_url(a, b, is_resource)) return false;
  if (has_url) {
    b.url = a.url;
    b.word = a.word;
  }
  if (a.language == Language::js || a.language == Language::json) join_js(a, b);
  if (a.language == Language::css) join_css(a, b);
  if (a.language == Language::url_list && a.item != b.item) {
    // A candidate less: what follows begins behind a descriptor or where one could begin.
    a.item = b.item = Item::descriptor;
    a.url = b.url = URL::start;
    a.word.clear();
    b.word.clear();
  }
  a.has_markup = b.has_markup = a.has_markup || b.has_markup;
  return a == b;
}

}  // namespace bora::lang
