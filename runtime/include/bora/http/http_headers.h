#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/core/moment.h>

namespace bora::http {

/// A message's header fields: a map from case-insensitive names to one or more values, in the order
/// in which they came.
///
/// The bytes of all names and values lie in one block, and a field is four numbers, so filling a
/// cleared object again allocates nothing. The bytes of a removed field stay in the block until
/// clear(). Views of it are valid until it is changed; a temporary object gives none.
class HTTPHeaders {
 public:
  struct Field {
    std::string_view name;
    std::string_view value;
  };

  HTTPHeaders() = default;
  /// `{{"Accept", "text/html"}, {"Accept", "image/png"}}` adds each field as add() does.
  HTTPHeaders(std::initializer_list<Field> fields);

  /// Parses lines of fields, each ended by CRLF or LF (the last one need not be). Folded lines are
  /// refused (RFC 9112, 5.2), as is CR elsewhere.
  /// @throws HTTPInputError  A line is not a field line.
  static HTTPHeaders parse(std::string_view text);

  /// Adds the field of one line, with or without its line end; an empty line adds nothing.
  /// @throws HTTPInputError  It is not a field line; nothing is added.
  void parse_line(std::string_view line);

  /// Appends a field; one of the same name stays.
  /// @throws std::invalid_argument  The name is not a token (RFC 9110, 5.6.2), the value has a
  ///                                control character other than TAB, or either has CR, LF or NUL;
  ///                                nothing is added.
  void add(std::string_view name, std::string_view value);

  /// Replaces every field of that name by this one. Throws as add().
  void set(std::string_view name, std::string_view value);

  /// The same for a number, in decimal digits, and for a time point of the system's clock, as
  /// format_timestamp() writes it.
  template <std::integral Number>
    requires(!std::same_as<Number, bool> && !std::same_as<Number, char>)
  void add(std::string_view name, Number value) {
    add(name, std::string_view(std::to_string(value)));
  }
  template <std::integral Number>
    requires(!std::same_as<Number, bool> && !std::same_as<Number, char>)
  void set(std::string_view name, Number value) {
    set(name, std::string_view(std::to_string(value)));
  }
  template <class TimePoint>
    requires requires { typename TimePoint::clock; }
  void add(std::string_view name, const TimePoint& time) {
    add_time(name, Moment(time));
  }
  template <class TimePoint>
    requires requires { typename TimePoint::clock; }
  void set(std::string_view name, const TimePoint& time) {
    remove(name);
    add_time(name, Moment(time));
  }

  /// Removes every field of that name.
  void remove(std::string_view name);

  /// All values of `name` joined by ", " (RFC 9110, 5.3), or `missing`. It always returns a copy;
  /// see get_view() for the usual single value.
  [[nodiscard]] std::string get(std::string_view name, std::string_view missing = {}) const;

  /// The first value of `name`, without copying; nothing if there is none.
  [[nodiscard]] std::optional<std::string_view> get_view(std::string_view name) const&;
  std::optional<std::string_view> get_view(std::string_view name) const&& = delete;

  /// Every value of `name`, in order.
  [[nodiscard]] std::vector<std::string_view> get_list(std::string_view name) const&;
  std::vector<std::string_view> get_list(std::string_view name) const&& = delete;

  /// Adds the field if there is none of that name; returns what get() gives then.
  std::string setdefault(std::string_view name, std::string_view value);

  /// Every field, including several of one name: `for (auto [name, value] : headers.get_all())`.
  [[nodiscard]] const HTTPHeaders& get_all() const& { return *this; }
  [[nodiscard]] HTTPHeaders get_all() && { return std::move(*this); }
  [[nodiscard]] HTTPHeaders get_all() const&& { return *this; }

  /// Returns a line "Name: value" for each field.
  [[nodiscard]] std::string to_string() const;

  [[nodiscard]] bool contains(std::string_view name) const;
  [[nodiscard]] std::size_t size() const { return fields_.size(); }
  [[nodiscard]] bool empty() const { return fields_.empty(); }
  [[nodiscard]] Field operator[](std::size_t index) const&;
  Field operator[](std::size_t index) const&& = delete;

  /// Removes all fields and keeps the memory.
  void clear();

  /// Iterates over every field as it came, with the names as they were written:
  /// `for (auto [name, value] : headers)`.
  class Iterator {
   public:
    Iterator(const HTTPHeaders* headers, std::size_t index) : headers_(headers), index_(index) {}
    Field operator*() const { return (*headers_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const HTTPHeaders* headers_;
    std::size_t index_;
  };
  [[nodiscard]] Iterator begin() const& { return {this, 0}; }
  [[nodiscard]] Iterator end() const& { return {this, fields_.size()}; }
  Iterator begin() const&& = delete;
  Iterator end() const&& = delete;

  /// Appends a field without the checks of add(); for parsers, which have made them.
  void append_checked(std::string_view name, std::string_view value);

 private:
  friend class RequestBuilder;  ///< Renames.
  friend class RequestParser;   ///< Fills block_ with a request's whole head and fields_ from it.

  struct Entry {
    std::uint32_t name_offset;
    std::uint32_t value_offset;
    std::uint32_t value_size;
    std::uint32_t name_size;
  };

  void add_time(std::string_view name, Moment time);
  /// Replaces the name of every field of one name; the block may move.
  void rename(std::string_view from, std::string_view to);

  [[nodiscard]] std::string_view name_of(const Entry& entry) const {
    return {block_.data() + entry.name_offset, entry.name_size};
  }
  [[nodiscard]] std::string_view value_of(const Entry& entry) const {
    return {block_.data() + entry.value_offset, entry.value_size};
  }
  [[nodiscard]] bool is_named(const Entry& entry, std::string_view name) const;

  std::string block_;
  std::vector<Entry> fields_;
};

/// Whether `text` is a token of RFC 9110: one or more of the characters of methods and field names.
[[nodiscard]] bool is_token(std::string_view text);

/// Whether `a` and `b` are the same except for the case of ASCII letters.
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace bora::http
