#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bora::compiler {

/// A value of a JSON text, as far as presets of CMake need it.
struct JSONValue {
  enum class Kind { null, boolean, number, string, array, object };
  Kind kind = Kind::null;
  bool boolean = false;
  std::string text{};                ///< Of a string; of a number its letters.
  std::vector<JSONValue> items{};    ///< Of an array, or the values of an object's members.
  std::vector<std::string> names{};  ///< Of an object's members, in the order of `items`.

  /// A member of an object; null where there is none.
  [[nodiscard]] const JSONValue* find(std::string_view name) const;
  /// A string member; empty where there is none.
  [[nodiscard]] std::string string(std::string_view name) const;
};

/// Nothing if `text` is no JSON, or is nested more than 64 deep. `//` comments are taken for
/// blanks.
std::optional<JSONValue> read_json(std::string_view text);

}  // namespace bora::compiler
