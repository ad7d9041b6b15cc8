#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// RFC 6455, 9.1: the list in Sec-WebSocket-Extensions.

namespace bora::websocket {

struct ExtensionParameter {
  std::string name;  ///< In lower case.
  std::optional<std::string> value;
};

struct Extension {
  std::string name;  ///< In lower case.
  std::vector<ExtensionParameter> parameters;
};

/// Reads the field; several lines of it must be joined by commas before. Empty elements of the list
/// are skipped (RFC 9110, 5.6.1).
/// @returns  Nothing if the field is malformed, or has more than 64 extensions or parameters.
std::optional<std::vector<Extension>> parse_extensions(std::string_view field);

/// Reads a list of tokens, such as Sec-WebSocket-Protocol's.
/// @returns  Nothing if it contains anything else, or more than 64 tokens.
std::optional<std::vector<std::string>> parse_tokens(std::string_view field);

}  // namespace bora::websocket
