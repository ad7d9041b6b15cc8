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

/// What a parameter accepts. Where several can follow one beginning of a path, the first of this
/// list that leads to a route wins; a literal goes before all of them.
enum class Converter : std::uint8_t {
  boolean,  ///< `{x:bool}`: "true" or "false".
  uint,     ///< `{x:uint}`: digits that fit std::uint64_t.
  integer,  ///< `{x:int}`, `{x:i64}`: perhaps '-', digits, within std::int64_t.
  real,     ///< `{x:float}`: perhaps '-', digits, perhaps '.' and digits; a finite double.
  uuid,     ///< `{x:uuid}`: 8-4-4-4-12 hexadecimal digits of either case.
  slug,     ///< `{x:slug}`: letters, digits, '-' and '_'.
  custom,   ///< `{x:price}`: a text that the manifest's converter of that name accepts.
  regex,    ///< `{x:[A-Z]{3}}`: a text that the regular expression matches as a whole.
  string,   ///< `{x}`: one segment of at least one byte.
  path,     ///< `{x:path}`: the rest, slashes included, perhaps empty; the last segment.
};

/// "int" for Converter::integer; empty for converters without a name of their own.
std::string_view converter_name(Converter converter);
/// All names that a pattern can use: "bool", "float" …
std::span<const std::string_view> converter_names();

struct Parameter {
  std::string name;
  Converter converter = Converter::string;
  /// `{x?}`: the last segment may be missing, with the slash before it.
  bool is_optional = false;
  std::string argument;  ///< The regular expression, or the custom converter's name.
  std::shared_ptr<const Automaton> automaton;  ///< for a regex
  std::uint32_t begin = 0;                     ///< the place of the name in the pattern's text
  std::uint32_t end = 0;
};

struct Segment {
  std::string literal;  ///< percent-encoded in the form in which requests are compared
  bool is_parameter = false;
  std::size_t parameter = 0;  ///< the index of the parameter
};

/// A pattern such as "/users/{id:int}/posts/" in parts.
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
  /// counts as present.
  [[nodiscard]] std::string shape() const;
  /// The shapes of all its paths: there is a second, shorter one if the last parameter is optional.
  [[nodiscard]] std::vector<std::string> shapes() const;
};

inline constexpr std::size_t kMaxParameters = 16;
inline constexpr std::size_t kMaxSegments = 64;
inline constexpr std::size_t kMaxLiteralBytes = 255;  ///< of one segment, encoded

/// Reads a pattern. Errors go into `problems`; then the result is empty.
///
/// @param prefix      The text before it: its segments and parameters count too. After a prefix
///                    with segments an empty `text` is allowed.
/// @param converters  The names of custom ones.
std::optional<Pattern> parse_pattern(std::string_view text, const Pattern& prefix,
                                     std::span<const std::string> converters,
                                     std::vector<Problem>& problems);

/// `text` in the form of Segment::literal: a character that may stand in a segment as it is stays
/// plain (RFC 3986, 3.3: no character of a segment means anything else when it is encoded), escapes
/// are in capitals, bytes that can't stand in a path are encoded.
std::string canonical_literal(std::string_view text);

}  // namespace bora::paths
