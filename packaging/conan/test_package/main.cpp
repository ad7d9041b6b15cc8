// What a program that uses the package needs: headers, libraries, a compiled page.

#include <cstdio>

#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "views/hello.h"

struct Hello : bora::web::RequestHandler {
  void get() { render(views::hello{.name = get_argument("name", "world")}); }
};

int main() {
  bora::web::Application app({bora::web::url<Hello>("/")});
  bora::testing::HTTPTest test(app);
  const auto answer = test.fetch("/?name=Ada");
  std::printf("%s", answer.body.c_str());
  return answer.body.find("Hello, Ada!") == std::string::npos ? 1 : 0;
}
