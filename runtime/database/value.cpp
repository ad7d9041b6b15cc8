#include <bora/database/value.h>

#include <cmath>

#include <fmt/format.h>

#include "runtime/database/binary.h"
#include "runtime/database/calendar.h"
#include "runtime/text/hex.h"

namespace bora::database {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

/// Reads dates and times, piece by piece.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}
  [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }
  [[nodiscard]] char peek() const noexcept { return at_end() ? '\0' : text_[at_]; }
  bool take(char c) noexcept {
    if (peek() != c || at_end()) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) noexcept {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  bool number(std::int64_t& value, std::size_t least = 1, std::size_t most = 18) noexcept {
    const std::size_t begin = at_;
    value = 0;
    while (!at_end() && at_ - begin < most && text::is_digit(peek())) {
      value = value * 10 + (text_[at_++] - '0');
    }
    return at_ - begin >= least;
  }
  /// Up to six digits after the point, as microseconds.
  bool fraction(std::int64_t& microseconds) noexcept {
    microseconds = 0;
    if (!take('.')) return true;
    std::int64_t unit = kSecond / 10;
    const std::size_t begin = at_;
    for (; text::is_digit(peek()); unit /= 10) microseconds += (text_[at_++] - '0') * unit;
    return at_ > begin;
  }
  /// Reads days since 1970; the year may have six digits, and " BC" is at the end of the text.
  bool date(std::int64_t& days) noexcept {
    std::int64_t y = 0;
    std::int64_t m = 0;
    std::int64_t d = 0;
    if (!number(y, 4, 6) || !take('-') || !number(m, 2, 2) || !take('-') || !number(d, 2, 2)) {
      return false;
    }
    if (text_.ends_with(" BC")) {
      text_.remove_suffix(3);
      y = 1 - y;
    }
    const detail::CivilDate date{y, static_cast<unsigned>(m), static_cast<unsigned>(d)};
    if (!detail::exists(date)) return false;
    days = detail::days_of(date);
    return true;
  }
  /// Reads hh:mm:ss.ffffff, where the hours may be any number.
  bool time(std::int64_t& microseconds) noexcept {
    std::int64_t h = 0;
    std::int64_t m = 0;
    std::int64_t s = 0;
    std::int64_t part = 0;
    if (!number(h, 2, 9) || !take(':') || !number(m, 2, 2)) return false;
    if (take(':') && (!number(s, 2, 2) || !fraction(part))) return false;
    microseconds = ((h * 60 + m) * 60 + s) * kSecond + part;
    return true;
  }
  /// Reads Z, +hh, +hh:mm, or nothing.
  bool offset(std::int64_t& microseconds) noexcept {
    microseconds = 0;
    if (at_end() || take('Z')) return true;
    const bool is_minus = peek() == '-';
    if (!take('+') && !take('-')) return false;
    std::int64_t h = 0;
    std::int64_t m = 0;
    std::int64_t s = 0;
    if (!number(h, 2, 2)) return false;
    if (take(':') && !number(m, 2, 2)) return false;
    if (take(':') && !number(s, 2, 2)) return false;
    microseconds = ((h * 60 + m) * 60 + s) * kSecond * (is_minus ? -1 : 1);
    return true;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

std::string time_text(std::int64_t microseconds) {
  const std::int64_t seconds = microseconds / kSecond;
  std::string text =
      fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (const std::int64_t part = microseconds % kSecond) text += fmt::format(".{:06}", part);
  return text;
}

std::string date_text(const detail::CivilDate& date) {
  return fmt::format("{:04}-{:02}-{:02}", date.year > 0 ? date.year : 1 - date.year, date.month,
                     date.day);
}
const char* era_text(const detail::CivilDate& date) {
  return date.year > 0 ? "" : " BC";
}

/// Adds days to microseconds.
bool add_days(std::int64_t days, std::int64_t& microseconds) noexcept {
  std::int64_t of_days = 0;
  return !__builtin_mul_overflow(days, kDay, &of_days) &&
         !__builtin_add_overflow(of_days, microseconds, &microseconds);
}

}  // namespace

std::string Cell::describe() const {
  switch (kind) {
    case Kind::null:
      return "NULL";
    case Kind::integer:
      return "the number " + std::to_string(integer);
    case Kind::real:
      return fmt::format("the number {}", real);
    case Kind::bytes:
      return "bytes";
    case Kind::binary:
      return "a binary value of the type with the OID " + std::to_string(type);
    case Kind::text:
      break;
  }
  constexpr std::size_t kMost = 40;
  std::string shown(text.substr(0, kMost));
  if (text.size() > kMost) shown += "…";
  return "the text \"" + shown + "\"";
}

std::string Parameter::to_text() const {
  switch (kind) {
    case Kind::null:
      return {};
    case Kind::boolean:
      return integer != 0 ? "t" : "f";
    case Kind::integer:
      return std::to_string(integer);
    case Kind::real:
      if (std::isnan(real)) return "NaN";
      if (std::isinf(real)) return real < 0 ? "-Infinity" : "Infinity";
      return fmt::format("{}", real);
    case Kind::text:
    case Kind::bytes:
    case Kind::array:
      break;
  }
  return text;
}

std::optional<UUID> UUID::parse(std::string_view text) {
  UUID uuid;
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '-') continue;
    const int value = text::hex_value(c);
    if (value < 0 || digits == 32) return std::nullopt;
    std::uint8_t& byte = uuid.bytes[digits / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | value);
    ++digits;
  }
  if (digits != 32) return std::nullopt;
  return uuid;
}

std::string UUID::to_string() const {
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text::append_hex(text, static_cast<char>(bytes[i]));
  }
  return text;
}

namespace detail {

void refuse(const Cell& cell, std::string_view wanted) {
  throw ConversionError(cell.describe() + " is no " + std::string(wanted));
}

std::int64_t read_integer(const Cell& cell, std::int64_t least, std::int64_t most) {
  std::int64_t value = 0;
  if (cell.kind == Cell::Kind::integer) {
    value = cell.integer;
  } else if (cell.kind == Cell::Kind::text) {
    const char* const end = cell.text.data() + cell.text.size();
    const auto [stop, failure] = std::from_chars(cell.text.data(), end, value);
    if (failure != std::errc() || stop != end) refuse(cell, "whole number that fits");
  } else if (cell.kind == Cell::Kind::binary) {
    const std::string text = text_of_binary(cell);
    return read_integer({.kind = Cell::Kind::text, .text = text}, least, most);
  } else {
    refuse(cell, "whole number");
  }
  if (value < least || value > most) refuse(cell, "whole number that fits");
  return value;
}

std::uint64_t read_unsigned(const Cell& cell, std::uint64_t most) {
  std::uint64_t value = 0;
  if (cell.kind == Cell::Kind::integer && cell.integer >= 0) {
    value = static_cast<std::uint64_t>(cell.integer);
  } else if (cell.kind == Cell::Kind::text) {
    const char* const end = cell.text.data() + cell.text.size();
    const auto [stop, failure] = std::from_chars(cell.text.data(), end, value);
    if (failure != std::errc() || stop != end) refuse(cell, "whole number that fits");
  } else if (cell.kind == Cell::Kind::binary) {
    const std::string text = text_of_binary(cell);
    return read_unsigned({.kind = Cell::Kind::text, .text = text}, most);
  } else {
    refuse(cell, "whole number from 0 on");
  }
  if (value > most) refuse(cell, "whole number that fits");
  return value;
}

double read_real(const Cell& cell) {
  if (cell.kind == Cell::Kind::real) return cell.real;
  if (cell.kind == Cell::Kind::integer) return static_cast<double>(cell.integer);
  if (cell.kind == Cell::Kind::binary) return real_of_binary(cell);
  if (cell.kind != Cell::Kind::text) refuse(cell, "number");
  double value = 0;
  const char* const end = cell.text.data() + cell.text.size();
  const auto [stop, failure] = std::from_chars(cell.text.data(), end, value);
  if (failure != std::errc() || stop != end) refuse(cell, "number");
  return value;
}

bool read_bool(const Cell& cell) {
  if (cell.kind == Cell::Kind::integer && (cell.integer == 0 || cell.integer == 1)) {
    return cell.integer == 1;
  }
  if (cell.kind == Cell::Kind::text) {
    if (cell.text == "t" || cell.text == "true") return true;
    if (cell.text == "f" || cell.text == "false") return false;
  }
  refuse(cell, "boolean");
}

std::string read_text(const Cell& cell) {
  switch (cell.kind) {
    case Cell::Kind::text:
    case Cell::Kind::bytes:
      return std::string(cell.text);
    case Cell::Kind::integer:
      return std::to_string(cell.integer);
    case Cell::Kind::real:
      return fmt::format("{}", cell.real);
    case Cell::Kind::binary:
      return text_of_binary(cell);
    case Cell::Kind::null:
      break;
  }
  refuse(cell, "text");
}

std::vector<std::byte> read_bytes(const Cell& cell) {
  std::vector<std::byte> bytes;
  if (cell.kind == Cell::Kind::bytes) {
    const auto* const data = reinterpret_cast<const std::byte*>(cell.text.data());
    bytes.assign(data, data + cell.text.size());
    return bytes;
  }
  // PostgreSQL's bytea as text: \x0a1b
  if (cell.kind != Cell::Kind::text || !cell.text.starts_with("\\x") || cell.text.size() % 2 != 0) {
    refuse(cell, "bytes");
  }
  bytes.reserve(cell.text.size() / 2 - 1);
  for (std::size_t i = 2; i < cell.text.size(); i += 2) {
    const int byte = text::hex_byte(cell.text[i], cell.text[i + 1]);
    if (byte < 0) refuse(cell, "bytes");
    bytes.push_back(static_cast<std::byte>(byte));
  }
  return bytes;
}

UUID read_uuid(const Cell& cell) {
  if (cell.kind == Cell::Kind::binary) return uuid_of_binary(cell);
  if (cell.kind == Cell::Kind::text) {
    if (const std::optional<UUID> uuid = UUID::parse(cell.text)) return *uuid;
  }
  refuse(cell, "UUID");
}

std::int64_t read_timestamp(const Cell& cell) {
  if (cell.kind == Cell::Kind::binary) return timestamp_of_binary(cell);
  if (cell.kind != Cell::Kind::text) refuse(cell, "time");
  if (cell.text == "infinity") return std::numeric_limits<std::int64_t>::max();
  if (cell.text == "-infinity") return std::numeric_limits<std::int64_t>::min();
  Scanner scanner(cell.text);
  std::int64_t days = 0;
  std::int64_t time = 0;
  std::int64_t offset = 0;
  if (!scanner.date(days)) refuse(cell, "time");
  if (scanner.take(' ') || scanner.take('T')) {
    if (!scanner.time(time) || !scanner.offset(offset)) refuse(cell, "time");
  }
  if (!scanner.at_end()) refuse(cell, "time");
  time -= offset;
  if (!add_days(days, time)) refuse(cell, "time that fits");
  return time;
}

sys_days read_date(const Cell& cell) {
  std::int64_t days = 0;
  if (cell.kind == Cell::Kind::binary) {
    days = date_of_binary(cell);
  } else {
    if (cell.kind != Cell::Kind::text) refuse(cell, "date");
    Scanner scanner(cell.text);
    if (!scanner.date(days) || !scanner.at_end()) refuse(cell, "date");
  }
  const std::int64_t year = civil_date(days).year;
  if (year < -32'767 || year > 32'767) refuse(cell, "date that fits");
  return sys_days(std::chrono::days(days));
}

std::int64_t read_duration(const Cell& cell) {
  if (cell.kind == Cell::Kind::integer) {
    std::int64_t total = 0;
    if (__builtin_mul_overflow(cell.integer, kSecond, &total)) refuse(cell, "duration that fits");
    return total;
  }
  if (cell.kind == Cell::Kind::real) {
    const double total = cell.real * static_cast<double>(kSecond);
    if (!(std::abs(total) < 9.2e18)) refuse(cell, "duration that fits");
    return std::llround(total);
  }
  if (cell.kind == Cell::Kind::binary) return duration_of_binary(cell);
  if (cell.kind != Cell::Kind::text) refuse(cell, "duration");
  Scanner scanner(cell.text);
  std::int64_t total = 0;
  do {
    const bool is_minus = scanner.take('-');
    if (!is_minus) scanner.take('+');
    std::int64_t part = 0;
    std::int64_t days = 0;
    Scanner ahead = scanner;
    if (ahead.number(days) && (ahead.take(" days") || ahead.take(" day"))) {
      if (!add_days(days, part)) refuse(cell, "duration that fits");
      scanner = ahead;
    } else if (!scanner.time(part)) {
      refuse(cell, "duration without months and years");
    }
    if (__builtin_add_overflow(total, is_minus ? -part : part, &total)) {
      refuse(cell, "duration that fits");
    }
  } while (scanner.take(' '));
  if (!scanner.at_end()) refuse(cell, "duration without months and years");
  return total;
}

void write_timestamp(std::int64_t microseconds, Parameter& parameter) {
  const std::int64_t days = microseconds / kDay - (microseconds % kDay < 0 ? 1 : 0);
  const std::int64_t rest = microseconds % kDay + (microseconds % kDay < 0 ? kDay : 0);
  const CivilDate date = civil_date(days);
  parameter.set(date_text(date) + " " + time_text(rest) + "+00:00" + era_text(date));
}

void write_date(year_month_day date, Parameter& parameter) {
  if (!date.ok()) throw ConversionError("a date that no calendar has can't be a parameter");
  const CivilDate civil{static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                        static_cast<unsigned>(date.day())};
  parameter.set(date_text(civil) + era_text(civil));
}

void write_duration(std::int64_t microseconds, Parameter& parameter) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  if (microseconds == kLeast) ++microseconds;  // it has no counterpart above zero
  const std::string text = time_text(microseconds < 0 ? -microseconds : microseconds);
  parameter.set(microseconds < 0 ? "-" + text : text);
}

ArrayReader::ArrayReader(const Cell& cell) : cell_(cell) {
  if (cell.kind == Cell::Kind::binary) {
    const BinaryArray array = array_of_binary(cell);
    left_ = array.size;
    dimensions_ = array.dimensions;
    element_type_ = array.element_type;
    at_ = array.elements;
    return;
  }
  // An array whose indices do not begin with 1: [2:4]={1,2,3}
  if (cell_.kind == Cell::Kind::text && cell_.text.starts_with('[')) {
    const std::size_t equals = cell_.text.find("]={");
    if (equals != std::string_view::npos) cell_.text.remove_prefix(equals + 2);
  }
  if (cell_.kind != Cell::Kind::text || cell_.text.size() < 2 || !cell_.text.starts_with('{') ||
      !cell_.text.ends_with('}')) {
    refuse();
  }
}

void ArrayReader::refuse() const {
  detail::refuse(cell_, "array");
}

bool ArrayReader::next(Cell& element) {
  if (cell_.kind != Cell::Kind::binary) return next_of_text(element);
  if (left_ == 0) return false;
  --left_;
  const BinaryArray array{dimensions_, element_type_, left_, 0};
  element = element_of_binary(cell_, array, at_, element_);
  return true;
}

bool ArrayReader::next_of_text(Cell& element) {
  const std::string_view text = cell_.text;
  if (at_ >= text.size() - 1) {
    if (at_ != text.size() - 1) return false;
    at_ = text.size();
    return false;
  }
  element_.clear();
  bool is_quoted = false;
  if (text[at_] == '{') {  // an array of arrays
    std::size_t depth = 0;
    bool is_in_quotes = false;
    const std::size_t begin = at_;
    do {
      const char c = text[at_];
      if (is_in_quotes) {
        if (c == '\\') ++at_;
        if (c == '"') is_in_quotes = false;
      } else if (c == '"') {
        is_in_quotes = true;
      } else if (c == '{') {
        ++depth;
      } else if (c == '}') {
        --depth;
      }
      if (++at_ >= text.size()) refuse();
    } while (depth > 0);
    element_ = text.substr(begin, at_ - begin);
    is_quoted = true;
  } else if (text[at_] == '"') {
    is_quoted = true;
    for (++at_; at_ < text.size() && text[at_] != '"'; ++at_) {
      if (text[at_] == '\\') ++at_;
      if (at_ >= text.size()) refuse();
      element_ += text[at_];
    }
    ++at_;
  } else {
    while (at_ < text.size() - 1 && text[at_] != ',') element_ += text[at_++];
  }
  if (at_ >= text.size()) refuse();
  if (text[at_] == ',') {
    ++at_;
    if (at_ == text.size() - 1) refuse();
  } else if (at_ != text.size() - 1) {
    refuse();
  }
  element = Cell();
  if (is_quoted || element_ != "NULL") {
    element.kind = Cell::Kind::text;
    element.text = element_;
  }
  return true;
}

void append_element(std::string& array, const Parameter& element) {
  if (array.size() > 1) array += ',';
  switch (element.kind) {
    case Parameter::Kind::null:
      array += "NULL";
      return;
    case Parameter::Kind::array:
      array += element.text;
      return;
    case Parameter::Kind::bytes:
      array += "\"\\\\x";
      for (const char c : element.text) {
        text::append_hex(array, c);
      }
      array += '"';
      return;
    default:
      break;
  }
  array += '"';
  for (const char c : element.to_text()) {
    if (c == '"' || c == '\\') array += '\\';
    array += c;
  }
  array += '"';
}

}  // namespace detail
}  // namespace bora::database
