#include "runtime/database/binary.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "runtime/database/calendar.h"

namespace bora::database::detail {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;
constexpr std::int64_t kDaysTo2000 = 10'957;  // where PostgreSQL counts from

/// OIDs of the server's own types (pg_type.dat).
enum Type : std::uint32_t {
  kBool = 16,
  kBytea = 17,
  kChar = 18,
  kName = 19,
  kInt8 = 20,
  kInt2 = 21,
  kInt4 = 23,
  kText = 25,
  kOid = 26,
  kJson = 114,
  kXml = 142,
  kFloat4 = 700,
  kFloat8 = 701,
  kUnknown = 705,
  kBpchar = 1042,
  kVarchar = 1043,
  kDate = 1082,
  kTime = 1083,
  kTimestamp = 1114,
  kTimestamptz = 1184,
  kInterval = 1186,
  kNumeric = 1700,
  kUuid = 2950,
  kJsonb = 3802,
  kFirstOfUsers = 16'384,
};

std::uint64_t big_endian(std::string_view bytes) noexcept {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

template <class T>
T number_at(std::string_view bytes, std::size_t at) noexcept {
  return static_cast<T>(big_endian(bytes.substr(at, sizeof(T))));
}

void require(const Cell& cell, bool is_right, std::string_view wanted) {
  if (!is_right) refuse(cell, wanted);
}

/// Returns the digits of a numeric: groups of four, with the place of the point.
std::string numeric_text(const Cell& cell) {
  const std::string_view bytes = cell.text;
  require(cell, bytes.size() >= 8, "number");
  const auto groups = number_at<std::uint16_t>(bytes, 0);
  const auto weight = number_at<std::int16_t>(bytes, 2);
  const auto sign = number_at<std::uint16_t>(bytes, 4);
  const auto scale = number_at<std::uint16_t>(bytes, 6);
  if (sign == 0xC000) return "NaN";
  if (sign == 0xD000) return "Infinity";
  if (sign == 0xF000) return "-Infinity";
  require(cell, bytes.size() == 8 + std::size_t{groups} * 2, "number");
  const auto group_at = [&](int index) -> unsigned {
    if (index < 0 || index >= groups) return 0;
    return number_at<std::uint16_t>(bytes, 8 + static_cast<std::size_t>(index) * 2);
  };
  std::string text = sign == 0x4000 ? "-" : "";
  if (weight < 0) {
    text += '0';
  } else {
    text += std::to_string(group_at(0));
    for (int i = 1; i <= weight; ++i) text += fmt::format("{:04}", group_at(i));
  }
  if (scale > 0) {
    text += '.';
    const std::size_t end = text.size() + scale;
    for (int i = weight + 1; text.size() < end; ++i) text += fmt::format("{:04}", group_at(i));
    text.resize(end);
  }
  return text;
}

std::string real_text(double value, bool is_single) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  return is_single ? fmt::format("{}", static_cast<float>(value)) : fmt::format("{}", value);
}

std::string date_text(std::int64_t days) {
  const CivilDate date = civil_date(days);
  const bool is_before = date.year <= 0;
  return fmt::format("{:04}-{:02}-{:02}{}", is_before ? 1 - date.year : date.year, date.month,
                     date.day, is_before ? " BC" : "");
}

std::string time_text(std::int64_t microseconds) {
  const std::int64_t seconds = microseconds / kSecond;
  std::string text =
      fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (const std::int64_t part = microseconds % kSecond) {
    text += fmt::format(".{:06}", part);
    while (text.back() == '0') text.pop_back();
  }
  return text;
}

}  // namespace

Cell cell_of_binary(std::uint32_t type, std::string_view bytes) noexcept {
  Cell cell;
  cell.text = bytes;
  cell.type = type;
  cell.kind = Cell::Kind::binary;
  const auto take_integer = [&](std::size_t size, std::int64_t value) {
    if (bytes.size() != size) return;
    cell.kind = Cell::Kind::integer;
    cell.integer = value;
  };
  switch (type) {
    case kBool:
      if (bytes.size() != 1) break;
      cell.kind = Cell::Kind::text;
      cell.text = bytes[0] != 0 ? "t" : "f";
      break;
    case kInt2:
      take_integer(2, number_at<std::int16_t>(bytes, 0));
      break;
    case kInt4:
      take_integer(4, number_at<std::int32_t>(bytes, 0));
      break;
    case kInt8:
      take_integer(8, number_at<std::int64_t>(bytes, 0));
      break;
    case kOid:
      take_integer(4, number_at<std::uint32_t>(bytes, 0));
      break;
    case kBytea:
      cell.kind = Cell::Kind::bytes;
      break;
    case kJsonb:
      if (bytes.empty() || bytes[0] != 1) break;  // another version of the format
      cell.kind = Cell::Kind::text;
      cell.text = bytes.substr(1);
      break;
    case kText:
    case kVarchar:
    case kBpchar:
    case kName:
    case kChar:
    case kJson:
    case kXml:
    case kUnknown:
      cell.kind = Cell::Kind::text;
      break;
    default:
      // Many types that were made in this database have a binary form that is their text, as
      // enumerations and citext. For other types, reading the text fails.
      if (type >= kFirstOfUsers && bytes.find('\0') == std::string_view::npos) {
        cell.kind = Cell::Kind::text;
      }
  }
  return cell;
}

std::string text_of_binary(const Cell& cell) {
  switch (cell.type) {
    case kNumeric:
      return numeric_text(cell);
    case kFloat4:
    case kFloat8:
      return real_text(real_of_binary(cell), cell.type == kFloat4);
    case kUuid:
      return uuid_of_binary(cell).to_string();
    case kDate: {
      const auto days = number_at<std::int32_t>(cell.text, 0);
      if (cell.text.size() == 4 && days == std::numeric_limits<std::int32_t>::max()) {
        return "infinity";
      }
      if (cell.text.size() == 4 && days == std::numeric_limits<std::int32_t>::min()) {
        return "-infinity";
      }
      return date_text(date_of_binary(cell));
    }
    case kTimestamp:
    case kTimestamptz: {
      require(cell, cell.text.size() == 8, "text");
      const auto count = number_at<std::int64_t>(cell.text, 0);
      if (count == std::numeric_limits<std::int64_t>::max()) return "infinity";
      if (count == std::numeric_limits<std::int64_t>::min()) return "-infinity";
      const std::int64_t days = count / kDay - (count % kDay < 0 ? 1 : 0);
      std::string date = date_text(days + kDaysTo2000);
      const bool is_before = date.ends_with(" BC");
      if (is_before) date.resize(date.size() - 3);
      return date + " " + time_text(count - days * kDay) +
             (cell.type == kTimestamptz ? "+00" : "") + (is_before ? " BC" : "");
    }
    case kTime:
      return time_text(duration_of_binary(cell));
    default:
      refuse(cell, "text");
  }
}

double real_of_binary(const Cell& cell) {
  if (cell.type == kFloat8 && cell.text.size() == 8) {
    return std::bit_cast<double>(number_at<std::uint64_t>(cell.text, 0));
  }
  if (cell.type == kFloat4 && cell.text.size() == 4) {
    return static_cast<double>(std::bit_cast<float>(number_at<std::uint32_t>(cell.text, 0)));
  }
  if (cell.type == kNumeric) {
    const std::string text = numeric_text(cell);
    double value = 0;
    const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure == std::errc()) return value;
  }
  refuse(cell, "number");
}

UUID uuid_of_binary(const Cell& cell) {
  UUID uuid;
  require(cell, cell.type == kUuid && cell.text.size() == uuid.bytes.size(), "UUID");
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
    uuid.bytes[i] = static_cast<std::uint8_t>(cell.text[i]);
  }
  return uuid;
}

std::int64_t timestamp_of_binary(const Cell& cell) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  if (cell.type == kDate) {
    std::int64_t time = 0;
    if (__builtin_mul_overflow(date_of_binary(cell), kDay, &time)) refuse(cell, "time that fits");
    return time;
  }
  const bool is_time = cell.type == kTimestamp || cell.type == kTimestamptz;
  require(cell, is_time && cell.text.size() == 8, "time");
  const auto count = number_at<std::int64_t>(cell.text, 0);
  if (count == kMost || count == kLeast) return count;
  std::int64_t time = 0;
  if (__builtin_add_overflow(count, kDaysTo2000 * kDay, &time) || time == kMost) {
    refuse(cell, "time that fits");
  }
  return time;
}

std::int64_t date_of_binary(const Cell& cell) {
  require(cell, cell.type == kDate && cell.text.size() == 4, "date");
  const auto days = number_at<std::int32_t>(cell.text, 0);
  require(cell,
          days != std::numeric_limits<std::int32_t>::max() &&
              days != std::numeric_limits<std::int32_t>::min(),
          "date");
  return std::int64_t{days} + kDaysTo2000;
}

std::int64_t duration_of_binary(const Cell& cell) {
  if (cell.type == kTime && cell.text.size() == 8) return number_at<std::int64_t>(cell.text, 0);
  require(cell, cell.type == kInterval && cell.text.size() == 16, "duration");
  const auto time = number_at<std::int64_t>(cell.text, 0);
  const auto days = number_at<std::int32_t>(cell.text, 8);
  const auto months = number_at<std::int32_t>(cell.text, 12);
  require(cell, months == 0, "duration without months and years");
  std::int64_t of_days = 0;
  std::int64_t total = 0;
  if (__builtin_mul_overflow(std::int64_t{days}, kDay, &of_days) ||
      __builtin_add_overflow(of_days, time, &total)) {
    refuse(cell, "duration that fits");
  }
  return total;
}

// An array consists of the number of dimensions, whether there are NULLs, and the elements' type;
// for each dimension its size and its lowest index; then the elements, each after its size, which
// is -1 for NULL.

BinaryArray array_of_binary(const Cell& cell) {
  constexpr int kMostDimensions = 6;  // of PostgreSQL
  BinaryArray array;
  require(cell, cell.kind == Cell::Kind::binary && cell.text.size() >= 12, "array");
  array.dimensions = number_at<std::int32_t>(cell.text, 0);
  array.element_type = number_at<std::uint32_t>(cell.text, 8);
  require(cell, array.dimensions >= 0 && array.dimensions <= kMostDimensions, "array");
  array.elements = 12 + static_cast<std::size_t>(array.dimensions) * 8;
  require(cell, cell.text.size() >= array.elements, "array");
  if (array.dimensions > 0) array.size = number_at<std::int32_t>(cell.text, 12);
  require(cell, array.size >= 0, "array");
  return array;
}

Cell element_of_binary(const Cell& cell, const BinaryArray& array, std::size_t& at,
                       std::string& memory) {
  const std::string_view bytes = cell.text;
  const auto take = [&]() -> std::string_view {
    require(cell, bytes.size() - at >= 4, "array");
    const auto size = number_at<std::int32_t>(bytes, at);
    at += 4;
    if (size < 0) return {nullptr, 0};
    require(cell, bytes.size() - at >= static_cast<std::size_t>(size), "array");
    const std::string_view element = bytes.substr(at, static_cast<std::size_t>(size));
    at += static_cast<std::size_t>(size);
    return element;
  };
  if (array.dimensions == 1) {
    const std::string_view element = take();
    return element.data() == nullptr ? Cell() : cell_of_binary(array.element_type, element);
  }
  // An array with one dimension less.
  std::uint64_t count = 1;
  for (std::int32_t i = 1; i < array.dimensions; ++i) {
    const auto size = number_at<std::int32_t>(bytes, 12 + static_cast<std::size_t>(i) * 8);
    require(cell, size >= 0, "array");
    count *= static_cast<std::uint64_t>(size);
    require(cell, count <= bytes.size(), "array");
  }
  const std::size_t begin = at;
  for (std::uint64_t i = 0; i < count; ++i) take();
  memory.clear();
  const auto dimensions = static_cast<std::uint32_t>(array.dimensions - 1);
  for (const int shift : {24, 16, 8, 0}) memory += static_cast<char>(dimensions >> shift);
  memory += bytes.substr(4, 8);
  memory += bytes.substr(20, static_cast<std::size_t>(dimensions) * 8);
  memory += bytes.substr(begin, at - begin);
  Cell inner;
  inner.kind = Cell::Kind::binary;
  inner.text = memory;
  return inner;
}

}  // namespace bora::database::detail
