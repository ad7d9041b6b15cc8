#pragma once

// The context of a place in an HTML page, as a browser's tokenizer will see it: between tags, in
// the value of an attribute, in a string of a script. It decides, while a page is built, how a
// value must be escaped there.
//
// A context is a small value, and pure functions change it. So the checker and code generation,
// which both walk over pages, find the same context.

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bora::lang {

struct EscapeRules;

/// A short word in lower case. For a longer word, only its beginning and the fact that it is longer
/// are known.
class ShortWord {
 public:
  void clear() { *this = {}; }
  void add(char c);
  [[nodiscard]] bool empty() const { return size_ == 0; }
  /// Returns the word; empty if it is too long.
  [[nodiscard]] std::string_view text() const;
  /// Returns the word, or the beginning of a word that is too long.
  [[nodiscard]] std::string_view prefix() const;
  [[nodiscard]] char front() const { return letters_[0]; }  ///< 0 if empty.

  auto operator<=>(const ShortWord&) const = default;

 private:
  static constexpr std::uint8_t kCapacity = 30;

  std::array<char, kCapacity> letters_{};
  std::uint8_t size_ = 0;  // kCapacity + 1 for a word that is too long
};

struct HTMLContext {
  /// The tokenizer's state.
  enum class State : std::uint8_t {
    none,  ///< the page is not HTML
    lost,  ///< after text that can't be followed: no value is certain any more
    dead,  ///< after `{% break %}`: no output gets here
    text,
    tag_open,      ///< after '<'
    end_tag_open,  ///< after "</"
    tag_name,
    before_attribute,  ///< after a blank in a tag
    glued,             ///< after a value or a branch: a blank, '/' or '>' must follow
    attribute_name,
    after_attribute_name,
    before_value,
    value,
    self_closing,  ///< after '/' in a tag
    markup_declaration,
    comment,
    bogus_comment,
    doctype,
    cdata,
    raw,  ///< in the text of an element without tags: title, textarea, style, script, iframe…
    raw_less_than,
    raw_end_open,
    raw_end_name,
    raw_bang,
    raw_bang_dash,
    raw_start_name  ///< in the name of a "<script" in "<!--" in a script
  };
  enum class Quote : std::uint8_t { none, single_, double_ };
  /// The elements that have rules of their own.
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
    custom         ///< with '-' in its name
  };
  /// The language of an attribute's value or an element's text.
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
    type,        ///< an attribute that decides the meaning of others
    relation,    //
    http_equiv,  //
    animated,    ///< attributeName: the attribute that an animation changes
    animated_values,
    other_script,  ///< A script element of a type that is neither JavaScript nor JSON.
    importmap,     ///< JSON whose texts are addresses of modules.
    lost,          ///< can't be followed any further

    // Languages of attributes that libraries read.
    json_or_js,  ///< JSON, or JavaScript after "js:"
    text_or_js,  ///< text, or JavaScript after "js:"
    trigger,     ///< names of events, with JavaScript in brackets
    js_markup,   ///< JavaScript whose result becomes HTML.
    js_bound,    ///< JavaScript whose result becomes a URL, a program, or attributes of any name.
    hyperscript
  };
  enum class JS : std::uint8_t {
    code,
    slash,  ///< after a '/' that may begin a comment
    double_quoted,
    single_quoted,
    template_literal,
    template_dollar,  ///< after '$' in a template
    regex,
    regex_class,
    line_comment,
    block_comment,
    block_comment_star
  };
  /// The meaning of the next '/'.
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
    maybe_start,      ///< at the start or after something, depending on the branch
    scheme,           ///< after letters that a ':' would make a scheme
    after_value,      ///< after a value at the start
    slash,            ///< after a '/' at the start
    authority_start,  ///< after "//" or "https:", before the first byte of a host
    authority,
    maybe_authority,  ///< in the authority, at the start or in a path, depending on the branch
    path,
    query,
    fragment,
    code  ///< javascript:, data:
  };
  enum class Item : std::uint8_t { start, url, descriptor };  ///< in a srcset
  /// The word before a name in a script.
  enum class Before : std::uint8_t { other, for_, import_ };

  State state = State::text;
  Element element = Element::other;  ///< of the tag or the raw text
  bool is_end_tag = false;
  Quote quote = Quote::none;
  Language language = Language::plain;
  Language attribute = Language::plain;  ///< of the attribute whose value follows
  ShortWord name;                        ///< of a tag, an attribute or a declaration
  std::uint8_t dashes = 0;               ///< those directly before this place, in comments
  std::uint8_t brackets = 0;             ///< the same in CDATA
  std::uint8_t foreign = 0;              ///< the number of open <svg> and <math>
  std::uint8_t script_comment = 0;       ///< 1: in "<!--", 2: also in "<script"
  bool has_open_reference = false;       ///< whether the text ended in "&am" or the like
  bool drops_line_end = false;           ///< after <pre> or <textarea>, which drop one line end

  // Facts about the tag so far.
  Language script = Language::js;
  bool has_type = false;
  bool is_refresh = false;
  bool loads_code = false;   ///< for an animation: whether it may change a URL
  bool wrote_value = false;  ///< for an attribute whose meaning another one decides

  // The place inside a value or raw text.
  JS js = JS::code;
  Slash slash = Slash::regex;
  bool is_escaped = false;  ///< after a backslash
  bool is_member = false;   ///< after '.'
  bool has_ended = false;   ///< the name before this place ended: a blank or a comment followed
  Before before = Before::other;
  Slash sign = Slash::regex;  ///< the meaning of a '/' before '+' or '-'
  bool is_glued = false;      ///< after a name that a branch wrote
  char last = 0;              ///< a part of "<!--", "-->" or "++"
  bool has_code_in_line = false;
  std::uint64_t parens = 0;  ///< one bit for each open '(': whether it follows an `if` or the like
  std::uint64_t import_parens = 0;  ///< the same: whether it is in an `import(`
  std::uint8_t paren_count = 0;     ///< the number of open brackets of a trigger
  bool is_module_string = false;    ///< in the string that is the address of an `import`
  std::uint8_t template_depth = 0;
  std::array<std::uint8_t, 4> template_braces{};
  CSS css = CSS::code;
  bool is_import = false;  ///< in an @import
  URL url = URL::start;
  Item item = Item::start;
  bool has_markup = false;  ///< in a srcdoc with text of its own
  ShortWord word;           ///< the name before this place, the scheme, or the value of a `type`

  bool operator==(const HTMLContext&) const = default;
};

/// Returns the context in which a file of this name begins: HTML text for .html, .htm and .svg,
/// code for .js, .css and .json; State::none for others.
HTMLContext initial_context(std::string_view file_name);

/// The way to write a value.
enum class Escape : std::uint8_t {
  html,                 ///< text between tags: a Markup stays as it is
  text,                 ///< the same, but a Markup is escaped too: attributes, title, textarea
  html_first,           ///< html where browsers drop a line end at the beginning
  text_first,           ///< text at such a place
  text_not_js,          ///< text that must not begin with "js:"
  word,                 ///< a name or a number
  url,                  ///< the beginning of a URL, or a whole URL
  resource_url,         ///< the same for a URL of code
  resource_more,        ///< after a value that begins such a URL
  resource_first_part,  ///< after the "/" that begins such a URL
  module_url,           ///< resource_url in a string of an importmap
  url_more,             ///< after a value that begins a URL
  url_first_part,       ///< after "/", which must not become "//"
  url_part,             ///< in a URL's path
  url_component,        ///< in a query or a fragment
  url_encoded,          ///< the same for text that is encoded already
  srcset,
  js_value,
  js_attribute,  ///< the same inside an attribute
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

/// The reason why no value can be at a place.
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

/// The treatment of `{{ }}` in a context.
struct Placement {
  Escape escape = Escape::html;
  std::optional<Refusal> refusal;
};
Placement placement(const HTMLContext& context);

/// Returns the context after a value.
HTMLContext after_output(const HTMLContext& context);

/// A mistake in literal text.
enum class TextProblem : std::uint8_t {
  not_separated,   ///< something directly follows an attribute or a branch in a tag
  dynamic_scheme,  ///< ':' after a value that begins a URL
  decided_late,    ///< rel or http-equiv after the value that it affects
  foreign_tag      ///< '<' in <style> or similar elements in <svg>
};

/// The context after a text.
struct Advance {
  HTMLContext context;
  /// The first problem, and its place.
  std::optional<TextProblem> problem = {};
  std::size_t problem_at = 0;
  /// The place where the last tag, comment or raw element was opened; npos if not in this text.
  std::size_t tag_at = std::string_view::npos;
  /// The place where the value, or the string or comment in a raw element, was opened.
  std::size_t inner_at = std::string_view::npos;
};
Advance advance_over(const HTMLContext& context, std::string_view text, const EscapeRules& rules);
/// The same for a project without rules about escaping.
Advance advance_over(const HTMLContext& context, std::string_view text);

/// Returns the context after two branches; nothing if the text after them would have two meanings.
/// Differences without importance are settled so that the result is safe for both.
std::optional<HTMLContext> join(const HTMLContext& a, const HTMLContext& b);

/// Whether a page may end here.
bool is_complete(const HTMLContext& context);

/// Returns "inside a tag", "in the value of an attribute", "in a string of a script".
std::string_view describe(const HTMLContext& context);
/// The same, with the difference between the contexts if their descriptions are equal.
std::string describe_beside(const HTMLContext& context, const HTMLContext& other);

}  // namespace bora::lang
