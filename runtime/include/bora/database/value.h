#pragma once

#include <array>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <ratio>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <bora/database/error.h>

// The types of columns and parameters:
//
//   bool, integers, float, double     whole numbers must fit, or it is a ConversionError
//   std::string                       text, and whatever else has a text: numeric, inet, xml …
//   std::vector<std::byte>            bytea, BLOB
//   UUID
//   std::chrono::sys_time<…>          timestamptz and timestamp (as UTC); in SQLite, a text;
//                                     infinity is max() and min()
//   std::chrono::year_month_day       date
//   std::chrono durations             time and interval
//   nlohmann::json                    json and jsonb; include <bora/json.h>
//   std::vector<T>                    arrays (not in SQLite)
//   enums                             their number, or their EnumNames
//   std::optional<T>                  NULL is an empty one; anything else refuses NULL

namespace bora::database {

/// One value of a result, as the engine has it. It is valid as long as its Rows.
struct Cell {
  /// `binary` is for a value in PostgreSQL's binary format that is none of the others.
  enum class Kind : unsigned char { null, integer, real, text, bytes, binary };
  Kind kind = Kind::null;
  std::uint32_t type = 0;  ///< For the kind binary: the type's OID.
  std::string_view text;   ///< For the kinds text, bytes and binary.
  std::int64_t integer = 0;
  double real = 0;

  [[nodiscard]] bool is_null() const noexcept { return kind == Kind::null; }
  /// A description for messages: `the text "abc"`, `NULL`.
  [[nodiscard]] std::string describe() const;
};

/// One value for a statement.
struct Parameter {
  enum class Kind : unsigned char { null, boolean, integer, real, text, bytes, array };
  Kind kind = Kind::null;
  std::string text;  ///< For the kinds text, bytes and array (in PostgreSQL's form).
  std::int64_t integer = 0;
  double real = 0;

  void set(std::string value, Kind as = Kind::text) {
    kind = as;
    text = std::move(value);
  }
  /// The text of the value; for NULL an empty one.
  [[nodiscard]] std::string to_text() const;
};

/// A universally unique identifier of 16 bytes (RFC 9562).
struct UUID {
  std::array<std::uint8_t, 16> bytes{};

  /// Reads "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", in upper or lower case, with or without the
  /// hyphens.
  static std::optional<UUID> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;
  auto operator<=>(const UUID&) const = default;
};

/// The names of an enumeration's values in the database; specialise it:
///
///     template <>
///     struct bora::database::EnumNames<Mood> {
///       static constexpr std::pair<Mood, std::string_view> names[] = {
///           {Mood::sad, "sad"}, {Mood::happy, "happy"}};
///     };
template <class T>
struct EnumNames;

/// How a C++ type is read from a column and passed as a parameter. Specialise it, with these two
/// static functions, for types of your own.
template <class T>
struct Column {
  static void read(const Cell&) = delete;
  static void write(const T&, Parameter&) = delete;
};

/// A type that columns can be read as.
template <class T>
concept ColumnValue = requires(const Cell& cell) {
  { Column<T>::read(cell) } -> std::convertible_to<T>;
};
template <class T>
concept ParameterValue =
    requires(const T& value, Parameter& parameter) { Column<T>::write(value, parameter); };

namespace detail {

[[noreturn]] void refuse(const Cell& cell, std::string_view wanted);

std::int64_t read_integer(const Cell& cell, std::int64_t least, std::int64_t most);
std::uint64_t read_unsigned(const Cell& cell, std::uint64_t most);
double read_real(const Cell& cell);
bool read_bool(const Cell& cell);
std::string read_text(const Cell& cell);
std::vector<std::byte> read_bytes(const Cell& cell);
UUID read_uuid(const Cell& cell);
/// The microseconds since the Epoch; "infinity" is the largest number.
std::int64_t read_timestamp(const Cell& cell);
std::chrono::sys_days read_date(const Cell& cell);
std::int64_t read_duration(const Cell& cell);  ///< in microseconds

/// Throws if the microseconds do not fit in a finer Duration.
template <class Duration>
void require_fit(const Cell& cell, std::int64_t count, std::string_view wanted) {
  using std::chrono::microseconds;
  if constexpr (std::ratio_less_v<typename Duration::period, std::micro>) {
    constexpr std::int64_t kMost =
        std::chrono::duration_cast<microseconds>((Duration::max)()).count();
    constexpr std::int64_t kLeast =
        std::chrono::duration_cast<microseconds>((Duration::min)()).count();
    if (count > kMost || count < kLeast) refuse(cell, wanted);
  }
}

void write_timestamp(std::int64_t microseconds, Parameter& parameter);
void write_date(std::chrono::year_month_day date, Parameter& parameter);
void write_duration(std::int64_t microseconds, Parameter& parameter);

/// Splits an array's text, `{1,NULL,"a,b"}`, or its binary form, into its elements.
class ArrayReader {
 public:
  explicit ArrayReader(const Cell& cell);
  /// Gets the next element, valid until the next call; returns false at the end.
  bool next(Cell& element);

 private:
  [[noreturn]] void refuse() const;

  bool next_of_text(Cell& element);

  Cell cell_;
  std::size_t at_ = 1;
  std::string element_;
  // for a binary array
  std::int32_t left_ = 0;
  std::int32_t dimensions_ = 0;
  std::uint32_t element_type_ = 0;
};
/// Adds an element to an array's text.
void append_element(std::string& array, const Parameter& element);

template <class T>
inline constexpr bool is_json_document = requires(const T& value) {
  typename T::json_pointer;
  value.is_number_unsigned();
  value.dump();
};

template <class T>
concept NamedEnum = std::is_enum_v<T> && requires { EnumNames<T>::names; };

}  // namespace detail

template <>
struct Column<bool> {
  static bool read(const Cell& cell) { return detail::read_bool(cell); }
  static void write(bool value, Parameter& parameter) {
    parameter.kind = Parameter::Kind::boolean;
    parameter.integer = value ? 1 : 0;
  }
};

template <std::integral T>
struct Column<T> {
  static T read(const Cell& cell) {
    if constexpr (std::is_signed_v<T>) {
      return static_cast<T>(
          detail::read_integer(cell, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
    } else {
      return static_cast<T>(detail::read_unsigned(cell, std::numeric_limits<T>::max()));
    }
  }
  static void write(T value, Parameter& parameter) {
    if (std::in_range<std::int64_t>(value)) {
      parameter.kind = Parameter::Kind::integer;
      parameter.integer = static_cast<std::int64_t>(value);
    } else {
      parameter.set(std::to_string(value));
    }
  }
};

template <std::floating_point T>
struct Column<T> {
  static T read(const Cell& cell) {
    const double value = detail::read_real(cell);
    if constexpr (std::numeric_limits<T>::max() < std::numeric_limits<double>::max()) {
      constexpr double kMost = static_cast<double>(std::numeric_limits<T>::max());
      constexpr double kInfinity = std::numeric_limits<double>::infinity();
      const bool is_finite = value < kInfinity && value > -kInfinity;
      if (is_finite && (value > kMost || value < -kMost)) detail::refuse(cell, "number that fits");
    }
    return static_cast<T>(value);
  }
  static void write(T value, Parameter& parameter) {
    parameter.kind = Parameter::Kind::real;
    parameter.real = static_cast<double>(value);
  }
};

template <>
struct Column<std::string> {
  static std::string read(const Cell& cell) { return detail::read_text(cell); }
  static void write(std::string_view value, Parameter& parameter) {
    parameter.set(std::string(value));
  }
};
/// These serve as parameters only; their contents are copied.
template <>
struct Column<std::string_view> {
  static void write(std::string_view value, Parameter& parameter) {
    parameter.set(std::string(value));
  }
};
template <>
struct Column<const char*> {
  static void write(const char* value, Parameter& parameter) { parameter.set(value); }
};
template <>
struct Column<std::nullptr_t> {
  static void write(std::nullptr_t, Parameter&) {}
};
template <>
struct Column<std::nullopt_t> {
  static void write(std::nullopt_t, Parameter&) {}
};

template <>
struct Column<std::vector<std::byte>> {
  static std::vector<std::byte> read(const Cell& cell) { return detail::read_bytes(cell); }
  static void write(const std::vector<std::byte>& value, Parameter& parameter) {
    parameter.set(std::string(reinterpret_cast<const char*>(value.data()), value.size()),
                  Parameter::Kind::bytes);
  }
};

template <>
struct Column<UUID> {
  static UUID read(const Cell& cell) { return detail::read_uuid(cell); }
  static void write(const UUID& value, Parameter& parameter) { parameter.set(value.to_string()); }
};

template <class Duration>
struct Column<std::chrono::time_point<std::chrono::system_clock, Duration>> {
  using Time = std::chrono::time_point<std::chrono::system_clock, Duration>;
  static Time read(const Cell& cell) {
    const std::int64_t count = detail::read_timestamp(cell);
    if (count == std::numeric_limits<std::int64_t>::max()) return Time::max();
    if (count == std::numeric_limits<std::int64_t>::min()) return Time::min();
    detail::require_fit<Duration>(cell, count, "time that fits");
    return Time(std::chrono::floor<Duration>(std::chrono::microseconds(count)));
  }
  static void write(Time value, Parameter& parameter) {
    if (value == Time::max()) return parameter.set("infinity");
    if (value == Time::min()) return parameter.set("-infinity");
    detail::write_timestamp(
        std::chrono::floor<std::chrono::microseconds>(value.time_since_epoch()).count(), parameter);
  }
};

template <>
struct Column<std::chrono::year_month_day> {
  static std::chrono::year_month_day read(const Cell& cell) { return detail::read_date(cell); }
  static void write(std::chrono::year_month_day value, Parameter& parameter) {
    detail::write_date(value, parameter);
  }
};

template <class Rep, class Period>
struct Column<std::chrono::duration<Rep, Period>> {
  using Duration = std::chrono::duration<Rep, Period>;
  static Duration read(const Cell& cell) {
    const std::int64_t count = detail::read_duration(cell);
    detail::require_fit<Duration>(cell, count, "duration that fits");
    return std::chrono::duration_cast<Duration>(std::chrono::microseconds(count));
  }
  static void write(Duration value, Parameter& parameter) {
    detail::write_duration(std::chrono::duration_cast<std::chrono::microseconds>(value).count(),
                           parameter);
  }
};

template <class T>
  requires detail::is_json_document<T>
struct Column<T> {
  static T read(const Cell& cell) {
    T value = T::parse(detail::read_text(cell), nullptr, false);
    if (value.is_discarded()) detail::refuse(cell, "JSON");
    return value;
  }
  static void write(const T& value, Parameter& parameter) { parameter.set(value.dump()); }
};

template <class T>
  requires std::is_enum_v<T>
struct Column<T> {
  static T read(const Cell& cell) {
    if constexpr (detail::NamedEnum<T>) {
      const std::string text = detail::read_text(cell);
      for (const auto& [value, name] : EnumNames<T>::names) {
        if (name == text) return value;
      }
      detail::refuse(cell, "value of the enumeration");
    } else {
      return static_cast<T>(Column<std::underlying_type_t<T>>::read(cell));
    }
  }
  static void write(T value, Parameter& parameter) {
    if constexpr (detail::NamedEnum<T>) {
      for (const auto& [named, name] : EnumNames<T>::names) {
        if (named == value) return parameter.set(std::string(name));
      }
      throw ConversionError("a value of an enumeration has no name in its EnumNames");
    } else {
      Column<std::underlying_type_t<T>>::write(static_cast<std::underlying_type_t<T>>(value),
                                               parameter);
    }
  }
};

template <class T>
struct Column<std::optional<T>> {
  static std::optional<T> read(const Cell& cell)
    requires ColumnValue<T>
  {
    if (cell.is_null()) return std::nullopt;
    return Column<T>::read(cell);
  }
  static void write(const std::optional<T>& value, Parameter& parameter)
    requires ParameterValue<T>
  {
    if (value) Column<T>::write(*value, parameter);
  }
};

template <class T>
  requires(!std::same_as<T, std::byte>)
struct Column<std::vector<T>> {
  static std::vector<T> read(const Cell& cell)
    requires ColumnValue<T>
  {
    std::vector<T> values;
    detail::ArrayReader elements(cell);
    for (Cell element; elements.next(element);) values.push_back(Column<T>::read(element));
    return values;
  }
  static void write(const std::vector<T>& values, Parameter& parameter)
    requires ParameterValue<T>
  {
    std::string array = "{";
    for (const auto& value : values) {
      Parameter element;
      Column<T>::write(static_cast<const T&>(value), element);
      detail::append_element(array, element);
    }
    array += '}';
    parameter.set(std::move(array), Parameter::Kind::array);
  }
};

/// The values of one statement, in order.
class Parameters {
 public:
  Parameters() = default;
  template <class... Values>
  static Parameters of(const Values&... values) {
    Parameters parameters;
    parameters.values_.reserve(sizeof...(values));
    (parameters.add(values), ...);
    return parameters;
  }

  template <class T>
  void add(const T& value) {
    using Plain = std::decay_t<const T&>;
    static_assert(ParameterValue<Plain>,
                  "this type can't be a parameter: specialise bora::database::Column for it");
    if constexpr (ParameterValue<Plain>) {
      Column<Plain>::write(value, values_.emplace_back());
    }
  }
  /// Adds a parameter that exists already.
  void add_parameter(Parameter parameter) { values_.push_back(std::move(parameter)); }

  [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
  [[nodiscard]] const Parameter& operator[](std::size_t i) const noexcept { return values_[i]; }
  [[nodiscard]] auto begin() const noexcept { return values_.begin(); }
  [[nodiscard]] auto end() const noexcept { return values_.end(); }

 private:
  std::vector<Parameter> values_;
};

}  // namespace bora::database
