// bench_server --port=N [--workers=N] [--cert=FILE --key=FILE]: the answers of handlers.h, as an
// app would give them in production.

#include <cstdio>
#include <exception>
#include <string>

#include <bora/core/io_loop.h>
#include <bora/core/options.h>
#include <bora/http/http_server.h>
#include <bora/net/ssl_context.h>
#include <bora/web/application.h>

#include "routes.h"

int main(int argc, char** argv) try {
  const auto port = bora::define("port", 8888, "run on the given port");
  const auto cert = bora::define("cert", std::string(), "speak TLS, with this certificate (PEM)");
  const auto key = bora::define("key", std::string(), "its private key");
  const auto workers = bora::define("workers", 1, "processes that share the port");
  bora::parse_command_line(argc, argv);

  bora::web::Application app(routes::table);
  bora::http::HTTPServerOptions options;
  if (!cert->empty())
    options.ssl_options = bora::net::SSLContext::server({.certfile = *cert, .keyfile = *key});
  bora::http::HTTPServer server(app, options);
  server.bind(*port, "127.0.0.1");
  server.start(*workers);
  bora::IOLoop::current().start();
} catch (const std::exception& error) {
  std::fprintf(stderr, "bench_server: %s\n", error.what());
  return 1;
}
