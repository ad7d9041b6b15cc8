#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>

#include <bora/web/route_table.h>
#include <bora/web/urls.h>

#include "tests/support/catch.h"

using namespace bora::web;

namespace {

std::string reverse(std::string_view pattern, std::initializer_list<URLArgument> arguments) {
  Route route;
  route.name = "name";
  route.pattern = pattern;
  return reverse_url(route, arguments);
}

std::string problem(std::string_view pattern, std::initializer_list<URLArgument> arguments) {
  try {
    return "made " + reverse(pattern, arguments);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("reverse_url: fills in the parameters", "[web]") {
  CHECK(reverse("/", {}) == "/");
  CHECK(reverse("/users/", {}) == "/users/");
  CHECK(reverse("/users/{id:int}/posts/{slug}", {7, "x"}) == "/users/7/posts/x");
  CHECK(reverse("/{a}/{b}/", {"x", std::string("y")}) == "/x/y/");
  CHECK(reverse("/{n:int}", {std::numeric_limits<std::int64_t>::min()}) == "/-9223372036854775808");
  CHECK(reverse("/{n:int}", {"-12"}) == "/-12");
  CHECK(reverse("/{s}", {std::numeric_limits<std::uint64_t>::max()}) == "/18446744073709551615");
}

TEST_CASE("reverse_url: percent-encodes text, a path parameter keeps slashes (RTE-11)", "[web]") {
  CHECK(reverse("/{s}", {"a b?c+d/é%"}) == "/a%20b%3Fc%2Bd%2F%C3%A9%25");
  CHECK(reverse("/{s}", {"<script>\"'&#"}) == "/%3Cscript%3E%22%27%26%23");
  CHECK(reverse("/{s}", {std::string("\0\n", 2)}) == "/%00%0A");
  CHECK(reverse("/f/{p:path}", {"a/b c/"}) == "/f/a/b%20c/");
  CHECK(reverse("/f/{p:path}", {""}) == "/f/");
  CHECK(reverse("/café/a%2fb/{s}", {"x"}) == "/caf%C3%A9/a%2Fb/x");
}

TEST_CASE("reverse_url: refuses what would lead elsewhere", "[web]") {
  CHECK(problem("/{s}", {""}) == "URL of route 'name' (/{s}): parameter 's' must not be empty");
  CHECK(problem("/{s}", {".."}) ==
        "URL of route 'name' (/{s}): parameter 's' must not be '.' or '..'");
  CHECK(problem("/{s}", {"..."}) == "made /...");
  CHECK(problem("/{p:path}", {"a/../b"}) ==
        "URL of route 'name' (/{p:path}): parameter 'p' must not have a segment '.' or '..'");
  CHECK(problem("/{n:int}", {"1x"}) ==
        "URL of route 'name' (/{n:int}): parameter 'n' must be an integer of 64 bits");
  CHECK(problem("/{n:int}", {std::numeric_limits<std::uint64_t>::max()}) ==
        "URL of route 'name' (/{n:int}): parameter 'n' must be an integer of 64 bits");
  CHECK(problem("/{a}/{b}", {"x"}) == "URL of route 'name' (/{a}/{b}): it has 2 parameters, not 1");
  CHECK(problem("/{a}", {"x", "y"}) == "URL of route 'name' (/{a}): it has 1 parameter, not 2");
  CHECK(problem("/", {"x"}) == "URL of route 'name' (/): it has 0 parameters, not 1");
}

TEST_CASE("reverse_url: writes values of every type, and only such", "[web]") {
  CHECK(reverse("/{x:float}", {0.5}) == "/0.5");
  CHECK(reverse("/{x:float}", {1e21}) == "/1000000000000000000000");
  CHECK(reverse("/{x:float}", {-3}) == "/-3");
  CHECK(reverse("/{x:bool}", {true}) == "/true");
  CHECK(reverse("/{x:uint}", {std::numeric_limits<std::uint64_t>::max()}) ==
        "/18446744073709551615");
  CHECK(reverse("/{x:slug}/y", {"a-b_c"}) == "/a-b_c/y");
  CHECK(reverse("/{x:[A-Z]{1,3}-[0-9]+}/{y}", {"HH-7", "z"}) == "/HH-7/z");
  CHECK(problem("/{x:float}", {std::numeric_limits<double>::infinity()}) ==
        "URL of route 'name' (/{x:float}): parameter 'x' must be a number");
  CHECK(problem("/{x:bool}", {1}) ==
        "URL of route 'name' (/{x:bool}): parameter 'x' must be true or false");
  CHECK(problem("/{x:uint}", {-1}) ==
        "URL of route 'name' (/{x:uint}): parameter 'x' must be an integer of 64 bits and not "
        "negative");
  CHECK(problem("/{x:[A-Z]{3}}", {"ab"}) ==
        "URL of route 'name' (/{x:[A-Z]{3}}): parameter 'x' must fit its regular expression");
  CHECK(problem("/{x:slug}", {"a b"}).ends_with("letters, digits, '-' and '_'"));
  CHECK(problem("/{x:uuid}", {"7"}).ends_with("must be a UUID"));
}

TEST_CASE("reverse_url: an optional segment that is missing goes with its slash", "[web]") {
  CHECK(reverse("/list/{page?:uint}", {2}) == "/list/2");
  CHECK(reverse("/list/{page?:uint}", {}) == "/list");
  CHECK(reverse("/list/{page?}", {std::nullopt}) == "/list");
  CHECK(reverse("/list/{page?:int}", {std::optional<int>()}) == "/list");
  CHECK(reverse("/list/{page?:int}", {std::optional<int>(7)}) == "/list/7");
  CHECK(reverse("/{page?}", {}) == "/");
  CHECK(problem("/{x}", {std::nullopt}).ends_with("must not be empty"));
}

TEST_CASE("urls: arguments are added to the query", "[web]") {
  CHECK(url_concat("/list", {}) == "/list");
  CHECK(url_concat("/list", {{"page", 2}, {"q", "a b&c"}}) == "/list?page=2&q=a+b%26c");
  CHECK(url_concat("/list?a=1", {{"é", "="}}) == "/list?a=1&%C3%A9=%3D");
  CHECK(url_concat("/list?", {{"a", true}}) == "/list?a=true");
  CHECK(url_concat("/list#top", {{"a", 0.5}}) == "/list?a=0.5#top");
  CHECK(url_concat("/list", {{"a", std::optional<int>()}, {"b", 1}}) == "/list?b=1");
}

TEST_CASE("reverse_url: a route is found by its name", "[web]") {
  const Route list[] = {{.name = "", .pattern = "/unnamed"}, {.name = "home", .pattern = "/home"}};
  const RouteTable table(list, {});
  CHECK(reverse_url(table, "home", {}) == "/home");
  CHECK_THROWS_WITH(reverse_url(table, "hme", {}), "there is no route 'hme'; did you mean 'home'?");
  CHECK_THROWS_WITH(reverse_url(table, "else", {}), "there is no route 'else'");
  CHECK_THROWS_WITH(reverse_url(table, "", {}), "there is no route ''");
}
