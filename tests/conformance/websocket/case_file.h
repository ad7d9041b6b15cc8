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

/// A case of README.md's form.
struct Case {
  std::string name;   ///< With its section, for messages.
  std::string place;  ///< FILE:LINE
  WebSocketOptions options;
  std::string offer;                   ///< Sec-WebSocket-Extensions; empty: not sent.
  std::optional<std::string> agree{};  ///< What the answer must say; "-": nothing.
  std::string sent;                    ///< All bytes after the handshake.

  struct Wanted {
    MessageReader::Kind kind;
    std::uint16_t code = 0;
    std::optional<std::string> payload{};  ///< Not set: any.
  };
  std::vector<Wanted> wanted;

  [[nodiscard]] bool ends_in_close() const {
    return !wanted.empty() && wanted.back().kind == MessageReader::Kind::close;
  }
};

/// @throws std::runtime_error  FILE:LINE and what is wrong there.
std::vector<Case> read_cases(const std::filesystem::path& file);

/// A request of handshakes.txt, and how it is answered.
struct Handshake {
  std::string name;
  std::string place;
  std::string request;
  int status = 0;
  std::vector<std::string> fields;  ///< Lines that the answer's head must have.
};
std::vector<Handshake> read_handshakes(const std::filesystem::path& file);

}  // namespace bora::websocket
