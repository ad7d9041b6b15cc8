#include "runtime/core/config_file.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include <bora/core/escape.h>

#include "runtime/text/characters.h"
#include "runtime/text/hex.h"
#include "runtime/text/utf8.h"

namespace bora::detail {
namespace {

constexpr std::size_t kMaxListItems = 100'000;

bool is_name_character(char c) noexcept {
  return text::is_letter(c) || text::is_digit(c) || c == '_' || c == '-';
}

class ConfigReader {
 public:
  explicit ConfigReader(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
  }

  std::vector<ConfigEntry> read() {
    std::vector<ConfigEntry> entries;
    for (skip_blank(true); !rest_.empty(); skip_blank(true)) {
      entries.push_back(read_assignment());
    }
    return entries;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw ConfigError(line_, what); }
  [[nodiscard]] char front() const noexcept { return rest_.empty() ? '\n' : rest_.front(); }
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '\n') ++line_;
    return c;
  }

  /// Spaces, tabs and comments; ends of lines too if `over_lines`.
  void skip_blank(bool over_lines) {
    while (!rest_.empty()) {
      if (rest_.starts_with("\r\n")) rest_.remove_prefix(1);
      const char c = rest_.front();
      if (c == '#') {
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      } else if (c == ' ' || c == '\t' || (c == '\n' && over_lines)) {
        take();
      } else {
        return;
      }
    }
  }

  ConfigEntry read_assignment() {
    if (front() == '[') fail("there are no tables here, only NAME = VALUE");
    ConfigEntry entry;
    entry.line = line_;
    while (is_name_character(front())) entry.name += take();
    if (front() == '.') fail("there are no dotted names here");
    if (entry.name.empty()) fail("a line that is not NAME = VALUE");
    skip_blank(false);
    if (front() != '=') fail(fmt::format("'=' is missing behind '{}'", entry.name));
    take();
    skip_blank(false);
    read_value(entry);
    skip_blank(false);
    if (front() != '\n') fail("something stands behind the value");
    return entry;
  }

  void read_value(ConfigEntry& entry) {
    switch (front()) {
      case '\n':
        fail(fmt::format("'{}' has no value", entry.name));
      case '"':
      case '\'':
        entry.kind = ConfigEntry::Kind::text;
        return front() == '"' ? read_text(entry.value) : read_literal(entry.value);
      case '[':
        return read_list(entry);
      default:
        return read_word(entry);
    }
  }

  /// Reads true, false, a number or a date. The option decides what it means.
  void read_word(ConfigEntry& entry) {
    while (is_name_character(front()) || front() == '.' || front() == ':' || front() == '+') {
      const char c = take();
      if (c != '_' || entry.value.empty() || !text::is_digit(entry.value.back()) ||
          !text::is_digit(front())) {
        entry.value += c;  // 1_000 is 1000
      }
    }
    // A date may be followed by a time.
    if (entry.value.size() == 10 && entry.value[4] == '-' && rest_.size() > 1 && front() == ' ' &&
        text::is_digit(rest_[1])) {
      do {
        entry.value += take();
      } while (text::is_digit(front()) || front() == ':' || front() == '.');
    }
    if (entry.value.empty()) fail("a value is true, false, a number, \"text\" or a list");
    const bool is_flag = entry.value == "true" || entry.value == "false";
    if (!is_flag && text::is_letter(entry.value[0]) && entry.value != "inf" &&
        entry.value != "nan") {
      fail(fmt::format("text stands in quotes: \"{}\"", entry.value));
    }
    entry.kind = is_flag ? ConfigEntry::Kind::flag : ConfigEntry::Kind::other;
  }

  void read_list(ConfigEntry& entry) {
    entry.kind = ConfigEntry::Kind::list;
    take();
    for (;;) {
      skip_blank(true);
      if (rest_.empty()) break;
      if (front() == ']') return static_cast<void>(take());
      if (front() == '[') fail("a list in a list");
      ConfigEntry item;
      item.name = entry.name;
      item.line = line_;
      read_value(item);
      entry.items.push_back(std::move(item));
      if (entry.items.size() > kMaxListItems) fail("a list of more than 100000 values");
      skip_blank(true);
      if (rest_.empty()) break;
      if (front() != ',' && front() != ']') fail("',' or ']' is missing in a list");
      if (front() == ',') take();
    }
    throw ConfigError(entry.line, fmt::format("the list of '{}' has no end", entry.name));
  }

  void read_literal(std::string& value) {
    take();
    while (front() != '\'') {
      if (front() == '\n') fail("a text has no end");
      value += take_character();
    }
    take();
    if (value.empty() && front() == '\'') fail("there are no multi-line texts here");
  }

  void read_text(std::string& value) {
    take();
    while (front() != '"') {
      if (front() == '\n') fail("a text has no end");
      if (front() == '\\') {
        read_escape(value);
      } else {
        value += take_character();
      }
    }
    take();
    if (value.empty() && front() == '"') fail("there are no multi-line texts here");
  }

  char take_character() {
    const auto byte = static_cast<unsigned char>(front());
    if ((byte < 0x20 && byte != '\t') || byte == 0x7f) {
      fail(fmt::format("the control character \\x{:02x} in a text", byte));
    }
    return take();
  }

  void read_escape(std::string& value) {
    constexpr std::string_view kLetters = "btnfr\"\\";
    constexpr std::string_view kMeanings = "\b\t\n\f\r\"\\";
    take();
    const char letter = front();
    if (letter == '\n') fail("a text has no end");
    take();
    if (letter == 'u' || letter == 'U')
      return text::append_utf8(value, read_hex(letter == 'u' ? 4 : 8));
    const std::size_t known = kLetters.find(letter);
    if (known == std::string_view::npos) {
      fail(fmt::format("\\{} is no escape; a backslash is written \\\\", letter));
    }
    value += kMeanings[known];
  }

  std::uint32_t read_hex(int digits) {
    std::uint32_t code = 0;
    for (int i = 0; i < digits; ++i) {
      const int value = text::hex_value(front());
      if (value < 0) {
        fail(fmt::format("{} hexadecimal digits belong after \\{}", digits,
                         digits == 4 ? 'u' : 'U'));
      }
      code = code * 16 + static_cast<std::uint32_t>(value);
      take();
    }
    if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
      fail("an escape that is no character");
    }
    return code;
  }

  std::string_view rest_;
  int line_ = 1;
};

void check_utf8(std::string_view text) {
  if (is_valid_utf8(text)) return;
  for (int line = 1;; ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (!is_valid_utf8(text.substr(0, end))) throw ConfigError(line, "bytes that are not UTF-8");
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::vector<ConfigEntry> parse_config(std::string_view text) {
  check_utf8(text);
  return ConfigReader(text).read();
}

}  // namespace bora::detail
