// Chat rooms with history, presence, and signs of who is typing, on any number of processes.

#include <cstdio>
#include <exception>

#include <bora/web.h>
#include <bora/websocket.h>

#include "handlers.h"
#include "routes.h"

int main(int argc, char** argv) try {
  const auto port = bora::define("port", 8888, "listen on this port");
  const auto address = bora::define("address", "127.0.0.1", "listen on this address");
  const auto workers = bora::define("workers", 1, "processes; 0: one for each processor");
  bora::parse_command_line(argc, argv);

  chat::use_engine(bora::websocket::worker_engine());
  bora::web::Application app(routes::table);
  bora::http::HTTPServer server(app);
  server.bind(*port, *address);
  std::printf("listening on http://%s:%d\n", address->c_str(), server.port());
  std::fflush(stdout);
  server.start(*workers);
  bora::IOLoop::current().start();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "websocket_chat: %s\n", error.what());
  return 1;
}
