#pragma once

// JSON texts as values, by nlohmann/json: include this only where JSON is read or written. The
// program finds that library itself (Debian: nlohmann-json3-dev; it is headers only).
//
//   const nlohmann::json order = bora::json_decode(text);
//   write(render::json_encode(order["items"]));
//
// In a handler, get_json_body() reads the request's body, and write() answers with a value. The
// on_message() of a WebSocketHandler may take a type that nlohmann/json can read.
//
// To write JSON, <bora/render/json.h> needs no library: json_encode() takes numbers, texts,
// vectors, maps and values of nlohmann/json. With this header it also takes types that have
// nlohmann/json's own to_json(), which NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE and its relatives write.

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <bora/render/json.h>
#include <bora/render/json_error.h>
#include <bora/web/http_error.h>

/// @cond
namespace nlohmann {

// While Bora looks for a value's to_json(), the compiler also tries those of nlohmann/json with
// Bora's writer. Since 3.11.3 these would use members that only nlohmann/json's values have.
template <class T>
struct detail::is_compatible_string_type<bora::render::JSONWriter, T> : std::false_type {};
template <class T>
struct detail::is_compatible_object_type<bora::render::JSONWriter, T> : std::false_type {};

}  // namespace nlohmann
/// @endcond

namespace bora {

/// How deeply arrays and objects may be nested.
inline constexpr int kMaxJSONDepth = 512;

/// The value of a JSON text (RFC 8259), which must be UTF-8. If members have the same name, the
/// last one counts.
/// @throws JSONError  The text is not JSON, or is nested deeper than `max_depth`.
inline nlohmann::json json_decode(std::string_view text, int max_depth = kMaxJSONDepth) {
  const auto keep = [&](int depth, nlohmann::json::parse_event_t, const nlohmann::json&) {
    if (depth <= max_depth) return true;
    throw JSONError("JSON is nested deeper than " + std::to_string(max_depth) + " levels", text);
  };
  try {
    return nlohmann::json::parse(text.begin(), text.end(), keep);
  } catch (const nlohmann::json::exception& failure) {  // also a number beyond a double's range
    const std::string_view what = failure.what();
    throw JSONError(std::string(what.substr(what.find("] ") + 2)), text);
  }
}

namespace render {

/// Types that nlohmann/json can write, and that nothing else here can. (The writer's type is
/// checked first: nlohmann/json considers this function, too, while it finds out what it can
/// write.)
template <std::same_as<JSONWriter> Writer, class T>
  requires(std::is_class_v<T> && !detail::is_document<T> && !detail::is_range<T> &&
           !detail::is_tuple<T> && !detail::is_optional<T> && !detail::is_json_text<T> &&
           !detail::is_printable<T> && nlohmann::detail::has_to_json<nlohmann::json, T>::value)
void to_json(Writer& writer, const T& value) {
  writer.value(nlohmann::json(value));
}

}  // namespace render

namespace web {

/// The JSON body of a request, or a value in it, as RequestHandler::get_json_body() returns it.
///
///     const auto order = get_json_body();
///     const auto name = order["customer"]["name"].get<std::string>();
///     const auto count = order.get("count", 1);
///
/// A value that is missing, or of another type, is an HTTPError (400) whose text names the place,
/// as a JSON pointer, and what it must be. Numbers are not converted: `get<int>()` takes whole
/// numbers that an int can hold. Copies share the body.
class JSONBody {
 public:
  explicit JSONBody(nlohmann::json body)
      : body_(std::make_shared<const nlohmann::json>(std::move(body))), value_(body_.get()) {}

  /// The value as nlohmann/json has it; it is valid as long as this object or a copy.
  [[nodiscard]] const nlohmann::json& json() const { return *value_; }
  operator const nlohmann::json&() const { return *value_; }

  /// A member of an object.
  JSONBody operator[](std::string_view name) const {
    require(value_->is_object(), "an object");
    const auto member = value_->find(name);
    if (member == value_->end()) child(name, nullptr).refuse("is missing");
    return child(name, &*member);
  }
  JSONBody operator[](const char* name) const { return (*this)[std::string_view(name)]; }
  /// An element of an array.
  template <std::integral Index>
  JSONBody operator[](Index index) const {
    require(value_->is_array(), "an array");
    const auto place = static_cast<std::size_t>(index);
    if (place >= value_->size()) child(std::to_string(index), nullptr).refuse("is missing");
    return child(std::to_string(index), &(*value_)[place]);
  }
  /// Every element of an array.
  [[nodiscard]] std::vector<JSONBody> elements() const {
    require(value_->is_array(), "an array");
    std::vector<JSONBody> all;
    all.reserve(value_->size());
    for (std::size_t i = 0; i < value_->size(); ++i) all.push_back((*this)[i]);
    return all;
  }
  /// Whether this is an object with that member, which is not null.
  [[nodiscard]] bool has(std::string_view name) const {
    require(value_->is_object(), "an object");
    const auto member = value_->find(name);
    return member != value_->end() && !member->is_null();
  }

  /// The value as bool, integers, floating-point numbers, std::string, std::optional (empty for
  /// null), std::vector of these, or a type that nlohmann/json can read.
  template <class T>
  [[nodiscard]] T get() const {
    if constexpr (std::is_same_v<T, bool>) {
      require(value_->is_boolean(), "true or false");
      return value_->get<bool>();
    } else if constexpr (std::is_integral_v<T>) {
      return whole<T>();
    } else if constexpr (std::is_floating_point_v<T>) {
      require(value_->is_number(), "a number");
      return value_->get<T>();
    } else if constexpr (std::is_same_v<T, std::string>) {
      require(value_->is_string(), "a string");
      return value_->get<std::string>();
    } else if constexpr (is_optional<T>::value) {
      if (value_->is_null()) return std::nullopt;
      return get<typename T::value_type>();
    } else if constexpr (is_vector<T>::value) {
      T values;
      for (const JSONBody& element : elements()) {
        values.push_back(element.get<typename T::value_type>());
      }
      return values;
    } else {
      return converted<T>();
    }
  }
  /// A member, or `missing` if it is not there or null.
  template <class T>
  [[nodiscard]] T get(std::string_view name, T missing) const {
    return has(name) ? (*this)[name].template get<T>() : missing;
  }
  [[nodiscard]] std::string get(std::string_view name, const char* missing) const {
    return get(name, std::string(missing));
  }

  /// The place of the value: "/items/0"; "" is the whole body.
  [[nodiscard]] const std::string& place() const { return place_; }

  /// Answers 400 for this value: `body["url"].refuse("must be a URL")`.
  /// @param what  The text that follows the place.
  [[noreturn]] void refuse(const std::string& what) const {
    auto error = HTTPError(400, "JSON body: " + where() + " " + what)
                     .with_detail(where() + " " + what + ".");
    throw std::move(error).with_field(place_, what);
  }

 private:
  template <class T>
  struct is_optional : std::false_type {};
  template <class T>
  struct is_optional<std::optional<T>> : std::true_type {};
  template <class T>
  struct is_vector : std::false_type {};
  template <class T>
  struct is_vector<std::vector<T>> : std::true_type {};

  JSONBody child(std::string_view name, const nlohmann::json* value) const {
    JSONBody result = *this;
    result.value_ = value;
    result.place_ += '/';
    for (const char c : name.substr(0, kMaxNameInPlace)) {  // as RFC 6901 says
      if (c == '~' || c == '/') {
        result.place_ += c == '~' ? "~0" : "~1";
      } else {
        result.place_ += c;
      }
    }
    return result;
  }

  [[nodiscard]] std::string where() const { return place_.empty() ? "The JSON body" : place_; }

  void require(bool holds, const char* wanted) const {
    if (!holds) refuse(std::string("must be ") + wanted + ", not " + kind());
  }

  [[nodiscard]] std::string kind() const {
    if (value_->is_null()) return "null";
    if (value_->is_boolean()) return "true or false";
    if (value_->is_array()) return "an array";
    if (value_->is_object()) return "an object";
    return std::string("a ") + value_->type_name();
  }

  template <class T>
  T whole() const {
    constexpr auto min = std::numeric_limits<T>::min();
    constexpr auto max = std::numeric_limits<T>::max();
    const auto fits = [](auto number) { return std::in_range<T>(number); };
    const bool is_there = value_->is_number_unsigned()  ? fits(value_->get<std::uint64_t>())
                          : value_->is_number_integer() ? fits(value_->get<std::int64_t>())
                                                        : false;
    if (!is_there) {
      refuse("must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    }
    return value_->get<T>();
  }

  template <class T>
  T converted() const {
    try {
      return value_->get<T>();
    } catch (const nlohmann::json::exception& failure) {
      const std::string_view what = failure.what();
      refuse("is refused: " + std::string(what.substr(what.find("] ") + 2)));
    } catch (const HTTPError&) {
      throw;
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& failure) {
      // Of a from_json() that checks values. Its text is the program's own: it is for the log.
      throw HTTPError(400, "JSON body: " + where() + " is refused: " + failure.what())
          .with_detail(where() + " is refused.")
          .with_field(place_, "is refused");
    }
  }

  static constexpr std::size_t kMaxNameInPlace = 100;

  std::shared_ptr<const nlohmann::json> body_;
  const nlohmann::json* value_;
  std::string place_;
};

namespace detail {

template <class T>
struct JSONTarget;

/// The implementation of RequestHandler::get_json_body().
template <class T, class Handler>
auto bora_read_json(JSONTarget<T>, Handler& handler) {
  try {
    JSONBody body(json_decode(handler.json_text(), handler.settings().max_json_depth));
    if constexpr (std::is_void_v<T>) {
      return body;
    } else {
      return body.template get<T>();
    }
  } catch (const JSONError& failure) {
    throw HTTPError(400, std::string("the body is no JSON: ") + failure.what())
        .with_detail(std::string("The body is no JSON: ") + failure.what() + ".");
  }
}

/// Types that on_message() of a WebSocketHandler may take as JSON.
template <class T>
concept ReadableFromJSON = std::is_same_v<T, nlohmann::json> ||
                           nlohmann::detail::has_from_json<nlohmann::json, T>::value ||
                           nlohmann::detail::has_non_default_from_json<nlohmann::json, T>::value;

/// The value of a WebSocket's message.
template <class T>
  requires ReadableFromJSON<T>
T bora_read_message(JSONTarget<T>, std::string_view text) {
  return JSONBody(json_decode(text)).template get<T>();
}

}  // namespace detail
}  // namespace web
}  // namespace bora
