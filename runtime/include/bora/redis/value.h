#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace bora::redis {

/// Redis refused a command: "WRONGTYPE Operation against a key holding the wrong kind of value".
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  /// The first word of the message, "WRONGTYPE"; empty for errors that are not Redis's.
  [[nodiscard]] std::string_view code() const noexcept;
};

/// There is no connection. Whether a command that was under way was carried out is not known.
class ConnectionError : public Error {
 public:
  using Error::Error;
};

/// A reply is not of the type that the program asks for.
class ConversionError : public Error {
 public:
  using Error::Error;
};

/// A reply of Redis.
class Value {
 public:
  /// The type of a reply; `text` is a status or a bulk string.
  enum class Kind : unsigned char { nil, integer, text, error, array };

  Value() = default;
  /// Make values of these kinds.
  static Value of_integer(std::int64_t value);
  static Value of_text(std::string value);
  static Value of_error(std::string value);
  static Value of_array(std::size_t size);

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] bool is_nil() const noexcept { return kind_ == Kind::nil; }
  [[nodiscard]] bool is_error() const noexcept { return kind_ == Kind::error; }
  /// The number, text or elements of a value of that kind; 0 or empty for another kind.
  [[nodiscard]] std::int64_t integer() const noexcept { return integer_; }
  /// The bytes of a text, or of an error within an array.
  [[nodiscard]] const std::string& text() const& noexcept { return text_; }
  [[nodiscard]] std::string text() && noexcept { return std::move(text_); }
  [[nodiscard]] const std::vector<Value>& items() const& noexcept { return items_; }
  [[nodiscard]] std::vector<Value> items() && noexcept { return std::move(items_); }
  [[nodiscard]] std::vector<Value>& items() & noexcept { return items_; }

  /// The value as std::string, numbers, bool (1 or 0, and OK), std::optional (empty for nil),
  /// std::vector, std::pair and std::tuple, maps (of arrays of names and values, or of pairs), or
  /// Value itself.
  /// @throws ConversionError  The value is not of that type.
  template <class T>
  [[nodiscard]] T as() const;

  /// A description for messages: `the text "abc"`.
  [[nodiscard]] std::string describe() const;

 private:
  [[noreturn]] void refuse(std::string_view wanted) const;
  [[nodiscard]] std::int64_t whole_number() const;
  [[nodiscard]] double real_number() const;
  [[nodiscard]] bool truth() const;
  [[nodiscard]] const std::vector<Value>& elements() const;

  Kind kind_ = Kind::nil;
  std::int64_t integer_ = 0;
  std::string text_;
  std::vector<Value> items_;
};

/// An entry of a Stream: `co_await redis.command<std::vector<StreamEntry>>("XRANGE", key, "-",
/// "+")`.
struct StreamEntry {
  std::string id;
  std::vector<std::pair<std::string, std::string>> fields{};

  /// The value of a field; empty if there is no such field.
  [[nodiscard]] std::string_view operator[](std::string_view name) const noexcept;
};

namespace detail {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_pair = false;
template <class A, class B>
inline constexpr bool is_pair<std::pair<A, B>> = true;
template <class T>
inline constexpr bool is_tuple = false;
template <class... T>
inline constexpr bool is_tuple<std::tuple<T...>> = true;
template <class T>
inline constexpr bool is_map = requires {
  typename T::key_type;
  typename T::mapped_type;
};

}  // namespace detail

template <class T>
T Value::as() const {
  if constexpr (std::same_as<T, Value>) {
    return *this;
  } else if constexpr (detail::is_optional<T>) {
    if (is_nil()) return std::nullopt;
    return as<typename T::value_type>();
  } else if constexpr (std::same_as<T, bool>) {
    return truth();
  } else if constexpr (std::integral<T>) {
    const std::int64_t number = whole_number();
    if (!std::in_range<T>(number)) refuse("whole number that fits");
    return static_cast<T>(number);
  } else if constexpr (std::floating_point<T>) {
    return static_cast<T>(real_number());
  } else if constexpr (std::same_as<T, std::string>) {
    if (kind_ == Kind::integer) return std::to_string(integer_);
    if (kind_ != Kind::text) refuse("text");
    return text_;
  } else if constexpr (std::same_as<T, StreamEntry>) {
    const std::vector<Value>& parts = elements();
    if (parts.size() != 2) refuse("entry of a Stream");
    StreamEntry entry{parts[0].as<std::string>()};
    if (!parts[1].is_nil()) {  // nil if the entry was deleted while it was pending
      const std::vector<Value>& fields = parts[1].elements();
      for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
        entry.fields.emplace_back(fields[i].as<std::string>(), fields[i + 1].as<std::string>());
      }
    }
    return entry;
  } else if constexpr (detail::is_vector<T>) {
    T values;
    for (const Value& item : elements()) {
      values.push_back(item.as<typename T::value_type>());
    }
    return values;
  } else if constexpr (detail::is_pair<T>) {
    const std::vector<Value>& parts = elements();
    if (parts.size() != 2) refuse("pair");
    return T(parts[0].as<typename T::first_type>(), parts[1].as<typename T::second_type>());
  } else if constexpr (detail::is_tuple<T>) {
    const std::vector<Value>& parts = elements();
    if (parts.size() != std::tuple_size_v<T>) refuse("tuple of this size");
    return [&]<std::size_t... kIndex>(std::index_sequence<kIndex...>) {
      return T(parts[kIndex].template as<std::tuple_element_t<kIndex, T>>()...);
    }(std::make_index_sequence<std::tuple_size_v<T>>());
  } else {
    static_assert(detail::is_map<T>, "a reply can't become a value of this type");
    using Key = typename T::key_type;
    using Mapped = typename T::mapped_type;
    T map;
    const std::vector<Value>& parts = elements();
    if (!parts.empty() && parts[0].kind_ == Kind::array) {
      for (const Value& part : parts) map.insert(part.as<std::pair<Key, Mapped>>());
      return map;
    }
    if (parts.size() % 2 != 0) refuse("map");
    for (std::size_t i = 0; i < parts.size(); i += 2) {
      map.emplace(parts[i].as<Key>(), parts[i + 1].as<Mapped>());
    }
    return map;
  }
}

}  // namespace bora::redis
