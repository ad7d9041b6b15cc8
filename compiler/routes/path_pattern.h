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

/// A string of the manifest and its place.
struct Text {
  std::string text;
  lang::Span span;           ///< the place between the quotes
  bool is_verbatim = false;  ///< whether `span` has exactly the bytes of `text`, so that its parts
                             ///< have places too

  [[nodiscard]] bool empty() const { return text.empty(); }
  /// Returns the place of a part; if there are escapes in the text, the place of the whole.
  [[nodiscard]] lang::Span part(std::size_t begin, std::size_t end) const;
};

/// The parts of a manifest's "/users/{id:int}/posts/". The places of its parameters are those in
/// the file.
struct PathPattern : paths::Pattern {
  std::string text;  ///< as written, after a group's prefix
  lang::Span span;   ///< the place of the route's own part
};

/// Reads a pattern that follows the prefix of its groups. All mistakes are reported to `sink`; the
/// result is empty then.
///
/// @param prefix      Its parameters count too. `text` may be empty only after a prefix.
/// @param converters  The names of the manifest's own converters.
std::optional<PathPattern> parse_path_pattern(const Text& text, const PathPattern& prefix,
                                              const lang::SourcePtr& source,
                                              lang::DiagnosticSink& sink,
                                              std::span<const std::string> converters = {});

using paths::canonical_literal;

}  // namespace bora::compiler
