#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bora::detail {

/// One assignment of a file of options.
struct ConfigEntry {
  enum class Kind : unsigned char { text, flag, other, list };

  std::string name;
  int line = 0;
  Kind kind = Kind::other;  ///< `list` for a list; each item has its own
  std::string value;        ///< without quotes and escapes
  std::vector<ConfigEntry> items;
};

/// What is wrong with a file of options, and in which line.
class ConfigError : public std::runtime_error {
 public:
  ConfigError(int line, const std::string& what) : std::runtime_error(what), line_(line) {}
  [[nodiscard]] int line() const noexcept { return line_; }

 private:
  int line_;
};

/// Reads the subset of TOML that OptionParser::parse_config_file() describes.
/// @throws ConfigError
std::vector<ConfigEntry> parse_config(std::string_view text);

}  // namespace bora::detail
