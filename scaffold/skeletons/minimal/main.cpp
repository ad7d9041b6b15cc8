#include <cstdio>
#include <exception>

#include <bora/web.h>

#include "views/hello.h"

class Hello : public bora::web::RequestHandler {
 public:
  void get() { render(views::hello{.name = get_argument("name", "world")}); }
};

int main(int argc, char** argv) try {
  const auto port = bora::define("port", 8888, "listen on this port");
  const auto address = bora::define("address", "127.0.0.1", "listen on this address");
  const auto workers = bora::define("workers", 1, "processes; 0 is one for each processor");
  const auto behind_proxy =
      bora::define("behind-proxy", false, "believe X-Real-IP and X-Scheme, which a proxy sets");
  const auto debug =
      bora::define("debug", false, "error pages show what happened; not for production");
  if (const auto rest = bora::parse_command_line(argc, argv); !rest.empty()) {
    std::fprintf(stderr, "hello_page: '%s' is no option; --help lists them\n", rest[0].c_str());
    return 2;
  }

  bora::web::Application app({bora::web::url<Hello>("/")}, {.debug = *debug});
  bora::http::HTTPServer server(app, {.xheaders = *behind_proxy});
  server.bind(*port, *address);
  std::printf("listening on http://%s:%d\n", address->c_str(), server.port());
  std::fflush(stdout);
  server.start(*workers);  // if several, forks and goes on in each
  bora::IOLoop::current().start();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "hello_page: %s\n", error.what());
  return 1;
}
