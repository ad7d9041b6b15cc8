// bench_server --port=N: the answers of handlers.h, as an app would give them in production.

#include <bora/core/io_loop.h>
#include <bora/core/options.h>
#include <bora/web/application.h>

#include <cstdio>
#include <exception>

#include "routes.h"

int main(int argc, char** argv) try {
  const auto port = bora::define("port", 8888, "run on the given port");
  bora::parse_command_line(argc, argv);

  bora::web::Application app(routes::table);
  app.listen(*port, "127.0.0.1");
  bora::IOLoop::current().start();
} catch (const std::exception& error) {
  std::fprintf(stderr, "bench_server: %s\n", error.what());
  return 1;
}
