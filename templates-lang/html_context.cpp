// The tokenizer. It follows the states of the HTML standard, with those left out that make no
// difference to what a value means.

#include "templates-lang/html_context.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/text/characters.h"
#include "templates-lang/characters.h"
#include "templates-lang/escape_rules.h"
#include "templates-lang/html_names.h"
#include "templates-lang/html_values.h"

namespace bora::lang {
namespace {

using Element = HTMLContext::Element;
using Language = HTMLContext::Language;
using Quote = HTMLContext::Quote;
using State = HTMLContext::State;

constexpr std::size_t kNowhere = std::string_view::npos;
constexpr std::uint8_t kCommentStart = 5;  // a value of HTMLContext::dashes

bool is_raw_element(Element element) {
  switch (element) {
    case Element::title:
    case Element::textarea:
    case Element::style:
    case Element::script:
    case Element::iframe:
    case Element::noembed:
    case Element::noframes:
    case Element::xmp:
    case Element::plaintext:
      return true;
    default:
      return false;
  }
}

bool is_in_tag(State state) {
  switch (state) {
    case State::tag_name:
    case State::before_attribute:
    case State::glued:
    case State::attribute_name:
    case State::after_attribute_name:
      return true;
    default:
      return false;
  }
}

class Tokenizer {
 public:
  Tokenizer(const HTMLContext& context, std::string_view text, const EscapeRules& rules)
      : context_(context), text_(text), rules_(rules) {}

  Advance run() {
    if (context_.state == State::none || context_.state == State::dead ||
        context_.state == State::lost) {
      return {context_};
    }
    if (context_.has_open_reference && !text_.empty()) close_reference();
    while (at_ < text_.size()) step();
    return {context_, problem_, problem_at_, tag_at_, inner_at_};
  }

 private:
  [[nodiscard]] char current() const { return text_[at_]; }

  void report(TextProblem problem) {
    if (problem_) return;
    problem_ = problem;
    problem_at_ = at_;
  }

  void go(State state) { context_.state = state; }
  // Changes the state, which then reads the same character.
  void again(State state) {
    context_.state = state;
    is_again_ = true;
  }

  void step() {
    is_again_ = false;
    context_.drops_line_end = false;
    one();
    if (!is_again_) ++at_;
  }

  void one() {
    const char c = current();
    switch (context_.state) {
      case State::none:
      case State::lost:
      case State::dead:
        return;
      case State::text:
        return in_text();
      case State::tag_open:
        return tag_open(c);
      case State::end_tag_open:
        return end_tag_open(c);
      case State::tag_name:
        return tag_name(c);
      case State::before_attribute:
        return before_attribute(c);
      case State::glued:
        return glued(c);
      case State::attribute_name:
        return attribute_name(c);
      case State::after_attribute_name:
        return after_attribute_name(c);
      case State::before_value:
        return before_value(c);
      case State::value:
        return value(c);
      case State::self_closing:
        return self_closing(c);
      case State::markup_declaration:
        return markup_declaration(c);
      case State::comment:
        return comment(c);
      case State::bogus_comment:
      case State::doctype:
        if (c == '>') to_text();
        return;
      case State::cdata:
        return cdata(c);
      default:
        return raw(c);
    }
  }

  // Between tags.

  void in_text() {
    const void* found = std::memchr(text_.data() + at_, '<', text_.size() - at_);
    if (found == nullptr) {
      at_ = text_.size() - 1;
      return;
    }
    at_ = static_cast<std::size_t>(static_cast<const char*>(found) - text_.data());
    tag_at_ = at_;
    inner_at_ = kNowhere;
    go(State::tag_open);
  }

  void to_text() {
    context_.name.clear();
    context_.dashes = 0;
    context_.brackets = 0;
    go(State::text);
  }

  void tag_open(char c) {
    if (text::is_letter(c)) return begin_tag(c, false);
    if (c == '/') return go(State::end_tag_open);
    if (c == '!') return go(State::markup_declaration);
    if (c == '?') return go(State::bogus_comment);
    again(State::text);
  }

  void end_tag_open(char c) {
    if (text::is_letter(c)) return begin_tag(c, true);
    go(c == '>' ? State::text : State::bogus_comment);
  }

  void begin_tag(char c, bool is_end_tag) {
    context_.name.clear();
    context_.name.add(c);
    context_.is_end_tag = is_end_tag;
    go(State::tag_name);
  }

  // Tags.

  void tag_name(char c) {
    if (!text::is_html_space(c) && c != '/' && c != '>') return context_.name.add(c);
    end_tag_name(context_);
    again(State::before_attribute);
  }

 public:
  static void end_tag_name(HTMLContext& context) {
    context.element = element_of(context.name.text());
    context.name.clear();
  }

 private:
  void before_attribute(char c) {
    if (text::is_html_space(c)) return;
    if (c == '>') return end_tag();
    if (c == '/') return go(State::self_closing);
    context_.name.clear();
    context_.name.add(c);  // even a '=', as in browsers
    go(State::attribute_name);
  }

  void glued(char c) {
    if (!text::is_html_space(c) && c != '/' && c != '>') report(TextProblem::not_separated);
    again(State::before_attribute);
  }

  void attribute_name(char c) {
    if (text::is_html_space(c)) return go(State::after_attribute_name);
    if (c == '=') return begin_attribute();
    if (c == '/' || c == '>') return again(State::before_attribute);
    context_.name.add(c);
  }

  void after_attribute_name(char c) {
    if (text::is_html_space(c)) return;
    if (c == '=') return begin_attribute();
    again(State::before_attribute);
  }

  void begin_attribute() {
    const Element element = context_.is_end_tag ? Element::other : context_.element;
    const std::string_view name = context_.name.prefix();
    Language language = attribute_language(element, name, rules_);
    if (language == Language::resource && element == Element::link) {
      language = context_.loads_code ? Language::resource : Language::url;
    }
    // An animation's values are plain only if its attributeName came before them.
    const bool is_harmless = context_.has_type && !context_.loads_code;
    if (element == Element::animation && is_harmless && is_animated_value(name)) {
      language = Language::plain;
    }
    context_.attribute = language;
    context_.name.clear();
    go(State::before_value);
  }

  static bool is_animated_value(std::string_view name) {
    return name == "from" || name == "to" || name == "by" || name == "values";
  }

  void before_value(char c) {
    if (text::is_html_space(c)) return;
    if (c == '>') {
      context_.attribute = Language::plain;
      return again(State::before_attribute);
    }
    begin_language(context_, context_.attribute);
    context_.attribute = Language::plain;
    context_.quote = c == '"' ? Quote::double_ : c == '\'' ? Quote::single_ : Quote::none;
    inner_at_ = at_;
    go(State::value);
    is_again_ = context_.quote == Quote::none;
  }

  void value(char c) {
    const bool is_quoted = context_.quote != Quote::none;
    if (is_quoted ? c == (context_.quote == Quote::double_ ? '"' : '\'')
                  : text::is_html_space(c) || c == '>') {
      return end_value();
    }
    if (is_quoted && context_.language == Language::plain) return skip_value();
    if (c != '&') return feed_inner(c);
    const std::string_view rest = text_.substr(at_);
    if (may_become_reference(rest)) {
      context_.has_open_reference = true;
      at_ = text_.size() - 1;
      return;
    }
    const Reference reference = read_reference(rest);
    feed_inner(reference.size == 0 ? '&' : reference.character);
    if (reference.size > 0) at_ += reference.size - 1;
  }

  // Skips up to the closing quote.
  void skip_value() {
    const char quote = context_.quote == Quote::double_ ? '"' : '\'';
    const std::size_t end = std::min(text_.find(quote, at_), text_.size());
    const std::size_t reference = text_.substr(at_, end - at_).rfind('&');
    if (end == text_.size() && reference != kNowhere) {
      context_.has_open_reference = may_become_reference(text_.substr(at_ + reference));
    }
    at_ = end - 1;
  }

  void close_reference() {
    const char c = current();
    const bool goes_on = text::is_letter(c) || is_digit(c) || c == ';' || c == '#';
    context_.has_open_reference = false;
    if (context_.language == Language::plain) return;
    if (goes_on) {
      begin_language(context_, Language::lost);
    } else {
      feed_inner('&');
    }
  }

  void end_value() {
    const bool is_quoted = context_.quote != Quote::none;
    if (context_.language == Language::type) decide_type();
    if (context_.language == Language::relation) decide_relation();
    if (context_.language == Language::http_equiv) decide_refresh();
    if (context_.language == Language::animated) decide_animation();
    end_language(context_);
    context_.quote = Quote::none;
    inner_at_ = kNowhere;
    if (is_quoted) {
      go(State::before_attribute);
    } else {
      again(State::before_attribute);
    }
  }

  // If an attribute occurs twice, browsers take the first.
  void decide_type() {
    if (!std::exchange(context_.has_type, true)) context_.script = script_language(type());
  }
  void decide_relation() {
    if (std::exchange(context_.has_type, true)) return;
    context_.loads_code = is_code_relation(context_.word.text());
    if (context_.loads_code && context_.wrote_value) report(TextProblem::decided_late);
  }
  void decide_refresh() {
    if (std::exchange(context_.has_type, true)) return;
    context_.is_refresh = type() == "refresh";
    if (context_.is_refresh && context_.wrote_value) report(TextProblem::decided_late);
  }

  void decide_animation() {
    if (context_.word.empty()) return;
    context_.loads_code = context_.loads_code || type().ends_with("href");
    context_.has_type = true;
  }

  // Returns the value without blanks around it. "?" stands for one that is too long to be known.
  [[nodiscard]] std::string_view type() const {
    std::string_view word = context_.word.text();
    if (word.empty() && !context_.word.empty()) return "?";
    while (!word.empty() && text::is_html_space(word.front())) word.remove_prefix(1);
    while (!word.empty() && text::is_html_space(word.back())) word.remove_suffix(1);
    return word;
  }

  void self_closing(char c) {
    if (c != '>') return again(State::before_attribute);
    const bool is_root = context_.element == Element::svg || context_.element == Element::math;
    if (context_.foreign > 0 && is_raw_element(context_.element)) {
      report(TextProblem::foreign_tag);
    } else if (is_root) {
      context_.element = Element::other;
    }
    end_tag();
  }

  void end_tag() {
    const Element element = context_.element;
    const bool is_root = element == Element::svg || element == Element::math;
    const Language script = context_.script;
    const bool is_end_tag = context_.is_end_tag;
    if (is_root && is_end_tag && context_.foreign > 0) --context_.foreign;
    if (is_root && !is_end_tag && context_.foreign < 255) ++context_.foreign;
    const std::uint8_t foreign = context_.foreign;
    context_ = {};
    context_.foreign = foreign;
    inner_at_ = kNowhere;
    context_.drops_line_end = !is_end_tag && foreign == 0 &&
                              (element == Element::preformatted || element == Element::textarea);
    const bool is_plain_title = element == Element::title && foreign > 0;
    if (!is_end_tag && is_raw_element(element) && !is_plain_title) begin_raw(element, script);
  }

  void begin_raw(Element element, Language script) {
    go(State::raw);
    context_.element = element;
    if (element == Element::script) begin_language(context_, script);
    if (element == Element::style) begin_language(context_, Language::css);
  }

  // Comments and the like.

  void markup_declaration(char c) {
    if (c == '>') return to_text();
    context_.name.add(c);
    const std::string_view name = context_.name.text();
    constexpr std::string_view kCDATA = "[cdata[";
    if (name == "--") {
      begin_declared(State::comment);
      context_.dashes = kCommentStart;
    } else if (name == kCDATA && context_.foreign > 0) {
      begin_declared(State::cdata);
    } else if (name == "doctype") {
      begin_declared(State::doctype);
    } else if (name != "-" && !kCDATA.starts_with(name) &&
               !std::string_view("doctype").starts_with(name)) {
      begin_declared(State::bogus_comment);
    }
  }

  void begin_declared(State state) {
    context_.name.clear();
    go(state);
  }

  // A comment ends with "-->" or "--!>", and directly after its start also with ">" or "->".
  void comment(char c) {
    constexpr std::uint8_t bang = 3;
    constexpr std::uint8_t start_dash = 4;
    const std::uint8_t dashes = std::exchange(context_.dashes, std::uint8_t{0});
    if (c == '>' && dashes >= 2) return to_text();
    if (c == '!' && dashes == 2) context_.dashes = bang;
    if (c != '-') return;
    if (dashes == kCommentStart) {
      context_.dashes = start_dash;
    } else {
      context_.dashes = dashes == 0 || dashes == bang ? 1 : 2;
    }
  }

  void cdata(char c) {
    const std::uint8_t brackets = std::exchange(context_.brackets, std::uint8_t{0});
    if (c == '>' && brackets == 2) return to_text();
    if (c == ']') context_.brackets = std::min<std::uint8_t>(brackets + 1, 2);
  }

  // Text without tags in it. Text that may be an end tag is given to the inner language as well: if
  // it is one, the inner language ends anyway.

  void raw(char c) {
    switch (context_.state) {
      case State::raw:
        return raw_text(c);
      case State::raw_less_than:
        return raw_less_than(c);
      case State::raw_end_open:
        if (!text::is_letter(c)) return again(State::raw);
        context_.name.clear();
        go(State::raw_end_name);
        return raw_end_name(c);
      case State::raw_end_name:
        return raw_end_name(c);
      case State::raw_bang:
      case State::raw_bang_dash:
        return raw_bang(c);
      default:
        return raw_start_name(c);
    }
  }

  void raw_text(char c) {
    if (context_.language == Language::plain && c != '<') return skip_raw();
    feed_raw(c);
    if (c == '<') {
      if (context_.element == Element::plaintext) return;
      raw_at_ = at_;
      context_.dashes = 0;
      return go(State::raw_less_than);
    }
    if (context_.script_comment == 0) return;
    if (c == '>' && context_.dashes == 2) context_.script_comment = 0;
    context_.dashes = c == '-' ? std::min<std::uint8_t>(context_.dashes + 1, 2) : std::uint8_t{0};
  }

  void skip_raw() { at_ = std::min(text_.find('<', at_), text_.size()) - 1; }

  void raw_less_than(char c) {
    const bool is_script = context_.element == Element::script;
    if (c == '/') {
      feed_raw(c);
      return go(State::raw_end_open);
    }
    report_foreign();
    if (c == '!' && is_script && context_.script_comment == 0) {
      feed_raw(c);
      return go(State::raw_bang);
    }
    if (text::is_letter(c) && context_.script_comment == 1) {
      context_.name.clear();
      return again(State::raw_start_name);
    }
    again(State::raw);
  }

  // In <svg>, browsers treat <style> and <script> like other elements.
  void report_foreign() {
    if (context_.foreign > 0) report(TextProblem::foreign_tag);
  }

  void raw_end_name(char c) {
    if (text::is_letter(c)) {
      feed_raw(c);
      return context_.name.add(c);
    }
    const bool is_end = (text::is_html_space(c) || c == '/' || c == '>') &&
                        context_.name.text() == raw_element_name(context_.element);
    context_.name.clear();
    if (!is_end) {
      report_foreign();
      return again(State::raw);
    }
    if (context_.script_comment == 2) {
      context_.script_comment = 1;
      return again(State::raw);
    }
    end_raw();
  }

  void end_raw() {
    const std::uint8_t foreign = context_.foreign;
    context_ = {};
    context_.foreign = foreign;
    context_.is_end_tag = true;
    tag_at_ = raw_at_;
    inner_at_ = kNowhere;
    again(State::before_attribute);
  }

  void raw_bang(char c) {
    if (c != '-') return again(State::raw);
    feed_raw(c);
    if (context_.state == State::raw_bang) return go(State::raw_bang_dash);
    context_.script_comment = 1;
    context_.dashes = 2;
    go(State::raw);
  }

  void raw_start_name(char c) {
    if (text::is_letter(c)) {
      feed_raw(c);
      return context_.name.add(c);
    }
    const bool is_script = context_.name.text() == "script";
    context_.name.clear();
    if (is_script && (text::is_html_space(c) || c == '/' || c == '>')) context_.script_comment = 2;
    again(State::raw);
  }

  void feed_raw(char c) {
    if (context_.language != Language::plain) feed_inner(c);
  }

  void feed_inner(char c) {
    const HTMLContext::JS js = context_.js;
    const HTMLContext::CSS css = context_.css;
    const bool was_lost = context_.language == Language::lost;
    if (const auto problem = feed(context_, c)) report(*problem);
    if (context_.state == State::value) return;
    const bool was_code = js == HTMLContext::JS::code && css == HTMLContext::CSS::code && !was_lost;
    const bool is_code = context_.js == HTMLContext::JS::code &&
                         context_.css == HTMLContext::CSS::code &&
                         context_.language != Language::lost;
    if (is_code) {
      inner_at_ = kNowhere;
    } else if (was_code) {
      inner_at_ = at_;
    }
  }

  HTMLContext context_;
  std::string_view text_;
  const EscapeRules& rules_;
  std::size_t at_ = 0;
  bool is_again_ = false;
  std::optional<TextProblem> problem_;
  std::size_t problem_at_ = 0;
  std::size_t tag_at_ = kNowhere;
  std::size_t inner_at_ = kNowhere;
  std::size_t raw_at_ = kNowhere;
};

Placement refuse(Refusal refusal) {
  return {Escape::html, refusal};
}

Placement raw_placement(const HTMLContext& context) {
  // If a value is empty, dashes before it and a '>' after it could end the "<!--" of a script.
  if (context.script_comment > 0 && context.dashes > 0) return refuse(Refusal::lost);
  switch (context.element) {
    case Element::title:
    case Element::textarea:
      return {context.drops_line_end ? Escape::text_first : Escape::text, {}};
    case Element::style:
    case Element::script:
    case Element::other:
      return language_placement(context);
    default:
      return refuse(Refusal::raw_element);
  }
}

// Moves the context to a place between two attributes, after all names are complete.
void settle_tag(HTMLContext& context) {
  if (context.state == State::tag_name) Tokenizer::end_tag_name(context);
  context.name.clear();
  context.state = State::glued;
}

std::optional<HTMLContext> join_tags(HTMLContext a, HTMLContext b) {
  settle_tag(a);
  settle_tag(b);
  for (bool HTMLContext::* flag :
       {&HTMLContext::is_refresh, &HTMLContext::loads_code, &HTMLContext::wrote_value}) {
    a.*flag = b.*flag = a.*flag || b.*flag;
  }
  a.has_type = b.has_type = a.has_type && b.has_type;
  return a == b ? std::optional(a) : std::nullopt;
}

std::string_view describe_js(const HTMLContext& context) {
  switch (context.js) {
    case HTMLContext::JS::double_quoted:
    case HTMLContext::JS::single_quoted:
      return "in a string of a script";
    case HTMLContext::JS::template_literal:
    case HTMLContext::JS::template_dollar:
      return "in a template literal of a script";
    case HTMLContext::JS::regex:
    case HTMLContext::JS::regex_class:
      return "in a regular expression of a script";
    case HTMLContext::JS::line_comment:
    case HTMLContext::JS::block_comment:
    case HTMLContext::JS::block_comment_star:
      return "in a comment of a script";
    default:
      return "in a script";
  }
}

std::string_view describe_css(const HTMLContext& context) {
  switch (context.css) {
    case HTMLContext::CSS::double_quoted:
    case HTMLContext::CSS::single_quoted:
      return "in a string of a style sheet";
    case HTMLContext::CSS::comment:
    case HTMLContext::CSS::comment_star:
      return "in a comment of a style sheet";
    case HTMLContext::CSS::code:
    case HTMLContext::CSS::slash:
      return "in a style sheet";
    default:
      return "in a URL of a style sheet";
  }
}

std::string_view describe_url(const HTMLContext& context) {
  switch (context.url) {
    case HTMLContext::URL::start:
      return "at the beginning of a URL";
    case HTMLContext::URL::scheme:
    case HTMLContext::URL::maybe_start:
    case HTMLContext::URL::after_value:
      return "in the beginning of a URL";
    case HTMLContext::URL::authority_start:
    case HTMLContext::URL::authority:
    case HTMLContext::URL::maybe_authority:
      return "in the host of a URL";
    case HTMLContext::URL::slash:
    case HTMLContext::URL::path:
      return "in the path of a URL";
    case HTMLContext::URL::query:
      return "in the query of a URL";
    case HTMLContext::URL::fragment:
      return "in the fragment of a URL";
    case HTMLContext::URL::code:
      return "in a URL that is a program";
  }
  return "in a URL";
}

std::string_view describe_value(const HTMLContext& context) {
  switch (context.language) {
    case Language::js:
    case Language::js_markup:
    case Language::js_bound:
    case Language::json:
    case Language::json_or_js:
      return describe_js(context);
    case Language::css:
      return describe_css(context);
    case Language::url:
    case Language::resource:
      return describe_url(context);
    case Language::url_list:
      return "in a list of URLs";
    default:
      return "in the value of an attribute";
  }
}

std::string_view name_of_language(Language language) {
  switch (language) {
    case Language::url:
    case Language::resource:
    case Language::refresh:
      return "a URL";
    case Language::url_list:
      return "a list of URLs";
    case Language::css:
      return "CSS";
    case Language::js:
    case Language::js_markup:
    case Language::js_bound:
      return "JavaScript";
    case Language::json:
    case Language::json_or_js:
    case Language::importmap:
      return "JSON";
    case Language::markup:
      return "HTML";
    case Language::hyperscript:
      return "hyperscript";
    case Language::lost:
      return "something that can't be followed";
    default:
      return "plain text";
  }
}

std::string_view describe_raw(const HTMLContext& context) {
  if (context.language == Language::css) return describe_css(context);
  if (context.language == Language::js || context.language == Language::json ||
      context.language == Language::importmap) {
    return describe_js(context);
  }
  switch (context.element) {
    case Element::title:
      return "in a <title>";
    case Element::textarea:
      return "in a <textarea>";
    case Element::script:
      return "in a <script>";
    case Element::style:
      return "in a <style>";
    default:
      return "in an element without tags";
  }
}

}  // namespace

void ShortWord::add(char c) {
  if (size_ < kCapacity) {
    letters_[size_++] = to_lower(c);
  } else {
    size_ = kCapacity + 1;
  }
}

std::string_view ShortWord::text() const {
  return size_ > kCapacity ? std::string_view() : prefix();
}

std::string_view ShortWord::prefix() const {
  return {letters_.data(), std::min(size_, kCapacity)};
}

HTMLContext initial_context(std::string_view file_name) {
  HTMLContext context;
  const auto is = [&](std::string_view ending) { return file_name.ends_with(ending); };
  if (is(".html") || is(".htm") || is(".svg")) return context;
  const Language language = is(".js")     ? Language::js
                            : is(".css")  ? Language::css
                            : is(".json") ? Language::json
                                          : Language::plain;
  context.state = language == Language::plain ? State::none : State::raw;
  begin_language(context, language);
  return context;
}

Placement placement(const HTMLContext& context) {
  switch (context.state) {
    case State::lost:
      return refuse(Refusal::lost);
    case State::none:
    case State::dead:
      return {};
    case State::text:
      return {context.drops_line_end ? Escape::html_first : Escape::html, {}};
    case State::tag_open:
    case State::end_tag_open:
    case State::tag_name:
      return refuse(Refusal::tag_name);
    case State::before_attribute:
    case State::glued:
    case State::attribute_name:
    case State::after_attribute_name:
    case State::self_closing:
      return refuse(Refusal::attribute_name);
    case State::before_value:
      return refuse(Refusal::unquoted);
    case State::value:
      if (context.quote == Quote::none) return refuse(Refusal::unquoted);
      if (context.has_open_reference && context.language != Language::plain) {
        return refuse(Refusal::open_reference);
      }
      return language_placement(context);
    case State::markup_declaration:
    case State::comment:
    case State::bogus_comment:
    case State::doctype:
    case State::cdata:
      return refuse(Refusal::comment);
    case State::raw:
      return raw_placement(context);
    case State::raw_less_than:  // no value in a script begins with '/'
      return context.language == Language::js ? language_placement(context)
                                              : refuse(Refusal::tag_name);
    default:
      return context.language == Language::plain ? refuse(Refusal::tag_name)
                                                 : refuse(Refusal::lost);
  }
}

HTMLContext after_output(const HTMLContext& context) {
  HTMLContext after = context;
  switch (context.state) {
    case State::tag_open:
      after.state = State::tag_name;
      break;
    case State::before_attribute:
    case State::glued:
    case State::self_closing:
      after.state = State::attribute_name;
      break;
    case State::before_value:
      begin_language(after, context.attribute);
      after.attribute = Language::plain;
      after.state = State::value;
      break;
    default:
      break;
  }
  after.has_open_reference = false;
  after.drops_line_end = false;
  if (after.state == State::raw_less_than) after.state = State::raw;
  if (after.state == State::value || after.state == State::raw) after_language_output(after);
  return after;
}

Advance advance_over(const HTMLContext& context, std::string_view text, const EscapeRules& rules) {
  return Tokenizer(context, text, rules).run();
}

Advance advance_over(const HTMLContext& context, std::string_view text) {
  return advance_over(context, text, EscapeRules::none());
}

std::optional<HTMLContext> join(const HTMLContext& a, const HTMLContext& b) {
  if (a == b || b.state == State::dead) return a;
  if (a.state == State::dead) return b;
  if (a.state == State::lost) return a;
  if (b.state == State::lost) return b;
  if (is_in_tag(a.state) && is_in_tag(b.state)) return join_tags(a, b);
  HTMLContext joined = a;
  HTMLContext other = b;
  joined.has_open_reference = other.has_open_reference =
      a.has_open_reference || b.has_open_reference;
  joined.wrote_value = other.wrote_value = a.wrote_value || b.wrote_value;
  joined.drops_line_end = other.drops_line_end = false;
  return join_language(joined, other) ? std::optional(joined) : std::nullopt;
}

bool is_complete(const HTMLContext& context) {
  switch (context.state) {
    case State::none:
    case State::lost:
    case State::dead:
    case State::text:
    case State::tag_open:
      return true;
    case State::raw:
      return context.element == Element::other &&
             (context.language == Language::lost || context.js == HTMLContext::JS::code ||
              context.js == HTMLContext::JS::line_comment) &&
             context.css == HTMLContext::CSS::code;
    default:
      return false;
  }
}

std::string_view describe(const HTMLContext& context) {
  switch (context.state) {
    case State::lost:
      return "in a place that is not known";
    case State::none:
    case State::dead:
    case State::text:
      return "between tags";
    case State::tag_open:
    case State::end_tag_open:
    case State::tag_name:
      return "in the name of a tag";
    case State::before_attribute:
    case State::glued:
    case State::attribute_name:
    case State::after_attribute_name:
    case State::self_closing:
      return "inside a tag";
    case State::before_value:
      return "after the '=' of an attribute";
    case State::value:
      return describe_value(context);
    case State::markup_declaration:
    case State::comment:
    case State::bogus_comment:
      return "in a comment";
    case State::doctype:
      return "in a doctype";
    case State::cdata:
      return "in a CDATA section";
    default:
      return describe_raw(context);
  }
}

std::string describe_beside(const HTMLContext& context, const HTMLContext& other) {
  std::string text(describe(context));
  if (text != describe(other)) return text;
  const auto differ = [&](auto HTMLContext::* part) { return context.*part != other.*part; };
  const auto add = [&](std::string_view difference) { text += difference; };
  if (differ(&HTMLContext::quote)) {
    add(context.quote == Quote::double_   ? " in double quotes"
        : context.quote == Quote::single_ ? " in single quotes"
                                          : " without quotes");
  } else if (differ(&HTMLContext::foreign)) {
    add(context.foreign > other.foreign ? " inside of <svg> or <math>" : " outside of it");
  } else if (differ(&HTMLContext::language) || differ(&HTMLContext::attribute)) {
    add(" that is written in " +
        std::string(name_of_language(context.state == State::before_value ? context.attribute
                                                                          : context.language)));
  } else if (differ(&HTMLContext::element)) {
    add(" of another element");
  } else if (differ(&HTMLContext::script)) {
    add(" of a script of another type");
  } else if (differ(&HTMLContext::template_depth) || differ(&HTMLContext::template_braces)) {
    add(" with other braces open");
  } else if (differ(&HTMLContext::is_escaped)) {
    add(context.is_escaped ? " after a backslash" : " after another character");
  } else if (differ(&HTMLContext::word) && !context.word.prefix().empty()) {
    add(" after '" + std::string(context.word.prefix()) + "'");
  } else {
    add(context.word.empty() ? " with nothing in front of it" : " with something else open");
  }
  return text;
}

}  // namespace bora::lang
