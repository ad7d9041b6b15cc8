#pragma once

// Where in an HTML page a place of its text stands, as a browser's tokenizer will see it: between
// tags, in the value of an attribute, in a string of a script. From that follows, while a page is
// built, how a value must be escaped there.
//
// A context is a small value. What changes it are pure functions, so that whoever walks over a page
// (the checker, code generation) finds the same.

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bora::lang {

struct EscapeRules;

/// A short word in lower case; of a longer one only that it is longer.
class ShortWord {
 public:
  void clear() { *this = {}; }
  void add(char c);
  [[nodiscard]] bool empty() const { return size_ == 0; }
  /// Empty for a word that is too long.
  [[nodiscard]] std::string_view text() const;
  /// Of one that is too long its beginning.
  [[nodiscard]] std::string_view prefix() const;
  [[nodiscard]] char front() const { return letters_[0]; }  ///< 0 if empty.

  auto operator<=>(const ShortWord&) const = default;

 private:
  static constexpr std::uint8_t kCapacity = 30;

  std::array<char, kCapacity> letters_{};
  std::uint8_t size_ = 0;  // kCapacity + 1: too long.
};

struct HTMLContext {
  /// What the HTML tokenizer is in.
  enum class State : std::uint8_t {
    none,  ///< The page is no HTML.
    lost,  ///< Behind what can't be followed: no value is certain any more.
    dead,  ///< Behind `{% break %}`: no output gets here.
    text,
    tag_open,      ///< Behind '<'.
    end_tag_open,  ///< Behind "</".
    tag_name,
    before_attribute,  ///< Behind a blank in a tag.
    glued,             ///< Behind a value or a branch: a blank, '/' or '>' must follow.
    attribute_name,
    after_attribute_name,
    before_value,
    value,
    self_closing,  ///< Behind '/' in a tag.
    markup_declaration,
    comment,
    bogus_comment,
    doctype,
    cdata,
    raw,  ///< Text of an element that holds no tags: title, textarea, style, script, iframe…
    raw_less_than,
    raw_end_open,
    raw_end_name,
    raw_bang,
    raw_bang_dash,
    raw_start_name  ///< Of a "<script" in "<!--" in a script.
  };
  enum class Quote : std::uint8_t { none, single_, double_ };
  /// Elements that matter.
  enum class Element : std::uint8_t {
    other,
    title,
    textarea,
    style,
    script,
    iframe,
    noembed,
    noframes,
    xmp,
    plaintext,
    svg,
    math,
    meta,
    link,
    base,
    embed,
    object,
    animation,
    preformatted,  ///< pre, listing
    custom         ///< With '-' in its name.
  };
  /// What the value of an attribute or the text of an element is written in.
  enum class Language : std::uint8_t {
    plain,
    url,
    resource,  ///< A URL from which a browser takes code: a script, a style sheet, a base.
    url_list,  ///< srcset
    css,
    js,
    json,
    markup,      ///< srcdoc
    refresh,     ///< content of <meta http-equiv=refresh>
    type,        ///< Attributes on which depends what others mean.
    relation,    //
    http_equiv,  //
    animated,    ///< attributeName: what an animation changes.
    animated_values,
    other_script,  ///< A script element of a type that is neither JavaScript nor JSON.
    importmap,     ///< JSON whose texts are addresses of modules.
    lost,          ///< Can't be followed any further.

    // Of attributes that libraries read.
    json_or_js,  ///< JSON, or JavaScript behind "js:".
    text_or_js,  ///< Text, or JavaScript behind "js:".
    trigger,     ///< Names of events, with JavaScript in brackets.
    js_markup,   ///< JavaScript whose result becomes HTML.
    js_bound,    ///< JavaScript whose result becomes a URL, a program, or attributes of any name.
    hyperscript
  };
  enum class JS : std::uint8_t {
    code,
    slash,  ///< Behind a '/' that may begin a comment.
    double_quoted,
    single_quoted,
    template_literal,
    template_dollar,  ///< Behind '$' in one.
    regex,
    regex_class,
    line_comment,
    block_comment,
    block_comment_star
  };
  /// What a '/' means next.
  enum class Slash : std::uint8_t { regex, division, unknown };
  enum class CSS : std::uint8_t {
    code,
    slash,
    double_quoted,
    single_quoted,
    comment,
    comment_star,
    url_open,
    url,
    url_double_quoted,
    url_single_quoted
  };
  enum class URL : std::uint8_t {
    start,
    maybe_start,      ///< At the start or behind something, by the branch that was taken.
    scheme,           ///< Behind letters that a ':' would make a scheme.
    after_value,      ///< Behind a value that stands at the start.
    slash,            ///< Behind a '/' at the start.
    authority_start,  ///< Behind "//" or "https:", where no byte of a host stands yet.
    authority,
    maybe_authority,  ///< There, at the start or in a path, by the branch that was taken.
    path,
    query,
    fragment,
    code  ///< javascript:, data:
  };
  enum class Item : std::uint8_t { start, url, descriptor };  ///< Of a srcset.
  /// The word in front of a name in a script.
  enum class Before : std::uint8_t { other, for_, import_ };

  State state = State::text;
  Element element = Element::other;  ///< Of the tag or the raw text.
  bool is_end_tag = false;
  Quote quote = Quote::none;
  Language language = Language::plain;
  Language attribute = Language::plain;  ///< Of the attribute whose value follows.
  ShortWord name;                        ///< Of a tag, an attribute, a declaration.
  std::uint8_t dashes = 0;               ///< In front, in comments.
  std::uint8_t brackets = 0;             ///< The same in CDATA.
  std::uint8_t foreign = 0;              ///< How many <svg> and <math> are open.
  std::uint8_t script_comment = 0;       ///< 1: in "<!--", 2: and in "<script".
  bool has_open_reference = false;       ///< The text ended in "&am".
  bool drops_line_end = false;           ///< Behind <pre> or <textarea>, which drop one line end.

  // What the tag has told so far.
  Language script = Language::js;
  bool has_type = false;
  bool is_refresh = false;
  bool loads_code = false;   ///< Of an animation: it may change a URL.
  bool wrote_value = false;  ///< Of an attribute whose meaning another decides.

  // Inside of a value or of raw text.
  JS js = JS::code;
  Slash slash = Slash::regex;
  bool is_escaped = false;  ///< Behind a backslash.
  bool is_member = false;   ///< Behind '.'.
  bool has_ended = false;   ///< The name before this place: a blank or a comment followed.
  Before before = Before::other;
  Slash sign = Slash::regex;  ///< What a '/' meant in front of '+' or '-'.
  bool is_glued = false;      ///< Behind a name that a branch wrote.
  char last = 0;              ///< Part of "<!--", "-->" or "++".
  bool has_code_in_line = false;
  std::uint64_t parens = 0;  ///< One bit for each open '(': whether `if` or so stands before it.
  std::uint64_t import_parens = 0;  ///< The same: whether it is in an `import(`.
  std::uint8_t paren_count = 0;     ///< Of a trigger: open brackets.
  bool is_module_string = false;    ///< In the address of an `import`.
  std::uint8_t template_depth = 0;
  std::array<std::uint8_t, 4> template_braces{};
  CSS css = CSS::code;
  bool is_import = false;  ///< In an @import.
  URL url = URL::start;
  Item item = Item::start;
  bool has_markup = false;  ///< In a srcdoc that has text of its own.
  ShortWord word;           ///< The name before this place, the scheme, the value of a `type`.

  bool operator==(const HTMLContext&) const = default;
};

/// What a file of this name begins with: HTML text for .html, .htm and .svg, code for .js, .css and
/// .json; State::none for others.
HTMLContext initial_context(std::string_view file_name);

/// How a value is written.
enum class Escape : std::uint8_t {
  html,                 ///< Text between tags: a Markup stays as it is.
  text,                 ///< The same for a Markup too: attributes, title, textarea.
  html_first,           ///< html, where a line end at the beginning would be dropped.
  text_first,           ///< The same for text.
  text_not_js,          ///< text, which must not begin with "js:".
  word,                 ///< A name or a number.
  url,                  ///< The beginning of a URL or all of it.
  resource_url,         ///< The same where code comes from.
  resource_more,        ///< Behind a value that begins one.
  resource_first_part,  ///< Behind the "/" that begins one.
  module_url,           ///< resource_url in a string of an importmap.
  url_more,             ///< Behind a value that begins a URL.
  url_first_part,       ///< Behind "/", which must not become "//".
  url_part,             ///< In a URL's path.
  url_component,        ///< In a query or a fragment.
  url_encoded,          ///< The same for what is encoded already.
  srcset,
  js_value,
  js_attribute,  ///< The same inside of an attribute.
  js_string,
  js_attribute_string,
  css_value,
  css_attribute_value,
  css_string,
  css_url,
  css_url_part,
  css_url_component,
  srcdoc
};

/// Why no value can stand somewhere.
enum class Refusal : std::uint8_t {
  unquoted,
  tag_name,
  attribute_name,
  comment,
  raw_element,
  script_type,
  template_literal,
  regex,
  glued_name,
  code_url,
  css_import,
  deciding_attribute,
  animation,
  srcdoc_markup,
  open_reference,
  module_address,
  authority,
  bound_markup,
  bound_attribute,
  other_language,
  lost
};

/// What `{{ }}` means in a context.
struct Placement {
  Escape escape = Escape::html;
  std::optional<Refusal> refusal;
};
Placement placement(const HTMLContext& context);

/// The context behind a value.
HTMLContext after_output(const HTMLContext& context);

/// What is wrong with literal text.
enum class TextProblem : std::uint8_t {
  not_separated,   ///< Something is glued to an attribute or a branch in a tag.
  dynamic_scheme,  ///< ':' behind a value that begins a URL.
  decided_late,    ///< rel or http-equiv behind the value that it is about.
  foreign_tag      ///< '<' in <style> or so in <svg>.
};

/// The context behind a text.
struct Advance {
  HTMLContext context;
  /// The first problem and where it is.
  std::optional<TextProblem> problem = {};
  std::size_t problem_at = 0;
  /// Where the last tag, comment or raw element was opened; npos: not in this text.
  std::size_t tag_at = std::string_view::npos;
  /// Where the value, or what is in the raw element (a string, a comment), was opened.
  std::size_t inner_at = std::string_view::npos;
};
Advance advance_over(const HTMLContext& context, std::string_view text, const EscapeRules& rules);
/// The same for a project that says nothing about escaping.
Advance advance_over(const HTMLContext& context, std::string_view text);

/// The context behind two branches; nothing if what follows would mean different things.
/// Differences that don't matter are settled for what is safe in both.
std::optional<HTMLContext> join(const HTMLContext& a, const HTMLContext& b);

/// Whether a page may end here.
bool is_complete(const HTMLContext& context);

/// "inside a tag", "in the value of an attribute", "in a string of a script".
std::string_view describe(const HTMLContext& context);
/// The same, with what makes `context` another place than one of the same description.
std::string describe_beside(const HTMLContext& context, const HTMLContext& other);

}  // namespace bora::lang
