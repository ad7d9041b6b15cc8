#include <bora/render/context_sink.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include <bora/core/escape.h>
#include <bora/render/script_sink.h>

namespace bora::render {
namespace {

constexpr char kHex[] = "0123456789ABCDEF";

constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) {
  return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}
constexpr bool is_hex(char c) {
  return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f');
}
constexpr bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// A set of bytes.
class Bytes {
 public:
  constexpr explicit Bytes(std::string_view others) : is_in_() {
    for (std::size_t i = 0; i < 128; ++i) {
      const char c = static_cast<char>(i);
      is_in_[i] = is_digit(c) || is_letter(c) || others.find(c) != std::string_view::npos;
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
constexpr Bytes kCSSPath("-._~/!$+;=:@");
constexpr Bytes kCSSWhole("-._~/!$+,;=:@?#[]");

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

void put(Output& out, char c) {
  out.append(std::string_view(&c, 1));
}

void percent(Output& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  const char encoded[] = {'%', kHex[byte >> 4], kHex[byte & 15]};
  out.append(std::string_view(encoded, 3));
}

bool is_encoded(std::string_view text, std::size_t at) {
  return text[at] == '%' && at + 2 < text.size() && is_hex(text[at + 1]) && is_hex(text[at + 2]);
}

/// Whether '&' in a URL is written for an attribute or for a style sheet.
enum class Ampersand { reference, encoded };

void put_url(Output& out, std::string_view text, const Bytes& kept,
             Ampersand ampersand = Ampersand::reference) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '&' && kept.has(c) && ampersand == Ampersand::reference) {
      out.append("&amp;");
    } else if (kept.has(c) || is_encoded(text, at)) {
      put(out, c);
    } else {
      percent(out, c);
    }
  }
}

/// What stands in front of the first ':', unless a path, a query or a fragment begins before it.
std::optional<std::string_view> scheme_of(std::string_view url) {
  const std::size_t end = url.find_first_of(":/?#\\");
  if (end == std::string_view::npos || url[end] != ':') return std::nullopt;
  return url.substr(0, end);
}

bool equals_lower(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return to_lower(a) == b; });
}

bool is_allowed(std::string_view url) {
  const auto scheme = scheme_of(url);
  if (!scheme) return true;
  for (const std::string_view known : {"http", "https", "mailto", "tel"}) {
    if (equals_lower(*scheme, known)) return true;
  }
  return false;
}

// Browsers take '\' for '/'.
bool names_host(std::string_view url) {
  const auto is_slash = [](char c) { return c == '/' || c == '\\'; };
  return url.size() > 1 && is_slash(url[0]) && is_slash(url[1]);
}

// The first ':' could make a scheme of what stands before it.
std::size_t put_until_path(Output& out, std::string_view text) {
  const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
  static constexpr Bytes no_colon("-._~!$&()*+;=@");
  put_url(out, text.substr(0, end), no_colon);
  return end;
}

// A candidate of a srcset: a URL and perhaps "2x" or "300w".
void put_candidate(Output& out, std::string_view candidate) {
  const auto* const space = std::find_if(candidate.begin(), candidate.end(), is_space);
  const auto size = static_cast<std::size_t>(space - candidate.begin());
  const std::string_view url = candidate.substr(0, size);
  const std::string_view descriptor = trimmed(candidate.substr(size));
  const bool is_plain = std::all_of(descriptor.begin(), descriptor.end(), [](char c) {
    return is_digit(c) || c == '.' || c == 'x' || c == 'w' || c == 'h' || c == ' ';
  });
  if (!is_plain || !is_allowed(url)) {
    out.append(kInertURL);
    return;
  }
  put_url(out, url, kWhole);
  if (descriptor.empty()) return;
  out.append(" ");
  out.append(descriptor);
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

// JSON that ends neither a script element nor an attribute.
void put_script_json(Output& out, std::string_view json, std::string_view quote) {
  // "x=-{{ y }}" must not become a decrement.
  if (json.starts_with('-')) out.append(" ");
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    const unsigned separator = c == '\xe2' ? line_separator(json.substr(at)) : 0;
    if (separator != 0) {
      put_unicode_escape(out, separator);
      at += 2;
    } else if (c == '<' || c == '>' || c == '&' || c == '\'') {
      put_unicode_escape(out, static_cast<unsigned char>(c));
    } else if (c == '"') {
      out.append(quote);
    } else {
      put(out, c);
    }
  }
}

bool is_plain_in_css(char c) {
  return is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80 || c == ' ' ||
         c == '.' || c == ',' || c == '-' || c == '_' || c == '!' || c == '#' || c == '%';
}

bool is_css_function(std::string_view text) {
  std::size_t begin = text.size();
  while (begin > 0 && (is_letter(text[begin - 1]) || text[begin - 1] == '-')) --begin;
  const std::string_view name = text.substr(begin);
  for (const std::string_view known :
       {"calc", "clamp", "hsl", "hsla", "max", "min", "rgb", "rgba", "var"}) {
    if (equals_lower(name, known)) return true;
  }
  return false;
}

// Numbers, lengths, colours, names and lists of them.
bool is_css_value(std::string_view text) {
  int depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '(') {
      if (!is_css_function(text.substr(0, at))) return false;
      ++depth;
    } else if (c == ')') {
      if (--depth < 0) return false;
    } else if (!is_plain_in_css(c) && c != '+') {
      return false;
    }
  }
  return depth == 0;
}

}  // namespace

namespace detail {

void write_url(Output& out, std::string_view text) {
  text = trimmed(text);
  if (!is_allowed(text)) return out.append(kInertURL);
  put_url(out, text, kWhole);
}

void write_resource_url(Output& out, std::string_view text) {
  text = trimmed(text);
  if (scheme_of(text) || names_host(text)) return out.append(kInertURL);
  put_url(out, text, kWhole);
}

void write_trusted_url(Output& out, std::string_view text) {
  put_url(out, trimmed(text), kWhole);
}

void write_url_more(Output& out, std::string_view text) {
  put_url(out, text.substr(put_until_path(out, text)), kWhole);
}

void write_url_first_part(Output& out, std::string_view text) {
  if (text.starts_with('/')) {
    out.append("%2F");
    text.remove_prefix(1);
  }
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

void write_srcset(Output& out, std::string_view text) {
  std::string_view separator;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string_view candidate = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (candidate.empty()) continue;
    out.append(separator);
    put_candidate(out, candidate);
    separator = ", ";
  }
}

void write_srcdoc(Output& out, std::string_view text) {
  out.append_escaped(xhtml_escape(text));
}

void write_js_string(Output& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const unsigned separator = c == '\xe2' ? line_separator(text.substr(at)) : 0;
    if (separator != 0) {
      put_unicode_escape(out, separator);
      at += 2;
    } else if (is_plain_in_script(c) || c == '\xe2') {
      put(out, c);
    } else if (c == '\n') {
      out.append("\\n");
    } else {
      put_unicode_escape(out, static_cast<unsigned char>(c));
    }
  }
}

void write_css_value(Output& out, std::string_view text) {
  out.append(is_css_value(text) ? text : kInertCSS);
}

void write_css_string(Output& out, std::string_view text) {
  for (const char c : text) {
    if (c == '\0') {
      out.append("\xef\xbf\xbd");
    } else if (is_plain_in_css(c)) {
      put(out, c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      const char escape[] = {'\\', kHex[byte >> 4], kHex[byte & 15], ' '};
      out.append(std::string_view(escape, 4));
    }
  }
}

void write_css_url(Output& out, std::string_view text) {
  text = trimmed(text);
  if (!is_allowed(text)) return out.append(kInertURL);
  put_url(out, text, kCSSWhole, Ampersand::encoded);
}

void write_css_trusted_url(Output& out, std::string_view text) {
  put_url(out, trimmed(text), kCSSWhole, Ampersand::encoded);
}

void write_css_url_part(Output& out, std::string_view text) {
  put_url(out, text, kCSSPath, Ampersand::encoded);
}

void write_js_value(Output& out, std::string_view json) {
  put_script_json(out, json, "\"");
}

void write_js_attribute(Output& out, std::string_view json) {
  put_script_json(out, json, "&quot;");
}
}  // namespace detail
}  // namespace bora::render
