#include <bora/web.h>

#include <cstdio>
#include <exception>

#include "site.h"

int main(int argc, char** argv) try {
  const auto port = bora::define("port", 8888, "listen on this port");
  const auto address = bora::define("address", "127.0.0.1", "listen on this address");
  const auto behind_proxy =
      bora::define("behind-proxy", false, "believe X-Real-IP and X-Scheme, which a proxy sets");
  const auto debug =
      bora::define("debug", false, "error pages show what happened; not for production");
  if (const auto rest = bora::parse_command_line(argc, argv); !rest.empty()) {
    std::fprintf(stderr, "guestbook_site: '%s' is no option; --help lists them\n", rest[0].c_str());
    return 2;
  }

  app::Site site(*debug);
  const auto& server = site.listen(*port, *address, {.xheaders = *behind_proxy});
  std::printf("listening on http://%s:%d\n", address->c_str(), server.port());
  std::fflush(stdout);

  bora::IOLoop::current().start();  // until Ctrl-C or SIGTERM, which let running requests end
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "guestbook_site: %s\n", error.what());
  return 1;
}
