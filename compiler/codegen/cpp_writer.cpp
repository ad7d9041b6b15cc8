#include "compiler/codegen/cpp_writer.h"

#include <algorithm>
#include <utility>

#include "templates-lang/cpp_names.h"

namespace bora::compiler {
namespace {

// Stands for "some template": no file has an empty name.
constexpr char kUnknownFile[] = "";

// A literal's longest line in the generated file, in bytes of the text.
constexpr std::size_t kMaxLiteralLine = 96;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_identifier_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

void append_escaped(std::string& literal, char c, char previous) {
  switch (c) {
    case '"':
      literal += "\\\"";
      return;
    case '\\':
      literal += "\\\\";
      return;
    case '\n':
      literal += "\\n";
      return;
    case '\t':
      literal += "\\t";
      return;
    case '?':
      literal += previous == '?' ? "\\?" : "?";
      return;
    default:
      break;
  }
  if (c >= ' ' && c <= '~') {
    literal += c;
    return;
  }
  const auto byte = static_cast<unsigned char>(c);
  literal += '\\';
  literal += static_cast<char>('0' + (byte >> 6));
  literal += static_cast<char>('0' + ((byte >> 3) & 7));
  literal += static_cast<char>('0' + (byte & 7));
}

// Returns a template's text as it goes into a C++ line: CR LF becomes LF, and a lone CR becomes a
// blank. Compilers disagree about both, and so would count lines differently.
std::string with_unix_lines(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      result += text[i];
    } else if (i + 1 == text.size() || text[i + 1] != '\n') {
      result += ' ';
    }
  }
  // A backslash at the end would join the next line, which is generated, to this one.
  if (result.ends_with('\\')) result += "/**/";
  return result;
}

std::size_t padding(std::uint32_t column) {
  return column > CppWriter::kMaxColumn ? 0 : column - 1;
}

}  // namespace

std::string string_literal(std::string_view text, std::size_t indent) {
  std::string literal = "\"";
  std::size_t line_size = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    append_escaped(literal, text[i], i > 0 ? text[i - 1] : '\0');
    ++line_size;
    if ((text[i] == '\n' || line_size >= kMaxLiteralLine) && i + 1 < text.size()) {
      literal += "\"\n" + std::string(indent, ' ') + '"';
      line_size = 0;
    }
  }
  return literal + '"';
}

std::string data_literal(std::string_view bytes, std::size_t indent) {
  std::string literal = "\"";
  std::size_t line_begin = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    const bool is_plain = byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\' && byte != '?';
    if (is_plain) {
      literal += bytes[i];
    } else {
      // A digit after a shorter escape would be read as a part of it.
      const bool needs_all = i + 1 < bytes.size() && is_digit(bytes[i + 1]);
      literal += '\\';
      if (needs_all || byte >= 0100) literal += static_cast<char>('0' + (byte >> 6));
      if (needs_all || byte >= 010) literal += static_cast<char>('0' + ((byte >> 3) & 7));
      literal += static_cast<char>('0' + (byte & 7));
    }
    if (literal.size() - line_begin >= kMaxLiteralLine && i + 1 < bytes.size()) {
      literal += "\"\n" + std::string(indent, ' ') + '"';
      line_begin = literal.size();
    }
  }
  return literal + '"';
}

std::string quoted_file_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    const auto byte = static_cast<unsigned char>(c);
    quoted += byte < 0x20 || byte == 0x7f ? '?' : c;
  }
  return quoted + '"';
}

std::string to_identifier(std::string_view text) {
  std::string identifier;
  for (const char c : text) {
    const bool is_utf8_continuation = (static_cast<unsigned char>(c) & 0xc0) == 0x80;
    if (!is_utf8_continuation) identifier += is_identifier_char(c) ? c : '_';
  }
  if (identifier.empty() || is_digit(identifier.front())) identifier.insert(0, "_");
  if (lang::is_cpp_word(identifier)) identifier += '_';
  return identifier;
}

CppWriter::CppWriter(std::string file_name) : file_name_(std::move(file_name)) {}

void CppWriter::line(std::string_view text) {
  resume();
  while (true) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view one = text.substr(0, end);
    const bool is_indented = !one.empty() && one.front() != '#';
    raw_line(std::string(is_indented ? indent_ : 0, ' ') + std::string(one));
    if (end == text.size()) return;
    text.remove_prefix(end + 1);
  }
}

void CppWriter::open(std::string_view text) {
  line(text);
  indent_ += 2;
}

void CppWriter::close(std::string_view text) {
  indent_ -= 2;
  line(text);
}

void CppWriter::mapped(std::string_view file, lang::Position position, std::string_view before,
                       std::string_view text) {
  mapped(file, position, before, text, position, {});
}

void CppWriter::mapped(std::string_view file, lang::Position position, std::string_view before,
                       std::string_view text, lang::Position end, std::string_view after) {
  const std::size_t columns = padding(position.column);
  line_directive(file, position.line);
  std::string start(columns, ' ');
  if (before.size() <= columns) {
    start.replace(columns - before.size(), before.size(), before);
  } else if (before.starts_with('#')) {
    start = before;
  } else if (!before.empty()) {
    raw_line(before);
    line_directive(file, position.line);
  }

  std::string piece = start + with_unix_lines(text);
  const std::size_t end_columns = padding(end.column);
  const bool is_one_line = piece.find('\n') == std::string::npos && end.line == position.line;
  const bool is_shared = is_one_line && piece.find("//") == std::string::npos;
  if (is_shared || after.empty()) {
    if (!after.empty() && piece.size() < end_columns) piece.resize(end_columns, ' ');
    piece += after;
    raw_line(piece);
    return;
  }
  raw_line(piece);
  line_directive(file, end.line);
  raw_line(std::string(end_columns, ' ') + std::string(after));
}

void CppWriter::enter_file(std::string_view condition, std::string_view includer,
                           std::uint32_t line, std::string_view file) {
  raw_line("#if " + std::string(condition));
  line_directive(includer, line);
  raw_line("# 1 " + quoted_file_name(file) + " 1");
  raw_line("#endif");
  mapped_file_ = kUnknownFile;
}

void CppWriter::leave_file(std::string_view condition, std::string_view includer,
                           std::uint32_t line) {
  raw_line("#if " + std::string(condition));
  raw_line("# " + std::to_string(line) + ' ' + quoted_file_name(includer) + " 2");
  raw_line("#endif");
  mapped_file_ = kUnknownFile;
}

void CppWriter::raw_line(std::string_view text) {
  text_ += text;
  text_ += '\n';
  next_line_ += 1 + static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
}

void CppWriter::line_directive(std::string_view file, std::uint32_t line) {
  std::string directive = "#line " + std::to_string(line);
  if (mapped_file_ != file) directive += ' ' + quoted_file_name(file);
  raw_line(directive);
  mapped_file_ = file;
}

void CppWriter::resume() {
  if (!mapped_file_) return;
  raw_line("#line " + std::to_string(next_line_ + 1) + ' ' + quoted_file_name(file_name_));
  mapped_file_.reset();
}

}  // namespace bora::compiler
