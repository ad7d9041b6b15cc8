// The documentation's site, served by Bora: `./dev docs serve`.

#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

#include <bora/filters.h>
#include <bora/web.h>

namespace {

class SiteFiles : public bora::web::StaticFileHandler {
 public:
  // The site's tool puts a hash of each file below assets/ into its name, so these never change.
  std::chrono::seconds get_cache_time(std::string_view path, bool is_versioned) override {
    if (path.starts_with("assets/")) return std::chrono::hours(24 * 365);
    return StaticFileHandler::get_cache_time(path, is_versioned);
  }
  void set_extra_headers(std::string_view path) override {
    if (path.starts_with("assets/")) {
      set_header("Cache-Control", "public, max-age=31536000, immutable");
    } else {
      set_header("Cache-Control", "no-cache");  // kept, and asked for again by its Etag
    }
  }
};

}  // namespace

int main(int argc, char** argv) try {
  const auto port = bora::define("port", 8888, "listen on this port");
  const auto folder = bora::define<std::string>("folder", "build/site/public", "where the site is");
  bora::parse_command_line(argc, argv);

  bora::web::Settings settings;
  settings.compress_response = true;
  const std::string root = std::filesystem::absolute(*folder).string();  // outlives the application
  bora::web::Application site(
      {bora::web::url<SiteFiles>("/{path:path}", {.path = root, .default_filename = "index.html"})},
      settings);
  const auto& server = site.listen(*port, "127.0.0.1");
  std::printf("the documentation: http://127.0.0.1:%d\n", server.port());
  std::fflush(stdout);
  bora::IOLoop::current().start();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "docs_site: %s\n", error.what());
  return 1;
}
