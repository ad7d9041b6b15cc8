#include <bora/core/escape.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "runtime/core/escape_kernel.h"
#include "runtime/text/hex.h"
#include "runtime/text/percent.h"
#include "runtime/text/utf8.h"

namespace bora {
namespace {

void append_percent_encoded(std::string& result, char c) {
  text::append_escaped(result, c);
}

// How many bytes at the start of `text` are ASCII; perhaps a few fewer.
std::size_t ascii_run(std::string_view text) {
  std::size_t size = 0;
  for (; size + 8 <= text.size(); size += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + size, sizeof word);
    if ((word & 0x8080808080808080U) != 0) break;
  }
  return size;
}

void append_unicode_escape(std::string& json, unsigned value) {
  json += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) json += text::kUpperHex[(value >> shift) & 15];
}

void append_json_ascii(std::string& json, char c, char previous) {
  switch (c) {
    case '"':
      json += "\\\"";
      return;
    case '\\':
      json += "\\\\";
      return;
    case '\b':
      json += "\\b";
      return;
    case '\f':
      json += "\\f";
      return;
    case '\n':
      json += "\\n";
      return;
    case '\r':
      json += "\\r";
      return;
    case '\t':
      json += "\\t";
      return;
    case '/':
      json += previous == '<' ? "\\/" : "/";
      return;
    default:
      break;
  }
  if (static_cast<unsigned char>(c) < 0x20) {
    append_unicode_escape(json, static_cast<unsigned char>(c));
  } else {
    json += c;
  }
}

void append_json_sequence(std::string& json, std::string_view sequence) {
  // Line ends in JavaScript before ES2019.
  if (sequence == "\xe2\x80\xa8") {
    json += "\\u2028";
  } else if (sequence == "\xe2\x80\xa9") {
    json += "\\u2029";
  } else {
    json += sequence;
  }
}

}  // namespace

std::string xhtml_escape(std::string_view text) {
  constexpr std::size_t kPiece = 256;
  char escaped[kPiece * kMaxEntitySize + kEscapeSlack];
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = std::min(text.size(), kPiece);
    result.append(escaped, escape_html(escaped, text.data(), size));
    text.remove_prefix(size);
  }
  return result;
}

std::string escape(std::string_view text) {
  return xhtml_escape(text);
}

std::string url_escape(std::string_view text, bool plus) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    if (text::is_unreserved(c) || (c == '/' && !plus)) {
      result += c;
    } else if (c == ' ' && plus) {
      result += '+';
    } else {
      append_percent_encoded(result, c);
    }
  }
  return result;
}

std::string url_unescape(std::string_view text, bool plus) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int byte = text[i] == '%' ? text::escaped_byte(text, i) : -1;
    if (byte >= 0) {
      result += static_cast<char>(byte);
      i += 2;
    } else {
      result += text[i] == '+' && plus ? ' ' : text[i];
    }
  }
  return result;
}

bool is_valid_utf8(std::string_view text) {
  while (true) {
    text.remove_prefix(ascii_run(text));
    if (text.empty()) return true;
    const std::size_t size = text::utf8_size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
}

std::string json_string(std::string_view text) {
  std::string json = "\"";
  json.reserve(text.size() + 2);
  char previous = '\0';
  while (!text.empty()) {
    const std::size_t size = text::utf8_size(text);
    if (size == 0) {
      json += "\xef\xbf\xbd";  // U+FFFD
    } else if (size == 1) {
      append_json_ascii(json, text[0], previous);
    } else {
      append_json_sequence(json, text.substr(0, size));
    }
    previous = text[0];
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return json + '"';
}

}  // namespace bora
