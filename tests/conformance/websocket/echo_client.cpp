// Connects to the WebSocket that its argument names, and sends each message back: for servers that
// are not Bora's (peers_test.py). Ends when the server closes; prints the close code.

#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include <bora/core/io_loop.h>
#include <bora/websocket.h>

namespace {

using bora::Task;
using namespace bora::websocket;

Task<void> echo(std::string url, bool is_compressed) {
  WebSocketConnectOptions options;
  options.options.max_message_size = 64 * 1024 * 1024;
  if (is_compressed)
    options.options.compression =
        CompressionOptions{.server_context_takeover = true, .client_context_takeover = true};
  Task<WebSocketClientConnection> connecting = websocket_connect(std::move(url), options);
  WebSocketClientConnection socket = co_await connecting;
  for (;;) {
    Task<std::optional<Message>> reading = socket.read_message();
    const std::optional<Message> message = co_await reading;
    if (!message) break;
    Sending sending = socket.write_message(*message);
    co_await sending;
  }
  std::printf("closed %d %s\n", static_cast<int>(socket.close_code().value_or(0)),
              std::string(socket.close_reason()).c_str());
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2) {
    std::fprintf(stderr, "usage: echo_client URL [--compress]\n");
    return 2;
  }
  const bool is_compressed = argc > 2 && std::string_view(argv[2]) == "--compress";
  bora::IOLoop::current().run_sync(echo(argv[1], is_compressed));
} catch (const std::exception& error) {
  std::fprintf(stderr, "echo_client: %s\n", error.what());
  return 1;
}
