#include <bora/web.h>

#include <cstdio>
#include <exception>

#include "blog.h"

int main(int argc, char** argv) try {
  const auto port = bora::define("port", 8888, "listen on this port");
  const auto address = bora::define("address", "127.0.0.1", "listen on this address");
  const auto database =
      bora::define("database", "blog.db", "the SQLite file; it is made if it is not there");
  const auto debug =
      bora::define("debug", false, "error pages show what happened; not for serving");
  if (const auto rest = bora::parse_command_line(argc, argv); !rest.empty()) {
    std::fprintf(stderr, "blog: '%s' is no option; --help lists them\n", rest[0].c_str());
    return 2;
  }

  blog::Blog site(
      {.database = *database, .cookie_secret = {}, .debug = *debug, .password_work = {}});
  bora::IOLoop::current().run_sync([&site] { return site.migrate(); });
  const auto& server = site.listen(*port, *address);
  std::printf("listening on http://%s:%d\n", address->c_str(), server.port());
  std::fflush(stdout);
  bora::IOLoop::current().start();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "blog: %s\n", error.what());
  return 1;
}
