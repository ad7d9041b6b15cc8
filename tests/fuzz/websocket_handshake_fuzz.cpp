// Any fields, and any bytes after them, to a server with a WebSocket. It answers 101 only to a
// handshake, with the right key and a choice that a client can read, and then sends only whole
// frames. The text is also read as the lists in a handshake, by both sides.

#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include <bora/core/io_loop.h>
#include <bora/core/log.h>
#include <bora/http/http_server.h>
#include <bora/web/application.h>
#include <bora/web/url_spec.h>
#include <bora/websocket/websocket_handler.h>

#include "runtime/websocket/extension_list.h"
#include "runtime/websocket/frame.h"
#include "runtime/websocket/handshake.h"
#include "runtime/websocket/permessage_deflate.h"
#include "tests/fuzz/invariants.h"

namespace {

using namespace bora;
using namespace bora::websocket;

class Echo : public WebSocketHandler {
 public:
  void on_message(std::string_view data, MessageType type) { write_message(data, type); }
  std::optional<CompressionOptions> get_compression_options() override {
    return CompressionOptions{.server_context_takeover = true};
  }
  std::optional<std::string> select_subprotocol(const std::vector<std::string>& offered) override {
    if (offered.empty()) return std::nullopt;
    return offered.back();
  }
};

std::string exchange(std::string_view bytes) {
  // They are never destroyed, because the loop ends before static objects.
  static auto& app = *new web::Application({web::url<Echo>("/")});
  static auto& server = *new http::HTTPServer(app);
  int ends[2];
  fuzz::require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0,
                "a pair of sockets");
  server.add_connection(ends[0]);
  fuzz::require(
      send(ends[1], bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()),
      "all is sent");
  shutdown(ends[1], SHUT_WR);
  std::string answer;
  char piece[4096];
  for (;;) {
    while (IOLoop::current().run_once()) {
    }
    const ssize_t count = recv(ends[1], piece, sizeof(piece), 0);
    if (count <= 0) break;
    answer.append(piece, static_cast<std::size_t>(count));
  }
  ::close(ends[1]);
  while (IOLoop::current().run_once()) {
  }
  return answer;
}

void read_lists(std::string_view text) {
  for (const bool keeps : {false, true}) {
    const DeflatePreferences preferences{keeps, !keeps, keeps ? 12 : 15, keeps ? 15 : 10};
    const auto accepted = accept_deflate(text, preferences);
    if (!accepted) continue;
    const DeflateParameters& agreed = accepted->parameters;
    fuzz::require(agreed.server_max_window_bits >= 9 &&
                      agreed.server_max_window_bits <= preferences.server_max_window_bits,
                  "a window as large as wanted at most");
    fuzz::require(parse_extensions(accepted->field).has_value(), "the answer is well-formed");
    // A client that has offered all parameters reads the same.
    std::string_view why;
    const auto read = read_deflate_answer(accepted->field, {true, true, 15, 15}, why);
    fuzz::require(!read || *read == agreed, "both sides agree");
  }
  std::string_view why;
  static_cast<void>(read_deflate_answer(text, {}, why));
  static_cast<void>(parse_tokens(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  access_log.set_level(LogLevel::none);
  gen_log.set_level(LogLevel::none);
  app_log.set_level(LogLevel::none);
  const std::string_view text = fuzz::as_text(data, size);
  read_lists(text);
  if (size > 60'000) return 0;
  std::string answer = exchange("GET / HTTP/1.1\r\nHost: a\r\n" + std::string(text));
  const std::size_t end = answer.find("\r\n\r\n");
  if (!answer.starts_with("HTTP/1.1 101")) return 0;
  fuzz::require(end != std::string::npos, "a whole head");
  const std::string head = answer.substr(0, end + 2);
  fuzz::require(text.find("13") != std::string_view::npos, "the version was named");
  fuzz::require(head.find("Sec-WebSocket-Accept: ") != std::string::npos, "the key is answered");
  for (std::string_view rest = std::string_view(answer).substr(end + 4); !rest.empty();) {
    FrameHead frame;
    fuzz::require(read_frame_head(rest, frame) == FrameHeadStatus::complete, "a frame");
    fuzz::require(!frame.is_masked && frame.is_final, "as a server sends it");
    fuzz::require(frame.length <= rest.size() - frame.size, "a whole frame");
    rest.remove_prefix(frame.size + static_cast<std::size_t>(frame.length));
  }
  return 0;
}
