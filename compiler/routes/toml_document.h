#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "templates-lang/diagnostic.h"
#include "templates-lang/source_text.h"

namespace bora::compiler {

struct TomlEntry;

/// A value of a TOML file and its place.
struct TomlValue {
  enum class Kind { string, integer, real, boolean, date, array, table };

  Kind kind = Kind::table;
  /// Of a string what stands between the quotes, of a table or array from bracket to bracket, of a
  /// `[table]` its header.
  lang::Span span;
  std::string text;          ///< Of a string.
  bool is_verbatim = false;  ///< Of a string: the bytes at `span` are `text`, without any escape.
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0;
  std::vector<TomlValue> items;    ///< Of an array.
  std::vector<TomlEntry> entries;  ///< Of a table, in the file's order.
};

/// `key = value`.
struct TomlEntry {
  std::string key;
  lang::Span key_span;
  TomlValue value;
};

/// "a string", "an integer": for messages.
std::string_view kind_name(TomlValue::Kind kind);

/// Reads a TOML file of any bytes. Empty, with the reason in `sink`, if it is none: there is one
/// such finding at most, because nothing can be trusted behind it.
std::optional<TomlValue> parse_toml(const lang::SourcePtr& source, lang::DiagnosticSink& sink);

}  // namespace bora::compiler
