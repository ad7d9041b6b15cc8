#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bora::compiler {

/// A value of a JSON text, sufficient for presets of CMake.
struct JSONValue {
  enum class Kind { null, boolean, number, string, array, object };
  Kind kind = Kind::null;
  bool boolean = false;
  std::string text{};                ///< the text of a string, or a number as it is written
  std::vector<JSONValue> items{};    ///< the items of an array, or the values of an object's
                                     ///< members
  std::vector<std::string> names{};  ///< the names of an object's members, in the order of `items`

  /// Returns a member of an object; null if there is none.
  [[nodiscard]] const JSONValue* find(std::string_view name) const;
  /// Returns a string member; empty if there is none.
  [[nodiscard]] std::string string(std::string_view name) const;
};

/// Returns nothing if `text` is not JSON, or is nested more than 64 deep. `//` comments are
/// skipped.
std::optional<JSONValue> read_json(std::string_view text);

}  // namespace bora::compiler
