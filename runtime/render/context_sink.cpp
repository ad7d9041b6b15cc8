#include <bora/render/context_sink.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include <bora/core/escape.h>
#include <bora/render/script_sink.h>

#include "runtime/text/characters.h"
#include "runtime/text/hex.h"
#include "runtime/text/percent.h"

namespace bora::render {
namespace {

constexpr const auto& kHex = text::kUpperHex;

/// A set of bytes.
class Bytes {
 public:
  constexpr explicit Bytes(std::string_view others) : is_in_() {
    for (std::size_t i = 0; i < 128; ++i) {
      const char c = static_cast<char>(i);
      is_in_[i] =
          text::is_digit(c) || text::is_letter(c) || others.find(c) != std::string_view::npos;
    }
  }
  [[nodiscard]] constexpr bool has(char c) const { return is_in_[static_cast<unsigned char>(c)]; }

 private:
  std::array<bool, 256> is_in_;
};

// RFC 3986. An apostrophe, which it allows, would end an attribute.
constexpr Bytes kUnreserved("-._~");
constexpr Bytes kPath("-._~/!$&()*+;=:@");
constexpr Bytes kWhole("-._~/!$&()*+,;=:@?#[]");
constexpr Bytes kCSSPath("-._~/!$&+;=:@");
constexpr Bytes kCSSWhole("-._~/!$&+,;=:@?#[]");

void put(Output& out, char c) {
  out.append(std::string_view(&c, 1));
}

void percent(Output& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  const char encoded[] = {'%', kHex[byte >> 4], kHex[byte & 15]};
  out.append(std::string_view(encoded, 3));
}

bool is_encoded(std::string_view text, std::size_t at) {
  return text[at] == '%' && text::is_escape(text, at);
}

/// How '&' in a URL is written: for an attribute; for a style sheet, which may stand in one; for a
/// string of a script.
enum class Ampersand { reference, css_escape, plain };

void put_url(Output& out, std::string_view text, const Bytes& kept,
             Ampersand ampersand = Ampersand::reference) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '&' && kept.has(c) && ampersand != Ampersand::plain) {
      out.append(ampersand == Ampersand::reference ? "&amp;" : "\\26 ");
    } else if (kept.has(c) || is_encoded(text, at)) {
      put(out, c);
    } else {
      percent(out, c);
    }
  }
}

/// Returns the text before the first ':', unless a path, a query or a fragment begins before it.
std::optional<std::string_view> scheme_of(std::string_view url) {
  const std::size_t end = url.find_first_of(":/?#\\");
  if (end == std::string_view::npos || url[end] != ':') return std::nullopt;
  return url.substr(0, end);
}

bool is_allowed(std::string_view url) {
  const auto scheme = scheme_of(url);
  if (!scheme) return true;
  for (const std::string_view known : {"http", "https", "mailto", "tel"}) {
    if (text::equals_ignoring_case(*scheme, known)) return true;
  }
  return false;
}

// "/" could become the first half of "//".
constexpr std::string_view kRootAlone = "/./";

bool put_resource_url(Output& out, std::string_view text, Ampersand ampersand);

// Browsers read '\' as '/'.
bool names_host(std::string_view url) {
  const auto is_slash = [](char c) { return c == '/' || c == '\\'; };
  return url.size() > 1 && is_slash(url[0]) && is_slash(url[1]);
}

// The first ':' could turn the text before it into a scheme, so it is encoded.
std::size_t put_until_path(Output& out, std::string_view text) {
  const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
  static constexpr Bytes no_colon("-._~!$&()*+;=@");
  put_url(out, text.substr(0, end), no_colon);
  return end;
}

bool put_resource_url(Output& out, std::string_view text, Ampersand ampersand) {
  text = text::trim_space(text);
  if (scheme_of(text) || names_host(text)) {
    out.append(kInertURL);
    return false;
  }
  put_url(out, text == "/" ? kRootAlone : text, kWhole, ampersand);
  return true;
}

// A candidate of a srcset: a URL and perhaps "2x" or "300w".
bool put_candidate(Output& out, std::string_view url, std::string_view descriptor) {
  const bool is_plain = std::all_of(descriptor.begin(), descriptor.end(), [](char c) {
    return text::is_digit(c) || c == '.' || c == 'x' || c == 'w' || c == 'h' || c == ' ';
  });
  if (!is_plain || !is_allowed(url)) {
    out.append(kInertURL);
    return false;
  }
  put_url(out, url, kWhole);
  if (descriptor.empty()) return true;
  out.append(" ");
  out.append(descriptor);
  return true;
}

// Removes the next candidate and returns it, as HTML does: a comma ends a URL only before a blank.
std::pair<std::string_view, std::string_view> next_candidate(std::string_view& text) {
  const auto* const space = std::find_if(text.begin(), text.end(), text::is_space);
  std::string_view url = text.substr(0, static_cast<std::size_t>(space - text.begin()));
  text.remove_prefix(url.size());
  if (url.ends_with(',')) {
    while (url.ends_with(',')) url.remove_suffix(1);
    return {url, {}};
  }
  bool is_in_parens = false;
  std::size_t end = 0;
  while (end < text.size() && (is_in_parens || text[end] != ',')) {
    if (text[end] == '(') is_in_parens = true;
    if (text[end] == ')') is_in_parens = false;
    ++end;
  }
  const std::string_view descriptor = text::trim_space(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return {url, descriptor};
}

void put_unicode_escape(Output& out, unsigned code) {
  const char escape[] = {
      '\\',           'u', kHex[code >> 12 & 15], kHex[code >> 8 & 15], kHex[code >> 4 & 15],
      kHex[code & 15]};
  out.append(std::string_view(escape, 6));
}

// U+2028 and U+2029 end lines in older JavaScript.
unsigned line_separator(std::string_view text) {
  if (text.starts_with("\xe2\x80\xa8")) return 0x2028;
  return text.starts_with("\xe2\x80\xa9") ? 0x2029 : 0;
}

bool is_plain_in_script(char c) {
  constexpr std::string_view special = "\"'\\<>&`/=+";
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte != 0x7f && byte != 0xe2 && special.find(c) == std::string_view::npos;
}

// Writes JSON that ends neither a script element nor an attribute.
// @param special  More characters that are written as escapes; they occur in strings only.
void put_script_json(Output& out, std::string_view json, std::string_view quote,
                     std::string_view special = {}) {
  // "x=-{{ y }}" must not become a decrement.
  if (json.starts_with('-')) out.append(" ");
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    const unsigned separator = c == '\xe2' ? line_separator(json.substr(at)) : 0;
    if (separator != 0) {
      put_unicode_escape(out, separator);
      at += 2;
    } else if (c == '<' || c == '>' || c == '&' || c == '\'' ||
               special.find(c) != std::string_view::npos) {
      put_unicode_escape(out, static_cast<unsigned char>(c));
    } else if (c == '"') {
      out.append(quote);
    } else {
      put(out, c);
    }
  }
}

// Datastar replaces these in expressions, also in their strings.
constexpr std::string_view kSpecialInExpressions = "$@";

void put_js_string(Output& out, std::string_view text, std::string_view special) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const unsigned separator = c == '\xe2' ? line_separator(text.substr(at)) : 0;
    if (separator != 0) {
      put_unicode_escape(out, separator);
      at += 2;
    } else if ((is_plain_in_script(c) && special.find(c) == std::string_view::npos) ||
               c == '\xe2') {
      put(out, c);
    } else if (c == '\n') {
      out.append("\\n");
    } else {
      put_unicode_escape(out, static_cast<unsigned char>(c));
    }
  }
}

}  // namespace

namespace detail {

bool write_url(Output& out, std::string_view text) {
  text = text::trim_space(text);
  if (!is_allowed(text)) {
    out.append(kInertURL);
    return false;
  }
  put_url(out, text, kWhole);
  return true;
}

bool has_scheme_of(std::span<const std::string_view> schemes, std::string_view url) {
  const auto scheme = scheme_of(text::trim_space(url));
  return scheme && std::any_of(schemes.begin(), schemes.end(), [&](std::string_view known) {
           return text::equals_ignoring_case(*scheme, known);
         });
}

bool write_resource_url(Output& out, std::string_view text) {
  return put_resource_url(out, text, Ampersand::reference);
}

bool write_module_url(Output& out, std::string_view text) {
  return put_resource_url(out, text, Ampersand::plain);
}

void write_trusted_url(Output& out, std::string_view text) {
  put_url(out, text::trim_space(text), kWhole);
}

void write_trusted_module_url(Output& out, std::string_view text) {
  put_url(out, text::trim_space(text), kWhole, Ampersand::plain);
}

void write_url_more(Output& out, std::string_view text) {
  put_url(out, text.substr(put_until_path(out, text)), kWhole);
}

// The text before it may be empty or "/".
void write_resource_more(Output& out, std::string_view text) {
  if (text.starts_with('/')) out.append("/.");
  write_url_more(out, text);
}

void write_url_first_part(Output& out, std::string_view text) {
  if (text.starts_with('/')) {
    out.append("%2F");
    text.remove_prefix(1);
  }
  put_url(out, text.substr(put_until_path(out, text)), kPath);
}

// If nothing were written, a '/' before it and one after it would become "//".
void write_resource_first_part(Output& out, std::string_view text) {
  while (text.starts_with('/')) text.remove_prefix(1);
  if (text.empty()) return out.append("./");
  put_url(out, text.substr(put_until_path(out, text)), kPath);
}

void write_url_part(Output& out, std::string_view text) {
  put_url(out, text, kPath);
}

void write_url_component(Output& out, std::string_view text) {
  for (const char c : text) {
    if (kUnreserved.has(c)) {
      put(out, c);
    } else {
      percent(out, c);
    }
  }
}

void write_url_encoded(Output& out, std::string_view text) {
  put_url(out, text, kPath);
}

bool write_srcset(Output& out, std::string_view text) {
  bool is_written = true;
  std::string_view separator;
  while (true) {
    while (!text.empty() && (text::is_space(text.front()) || text.front() == ','))
      text.remove_prefix(1);
    if (text.empty()) return is_written;
    const auto [url, descriptor] = next_candidate(text);
    out.append(separator);
    if (!put_candidate(out, url, descriptor)) is_written = false;
    separator = ", ";
  }
}

void write_srcdoc(Output& out, std::string_view text) {
  out.append_escaped(xhtml_escape(text));
}

void write_js_string(Output& out, std::string_view text) {
  put_js_string(out, text, {});
}

void write_js_attribute_string(Output& out, std::string_view text) {
  put_js_string(out, text, kSpecialInExpressions);
}

bool write_word(Output& out, std::string_view text) {
  constexpr Bytes allowed("-_.:");
  const bool is_word =
      std::all_of(text.begin(), text.end(), [&](char c) { return allowed.has(c); });
  out.append(is_word ? text : kInertCSS);
  return is_word;
}

void write_not_js(Output& out, std::string_view text) {
  if (text.starts_with('j')) out.append(" ");
  out.append_escaped(text);
}

bool write_css_url(Output& out, std::string_view text) {
  text = text::trim_space(text);
  if (!is_allowed(text)) {
    out.append(kInertURL);
    return false;
  }
  put_url(out, text, kCSSWhole, Ampersand::css_escape);
  return true;
}

void write_css_trusted_url(Output& out, std::string_view text) {
  put_url(out, text::trim_space(text), kCSSWhole, Ampersand::css_escape);
}

void write_css_url_part(Output& out, std::string_view text) {
  put_url(out, text, kCSSPath, Ampersand::css_escape);
}

void write_js_value(Output& out, std::string_view json) {
  put_script_json(out, json, "\"");
}

void write_js_attribute(Output& out, std::string_view json) {
  put_script_json(out, json, "&quot;", kSpecialInExpressions);
}
}  // namespace detail
}  // namespace bora::render
