#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <bora/json.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

// JSON in and out of handlers.

namespace {

using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::web::Application;
using bora::web::RequestHandler;
using bora::web::url;

struct Bookmark {
  std::string title;
  std::vector<std::string> tags;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Bookmark, title, tags)

/// One whose from_json() checks values itself.
struct Port {
  int number;
};
void from_json(const nlohmann::json& json, Port& port) {
  json.at("port").get_to(port.number);
  if (port.number < 1) throw std::invalid_argument("internal text");
  if (port.number > 65535) throw bora::web::HTTPError(422);
}

struct Point {
  int x;
};
void to_json(bora::render::JSONWriter& writer, const Point& point) {
  writer.begin_object();
  writer.member("x", point.x);
  writer.end_object();
}

struct Answers : RequestHandler {
  void get(std::string_view what) {
    if (what == "document") write(nlohmann::json{{"a", {1, 2.5, nullptr}}, {"b", "</x>"}});
    if (what == "map") write(std::map<std::string, int>{{"a", 1}});
    if (what == "own") write(Point{3});
    if (what == "theirs") write(Bookmark{"\u00e9", {"a"}});
    if (what == "list") write(std::vector<int>{1});
    if (what == "document-list") write(nlohmann::json::array({1}));
    if (what == "write_json") write_json(std::vector<Bookmark>{{"a", {}}});
    if (what == "text") write_json("a\"b");
    if (what == "finish") finish(Point{4});
  }
};

}  // namespace

TEST_CASE("write: an object becomes JSON, with its Content-Type (WEB-034, WEB-035)", "[web]") {
  Application app({url<Answers>("/{what}")});
  HTTPTest test(app);
  const auto get = [&](const std::string& what) {
    const auto response = test.fetch("/" + what);
    CHECK(response.headers.get("Content-Type") == "application/json; charset=UTF-8");
    return response.body;
  };
  CHECK(get("document") == R"({"a": [1, 2.5, null], "b": "<\/x>"})");
  CHECK(get("map") == R"({"a": 1})");
  CHECK(get("own") == R"({"x": 3})");
  CHECK(get("theirs") == "{\"tags\": [\"a\"], \"title\": \"\u00e9\"}");
  CHECK(get("write_json") == R"([{"tags": [], "title": "a"}])");
  CHECK(get("text") == R"("a\"b")");
  CHECK(get("finish") == R"({"x": 4})");
}

TEST_CASE("write: a list is refused as in Tornado (WEB-034)", "[web]") {
  Application app({url<Answers>("/{what}")});
  HTTPTest test(app);
  LogCapture log;
  const auto response = test.fetch("/list");
  CHECK(response.status == 500);
  CHECK(response.headers.get("Content-Type") == "text/html; charset=UTF-8");
  CHECK(test.fetch("/document-list").status == 500);
  CHECK(log.count(bora::app_log, "write_json(value) takes any value") == 2);
}

namespace {

struct Reads : RequestHandler {
  void post(std::string_view how) {
    if (how == "typed") {
      const auto bookmark = get_json_body<Bookmark>();
      write(bookmark.title + "/" + std::to_string(bookmark.tags.size()));
    }
    if (how == "document") {
      const nlohmann::json body = get_json_body();
      write_json(body);
    }
    if (how == "places") {
      const auto body = get_json_body();
      write(body["items"][1]["count"].get<std::uint8_t>());
      write(body.get("note", " no note "));
      write(body.get("price", 1.5));
      write(body["tags"].get<std::vector<std::string>>().size());
      write(body["on"].get<bool>());
      write(body["maybe"].get<std::optional<int>>().value_or(-1));
    }
    if (how == "number") write(get_json_body<int>());
    if (how == "refuse") get_json_body()["url"].refuse("must be a URL");
    if (how == "checked") write(get_json_body<Port>().number);
    if (how == "checked-within") write(get_json_body()["ports"].get<std::vector<Port>>().size());
    if (how == "by-hand") write(bora::json_decode(request().body()).size());
    if (how == "other") write(bora::json_decode("[1,").size());
  }
};

bora::testing::Response post(HTTPTest& test, const std::string& how, const std::string& body,
                             const std::string& type = "application/json") {
  return test.fetch("/" + how,
                    {.method = "POST",
                     .body = body,
                     .headers = {{"Content-Type", type}, {"Accept", "application/json"}}});
}

/// The error text that a client that wants JSON gets.
std::string detail_of(const bora::testing::Response& response) {
  CHECK(response.status == 400);
  CHECK(response.headers.get("Content-Type") == "application/problem+json");
  return bora::json_decode(response.body).value("detail", "");
}

constexpr char kOrder[] =
    R"({"items": [{}, {"count": 200}], "tags": ["a", "b"], "on": true, "maybe": null})";

}  // namespace

TEST_CASE("get_json_body: as a type, a document, or value by value", "[web]") {
  Application app({url<Reads>("/{how}")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(post(test, "typed", R"({"title": "x", "tags": ["a"]})").body == "x/1");
  CHECK(post(test, "document", R"([1, {"a": "\u0000\ud83d\ude00"}])").body ==
        "[1, {\"a\": \"\\u0000\U0001F600\"}]");
  CHECK(post(test, "places", kOrder).body == "200 no note 1.52true-1");
  CHECK(post(test, "number", "-5").body == "-5");
  CHECK(post(test, "number", "1", "application/vnd.api+json; charset=utf-8").body == "1");
  CHECK(post(test, "number", "1", "APPLICATION/JSON;charset=\"UTF-8\"").body == "1");
  CHECK(post(test, "document", R"({"a": 1, "a": 2})").body == R"({"a": 2})");  // the last one
  CHECK(log.count(bora::app_log) == 0);
}

TEST_CASE("get_json_body: whatever is wrong is 400 with place and reason, never an error",
          "[web]") {
  Application app({url<Reads>("/{how}")});
  HTTPTest test(app);
  LogCapture log;
  const auto refused = [&](const std::string& how, const std::string& body) {
    return detail_of(post(test, how, body));
  };
  // The body is no JSON.
  CHECK(refused("typed", "{\"a\": }").find("parse error at line 1, column 7") != std::string::npos);
  for (const std::string body : {"", "{", "nul", "'a'", "\"\xff\"", R"("\ud800")",
                                 R"("\udc00\ud800")", "\"\x01\"", "1 2", "\xef\xbb"}) {
    CAPTURE(body);
    CHECK(refused("document", body).starts_with("The body is no JSON: parse error at line 1"));
  }
  CHECK(refused("document", std::string("\0", 1)).starts_with("The body is no JSON: "));
  // The body has another type.
  const std::string sentence = "The Content-Type of the body must be application/json, in UTF-8.";
  for (const std::string type :
       {"text/plain", "application/x-www-form-urlencoded", "application/jsonp", "json", "+json",
        "application/json; charset=latin1", "", "text/html+jsonx"}) {
    CAPTURE(type);
    CHECK(detail_of(post(test, "number", "1", type)) == sentence);
  }
  // The body has another shape.
  CHECK(refused("number", "\"1\"") ==
        "The JSON body must be a whole number from -2147483648 to 2147483647.");
  CHECK(refused("number", "1.0") ==
        "The JSON body must be a whole number from -2147483648 to 2147483647.");
  CHECK(refused("number", "1e400").starts_with("The body is no JSON"));
  CHECK(refused("number", "2147483648").find("2147483647") != std::string::npos);
  CHECK(refused("places", "[]") == "The JSON body must be an object, not an array.");
  CHECK(refused("places", "{}") == "/items is missing.");
  CHECK(refused("places", R"({"items": 1})") == "/items must be an array, not a number.");
  CHECK(refused("places", R"({"items": [1]})") == "/items/1 is missing.");
  CHECK(refused("places", R"({"items": [1, {"count": 256}]})") ==
        "/items/1/count must be a whole number from 0 to 255.");
  CHECK(refused("places", R"({"items": [1, {"count": 1}], "note": 1})") ==
        "/note must be a string, not a number.");
  CHECK(refused("places", R"({"items": [1, {"count": 1}], "price": "x"})") ==
        "/price must be a number, not a string.");
  CHECK(refused("places", R"({"items": [1, {"count": 1}], "tags": ["a", null]})") ==
        "/tags/1 must be a string, not null.");
  CHECK(refused("typed", "[1]").find("is refused: ") != std::string::npos);
  CHECK(refused("typed", R"({"title": "x"})").find("key 'tags' not found") != std::string::npos);
  CHECK(refused("refuse", R"({"url": "<script>"})") == "/url must be a URL.");
  CHECK(refused("checked", R"({"port": 0})") == "The JSON body is refused.");
  CHECK(refused("checked-within", R"({"ports": [{"port": 1}, {"port": -1}]})") ==
        "/ports/1 is refused.");
  CHECK(log.count(bora::gen_log, "/ports/1 is refused: internal text") == 1);
  CHECK(post(test, "checked", R"({"port": 70000})").status == 422);
  CHECK(log.count(bora::app_log) == 0);
  for (const auto& record : log.records) CHECK(record.level != bora::LogLevel::error);
}

TEST_CASE("get_json_body: nesting has a limit, a setting", "[web]") {
  bora::web::Settings settings;
  settings.max_json_depth = 3;
  Application app({url<Reads>("/{how}")}, settings);
  HTTPTest test(app);
  CHECK(post(test, "document", "[[[1]]]").body == "[[[1]]]");
  CHECK(detail_of(post(test, "document", "[[[[1]]]]")).find("deeper than 3 levels") !=
        std::string::npos);
  const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
  CHECK(post(test, "document", deep).status == 400);
  Application other({url<Reads>("/{how}")});
  HTTPTest test_of_default(other);
  CHECK(detail_of(post(test_of_default, "document", deep)).find("deeper than 512 levels") !=
        std::string::npos);
}

TEST_CASE("get_json_body: of members with one name the last counts, however many there are",
          "[web]") {
  Application app({url<Reads>("/{how}")});
  HTTPTest test(app);
  CHECK(post(test, "document", R"([{"a":1,"b":[2],"a":{"a":3}}])").body ==
        R"([{"a": {"a": 3}, "b": [2]}])");
  std::string body = "[{";
  for (int i = 0; i < 100'000; ++i) body += "\"a\":1,";
  CHECK(post(test, "document", body + "\"a\":2}]").body == R"([{"a": 2}])");
  // An escaped NUL is a character like others, in names too, and never ends a text.
  CHECK(post(test, "document", R"([{"a\u0000b":"\u0000"}])").body == R"([{"a\u0000b": "\u0000"}])");
  CHECK(post(test, "document", std::string("[\"a\0b\"]", 7)).status == 400);
}

TEST_CASE("get_json_body: 10 MB are read, and refused at their end", "[web]") {
  Application app({url<Reads>("/{how}")});
  HTTPTest test(app);
  std::string body = "[";
  while (body.size() < 10'000'000) body += "\"0123456789abcdef0123456789abcdef\",";
  const std::string whole = body + "1]";
  CHECK(post(test, "by-hand", whole).status == 200);
  CHECK(post(test, "by-hand", body + "x]").status == 400);
}

TEST_CASE("json_decode: the request's body is the client's fault, any other text is not", "[web]") {
  Application app({url<Reads>("/{how}")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(post(test, "by-hand", "{\"a\":").status == 400);
  CHECK(post(test, "by-hand", "").status == 400);
  CHECK(log.count(bora::app_log) == 0);
  CHECK(log.count(bora::gen_log, "the body is no JSON: parse error at line 1") == 2);
  CHECK(post(test, "other", "{}").status == 500);
  CHECK(post(test, "other", "").status == 500);
  CHECK(log.count(bora::app_log) == 2);
}
