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
  /// For a string, the text between the quotes; for a table or array, the text from bracket to
  /// bracket; for a `[table]`, its header.
  lang::Span span;
  std::string text;          ///< the text of a string
  bool is_verbatim = false;  ///< for a string: whether the bytes at `span` are `text`, without any
                             ///< escape
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0;
  std::vector<TomlValue> items;    ///< the items of an array
  std::vector<TomlEntry> entries;  ///< the entries of a table, in the file's order
};

/// `key = value`.
struct TomlEntry {
  std::string key;
  lang::Span key_span;
  TomlValue value;
};

/// "a string", "an integer", for messages.
std::string_view kind_name(TomlValue::Kind kind);

/// Reads a TOML file of any bytes. The result is empty if the file is not TOML; then there is one
/// finding in `sink`, because nothing after it can be trusted.
std::optional<TomlValue> parse_toml(const lang::SourcePtr& source, lang::DiagnosticSink& sink);

}  // namespace bora::compiler
