#include "templates-lang/context_messages.h"

#include <algorithm>

#include "templates-lang/characters.h"
#include "templates-lang/codes.h"

namespace bora::lang {

ContextMessage message_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::unquoted:
      return {codes::kUnquotedValue, "a value stands in an attribute without quotes",
              "put quotes around it: NAME=\"{{ … }}\""};
    case Refusal::tag_name:
      return {codes::kInTagName, "a value can't be the name of a tag",
              "choose between written tags with '{% if %}'"};
    case Refusal::attribute_name:
      return {codes::kInAttributeName, "a value can't be the name of an attribute",
              "write the name, and what depends on data in quotes after it or in '{% if %}'"};
    case Refusal::comment:
      return {codes::kInComment, "a value can't stand in a comment",
              "take it out; '{# … #}' is a comment that is not sent"};
    case Refusal::raw_element:
      return {codes::kInRawElement, "a value can't stand in this element, where nothing is escaped",
              "use an element whose text can be escaped, such as <pre>"};
    case Refusal::script_type:
      return {codes::kInOtherScript,
              "a value can't stand in a script that is neither JavaScript nor JSON",
              "keep HTML for scripts in a <template>, data in a script of type application/json"};
    case Refusal::template_literal:
      return {codes::kInTemplateLiteral, "a value can't stand in a template literal of JavaScript",
              "give it to a variable before it, 'const name = {{ … }};', and write '${name}'"};
    case Refusal::regex:
      return {codes::kInRegex, "a value can't stand in a regular expression",
              "make it of a string: 'new RegExp({{ … }})'"};
    case Refusal::glued_name:
      return {codes::kGluedToName, "a value can't be a part of a name in a script",
              "look it up, 'object[{{ … }}]', or put a blank in front of it"};
    case Refusal::code_url:
      return {codes::kInCodeURL, "a value can't stand in a URL that is itself a program or data",
              "use an event handler or a script, where values can be escaped"};
    case Refusal::css_import:
      return {codes::kInCSSImport, "a value can't stand in an '@' rule that loads style sheets",
              "use <link rel=\"stylesheet\" href=\"{{ … }}\">"};
    case Refusal::deciding_attribute:
      return {codes::kInDecidingAttribute,
              "a value can't stand in an attribute that decides what others mean",
              "choose between written attributes with '{% if %}'"};
    case Refusal::animation:
      return {codes::kInAnimation, "a value can't decide what an animation changes",
              "choose between written animations with '{% if %}'"};
    case Refusal::srcdoc_markup:
      return {codes::kInSrcdocMarkup, "a value can't stand beside other text in a srcdoc",
              "render the inner page to a Markup and write 'srcdoc=\"{{ … }}\"'"};
    case Refusal::open_reference:
      return {codes::kSplitReference, "a value can't be a part of a character reference",
              "write '&amp;' for an ampersand"};
    case Refusal::module_address:
      return {codes::kInModuleAddress, "a value can't be the address of a module",
              "write the address, or choose between written ones with '{% if %}'"};
    case Refusal::authority:
      return {codes::kInResourceHost, "a value can't change the host from which a page loads code",
              "end the host with '/' in front of it, or give the whole URL as one "
              "bora::render::TrustedURL"};
    case Refusal::bound_markup:
      return {codes::kInBoundMarkup, "a value can't stand in JavaScript whose result becomes HTML",
              "write it between the tags of the element, or let 'x-text' or 'v-text' show it"};
    case Refusal::bound_attribute:
      return {codes::kInBoundAttribute,
              "a value can't stand in JavaScript whose result becomes a URL or a program",
              "write the attribute itself with the value in it, without ':' or 'bind'"};
    case Refusal::other_language:
      return {codes::kInOtherLanguage,
              "a value can't stand in the code of a library that is not JavaScript",
              "keep it in an attribute of its own, data-name=\"{{ … }}\", and read that"};
    case Refusal::lost:
      return {codes::kLostContext, "it is not certain what a value would mean here",
              "a string or an expression before it does not end in its line, or a '/' after '}' "
              "or 'of' may divide or begin a regular expression; write it otherwise, or values "
              "first"};
  }
  return {codes::kLostContext, "", ""};
}

ContextMessage message_of(TextProblem problem) {
  switch (problem) {
    case TextProblem::not_separated:
      return {codes::kNotSeparated, "what stands here is glued to what a branch may have written",
              "put a blank in front of it"};
    case TextProblem::dynamic_scheme:
      return {codes::kDynamicScheme, "this ':' would make the value before it a URL's scheme",
              "write the scheme, 'https:', or give the whole beginning of the URL as one value"};
    case TextProblem::decided_late:
      return {codes::kDecidedLate, "this attribute decides about a value that stands before it",
              "write it in front of the attribute with the value"};
    case TextProblem::foreign_tag:
      return {codes::kForeignTag, "inside of <svg> and <math> browsers read a tag here",
              "write '<' as '\\3c' or so, and end every element by an end tag"};
  }
  return {codes::kLostContext, "", ""};
}

std::optional<std::string> quoted_attribute(const Output& output, const Template& file) {
  constexpr std::size_t longest = 60;
  const std::string_view source = file.source->text();
  const std::string_view tag = file.source->text(output.tag);
  std::size_t begin = output.tag.begin;
  const auto is_part = [&](char c) { return !is_blank(c) && c != '<' && c != '"' && c != '\''; };
  while (begin > 0 && is_part(source[begin - 1])) --begin;
  const std::string_view written = source.substr(begin, output.tag.begin - begin);
  const std::size_t equals = written.find('=');
  const bool is_fit = equals != 0 && equals != std::string_view::npos &&
                      written.find('}') == std::string_view::npos &&
                      written.size() + tag.size() < longest &&
                      tag.find('\n') == std::string_view::npos;
  if (!is_fit) return std::nullopt;
  return "write it with quotes: " + std::string(written.substr(0, equals + 1)) + '"' +
         std::string(written.substr(equals + 1)) + std::string(tag) + '"';
}

std::uint32_t source_offset(const Text& text, std::string_view source, std::size_t offset) {
  if (text.text.size() == text.span.size()) {
    return text.span.begin + static_cast<std::uint32_t>(offset);
  }
  std::size_t at = text.span.begin;
  const std::size_t end = text.span.end;
  for (std::size_t i = 0; i <= offset && at < end; ++i) {
    const char c = text.text[i];
    if (is_blank(c)) {
      while (at < end && is_blank(source[at])) ++at;
    } else {
      while (at < end && source[at] != c) ++at;
      ++at;
    }
  }
  return static_cast<std::uint32_t>(std::min(at, end)) - (at > text.span.begin ? 1 : 0);
}

}  // namespace bora::lang
