#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <bora/websocket/websocket.h>

#include "tests/runtime/websocket/frames.h"

namespace bora::websocket {

/// A case in the form that README.md describes.
struct Case {
  std::string name;   ///< with its section, for messages
  std::string place;  ///< FILE:LINE
  WebSocketOptions options;
  std::string offer;                   ///< Sec-WebSocket-Extensions; not sent if empty
  std::optional<std::string> agree{};  ///< what the answer must have; "-": no such field
  std::string sent;                    ///< all bytes after the handshake

  struct Wanted {
    MessageReader::Kind kind;
    std::uint16_t code = 0;
    std::optional<std::string> payload{};  ///< any, if not set
  };
  std::vector<Wanted> wanted;

  [[nodiscard]] bool ends_in_close() const {
    return !wanted.empty() && wanted.back().kind == MessageReader::Kind::close;
  }
};

/// @throws std::runtime_error  FILE:LINE: what is wrong there.
std::vector<Case> read_cases(const std::filesystem::path& file);

/// A request of handshakes.txt, and how it is answered.
struct Handshake {
  std::string name;
  std::string place;
  std::string request;
  int status = 0;
  std::vector<std::string> fields;  ///< lines that the answer's head must have
};
std::vector<Handshake> read_handshakes(const std::filesystem::path& file);

}  // namespace bora::websocket
