#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/routes/path_pattern.h"
#include "compiler/routes/toml_document.h"
#include "templates-lang/diagnostic.h"
#include "templates-lang/source_text.h"

namespace bora::compiler {

/// Takes values out of the tables of one file, and reports missing and unknown keys and wrong
/// types.
class TableReader {
 public:
  using Kind = TomlValue::Kind;

  /// A table's keys: those that exist, and those planned for later.
  struct Keys {
    std::vector<std::string> known;
    std::vector<std::string> later;
  };

  TableReader(lang::SourcePtr source, lang::DiagnosticSink& sink)
      : source_(std::move(source)), sink_(sink) {}

  [[nodiscard]] const lang::SourcePtr& source() const { return source_; }

  /// Reports every key that is not in `keys`.
  void check_keys(const TomlValue& table, const Keys& keys, const char* code,
                  const std::string& what);
  /// Returns null if there is no such key; and if it has another type, which is reported.
  const TomlEntry* find(const TomlValue& table, const char* key, Kind kind);
  /// The same for a key that must be there.
  const TomlEntry* find_required(const TomlEntry& entry, const char* key, Kind kind);
  bool check_kind(const TomlValue& value, Kind kind, const std::string& what);
  /// Returns the strings of the array `key`; each other item is reported as `what`.
  std::vector<Text> strings(const TomlValue& table, const char* key, const std::string& what);
  /// Whether an entry's key can be a name in C++; if not, that is reported.
  bool check_name(const TomlEntry& entry);

  void report(const char* code, lang::Span span, std::string message, std::string help = {});

  static Text text_of(const TomlValue& value) {
    return {value.text, value.span, value.is_verbatim};
  }
  /// Returns the user's text without line ends and similar bytes, which would garble the report.
  static std::string printable(std::string_view text);

 private:
  lang::SourcePtr source_;
  lang::DiagnosticSink& sink_;
};

}  // namespace bora::compiler
