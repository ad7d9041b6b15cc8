#pragma once

// JSON texts as values, by nlohmann/json: include it only where they are read. The program finds
// that library itself (Debian: nlohmann-json3-dev; it is headers only).
//
//   const nlohmann::json order = bora::json_decode(request().body());
//   write(render::json_encode(order["items"]));
//
// For writing, <bora/render/json.h> needs no library: json_encode() takes such values as it takes
// numbers, texts, vectors and maps.

#include <stdexcept>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include <bora/render/json.h>

namespace bora {

/// A text is no JSON. what() says why and where: "parse error at line 1, column 7: …".
class JSONError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Arrays and objects within each other, at most.
inline constexpr int kMaxJSONDepth = 512;

/// The value of a JSON text (RFC 8259), which must be UTF-8. Of members with the same name the last
/// one counts.
/// @throws JSONError  It is none, or is nested deeper than kMaxJSONDepth.
inline nlohmann::json json_decode(std::string_view text) {
  const auto keep = [](int depth, nlohmann::json::parse_event_t, const nlohmann::json&) {
    if (depth <= kMaxJSONDepth) return true;
    throw JSONError("JSON is nested deeper than " + std::to_string(kMaxJSONDepth) + " levels");
  };
  try {
    return nlohmann::json::parse(text.begin(), text.end(), keep);
  } catch (const nlohmann::json::parse_error& failure) {
    const std::string_view what = failure.what();
    throw JSONError(std::string(what.substr(what.find("] ") + 2)));
  }
}

}  // namespace bora
