#include <bora/testing/catch.h>
#include <bora/testing/http_test.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "service.h"

namespace {

using bora::testing::Response;
using nlohmann::json;

// A service of its own for each test, on a free port of this machine.
struct Client {
  app::Service service;
  bora::testing::HTTPTest http{service};

  Response ask(const std::string& method, const std::string& path, const std::string& body = "",
               const std::string& if_match = "") {
    bora::testing::FetchOptions options{.method = method, .body = body};
    if (!body.empty()) options.headers.emplace_back("Content-Type", "application/json");
    if (!if_match.empty()) options.headers.emplace_back("If-Match", if_match);
    return http.fetch(path, options);
  }
};

}  // namespace

TEST_CASE("notes: one is made, read, changed and removed", "[notes]") {
  Client client;
  const Response made = client.ask("POST", "/notes", R"({"title": "Tea"})");
  CHECK(made.status == 201);
  CHECK(made.headers.get("Location") == "/notes/1");
  CHECK(json::parse(made.body) == json::parse(R"({"id": 1, "title": "Tea", "text": ""})"));
  CHECK(client.ask("GET", "/notes/1").body == made.body);

  CHECK(client.ask("PUT", "/notes/1", R"({"title": "Coffee"})").status == 428);
  CHECK(client.ask("PUT", "/notes/1", R"({"title": "Coffee"})", "\"7\"").status == 412);
  const Response changed = client.ask("PUT", "/notes/1", R"({"title": "Coffee"})", "\"1\"");
  CHECK(changed.status == 200);
  CHECK(changed.headers.get("Etag") == "\"2\"");
  CHECK(client.ask("DELETE", "/notes/1", "", "\"2\"").status == 204);
  CHECK(client.ask("GET", "/notes/1").status == 404);
}

TEST_CASE("notes: what is wrong is told by field, as problem+json", "[notes]") {
  Client client;
  const Response refused = client.ask("POST", "/notes", R"({"title": ""})");
  CHECK(refused.status == 422);
  CHECK(refused.headers.get("Content-Type") == "application/problem+json");
  CHECK(json::parse(refused.body)["errors"] == json{{"title", "must not be empty"}});
  CHECK(client.ask("POST", "/notes", R"({"title": "a", "text": "\u0000"})").status == 422);
  CHECK(client.ask("POST", "/notes", R"({"title": 7})").status == 400);
  CHECK(client.ask("POST", "/notes", "no JSON").status == 400);
  CHECK(client.ask("GET", "/notes?limit=0").status == 400);
}

TEST_CASE("notes: pages lead to one another", "[notes]") {
  Client client;
  for (int i = 1; i <= 5; ++i) {
    client.ask("POST", "/notes", json{{"title", std::to_string(i)}}.dump());
  }
  std::vector<std::string> titles;
  for (std::string path = "/notes?limit=2"; !path.empty();) {
    const json page = json::parse(client.ask("GET", path).body);
    for (const json& note : page["items"]) titles.push_back(note["title"]);
    path = page.value("next", "");
  }
  CHECK(titles == std::vector<std::string>{"1", "2", "3", "4", "5"});
}
