#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/paths/path_pattern.h"
#include "templates-lang/diagnostic.h"
#include "templates-lang/source_text.h"

namespace bora::compiler {

using paths::Converter;
using PathParameter = paths::Parameter;
using PathSegment = paths::Segment;

/// A piece of the manifest: what a string says and where it stands.
struct Text {
  std::string text;
  lang::Span span;           ///< Between the quotes.
  bool is_verbatim = false;  ///< `span` holds `text` byte for byte, so its parts have places too.

  [[nodiscard]] bool empty() const { return text.empty(); }
  /// The place of a part; the whole text's if there are escapes in it.
  [[nodiscard]] lang::Span part(std::size_t begin, std::size_t end) const;
};

/// "/users/{id:int}/posts/" of a manifest, taken apart. The places of its parameters are the
/// file's.
struct PathPattern : paths::Pattern {
  std::string text;  ///< As written, a group's prefix in front.
  lang::Span span;   ///< Of the route's own part.
};

/// Reads a pattern, behind the prefix of its groups. All that is wrong goes into `sink`; then
/// empty.
///
/// @param prefix      Its parameters count too. An empty `text` is allowed only behind a prefix.
/// @param converters  Names of the manifest's own.
std::optional<PathPattern> parse_path_pattern(const Text& text, const PathPattern& prefix,
                                              const lang::SourcePtr& source,
                                              lang::DiagnosticSink& sink,
                                              std::span<const std::string> converters = {});

using paths::canonical_literal;

}  // namespace bora::compiler
