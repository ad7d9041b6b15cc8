#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/paths/automaton.h"
#include "runtime/paths/problem.h"

namespace bora::paths {

/// What a parameter takes. Where several can follow one beginning of a path, the first of this list
/// that leads to a route wins; a literal goes before all of them.
enum class Converter : std::uint8_t {
  boolean,  ///< `{x:bool}`: "true" or "false".
  uint,     ///< `{x:uint}`: digits that fit std::uint64_t.
  integer,  ///< `{x:int}`, `{x:i64}`: perhaps '-', digits, within std::int64_t.
  real,     ///< `{x:float}`: perhaps '-', digits, perhaps '.' and digits; a finite double.
  uuid,     ///< `{x:uuid}`: 8-4-4-4-12 hexadecimal digits of either case.
  slug,     ///< `{x:slug}`: letters, digits, '-' and '_'.
  custom,   ///< `{x:price}`: what the manifest's converter of that name takes.
  regex,    ///< `{x:[A-Z]{3}}`: what the regular expression takes as a whole.
  string,   ///< `{x}`: one segment of at least one byte.
  path,     ///< `{x:path}`: the rest, slashes included, perhaps empty; the last segment.
};

/// "int" for Converter::integer; empty for those without a name of their own.
std::string_view converter_name(Converter converter);
/// All names that a pattern can say: "bool", "float" …
std::span<const std::string_view> converter_names();

struct Parameter {
  std::string name;
  Converter converter = Converter::string;
  /// `{x?}`: the last segment may be missing, with the slash before it.
  bool is_optional = false;
  std::string argument;  ///< The regular expression, or the custom converter's name.
  std::shared_ptr<const Automaton> automaton;  ///< Of a regex.
  std::uint32_t begin = 0;                     ///< Where the name stands in the pattern's text.
  std::uint32_t end = 0;
};

struct Segment {
  std::string literal;  ///< Percent-encoded in the one way that requests are compared in.
  bool is_parameter = false;
  std::size_t parameter = 0;  ///< Which one.
};

/// "/users/{id:int}/posts/", taken apart.
///
/// `/` separates segments; a slash at the end is part of the pattern. Literals may be written as
/// text ("/café") or percent-encoded; both mean the same.
struct Pattern {
  std::vector<Segment> segments;
  std::vector<Parameter> parameters;
  bool ends_with_slash = false;

  [[nodiscard]] bool has_optional() const {
    return !parameters.empty() && parameters.back().is_optional;
  }
  /// Two patterns of one shape match the same paths: "/users/{int}/posts/". An optional parameter
  /// counts as one that is there.
  [[nodiscard]] std::string shape() const;
  /// The shapes of all its paths: a second one, shorter, if the last parameter is optional.
  [[nodiscard]] std::vector<std::string> shapes() const;
};

inline constexpr std::size_t kMaxParameters = 16;
inline constexpr std::size_t kMaxSegments = 64;
inline constexpr std::size_t kMaxLiteralBytes = 255;  ///< Of one segment, encoded.

/// Reads a pattern. All that is wrong goes into `problems`; then empty.
///
/// @param prefix      What stands in front: its segments and parameters count too. Behind one that
///                    has segments an empty `text` is allowed.
/// @param converters  The names of custom ones.
std::optional<Pattern> parse_pattern(std::string_view text, const Pattern& prefix,
                                     std::span<const std::string> converters,
                                     std::vector<Problem>& problems);

/// `text` in the form of Segment::literal: what may stand in a segment as it is plain (RFC 3986,
/// 3.3: no character of a segment means anything else when it is encoded), escapes in capitals,
/// bytes that can't stand in a path encoded.
std::string canonical_literal(std::string_view text);

}  // namespace bora::paths
