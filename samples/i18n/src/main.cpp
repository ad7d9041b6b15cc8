#include <cstdio>
#include <exception>

#include <bora/core/locale.h>
#include <bora/web.h>

#include "routes.h"

int main(int argc, char** argv) try {
  const auto port = bora::define("port", 8888, "listen on this port");
  const auto address = bora::define("address", "127.0.0.1", "listen on this address");
  const auto locale = bora::define("locale", I18N_LOCALE, "the folder of the catalogues");
  bora::parse_command_line(argc, argv);
  bora::locale::load_gettext_translations(*locale, "inbox");
  bora::web::Application app(routes::table);
  const auto& server = app.listen(*port, *address);
  std::printf("listening on http://%s:%d\n", address->c_str(), server.port());
  std::fflush(stdout);
  bora::IOLoop::current().start();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "i18n: %s\n", error.what());
  return 1;
}
