#include <cstdio>
#include <exception>

#include <bora/web.h>

#include "blog.h"

int main(int argc, char** argv) try {
  blog::BlogOptions options;
  const auto port = bora::define("port", 8888, "listen on this port");
  const auto address = bora::define("address", "127.0.0.1", "listen on this address");
  const auto database = bora::define("database", options.database,
                                     "a file of SQLite, or postgresql://user@host/name");
  const auto share = bora::define("share", options.share, "the folder of migrations/ and locale/");
  const auto logins = bora::define("logins", "", "a file of OpenID providers, see logins.toml");
  const auto behind_proxy =
      bora::define("behind-proxy", false, "believe X-Real-IP and X-Scheme of a proxy here");
  const auto debug =
      bora::define("debug", false, "error pages show what happened; not for production");
  bora::define("config", "", "read options from this file",
               {.callback = [](const std::string& file) { bora::parse_config_file(file, false); }});
  if (const auto rest = bora::parse_command_line(argc, argv); !rest.empty()) {
    std::fprintf(stderr, "blog: '%s' is no option; --help lists them\n", rest[0].c_str());
    return 2;
  }
  options.database = *database;
  options.share = *share;
  options.logins = *logins;
  options.debug = *debug;

  blog::Blog site(options);
  bora::IOLoop::current().run_sync([&site] { return site.migrate(); });
  const auto& server = site.listen(*port, *address, {.xheaders = *behind_proxy});
  std::printf("listening on http://%s:%d\n", address->c_str(), server.port());
  std::fflush(stdout);
  bora::IOLoop::current().start();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "blog: %s\n", error.what());
  return 1;
}
