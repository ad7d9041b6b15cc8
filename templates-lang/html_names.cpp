#include "templates-lang/html_names.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "runtime/text/characters.h"
#include "templates-lang/characters.h"

namespace bora::lang {
namespace {

using Element = HTMLContext::Element;
using Language = HTMLContext::Language;

constexpr std::pair<std::string_view, Element> kElements[] = {
    {"animate", Element::animation},
    {"animatecolor", Element::animation},
    {"base", Element::base},
    {"embed", Element::embed},
    {"iframe", Element::iframe},
    {"link", Element::link},
    {"listing", Element::preformatted},
    {"math", Element::math},
    {"meta", Element::meta},
    {"noembed", Element::noembed},
    {"noframes", Element::noframes},
    {"object", Element::object},
    {"plaintext", Element::plaintext},
    {"pre", Element::preformatted},
    {"script", Element::script},
    {"set", Element::animation},
    {"style", Element::style},
    {"svg", Element::svg},
    {"textarea", Element::textarea},
    {"title", Element::title},
    {"xmp", Element::xmp},
};

// Attributes that are URLs on any element. In HTML, most of them belong to one element only.
constexpr std::string_view kURLAttributes[] = {
    "action", "background", "cite", "href", "longdesc", "formaction", "ping", "poster", "src"};
constexpr std::string_view kURLAttributesOfCustomElements[] = {"href", "src"};
constexpr std::string_view kURLAttributesOfObjects[] = {"classid", "codebase"};

// A name that begins with "on" is an event, which browsers may add later, except for these words.
constexpr std::string_view kNoEvents[] = {"on",    "on-",        "once",     "one",    "ongoing",
                                          "onion", "online",     "only",     "onset",  "onsite",
                                          "onto",  "onboarding", "ontology", "onward", "onwards"};

constexpr std::string_view kJavaScriptTypes[] = {"",
                                                 "module",
                                                 "application/ecmascript",
                                                 "application/javascript",
                                                 "application/x-ecmascript",
                                                 "application/x-javascript",
                                                 "text/ecmascript",
                                                 "text/javascript",
                                                 "text/javascript1.0",
                                                 "text/javascript1.1",
                                                 "text/javascript1.2",
                                                 "text/javascript1.3",
                                                 "text/javascript1.4",
                                                 "text/javascript1.5",
                                                 "text/jscript",
                                                 "text/livescript",
                                                 "text/x-ecmascript",
                                                 "text/x-javascript"};

// What these links lead to may be shown or followed, but not run in the page.
constexpr std::string_view kHarmlessRelations[] = {
    "alternate", "apple-touch-icon", "author",    "bookmark",
    "canonical", "dns-prefetch",     "external",  "help",
    "icon",      "license",          "mask-icon", "me",
    "next",      "nofollow",         "noopener",  "noreferrer",
    "pingback",  "preconnect",       "prev",      "search",
    "shortcut",  "shortlink",        "tag",       "webmention"};

constexpr std::string_view kCodeSchemes[] = {"blob",       "data",  "filesystem", "javascript",
                                             "livescript", "mocha", "vbscript",   "view-source"};

// All references to one ASCII character.
constexpr std::pair<std::string_view, char> kReferences[] = {
    {"AMP", '&'},      {"DiacriticalGrave", '`'},
    {"GT", '>'},       {"Hat", '^'},
    {"LT", '<'},       {"NewLine", '\n'},
    {"QUOT", '"'},     {"Tab", '\t'},
    {"UnderBar", '_'}, {"VerticalLine", '|'},
    {"amp", '&'},      {"apos", '\''},
    {"ast", '*'},      {"bsol", '\\'},
    {"colon", ':'},    {"comma", ','},
    {"commat", '@'},   {"dollar", '$'},
    {"equals", '='},   {"excl", '!'},
    {"grave", '`'},    {"gt", '>'},
    {"lbrace", '{'},   {"lbrack", '['},
    {"lcub", '{'},     {"lowbar", '_'},
    {"lpar", '('},     {"lsqb", '['},
    {"lt", '<'},       {"midast", '*'},
    {"num", '#'},      {"percnt", '%'},
    {"period", '.'},   {"plus", '+'},
    {"quest", '?'},    {"quot", '"'},
    {"rbrace", '}'},   {"rbrack", ']'},
    {"rcub", '}'},     {"rpar", ')'},
    {"rsqb", ']'},     {"semi", ';'},
    {"sol", '/'},      {"verbar", '|'},
    {"vert", '|'},
};
// Browsers accept these also without ';'.
constexpr std::string_view kBareReferences[] = {"AMP", "GT", "LT", "QUOT",
                                                "amp", "gt", "lt", "quot"};
constexpr std::size_t kLongestReference = 32;
constexpr char kNotASCII = '\x80';

template <class Range>
bool contains(const Range& range, std::string_view name) {
  return std::find(std::begin(range), std::end(range), name) != std::end(range);
}

bool is_event(std::string_view name) {
  return name.starts_with("on") && !contains(kNoEvents, name);
}

// Whether an attribute of the page's own, "data-href" or "data-photo-url", is probably used as a
// URL by a script.
bool is_custom_url(std::string_view name) {
  if (!name.starts_with("data-")) return false;
  const std::string_view last = name.substr(name.rfind('-') + 1);
  return last == "src" || last == "href" || last == "url" || last == "uri";
}

// Reads the number after "&#", which may be longer than any number type.
char numeric_character(std::string_view digits, std::uint32_t base) {
  std::uint32_t value = 0;
  for (const char c : digits) {
    const char lower = to_lower(c);
    const auto digit = static_cast<std::uint32_t>(lower >= 'a' ? lower - 'a' + 10 : lower - '0');
    value = std::min<std::uint32_t>(value * base + digit, 0x110000);
  }
  return value == 0 || value > 0x7f ? kNotASCII : static_cast<char>(value);
}

Reference read_number(std::string_view text) {
  const bool is_hex = text.size() > 2 && (text[2] == 'x' || text[2] == 'X');
  const std::size_t begin = is_hex ? 3 : 2;
  std::size_t end = begin;
  const auto is_digit = [&](char c) {
    const char lower = to_lower(c);
    return (c >= '0' && c <= '9') || (is_hex && lower >= 'a' && lower <= 'f');
  };
  while (end < text.size() && is_digit(text[end])) ++end;
  if (end == begin) return {};
  const char character = numeric_character(text.substr(begin, end - begin), is_hex ? 16 : 10);
  return {end + (end < text.size() && text[end] == ';' ? 1 : 0), character};
}

}  // namespace

Element element_of(std::string_view name) {
  const auto* const found = std::find_if(std::begin(kElements), std::end(kElements),
                                         [&](const auto& known) { return known.first == name; });
  if (found != std::end(kElements)) return found->second;
  return name.find('-') == std::string_view::npos ? Element::other : Element::custom;
}

std::string_view raw_element_name(Element element) {
  const auto* const found =
      std::find_if(std::begin(kElements), std::end(kElements),
                   [&](const auto& known) { return known.second == element; });
  return found == std::end(kElements) ? std::string_view() : found->first;
}

Language html_attribute_language(Element element, std::string_view name) {
  if (is_event(name)) return Language::js;
  if (name == "style") return Language::css;
  if (name == "srcset" || name == "imagesrcset") return Language::url_list;
  if (name == "srcdoc") return Language::markup;
  if (element == Element::script && name == "type") return Language::type;
  if (element == Element::link && name == "rel") return Language::relation;
  if (element == Element::meta && name == "http-equiv") return Language::http_equiv;
  if (element == Element::meta && name == "content") return Language::refresh;
  if (element == Element::animation) {
    if (name == "attributename") return Language::animated;
    if (name == "values") return Language::animated_values;
    if (name == "from" || name == "to" || name == "by") return Language::url;
  }
  const std::size_t colon = name.rfind(':');
  const std::string_view local = colon == std::string_view::npos ? name : name.substr(colon + 1);
  const bool is_svg_script = element == Element::script && local == "href";
  if (is_svg_script ||
      (name == "src" && (element == Element::script || element == Element::embed)) ||
      (name == "data" && element == Element::object) ||
      (local == "href" && (element == Element::base || element == Element::link)) ||
      name == "xml:base") {
    return Language::resource;
  }
  const bool is_url = element == Element::custom ? contains(kURLAttributesOfCustomElements, local)
                                                 : contains(kURLAttributes, local);
  const bool is_of_object = element == Element::object && contains(kURLAttributesOfObjects, name);
  return is_url || is_of_object ? Language::url : Language::plain;
}

Language attribute_language(Element element, std::string_view name, const EscapeRules& rules) {
  // ":href" is an attribute of a library; "xlink:href" is not.
  if (name.find(':') != std::string_view::npos) {
    if (const auto library = library_attribute_language(element, name, rules)) return *library;
  }
  const Language html = html_attribute_language(element, name);
  if (html != Language::plain) return html;
  if (const auto own = rules.language_of(name)) return *own;
  if (const auto library = library_attribute_language(element, name, rules)) return *library;
  return is_custom_url(name) ? Language::url : Language::plain;
}

Language script_language(std::string_view type) {
  if (contains(kJavaScriptTypes, type)) return Language::js;
  if (type == "importmap") return Language::importmap;
  const bool is_json = type == "application/json" || type == "text/json" ||
                       type == "speculationrules" || type.ends_with("+json");
  return is_json ? Language::json : Language::other_script;
}

bool is_code_relation(std::string_view relation) {
  if (relation.empty()) return true;
  while (!relation.empty()) {
    const std::size_t begin = relation.find_first_not_of(" \t\n\f\r");
    if (begin == std::string_view::npos) return false;
    relation.remove_prefix(begin);
    const std::size_t end = std::min(relation.find_first_of(" \t\n\f\r"), relation.size());
    if (!contains(kHarmlessRelations, relation.substr(0, end))) return true;
    relation.remove_prefix(end);
  }
  return false;
}

bool is_code_scheme(std::string_view scheme) {
  return contains(kCodeSchemes, scheme);
}

Reference read_reference(std::string_view text) {
  if (text.size() > 1 && text[1] == '#') return read_number(text);
  std::size_t end = 1;
  while (end < text.size() && end <= kLongestReference && text::is_alphanumeric(text[end])) ++end;
  const std::string_view name = text.substr(1, end - 1);
  if (name.empty()) return {};
  const bool is_closed = end < text.size() && text[end] == ';';
  const bool is_equation = end < text.size() && text[end] == '=';
  if (!is_closed && (is_equation || !contains(kBareReferences, name))) return {};
  const auto* const found = std::find_if(std::begin(kReferences), std::end(kReferences),
                                         [&](const auto& known) { return known.first == name; });
  const char character = found == std::end(kReferences) ? kNotASCII : found->second;
  return {end + (is_closed ? 1 : 0), character};
}

bool may_become_reference(std::string_view text) {
  if (text.size() > kLongestReference) return false;
  const std::size_t begin = text.size() > 1 && text[1] == '#' ? 2 : 1;
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(std::min(begin, text.size())),
                     text.end(), text::is_alphanumeric);
}

}  // namespace bora::lang
