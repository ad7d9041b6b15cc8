// A page whose literal scripts run by their hashes, and which shows a visitor's text as HTML. The
// policy has to protect against that: `{% raw %}` is a mistake on purpose.

#include <cstdio>
#include <exception>
#include <string>

#include <bora/filters.h>
#include <bora/web.h>

#include "views/page.h"

namespace {

struct Show : bora::web::RequestHandler {
  void get() {
    const std::string said = get_argument("said", "");
    render(views::page{.title = "CSP", .said = said});
  }
};

}  // namespace

int main(int argc, char** argv) try {
  const auto port = bora::define("port", 0, "listen on this port");
  bora::parse_command_line(argc, argv);
  const bora::filters::SecurityHeaders headers(
      {.content_security_policy = "default-src 'none'; script-src {script_hashes} 'nonce-{nonce}'; "
                                  "style-src {style_hashes}"});
  bora::web::Application app({bora::web::url<Show>("/")}, {.filters = {headers}});
  bora::http::HTTPServer server(app);
  server.bind(*port, "127.0.0.1");
  std::printf("listening on http://127.0.0.1:%d\n", server.port());
  std::fflush(stdout);
  server.start();
  bora::IOLoop::current().start();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "csp_pages: %s\n", error.what());
  return 1;
}
