#include <cstdio>
#include <exception>

#include <bora/web.h>

#include "dashboard.h"

int main(int argc, char** argv) try {
  const auto port = bora::define("port", 8888, "listen on this port");
  const auto address = bora::define("address", "127.0.0.1", "listen on this address");
  bora::parse_command_line(argc, argv);
  dashboard::Dashboard app;
  const auto& server = app.listen(*port, *address);
  std::printf("listening on http://%s:%d\n", address->c_str(), server.port());
  std::fflush(stdout);
  bora::IOLoop::current().start();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "dashboard: %s\n", error.what());
  return 1;
}
