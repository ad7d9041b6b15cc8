#include "runtime/http/refusal.h"

#include <algorithm>

#include "runtime/text/hex.h"

namespace bora::http {

namespace {

constexpr std::size_t kMaxQuoted = 80;

void append_printable(std::string& text, char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') {
    text += '\\';
    text += c;
  } else if (byte >= 0x20 && byte < 0x7f) {
    text += c;
  } else if (c == '\r') {
    text += "\\r";
  } else if (c == '\n') {
    text += "\\n";
  } else {
    text += "\\x";
    text::append_hex(text, c);
  }
}

}  // namespace

// Only the first line is quoted: later ones may hold passwords, and a log is read by many.
std::string quote_beginning(std::string_view taken, std::string_view rest) {
  constexpr std::size_t kMaxLooked = kMaxQuoted + 2;  // a line end may follow
  std::string beginning(taken.substr(0, kMaxLooked));
  beginning += rest.substr(0, kMaxLooked - beginning.size());
  const std::size_t line_end = std::min(beginning.find("\r\n"), beginning.size());
  const std::size_t size = line_end == 0 ? beginning.size() : line_end;
  std::string text = "\"";
  for (const char c : std::string_view(beginning).substr(0, std::min(size, kMaxQuoted))) {
    append_printable(text, c);
  }
  if (size > kMaxQuoted) text += "...";
  return text + '"';
}

}  // namespace bora::http
