#include "compiler/routes/escape_section.h"

#include <algorithm>
#include <utility>

#include "compiler/routes/codes.h"
#include "templates-lang/characters.h"

namespace bora::compiler {
namespace {

using lang::EscapeRules;
using Kind = TomlValue::Kind;

const TableReader::Keys kKeys = {{"attributes", "url_schemes", "without"}, {}};

/// "'a', 'b' and 'c'".
std::string listed(const std::vector<std::string>& words) {
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) list += i + 1 == words.size() ? " and " : ", ";
    list += "'" + words[i] + "'";
  }
  return list;
}

std::string help_for(const std::string& word, const std::vector<std::string>& known) {
  const std::string nearest = lang::nearest_name(word, known);
  return nearest.empty() ? "there are " + listed(known) : "did you mean '" + nearest + "'?";
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), lang::to_lower);
  return text;
}

class EscapeReader {
 public:
  explicit EscapeReader(TableReader& table) : table_(table) {}

  EscapeRules read(const TomlValue& section) {
    table_.check_keys(section, kKeys, codes::kUnknownKey, "key");
    for (const Text& name : table_.strings(section, "without", "a library")) read_library(name);
    for (Text& scheme : table_.strings(section, "url_schemes", "a scheme")) {
      read_scheme(std::move(scheme));
    }
    if (const TomlEntry* found = table_.find(section, "attributes", Kind::table)) {
      for (const TomlEntry& entry : found->value.entries) read_attribute(entry);
    }
    return std::move(rules_);
  }

 private:
  void read_library(const Text& name) {
    if (const auto library = lang::library_of(name.text)) {
      rules_.is_unused[static_cast<std::size_t>(*library)] = true;
      return;
    }
    report(name.span,
           "'" + TableReader::printable(name.text) + "' is not a library that Bora knows",
           help_for(name.text, lang::library_names()));
  }

  void read_scheme(Text scheme) {
    if (scheme.text.ends_with(':')) scheme.text.pop_back();
    scheme.text = lower(std::move(scheme.text));
    if (lang::can_allow_scheme(scheme.text)) {
      rules_.url_schemes.push_back(std::move(scheme.text));
      return;
    }
    report(scheme.span,
           "URLs of the scheme '" + TableReader::printable(scheme.text) + "' can't be allowed",
           "schemes of links, such as 'sms' or 'geo'; for one URL that is data or a program give a "
           "bora::render::TrustedURL");
  }

  void read_attribute(const TomlEntry& entry) {
    const std::string name = lower(entry.key);
    if (!table_.check_kind(entry.value, Kind::string, "the language of an attribute")) return;
    const auto language = lang::attribute_language_named(entry.value.text);
    if (!is_attribute_name(name)) {
      report(entry.key_span,
             "'" + TableReader::printable(entry.key) + "' is not the name of an attribute",
             "such as 'data-bind', or 'up-on-*' for all that begin with 'up-on-'");
    } else if (lang::is_attribute_of_html(name)) {
      report(entry.key_span, "'" + name + "' has its meaning from HTML",
             "only attributes that HTML does not define can be given one");
    } else if (!language) {
      report(entry.value.span,
             "'" + TableReader::printable(entry.value.text) +
                 "' is nothing that an attribute can hold",
             help_for(entry.value.text, lang::attribute_language_names()));
    } else {
      rules_.attributes[name] = *language;
    }
  }

  // The name may end in one '*', after at least one character. The limit is that of the names that
  // contexts keep.
  static bool is_attribute_name(std::string_view name) {
    constexpr std::size_t kLongest = 30;
    if (name.ends_with('*')) name.remove_suffix(1);
    const auto is_bad = [](char c) {
      return static_cast<unsigned char>(c) <= ' ' || c == '\x7f' ||
             std::string_view("\"'<>/=*").find(c) != std::string_view::npos;
    };
    return !name.empty() && name.size() <= kLongest && std::ranges::none_of(name, is_bad);
  }

  void report(lang::Span span, std::string message, std::string help) {
    table_.report(codes::kBadEscape, span, std::move(message), std::move(help));
  }

  TableReader& table_;
  EscapeRules rules_;
};

}  // namespace

EscapeRules read_escape_section(TableReader& table, const TomlValue& section) {
  return EscapeReader(table).read(section);
}

}  // namespace bora::compiler
