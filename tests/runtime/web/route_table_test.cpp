#include <bora/web/route_table.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <bora/web/request_handler.h>
#include <bora/web/url_spec.h>

#include "tests/support/catch.h"
#include "tests/support/has_text.h"

using namespace bora::web;

namespace {

struct Anything : RequestHandler {
  void prepare() {}
};
struct Getter : RequestHandler {
  void get() {}
};
struct Poster : RequestHandler {
  void post() {}
};

/// A table of patterns, all to a handler that takes whatever they capture.
class Table {
 public:
  explicit Table(const std::vector<std::string>& patterns) {
    std::vector<URLSpec> specs;
    for (const std::string& pattern : patterns) specs.push_back(url<Anything>(pattern));
    table_ = make_route_table(specs);
  }

  /// "/users/{id:int} [7]", or "none".
  std::string operator()(std::string_view path) const {
    RouteMatch found;
    match(*table_, path, found);
    if (found.route == nullptr) return "none";
    std::string text(found.route->pattern);
    for (std::size_t i = 0; i < found.arguments.size(); ++i) {
      text.append(" [").append(found.arguments.text(i)).append("]");
    }
    return text;
  }

 private:
  OwnRouteTable table_{nullptr, [](const RouteTable*) {}};
};

std::string problem(const std::vector<URLSpec>& specs) {
  try {
    make_route_table(specs);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}
std::string problem(const std::string& pattern) {
  return problem({url<Anything>(pattern)});
}

}  // namespace

TEST_CASE("route table: literals match as a whole", "[web]") {
  const Table find({"/", "/users", "/users/all", "/a-segment-of-more-than-sixteen-bytes/x"});
  CHECK(find("/") == "/");
  CHECK(find("/users") == "/users");
  CHECK(find("/users/all") == "/users/all");
  CHECK(find("/a-segment-of-more-than-sixteen-bytes/x") ==
        "/a-segment-of-more-than-sixteen-bytes/x");
  CHECK(find("/a-segment-of-more-than-sixteen-bytez/x") == "none");
  CHECK(find("/user") == "none");
  CHECK(find("/userss") == "none");
  CHECK(find("/Users") == "none");
}

TEST_CASE("route table: what is no path matches nothing", "[web]") {
  const Table find({"/", "/{rest:path}"});
  CHECK(find("") == "none");
  CHECK(find("*") == "none");
  CHECK(find("users") == "none");
  CHECK(Table({})("/") == "none");
}

TEST_CASE("route table: a slash at the end makes another path", "[web]") {
  const Table find({"/users", "/posts/", "/both", "/both/", "/{x}/y/"});
  CHECK(find("/users/") == "none");
  CHECK(find("/posts") == "none");
  CHECK(find("/both") == "/both");
  CHECK(find("/both/") == "/both/");
  CHECK(find("/z/y/") == "/{x}/y/ [z]");
  CHECK(find("/z/y") == "none");
}

TEST_CASE("route table: a parameter takes one segment that is not empty", "[web]") {
  const Table find({"/users/{id}", "/users/{id}/posts/{post}"});
  CHECK(find("/users/7") == "/users/{id} [7]");
  CHECK(find("/users/a%2Fb") == "/users/{id} [a%2Fb]");
  CHECK(find("/users/") == "none");
  CHECK(find("/users//posts/1") == "none");
  CHECK(find("/users/x/posts/y") == "/users/{id}/posts/{post} [x] [y]");
  CHECK(find("/users/x/posts/y/") == "none");
}

TEST_CASE("route table: an integer is what fits 64 bits", "[web]") {
  const Table find({"/{n:int}"});
  CHECK(find("/0") == "/{n:int} [0]");
  CHECK(find("/-12") == "/{n:int} [-12]");
  CHECK(find("/007") == "/{n:int} [007]");
  CHECK(find("/9223372036854775807") == "/{n:int} [9223372036854775807]");
  CHECK(find("/-9223372036854775808") == "/{n:int} [-9223372036854775808]");
  CHECK(find("/%31") == "/{n:int} [%31]");
  for (const char* path :
       {"/9223372036854775808", "/-9223372036854775809", "/+1", "/-", "/1.0", "/1e3", "/0x10",
        "/%2B1", "/ 1", "/1a", "/99999999999999999999999999999999"}) {
    CAPTURE(path);
    CHECK(find(path) == "none");
  }
}

TEST_CASE("route table: integers keep their value", "[web]") {
  const std::vector<URLSpec> specs = {url<Anything>("/{n:int}")};
  const OwnRouteTable table = make_route_table(specs);
  RouteMatch found;
  match(*table, "/-9223372036854775808", found);
  REQUIRE(found.route != nullptr);
  CHECK(found.arguments.integer(0) == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("route table: a path parameter takes the rest, which may be empty", "[web]") {
  const Table find({"/files/{rest:path}", "/files/index"});
  CHECK(find("/files/a") == "/files/{rest:path} [a]");
  CHECK(find("/files/a/b//c/") == "/files/{rest:path} [a/b//c/]");
  CHECK(find("/files/") == "/files/{rest:path} []");
  CHECK(find("/files//") == "/files/{rest:path} [/]");
  CHECK(find("/files") == "none");
  CHECK(find("/files/index") == "/files/index");
  CHECK(find("/files/index/") == "/files/{rest:path} [index/]");
  CHECK(Table({"/{all:path}"})("/") == "/{all:path} []");
}

TEST_CASE("route table: literal beats integer beats string beats path, in any order", "[web]") {
  std::vector<std::string> patterns = {"/x/{p:path}", "/x/{s}", "/x/{n:int}", "/x/12", "/x/"};
  std::sort(patterns.begin(), patterns.end());
  do {
    const Table find(patterns);
    CHECK(find("/x/12") == "/x/12");
    CHECK(find("/x/13") == "/x/{n:int} [13]");
    CHECK(find("/x/1a") == "/x/{s} [1a]");
    CHECK(find("/x/1/2") == "/x/{p:path} [1/2]");
    CHECK(find("/x/") == "/x/");
  } while (std::next_permutation(patterns.begin(), patterns.end()));
}

TEST_CASE("route table: a way that ends is left for the next best", "[web]") {
  const Table find({"/a/b/c", "/a/{x}/d", "/{y}/b/e", "/{z:path}", "/{n:int}/b/f"});
  CHECK(find("/a/b/c") == "/a/b/c");
  CHECK(find("/a/b/d") == "/a/{x}/d [b]");
  CHECK(find("/a/b/e") == "/{y}/b/e [a]");
  CHECK(find("/a/b/g") == "/{z:path} [a/b/g]");
  CHECK(find("/1/b/f") == "/{n:int}/b/f [1]");
  CHECK(find("/1/b/e") == "/{y}/b/e [1]");
}

TEST_CASE("route table: literals are compared by what they mean", "[web]") {
  const Table find({"/café", "/a%7eb", "/a%2fb", "/x:y", "/100%25", "/@me", "/%2b%24/x"});
  CHECK(find("/caf%C3%A9") == "/café");
  CHECK(find("/caf%c3%a9") == "/café");
  CHECK(find("/%63af%c3%a9") == "/café");
  CHECK(find("/a~b") == "/a%7eb");
  CHECK(find("/a%7Eb") == "/a%7eb");
  CHECK(find("/a%2Fb") == "/a%2fb");
  CHECK(find("/a/b") == "none");
  CHECK(find("/x%3Ay") == "/x:y");
  CHECK(find("/@me") == "/@me");
  CHECK(find("/%40me") == "/@me");
  CHECK(find("/+$/x") == "/%2b%24/x");
  CHECK(find("/%2B$/x") == "/%2b%24/x");
  CHECK(find("/100%25") == "/100%25");
  CHECK(find("/100%") == "none");
  CHECK(find("/" + std::string(5000, '%')) == "none");
}

TEST_CASE("route table: paths of every length are cut at their slashes", "[web]") {
  const Table find({"/{a}/{b}", "/{a}/{b}/", "/x/{rest:path}"});
  for (std::size_t size = 1; size < 200; ++size) {
    const std::string left(size, 'l');
    for (const std::size_t other : {std::size_t{1}, std::size_t{7}, std::size_t{40}, size}) {
      const std::string right(other, 'r');
      REQUIRE(find("/" + left + "/" + right) == "/{a}/{b} [" + left + "] [" + right + "]");
      REQUIRE(find("/" + left + "/" + right + "/") == "/{a}/{b}/ [" + left + "] [" + right + "]");
      REQUIRE(find("/" + left + "/" + right + "/z") == "none");
    }
    REQUIRE(find("/x/" + left + "//") == "/x/{rest:path} [" + left + "//]");
  }
}

TEST_CASE("route table: an escape is seen wherever it stands", "[web]") {
  for (std::size_t size = 1; size < 100; ++size) {
    const std::string text(size, 'x');
    REQUIRE(Table({"/" + text + "/~"})("/" + text + "/%7E") == "/" + text + "/~");
  }
}

TEST_CASE("route table: many siblings are told apart", "[web]") {
  std::vector<std::string> patterns;
  for (int i = 0; i < 5000; ++i) patterns.push_back("/sibling-number-" + std::to_string(i * 7919));
  const Table find(patterns);
  for (const std::string& pattern : patterns) REQUIRE(find(pattern) == pattern);
  CHECK(find("/sibling-number-1") == "none");
}

TEST_CASE("route table: routes of one path share it by method", "[web]") {
  const std::vector<URLSpec> specs = {url<Getter>("/items"), url<Poster>("/items")};
  const OwnRouteTable table = make_route_table(specs);
  RouteMatch found;
  match(*table, "/items", found);
  REQUIRE(found.route != nullptr);
  CHECK(found.route->endpoint == &endpoint_of<Getter>);
  REQUIRE(found.route->next != nullptr);
  CHECK(found.route->next->endpoint == &endpoint_of<Poster>);
  CHECK(found.route->next->next == nullptr);
  CHECK(methods_of(*found.route) == 0b101);
}

TEST_CASE("route table: lists its routes in order", "[web]") {
  const std::vector<URLSpec> specs = {url<Getter>("/b", "second"), url<Getter>("/a", "first")};
  const OwnRouteTable table = make_route_table(specs);
  REQUIRE(routes(*table).size() == 2);
  CHECK(routes(*table)[0].name == "second");
  CHECK(routes(*table)[1].pattern == "/a");
}

TEST_CASE("route table: bad patterns are refused with the reason", "[web]") {
  using bora::test::has_text;
  CHECK_THAT(problem(""), has_text("the path is empty"));
  CHECK_THAT(problem("users"),
             has_text("route pattern 'users'") && has_text("a path begins with '/'"));
  CHECK_THAT(problem("/a//b"), has_text("empty segment"));
  CHECK_THAT(problem("//"), has_text("empty segment"));
  CHECK_THAT(problem("/a b"), has_text("percent-encoded"));
  CHECK_THAT(problem("/100%"), has_text("hexadecimal"));
  CHECK_THAT(problem("/a%2x"), has_text("hexadecimal"));
  CHECK_THAT(problem("/a?b"), has_text("can't hold '?'"));
  CHECK_THAT(problem("/a\n"), has_text("percent-encoded"));
  CHECK_THAT(problem("/a/../b"), has_text("'..'"));
  CHECK_THAT(problem("/a/%2e%2E"), has_text("'..'"));
  CHECK_THAT(problem("/{"), has_text("never closed"));
  CHECK_THAT(problem("/}"), has_text("closes nothing"));
  CHECK_THAT(problem("/{a}{b}"), has_text("whole segment"));
  CHECK_THAT(problem("/x{a}"), has_text("whole segment"));
  CHECK_THAT(problem("/{}"), has_text("needs a name"));
  CHECK_THAT(problem("/{1a}"), has_text("can't be the name"));
  CHECK_THAT(problem("/{a b}"), has_text("can't be the name"));
  CHECK_THAT(problem("/{a:flaot}"), has_text("no converter 'flaot'"));
  CHECK_THAT(problem("/{a:}"), has_text("no converter ''"));
  CHECK_THAT(problem("/{a}/{a:int}"), has_text("two parameters 'a'"));
  CHECK_THAT(problem("/{a:path}/b"), has_text("last segment"));
  CHECK_THAT(problem("/{a:path}/"), has_text("last segment"));
  CHECK_THAT(problem("/" + std::string(256, 'x')), has_text("longer than 255"));
  std::string many;
  for (int i = 0; i < 17; ++i) many += "/{p" + std::to_string(i) + "}";
  CHECK_THAT(problem(many), has_text("more than 16 parameters"));
  std::string deep;
  for (int i = 0; i < 65; ++i) deep += "/x";
  CHECK_THAT(problem(deep), has_text("more than 64 segments"));
}

TEST_CASE("route table: routes that exclude each other are refused", "[web]") {
  using bora::test::has_text;
  CHECK_THAT(problem({url<Getter>("/a"), url<Getter>("/%61")}), has_text("same paths"));
  CHECK_THAT(problem({url<Getter>("/a", "n"), url<Getter>("/b", "n")}), has_text("named 'n'"));
}
