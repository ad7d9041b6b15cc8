#include "compiler/diagnostics/json_report.h"

#include <string_view>

#include <fmt/format.h>

#include "templates-lang/utf8.h"

namespace bora::compiler {
namespace {

using lang::Diagnostic;
using lang::Note;
using lang::Position;
using lang::Severity;
using lang::SourcePtr;
using lang::Span;

std::string place(const SourcePtr& source, Span span, std::string_view file) {
  if (!source) {
    return fmt::format(R"("file":{},"line":null,"column":null,"end_line":null,"end_column":null)",
                       file.empty() ? "null" : json_string(file));
  }
  const Position begin = source->position(span.begin);
  const Position end = source->position(span.end);
  return fmt::format(R"("file":{},"line":{},"column":{},"end_line":{},"end_column":{})",
                     json_string(source->name()), begin.line, begin.column, end.line, end.column);
}

std::string json_note(const Note& note) {
  return fmt::format(R"({{{},"message":{}}})", place(note.source, note.span, ""),
                     json_string(note.message));
}

std::string json_object(const Diagnostic& diagnostic) {
  std::string notes;
  for (const Note& note : diagnostic.notes) {
    notes += (notes.empty() ? "" : ",") + json_note(note);
  }
  return fmt::format(R"({{"code":{},"severity":"{}",{},"message":{},"help":{},"notes":[{}]}})",
                     json_string(diagnostic.code),
                     diagnostic.severity == Severity::error ? "error" : "warning",
                     place(diagnostic.source, diagnostic.span, diagnostic.file),
                     json_string(diagnostic.message), json_string(diagnostic.help), notes);
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const lang::Utf8Char c = lang::decode_utf8(text, at);
    if (!c.is_valid) {
      out += "\\ufffd";
    } else if (c.code == '"' || c.code == '\\') {
      out += '\\';
      out += static_cast<char>(c.code);
    } else if (c.code == '\n') {
      out += "\\n";
    } else if (c.code < 0x20 || (c.code >= 0x7F && c.code < 0xA0)) {
      out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(c.code));
    } else {
      out += text.substr(at, c.size);
    }
    at += c.size;
  }
  return out + '"';
}

std::string json_report(const std::vector<Diagnostic>& diagnostics) {
  std::string out = "[";
  for (const Diagnostic& diagnostic : diagnostics) {
    out += out.size() > 1 ? ",\n" : "\n";
    out += json_object(diagnostic);
  }
  return out + (diagnostics.empty() ? "]\n" : "\n]\n");
}

}  // namespace bora::compiler
