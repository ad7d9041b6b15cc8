#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <bora/web.h>
#include <bora/web/routing.h>

#include "handlers.h"
#include "routes.h"

namespace {

/// Matches requests that an Application does not take: those with methods that no handler can
/// define.
class OtherRequests : public bora::web::Matcher {
 public:
  bool match(bora::http::HTTPServerRequest& request, bora::web::PathArgs&) const override {
    for (const std::string_view method :
         {"GET", "HEAD", "POST", "DELETE", "PATCH", "PUT", "OPTIONS"}) {
      if (request.method() == method) return request.path() == "*";
    }
    return true;
  }
};

}  // namespace

int main(int argc, char** argv) try {
  const auto port = bora::define("port", 8888, "run on the given port");
  const auto address = bora::define("address", std::string(), "listen on this address only");
  const auto tls_port = bora::define("tls-port", 0, "speak TLS on this port too");
  const auto cert = bora::define("cert", std::string(), "certificate for TLS, a PEM file");
  const auto key = bora::define("key", std::string(), "its private key, if not in the same file");
  const auto ktls = bora::define("ktls", false, "let the kernel encrypt, if it can");
  const auto folder = bora::define("static", std::string("static"), "serve this folder's files");
  auto& limits = conformance::WebSocketEcho::limits;
  const auto max_message = bora::define("ws-max-message", limits.max_message_size,
                                        "the longest message of a WebSocket, in bytes");
  const auto max_fragments = bora::define("ws-max-fragments", limits.max_fragments,
                                          "the most frames of a WebSocket's message");
  const auto context = bora::define("ws-context", false,
                                    "let compressed messages of a WebSocket refer to earlier ones");
  bora::parse_command_line(argc, argv);
  limits.max_message_size = *max_message;
  limits.max_fragments = *max_fragments;
  limits.compression = bora::websocket::CompressionOptions{.server_context_takeover = *context,
                                                           .client_context_takeover = *context};

  bora::web::Application app(routes::table,
                             {.static_path = std::filesystem::absolute(*folder).string()});
  bora::web::RuleRouter router({
      {OtherRequests(), [](auto& request, const auto&) { return conformance::echo(request); }},
      {bora::web::AnyMatches(), app},
  });
  bora::http::HTTPServer server(router);
  server.listen(*port, *address);
  std::optional<bora::http::HTTPServer> tls_server;
  if (!cert->empty()) {
    bora::http::HTTPServerOptions options;
    options.ssl_options =
        bora::net::SSLContext::server({.certfile = *cert, .keyfile = *key, .ktls = *ktls});
    tls_server.emplace(router, options).listen(*tls_port, *address);
  }
  bora::IOLoop::current().start();
} catch (const std::exception& error) {
  std::fprintf(stderr, "conformance: %s\n", error.what());
  return 1;
}
