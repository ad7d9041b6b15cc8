#include "compiler/diagnostics/text_report.h"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/diagnostics/printable.h"
#include "runtime/text/utf8.h"

namespace bora::compiler {
namespace {

using lang::Diagnostic;
using lang::Note;
using lang::Position;
using lang::Severity;
using lang::SourceText;
using lang::Span;

constexpr std::size_t kTabWidth = 4;
constexpr std::string_view kEllipsis = "…";

/// ANSI sequences, or empty texts.
struct Palette {
  std::string_view bold, red, magenta, cyan, green, off;

  explicit Palette(bool colours) {
    if (!colours) return;
    bold = "\x1b[1m";
    red = "\x1b[1;31m";
    magenta = "\x1b[1;35m";
    cyan = "\x1b[1;36m";
    green = "\x1b[1;32m";
    off = "\x1b[0m";
  }
};

/// The part of one source line that is shown, and the marks under it.
struct Excerpt {
  std::string line;
  std::string marks;
};

/// Lays out a line glyph by glyph. It reads only the part of a long line around the caret, because
/// a page of one line may be megabytes.
class LineLayout {
 public:
  /// @param begin, end  The bytes of `line` to be marked; at least one column is.
  LineLayout(std::string_view line, std::size_t begin, std::size_t end, std::size_t max_width)
      : line_(line),
        begin_(std::min(begin, line.size())),
        end_(std::min(end, line.size())),
        max_width_(max_width) {}

  Excerpt layout() const;

 private:
  // the number of bytes before the caret that can be shown
  static constexpr std::size_t kMaxBytes = 2000;

  std::size_t first_byte() const;
  static Glyph widened(Glyph glyph, std::size_t column);

  std::string_view line_;
  std::size_t begin_;
  std::size_t end_;
  std::size_t max_width_;
};

// Returns where the excerpt begins: the caret is at the latest where its last third begins.
std::size_t LineLayout::first_byte() const {
  const std::size_t floor = begin_ > kMaxBytes ? begin_ - kMaxBytes : 0;
  std::size_t from = begin_;
  std::size_t width = 0;
  const std::size_t room = max_width_ * 2 / 3;
  while (from > floor) {
    std::size_t previous = from - 1;
    while (previous > floor && text::is_continuation(line_[previous])) --previous;
    const bool is_tab = line_[previous] == '\t';
    width += is_tab ? kTabWidth : glyph_at(line_, previous).width;
    if (width > room) return from;
    from = previous;
  }
  return from;
}

Glyph LineLayout::widened(Glyph glyph, std::size_t column) {
  if (glyph.raw == "\t") {
    glyph.width = kTabWidth - column % kTabWidth;
    glyph.shown.assign(glyph.width, ' ');
  }
  return glyph;
}

Excerpt LineLayout::layout() const {
  Excerpt excerpt;
  std::size_t column = 0;
  std::size_t at = first_byte();
  if (at > 0) {
    excerpt.line = kEllipsis;
    excerpt.marks = " ";
    column = 1;
  }
  const auto mark = [&](std::size_t width) {
    const bool is_first = excerpt.marks.find('^') == std::string::npos;
    excerpt.marks.append(width, is_first ? '^' : '~');
    if (is_first && width > 1)
      excerpt.marks.replace(excerpt.marks.size() - width + 1, width - 1, width - 1, '~');
  };
  while (at < line_.size()) {
    const Glyph glyph = widened(glyph_at(line_, at), column);
    if (column + glyph.width > max_width_) {
      excerpt.line += kEllipsis;
      break;
    }
    const bool is_marked = at + glyph.raw.size() > begin_ && (at < end_ || at == begin_);
    if (is_marked) {
      mark(glyph.width);
    } else if (at < begin_) {
      excerpt.marks.append(glyph.width, ' ');
    }
    excerpt.line += glyph.shown;
    column += glyph.width;
    at += glyph.raw.size();
  }
  if (excerpt.marks.find('^') == std::string::npos) mark(1);
  return excerpt;
}

class Reporter {
 public:
  explicit Reporter(const ReportStyle& style) : style_(style), palette_(style.colours) {}

  std::string report(const Diagnostic& diagnostic);

 private:
  void add_finding(const Diagnostic& diagnostic);
  void add_note(const Note& note);
  void add_place(const SourceText& source, Span span);
  void add_excerpt(const SourceText& source, Span span);
  void add_help(const std::string& help);
  std::string_view shown_path(std::string_view path) const;
  std::string with_shown_paths(std::string message) const;
  static std::string gutter(std::string_view number) { return fmt::format("{:>4} |", number); }

  ReportStyle style_;
  Palette palette_;
  std::string out_;
};

std::string Reporter::report(const Diagnostic& diagnostic) {
  out_.clear();
  add_finding(diagnostic);
  for (const Note& note : diagnostic.notes) add_note(note);
  if (!diagnostic.help.empty()) add_help(diagnostic.help);
  return std::move(out_);
}

void Reporter::add_finding(const Diagnostic& diagnostic) {
  const bool is_error = diagnostic.severity == Severity::error;
  out_ += palette_.bold;
  if (diagnostic.source) {
    add_place(*diagnostic.source, diagnostic.span);
  } else if (!diagnostic.file.empty()) {
    out_ += printable(shown_path(diagnostic.file)) + ": ";
  }
  out_ += palette_.off;
  out_ += is_error ? palette_.red : palette_.magenta;
  out_ += is_error ? "error: " : "warning: ";
  out_ += palette_.off;
  out_ += palette_.bold;
  out_ += printable(with_shown_paths(diagnostic.message));
  out_ += palette_.off;
  // A finding of a C++ compiler has no code.
  out_ += diagnostic.code.empty() ? "\n" : " [" + diagnostic.code + "]\n";
  if (diagnostic.source) add_excerpt(*diagnostic.source, diagnostic.span);
}

void Reporter::add_note(const Note& note) {
  if (note.source) {
    out_ += palette_.bold;
    add_place(*note.source, note.span);
    out_ += palette_.off;
  } else {
    out_ += "     = ";
  }
  out_ += palette_.cyan;
  out_ += "note: ";
  out_ += palette_.off;
  out_ += printable(with_shown_paths(note.message)) + "\n";
  if (note.source) add_excerpt(*note.source, note.span);
}

void Reporter::add_place(const SourceText& source, Span span) {
  const Position position = source.position(span.begin);
  out_ += fmt::format("{}:{}:{}: ", printable(shown_path(source.name())), position.line,
                      position.column);
}

std::string_view Reporter::shown_path(std::string_view path) const {
  return path.starts_with(style_.hidden_prefix) ? path.substr(style_.hidden_prefix.size()) : path;
}

// Messages name paths in quotes.
std::string Reporter::with_shown_paths(std::string message) const {
  if (style_.hidden_prefix.empty()) return message;
  const std::string quoted = "'" + style_.hidden_prefix;
  for (std::size_t at = 0; (at = message.find(quoted, at)) != std::string::npos; ++at)
    message.erase(at + 1, style_.hidden_prefix.size());
  return message;
}

// Only the first line of a span over several lines is shown.
void Reporter::add_excerpt(const SourceText& source, Span span) {
  const Position position = source.position(span.begin);
  const std::size_t begin = position.column - 1;
  const std::size_t end = begin + (span.end > span.begin ? span.end - span.begin : 0);
  const Excerpt excerpt =
      LineLayout(source.line(position.line), begin, end, style_.max_width).layout();
  const std::string number = std::to_string(position.line);
  const std::string blank(number.size(), ' ');
  out_ += gutter(number) + (excerpt.line.empty() ? "" : " ") + excerpt.line + "\n";
  out_ += gutter(blank) + " ";
  out_ += palette_.green;
  out_ += excerpt.marks;
  out_ += palette_.off;
  out_ += "\n";
}

void Reporter::add_help(const std::string& help) {
  out_ += "     = ";
  out_ += palette_.cyan;
  out_ += "help: ";
  out_ += palette_.off;
  out_ += printable(with_shown_paths(help)) + "\n";
}

}  // namespace

std::string text_report(const Diagnostic& diagnostic, const ReportStyle& style) {
  return Reporter(style).report(diagnostic);
}

std::string text_report(const std::vector<Diagnostic>& diagnostics, const ReportStyle& style) {
  std::string result;
  for (const Diagnostic& diagnostic : diagnostics) result += text_report(diagnostic, style);
  return result;
}

}  // namespace bora::compiler
