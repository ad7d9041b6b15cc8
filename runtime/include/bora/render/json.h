#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <bora/render/output.h>
#include <bora/render/sink.h>

namespace bora::render {

/// A text that is JSON already, as json_encode() returns it. In a script `{{ }}` writes it as a
/// value; anywhere else it is a text like any other.
class JSONText {
 public:
  using bora_json = void;  ///< by it sinks recognise the type without this header

  JSONText() = default;
  /// @param json  Valid JSON: in a script it is code.
  explicit JSONText(std::string json) : json_(std::move(json)) {}

  [[nodiscard]] std::string_view text() const { return json_; }
  operator std::string_view() const { return json_; }

 private:
  std::string json_;
};

/// The name of this type is the compiler's message for a value that has no form in JSON.
struct define_a_function_to_json_for_this_type {};

class JSONWriter;

namespace detail {

void to_json() = delete;  // so that only the one beside the value's type is found

template <class T>
inline constexpr bool has_to_json =
    requires(JSONWriter& writer, const T& value) { to_json(writer, value); };
template <class T>
inline constexpr bool is_json_text = requires { typename T::bora_json; };
/// Whether T is a value of nlohmann/json, recognised by its members, so that this header does not
/// need that library.
template <class T>
inline constexpr bool is_document = requires(const T& value) {
  typename T::json_pointer;
  value.is_number_unsigned();
  value.template get_ref<const typename T::string_t&>();
};
template <class T>
inline constexpr bool is_optional = requires(const T& value) {
  value.has_value();
  *value;
};
template <class T>
inline constexpr bool is_pointer = !is_text<T> && requires(const T& value) {
  value == nullptr;
  *value;
};
template <class T>
inline constexpr bool is_range = std::is_array_v<T> || requires(const T& value) {
  value.begin();
  value.end();
};
template <class T>
inline constexpr bool is_map = is_range<T> && requires {
  typename T::key_type;
  typename T::mapped_type;
  requires is_text<typename T::key_type> || std::is_integral_v<typename T::key_type>;
};
template <class T>
inline constexpr bool is_tuple = requires { std::tuple_size<T>::value; };

template <class T>
inline constexpr bool is_json =
    has_to_json<T> || is_document<T> || is_json_text<T> || is_printable<T> ||
    std::is_null_pointer_v<T> || is_optional<T> || is_pointer<T> || is_range<T> || is_tuple<T>;

}  // namespace detail

/// Writes one JSON value, with the separators of Python: ", " and ": ".
///
/// To write a type of your own, define a function beside it:
///
///     void to_json(JSONWriter& writer, const Entry& entry) {
///       writer.begin_object();
///       writer.member("title", entry.title);
///       writer.end_object();
///     }
class JSONWriter {
 public:
  explicit JSONWriter(Output& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  /// Writes the name of the member whose value comes next.
  void key(std::string_view name);
  template <class T>
  void member(std::string_view name, const T& member_value) {
    key(name);
    value(member_value);
  }

  void null();
  void boolean(bool value);
  void integer(std::int64_t value);
  void unsigned_integer(std::uint64_t value);
  /// Writes a number; infinity and NaN become null.
  void number(double value);
  void number(float value);
  void string(std::string_view text);
  /// Writes a text that is JSON already.
  void json(std::string_view text);

  /// Writes numbers, bool, texts, nullptr, std::optional, pointers (null or the object), ranges,
  /// maps with texts or numbers as keys, pairs and tuples (as arrays), types with a to_string() (as
  /// a string), types with a to_json(), and values of nlohmann/json (see <bora/json.h>).
  template <class T>
    requires(detail::is_json<T>)
  void value(const T& value) {
    if constexpr (detail::has_to_json<T>) {
      to_json(*this, value);
    } else if constexpr (detail::is_document<T>) {
      document(value);
    } else if constexpr (detail::is_json_text<T>) {
      json(value);
    } else if constexpr (std::is_null_pointer_v<T>) {
      null();
    } else if constexpr (detail::is_number<T>) {
      arithmetic(value);
    } else if constexpr (detail::is_text<T>) {
      text(value);
    } else if constexpr (detail::has_to_string<T>) {
      const auto& written = to_string(value);
      string(static_cast<std::string_view>(written));
    } else {
      compound(value);
    }
  }
  template <class T>
    requires(!detail::is_json<T>)
  void value(const T& value, define_a_function_to_json_for_this_type = {}) = delete;

 private:
  void open(char bracket);
  void close(char bracket);
  void separate();

  template <class T>
  void arithmetic(T number_value) {
    if constexpr (std::is_same_v<T, bool>) {
      boolean(number_value);
    } else if constexpr (std::is_same_v<T, char>) {
      string(std::string_view(&number_value, 1));
    } else if constexpr (std::is_same_v<T, float>) {
      number(number_value);
    } else if constexpr (std::is_floating_point_v<T>) {
      number(static_cast<double>(number_value));
    } else if constexpr (std::is_signed_v<T>) {
      integer(number_value);
    } else {
      unsigned_integer(number_value);
    }
  }

  template <class T>
  void document(const T& value) {
    if (value.is_object()) {
      begin_object();
      for (auto member = value.begin(); member != value.end(); ++member) {
        key(member.key());
        document(member.value());
      }
      end_object();
    } else if (value.is_array()) {
      begin_array();
      for (const T& element : value) document(element);
      end_array();
    } else if (value.is_string()) {
      string(value.template get_ref<const typename T::string_t&>());
    } else if (value.is_boolean()) {
      boolean(value.template get<bool>());
    } else if (value.is_number_unsigned()) {
      unsigned_integer(value.template get<std::uint64_t>());
    } else if (value.is_number_integer()) {
      integer(value.template get<std::int64_t>());
    } else if (value.is_number_float()) {
      number(value.template get<double>());
    } else {
      null();
    }
  }

  template <class T>
  void text(const T& value) {
    if constexpr (std::is_pointer_v<T>) {
      if (value == nullptr) return null();
    }
    string(value);
  }

  template <class T>
  void compound(const T& value) {
    if constexpr (detail::is_optional<T>) {
      if (!value.has_value()) return null();
      this->value(*value);
    } else if constexpr (detail::is_pointer<T> && !detail::is_range<T>) {
      if (value == nullptr) return null();
      this->value(*value);
    } else if constexpr (detail::is_map<T>) {
      map(value);
    } else if constexpr (detail::is_range<T>) {
      begin_array();
      for (const auto& element : value) this->value(element);
      end_array();
    } else if constexpr (detail::is_like_bool<T>) {
      boolean(static_cast<bool>(value));
    } else {
      begin_array();
      tuple(value, std::make_index_sequence<std::tuple_size<T>::value>());
      end_array();
    }
  }

  template <class T>
  void map(const T& value) {
    begin_object();
    for (const auto& [name, element] : value) {
      if constexpr (detail::is_text<typename T::key_type>) {
        member(name, element);
      } else {
        member(detail::TextOf<typename T::key_type>(name).text(), element);
      }
    }
    end_object();
  }

  template <class T, std::size_t... index>
  void tuple(const T& value, std::index_sequence<index...>) {
    using std::get;
    (this->value(get<index>(value)), ...);
  }

  Output& out_;
  bool needs_comma_ = false;
};

namespace detail {

/// An empty Output with the memory of an earlier one.
class ScratchOutput {
 public:
  ScratchOutput();
  ~ScratchOutput();
  ScratchOutput(const ScratchOutput&) = delete;
  ScratchOutput& operator=(const ScratchOutput&) = delete;

  [[nodiscard]] Output& get() { return *out_; }

 private:
  Output* out_;
};

}  // namespace detail

/// The implementation of RequestHandler::write() for a value.
template <class T>
void bora_write_json(Output& out, const T& value) {
  static_assert(detail::is_json<T>,
                "this type has no form in JSON: define void to_json(bora::render::JSONWriter&, "
                "const T&) beside it, or, with <bora/json.h>, what nlohmann/json asks for");
  if constexpr (detail::is_json<T>) JSONWriter(out).value(value);
}

/// Returns `value` as JSON, for a page, an answer or a `data-` attribute. `</` is written `<\/`,
/// and U+2028 and U+2029 are escaped, so that it is safe in a `<script>` too.
template <class T>
JSONText json_encode(const T& value) {
  detail::ScratchOutput scratch;
  JSONWriter(scratch.get()).value(value);
  return JSONText(std::string(scratch.get().text()));
}

}  // namespace bora::render
