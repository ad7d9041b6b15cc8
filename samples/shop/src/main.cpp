#include <chrono>
#include <cstdio>
#include <exception>

#include <bora/filters.h>
#include <bora/web.h>

#include "shop.h"

int main(int argc, char** argv) try {
  shop::ShopOptions options;
  const auto port = bora::define("port", 8888, "listen on this port");
  const auto address = bora::define("address", "127.0.0.1", "listen on this address");
  const auto database = bora::define("database", options.database,
                                     "a file of SQLite, or postgresql://user@host/name");
  const auto redis = bora::define("redis", options.redis, "redis://host, or unix:///socket");
  const auto mail_host = bora::define("mail-host", options.mail.host, "the server for mails");
  const auto mail_port = bora::define("mail-port", options.mail.port, "its port");
  bora::parse_command_line(argc, argv);
  options.database = *database;
  options.redis = *redis;
  options.mail = {*mail_host, *mail_port};

  shop::Shop app(options);
  bora::filters::Health::add_check("redis",
                                   [&app] { return app.redis().ping(std::chrono::seconds(1)); });
  bora::IOLoop::current().run_sync([&app] { return app.migrate(); });
  app.start_mailing();
  const auto& server = app.listen(*port, *address);
  std::printf("listening on http://%s:%d\n", address->c_str(), server.port());
  std::fflush(stdout);
  bora::IOLoop::current().start();
  bora::IOLoop::current().run_sync([&app] { return app.stop_mailing(); });
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "shop: %s\n", error.what());
  return 1;
}
