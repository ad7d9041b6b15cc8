#include <cstdio>
#include <exception>
#include <string>

#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "cases.h"

// Renders every case and prints, for conformance.py, "NAME SIZE\n", the page, "\n".

namespace {

class CaseHandler : public bora::web::RequestHandler {
 public:
  std::string get_current_user() override { return "ada"; }

  void get(std::string_view name) {
    for (const conformance::Case& one : conformance::cases()) {
      if (one.name == name) return one.run(*this);
    }
    throw bora::web::HTTPError(404);
  }
};

class Post : public bora::web::RequestHandler {
 public:
  void get(int) {}
};

}  // namespace

int main() try {
  bora::access_log.set_level(bora::LogLevel::error);
  bora::web::Application app(
      {bora::web::url<CaseHandler>("/{name}"), bora::web::url<Post>("/post/{id:int}", "post")});
  bora::testing::HTTPTest server(app);
  for (const conformance::Case& one : conformance::cases()) {
    const bora::testing::Response response = server.fetch("/" + one.name);
    std::printf("%s %zu\n", one.name.c_str(), response.body.size());
    std::fwrite(response.body.data(), 1, response.body.size(), stdout);
    std::fputc('\n', stdout);
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
