#include "templates-lang/escape_rules.h"

#include <algorithm>
#include <utility>

#include "templates-lang/characters.h"
#include "templates-lang/html_names.h"

namespace bora::lang {
namespace {

using Element = HTMLContext::Element;
using Language = HTMLContext::Language;

constexpr std::pair<std::string_view, Library> kLibraries[] = {
    {"alpine", Library::alpine},           {"datastar", Library::datastar}, {"htmx", Library::htmx},
    {"hyperscript", Library::hyperscript}, {"vue", Library::vue},
};

constexpr std::pair<std::string_view, Language> kLanguages[] = {
    {"css", Language::css},    {"html", Language::markup},       {"javascript", Language::js},
    {"json", Language::json},  {"resource", Language::resource}, {"srcset", Language::url_list},
    {"text", Language::plain}, {"url", Language::url},
};

template <class Table>
auto found_in(const Table& table, std::string_view name) {
  using Value = decltype(std::begin(table)->second);
  const auto* const found = std::find_if(std::begin(table), std::end(table),
                                         [&](const auto& row) { return row.first == name; });
  return found == std::end(table) ? std::optional<Value>() : std::optional<Value>(found->second);
}

template <class Table>
std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> names;
  for (const auto& row : table) names.emplace_back(row.first);
  return names;
}

}  // namespace

std::optional<Library> library_of(std::string_view name) {
  return found_in(kLibraries, name);
}

std::vector<std::string> library_names() {
  return names_of(kLibraries);
}

std::optional<Language> EscapeRules::language_of(std::string_view attribute) const {
  const auto exact = attributes.find(attribute);
  if (exact != attributes.end()) return exact->second;
  std::optional<Language> found;
  std::size_t longest = 0;
  for (const auto& [name, language] : attributes) {
    if (!name.ends_with('*') || name.size() <= longest) continue;
    if (!attribute.starts_with(std::string_view(name).substr(0, name.size() - 1))) continue;
    longest = name.size();
    found = language;
  }
  return found;
}

const EscapeRules& EscapeRules::none() {
  static const EscapeRules rules;
  return rules;
}

std::optional<Language> attribute_language_named(std::string_view name) {
  return found_in(kLanguages, name);
}

std::vector<std::string> attribute_language_names() {
  return names_of(kLanguages);
}

bool is_attribute_of_html(std::string_view name) {
  for (const Element element :
       {Element::other, Element::script, Element::link, Element::meta, Element::object,
        Element::embed, Element::base, Element::animation}) {
    if (html_attribute_language(element, name) != Language::plain) return true;
  }
  return false;
}

bool can_allow_scheme(std::string_view scheme) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_part = [&](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  };
  return !scheme.empty() && is_letter(scheme.front()) &&
         std::all_of(scheme.begin(), scheme.end(), is_part) && !is_code_scheme(scheme);
}

}  // namespace bora::lang
