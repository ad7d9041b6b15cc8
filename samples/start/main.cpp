#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <string>

#include <bora/web.h>

#include "handlers.h"
#include "routes.h"

namespace {

start::Source source(const std::string& path) {
  std::ifstream file(START_SOURCES "/" + path);
  return {path, {std::istreambuf_iterator<char>(file), {}}};
}

}  // namespace

int main(int argc, char** argv) try {
  const auto port = bora::define("port", 8888, "listen on this port");
  const auto address = bora::define("address", "127.0.0.1", "listen on this address");
  const auto guestbook = bora::define("guestbook", "", "where the guestbook runs");
  const auto chat = bora::define("chat", "", "where samples/websocket_chat runs");
  const auto dashboard = bora::define("dashboard", "", "where samples/dashboard runs");
  const auto project = bora::define("project", "demo", "the app to edit");
  const auto program = bora::define("bora", "bora", "the program to edit it with");
  bora::parse_command_line(argc, argv);

  bora::web::Application app(routes::table);
  app.set_state(start::Tour{
      .apps = {{"Guestbook", "What bora new writes: pages, a form, tests. Yours to change.",
                *guestbook, *project},
               {"Chat", "Rooms over WebSockets. Open it in two windows.", *chat,
                "samples/websocket_chat"},
               {"Dashboard", "This machine's figures, live. Give it work and watch.", *dashboard,
                "samples/dashboard"}},
      .sources = {source("routes.toml"), source("handlers.cpp"), source("templates/home.html")},
      .project = *project,
      .bora = *program});
  const auto& server = app.listen(*port, *address);
  std::printf("listening on http://%s:%d\n", address->c_str(), server.port());
  std::fflush(stdout);
  bora::IOLoop::current().start();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "start: %s\n", error.what());
  return 1;
}
