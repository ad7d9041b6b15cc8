#include <string>

#include <bora/testing/catch.h>
#include <bora/testing/http_test.h>

#include "handlers.h"
#include "routes.h"

TEST_CASE("README: the example serves an entry and takes a comment", "[docs]") {
  bora::web::Application app(routes::table);
  bora::testing::HTTPTest http(app);
  CHECK(http.fetch("/entry/8").status == 404);
  const std::string before = http.fetch("/entry/7").body;
  CHECK(before.find("<h1>Oars</h1>") != std::string::npos);
  CHECK(before.find("href=\"/entry/7/comment\"") != std::string::npos);
  const auto answer =
      http.fetch("/entry/7/comment", {.form = {{"text", "A <b>"}}, .follow_redirects = true});
  CHECK(answer.body.find("<p><b>Ada</b> A &lt;b&gt;</p>") != std::string::npos);
}
