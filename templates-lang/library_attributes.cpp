// The meaning that JavaScript libraries give to attributes. docs/escaping.md has the table.

#include <algorithm>

#include "templates-lang/html_names.h"

namespace bora::lang {
namespace {

using Element = HTMLContext::Element;
using Language = HTMLContext::Language;
using Found = std::optional<Language>;

template <class Range>
bool contains(const Range& range, std::string_view name) {
  return std::find(std::begin(range), std::end(range), name) != std::end(range);
}

std::string_view without(std::string_view prefix, std::string_view name) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

/// Returns a name without its modifiers: "x-sort" of "x-sort:item", "title" of "title.camel".
std::string_view stem_of(std::string_view name) {
  return name.substr(0, name.find_first_of(":."));
}

/// Returns the language of `:href="…"`, whose JavaScript gives the attribute `name` its value.
Language bound(Element element, std::string_view name) {
  const std::string_view attribute = stem_of(name);
  constexpr std::string_view kMarkup[] = {"innerhtml", "inner-html", "outerhtml", "outer-html",
                                          "srcdoc"};
  if (contains(kMarkup, attribute)) return Language::js_markup;
  if (attribute.empty() || attribute.front() == '[' || attribute == "is") {
    return Language::js_bound;
  }
  const Language language = html_attribute_language(element, attribute);
  return language == Language::plain || language == Language::css ? Language::js
                                                                  : Language::js_bound;
}

Found alpine(Element element, std::string_view name) {
  constexpr std::string_view kCode[] = {
      "x-anchor", "x-data",      "x-effect", "x-for",  "x-id",        "x-if",
      "x-init",   "x-intersect", "x-model",  "x-on",   "x-modelable", "x-resize",
      "x-show",   "x-sort",      "x-spread", "x-text", "x-trap"};
  name = without("data-", name);
  if (name.starts_with("x-bind:")) return bound(element, name.substr(7));
  if (name == "x-html") return Language::js_markup;
  if (name == "x-bind") return Language::js_bound;
  if (name.starts_with("x-mask:")) return Language::js;
  return contains(kCode, stem_of(name)) ? Found(Language::js) : std::nullopt;
}

Found vue(Element element, std::string_view name) {
  if (name.starts_with('#')) return Language::js;
  if (name.starts_with('.')) return bound(element, name.substr(1));
  if (!name.starts_with("v-")) return std::nullopt;
  if (name.starts_with("v-bind:")) return bound(element, name.substr(7));
  if (stem_of(name) == "v-html") return Language::js_markup;
  return stem_of(name) == "v-bind" ? Language::js_bound : Language::js;
}

// Recognises the short forms that Alpine and Vue share.
Found alpine_or_vue(Element element, std::string_view name) {
  if (name.starts_with('@')) return Language::js;
  return name.starts_with(':') ? Found(bound(element, name.substr(1))) : std::nullopt;
}

Found htmx(std::string_view name) {
  constexpr std::string_view kAddresses[] = {"hx-action",   "hx-delete", "hx-get", "hx-patch",
                                             "hx-post",     "hx-put",    "hx-sse", "hx-ws",
                                             "sse-connect", "ws-connect"};
  name = without("data-", name);
  if (name.starts_with("hx-on")) return Language::js;
  const std::string_view stem = stem_of(name);
  if (contains(kAddresses, stem)) return Language::resource;
  if (stem == "hx-vals" || stem == "hx-headers" || stem == "hx-request" || stem == "hx-config") {
    return Language::json_or_js;
  }
  if (stem == "hx-confirm") return Language::text_or_js;
  if (stem == "hx-trigger") return Language::trigger;
  if (stem == "hx-vars" || stem == "hx-live") return Language::js;
  if (stem == "hx-push-url" || stem == "hx-replace-url") return Language::url;
  return std::nullopt;
}

Found hyperscript(std::string_view name) {
  const bool is_it = name == "_" || name == "script" || name == "data-script";
  return is_it ? Found(Language::hyperscript) : std::nullopt;
}

Found datastar(Element element, std::string_view name) {
  constexpr std::string_view kAlone[] = {"custom-validity", "effect",       "init", "json-signals",
                                         "persist",         "query-string", "show", "replace-url",
                                         "signals",         "text"};
  constexpr std::string_view kWithKeys[] = {"class", "computed", "on", "signals", "style"};
  if (!name.starts_with("data-")) return std::nullopt;
  name = without("star-", name.substr(5));
  const std::string_view all = name.substr(0, name.find("__"));  // without modifiers
  if (contains(kAlone, all.substr(0, all.find('.')))) return Language::js;
  const std::size_t end = std::min(all.find_first_of("-:"), all.size());
  const std::string_view stem = all.substr(0, end);
  const std::string_view key = all.substr(std::min(end + 1, all.size()));
  if (stem == "attr") return bound(element, key);
  const bool is_alone = end == all.size();
  const bool is_code = contains(kWithKeys, stem) && !(is_alone && stem == "on");
  return is_code ? Found(Language::js) : std::nullopt;
}

}  // namespace

Found library_attribute_language(Element element, std::string_view name, const EscapeRules& rules) {
  Found found;
  if (rules.uses(Library::alpine)) found = alpine(element, name);
  if (!found && rules.uses(Library::vue)) found = vue(element, name);
  if (!found && (rules.uses(Library::alpine) || rules.uses(Library::vue))) {
    found = alpine_or_vue(element, name);
  }
  if (!found && rules.uses(Library::htmx)) found = htmx(name);
  if (!found && rules.uses(Library::hyperscript)) found = hyperscript(name);
  if (!found && rules.uses(Library::datastar)) found = datastar(element, name);
  return found;
}

}  // namespace bora::lang
