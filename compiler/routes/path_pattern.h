#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/diagnostic.h"
#include "templates-lang/source_text.h"

namespace bora::compiler {

/// A piece of the manifest: what a string says and where it stands.
struct Text {
  std::string text;
  lang::Span span;           ///< Between the quotes.
  bool is_verbatim = false;  ///< `span` holds `text` byte for byte, so its parts have places too.

  [[nodiscard]] bool empty() const { return text.empty(); }
  /// The place of a part; the whole text's if there are escapes in it.
  [[nodiscard]] lang::Span part(std::size_t begin, std::size_t end) const;
};

enum class Converter {
  string,   ///< `{x}`: one segment of at least one byte.
  integer,  ///< `{x:int}`: a segment that is a std::int64_t.
  path,     ///< `{x:path}`: the rest, slashes included, perhaps empty; the last segment.
};

struct PathParameter {
  std::string name;
  Converter converter = Converter::string;
  lang::Span span;
};

struct PathSegment {
  std::string literal;  ///< Percent-encoded in the one way that requests are compared in.
  bool is_parameter = false;
  std::size_t parameter = 0;  ///< Which one.
};

/// "/users/{id:int}/posts/", taken apart.
///
/// `/` separates segments; a slash at the end is part of the pattern. Literals may be written as
/// text
/// ("/café") or percent-encoded; both mean the same.
struct PathPattern {
  std::string text;  ///< As written, a group's prefix in front.
  lang::Span span;   ///< Of the route's own part.
  std::vector<PathSegment> segments;
  std::vector<PathParameter> parameters;
  bool ends_with_slash = false;

  /// Two patterns match the same paths exactly if their shapes are equal: "/users/{int}/posts/".
  [[nodiscard]] std::string shape() const;
};

inline constexpr std::size_t kMaxParameters = 16;
inline constexpr std::size_t kMaxSegments = 64;
inline constexpr std::size_t kMaxLiteralBytes = 255;  ///< Of one segment, encoded.

/// Reads a pattern, behind the prefix of its groups. All that is wrong goes into `sink`; then
/// empty.
///
/// @param prefix  Its parameters count too. An empty `text` is allowed only behind a prefix.
std::optional<PathPattern> parse_path_pattern(const Text& text, const PathPattern& prefix,
                                              const lang::SourcePtr& source,
                                              lang::DiagnosticSink& sink);

/// `text` in the form of PathSegment::literal: unreserved characters plain (RFC 3986, 6.2.2),
/// escapes in capitals, bytes that can't stand in a path encoded.
std::string canonical_literal(std::string_view text);

}  // namespace bora::compiler
