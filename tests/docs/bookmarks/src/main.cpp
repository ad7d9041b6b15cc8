#include <cstdio>
#include <exception>

#include <bora/net/tcp_client.h>
#include <bora/web.h>

#include "app.h"

namespace {

/// A page counts as existing if its host answers.
bora::Task<bool> answers(std::string url) {
  const std::size_t begin = url.find("://") + 3;
  const std::string host = url.substr(begin, url.find_first_of(":/?#", begin) - begin);
  bora::net::TCPClient client;
  try {
    auto connecting = client.connect(host, url.starts_with("https") ? 443 : 80);
    auto stream = co_await connecting;
    co_return true;
  } catch (const std::exception&) {
  }
  co_return false;
}

}  // namespace

int main(int argc, char** argv) try {
  const auto port = bora::define("port", 8888, "listen on this port");
  const auto database = bora::define<std::string>("database", "bookmarks.db", "the SQLite file");
  const auto debug = bora::define("debug", false, "error pages show what happened");
  bora::parse_command_line(argc, argv);

  bookmarks::App app(*database, {.debug = *debug}, answers);
  app.application().listen(*port, "127.0.0.1", {.drain_delay = std::chrono::seconds(5)});
  bora::IOLoop::current().start();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "bookmarks: %s\n", error.what());
  return 1;
}
