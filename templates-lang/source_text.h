#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bora::lang {

/// A range of bytes, [begin, end), in one SourceText.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  [[nodiscard]] std::uint32_t size() const { return end - begin; }
  bool operator==(const Span&) const = default;
};

/// A place as people and compilers count: line and column from 1, the column in bytes.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  bool operator==(const Position&) const = default;
};

/// The text of one file (template or manifest) and its name in reports.
///
/// It never changes; diagnostics and trees keep it alive through a shared pointer, so a Span never
/// outlives its bytes.
class SourceText {
 public:
  /// @param name  As the user typed it or as the build passes it, "templates/home.html": printed in
  ///              every message and in `#line`.
  /// @param text  The file's bytes, unchanged: a byte order mark and CR LF stay (the lexer handles
  ///              them), so that offsets are those of the file on disk. At most 4 GiB.
  SourceText(std::string name, std::string text);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::string_view text(Span span) const {
    return std::string_view(text_).substr(span.begin, span.size());
  }

  /// Returns line and column of a byte offset; `offset == text().size()` is the place after the
  /// last byte. A byte order mark at the start counts as no column.
  [[nodiscard]] Position position(std::uint32_t offset) const;

  /// Returns the text of a line (from 1), without its LF or CR LF; empty if there is no such line.
  [[nodiscard]] std::string_view line(std::uint32_t number) const;

  [[nodiscard]] std::uint32_t line_count() const {
    return static_cast<std::uint32_t>(line_starts_.size());
  }

 private:
  std::string name_;
  std::string text_;
  std::vector<std::uint32_t> line_starts_;
};

using SourcePtr = std::shared_ptr<const SourceText>;

}  // namespace bora::lang
