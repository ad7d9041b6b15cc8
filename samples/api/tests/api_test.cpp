#include "api.h"

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <bora/testing/catch.h>
#include <bora/testing/http_test.h>

namespace {

using bora::testing::Response;
using nlohmann::json;

struct Service {
  api::Api api{{{"secret-of-ada", "ada"}, {"secret-of-bob", "bob"}}};
  bora::testing::HTTPTest http{api};
  std::string token = "secret-of-ada";

  Response ask(const std::string& method, const std::string& path, const std::string& body = "",
               const std::string& if_match = "") {
    bora::testing::FetchOptions options{.method = method, .body = body};
    options.headers = {{"Authorization", "Bearer " + token}};
    if (!body.empty()) options.headers.emplace_back("Content-Type", "application/json");
    if (!if_match.empty()) options.headers.emplace_back("If-Match", if_match);
    return http.fetch(path, options);
  }
};

}  // namespace

TEST_CASE("api: nobody comes in without a token", "[api]") {
  Service service;
  service.token = "guess";
  const Response refused = service.ask("GET", "/notes");
  CHECK(refused.status == 401);
  CHECK(refused.headers.get("WWW-Authenticate") == R"(Bearer realm="notes")");
  CHECK(refused.headers.get("Content-Type") == "application/problem+json");
  CHECK(service.http.fetch("/notes").status == 401);
  CHECK(service.http.fetch("/livez").status == 200);
}

TEST_CASE("api: a note is made, read, changed and removed", "[api]") {
  Service service;
  const Response made = service.ask("POST", "/notes", R"({"title": "Tea", "tags": ["kitchen"]})");
  CHECK(made.status == 201);
  CHECK(made.headers.get("Location") == "/notes/1");
  CHECK(made.headers.get("Etag") == "\"1\"");
  CHECK(json::parse(made.body) ==
        json::parse(R"({"id": 1, "title": "Tea", "text": "", "tags": ["kitchen"]})"));
  CHECK(service.ask("GET", "/notes/1").body == made.body);

  CHECK(service.ask("PUT", "/notes/1", R"({"title": "Coffee"})").status == 428);
  CHECK(service.ask("PUT", "/notes/1", R"({"title": "Coffee"})", "\"7\"").status == 412);
  const Response changed = service.ask("PUT", "/notes/1", R"({"title": "Coffee"})", "\"1\"");
  CHECK(changed.status == 200);
  CHECK(changed.headers.get("Etag") == "\"2\"");
  CHECK(service.ask("DELETE", "/notes/1", "", "\"1\"").status == 412);
  CHECK(service.ask("DELETE", "/notes/1", "", "\"2\"").status == 204);
  const Response gone = service.ask("GET", "/notes/1");
  CHECK(gone.status == 404);
  CHECK(json::parse(gone.body)["detail"] == "There is no such note.");
}

TEST_CASE("api: a client that has the version gets 304", "[api]") {
  Service service;
  service.ask("POST", "/notes", R"({"title": "Tea"})");
  const Response same = service.http.fetch(
      "/notes/1",
      {.headers = {{"Authorization", "Bearer secret-of-ada"}, {"If-None-Match", "\"1\""}}});
  CHECK(same.status == 304);
}

TEST_CASE("api: what is wrong is told by field", "[api]") {
  Service service;
  const Response refused = service.ask(
      "POST", "/notes",
      R"({"title": "", "tags": ["a", "", "c", "d", "e", "f", "g", "h", "i", "j", "k"]})");
  CHECK(refused.status == 422);
  const json problem = json::parse(refused.body);
  CHECK(problem["status"] == 422);
  CHECK(problem["errors"] == json{{"title", "must not be empty"},
                                  {"tags", "must be at most 10"},
                                  {"tags/1", "must not be empty"}});
  CHECK(service.ask("POST", "/notes", R"({"title": 7})").status == 400);
  CHECK(service.ask("POST", "/notes", R"({"title": )").status == 400);
  CHECK(service.ask("POST", "/notes", "[]").status == 400);
  CHECK(service.ask("GET", "/notes?limit=0").status == 400);
  CHECK(service.ask("GET", "/nowhere").headers.get("Content-Type") == "application/problem+json");
  CHECK(service.ask("PATCH", "/notes", "{}").status == 405);
}

TEST_CASE("api: pages lead to one another, and show one's own notes", "[api]") {
  Service service;
  for (int i = 1; i <= 5; ++i) {
    service.ask("POST", "/notes", json{{"title", std::to_string(i)}}.dump());
  }
  service.token = "secret-of-bob";
  CHECK(json::parse(service.ask("GET", "/notes").body)["items"].empty());
  CHECK(service.ask("GET", "/notes/1").status == 404);

  service.token = "secret-of-ada";
  std::vector<std::string> titles;
  int pages = 0;
  for (std::string path = "/notes?limit=2"; !path.empty(); ++pages) {
    const Response page = service.ask("GET", path);
    const json body = json::parse(page.body);
    for (const json& note : body["items"]) titles.push_back(note["title"]);
    path = body.value("next", "");
    CHECK(page.headers.get("Link") == (path.empty() ? "" : "<" + path + ">; rel=\"next\""));
  }
  CHECK(pages == 3);
  CHECK(titles == std::vector<std::string>{"1", "2", "3", "4", "5"});
}
