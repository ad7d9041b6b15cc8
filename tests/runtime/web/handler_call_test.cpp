#include <bora/web/handler_call.h>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <bora/core/gen.h>
#include <bora/testing/http_test.h>
#include <bora/web/application.h>
#include <bora/web/detail/route_calls.h>
#include <bora/web/http_error.h>
#include <bora/web/request_handler.h>
#include <bora/web/url_spec.h>

#include "tests/support/catch.h"

using namespace bora::web;
using bora::Task;

// Calls are only checked for what they are here: making a handler takes a request, and
// request_handler_test does that.

namespace {

constexpr std::size_t index(Method method) {
  return static_cast<std::size_t>(method);
}
constexpr MethodMask bit(Method method) {
  return static_cast<MethodMask>(1U << index(method));
}

struct Plain : RequestHandler {
  void get(std::string_view, int) {}
  Task<void> post(const std::string&) { co_return; }
  void delete_() {}
  int put = 0;      // data is no method
  struct patch {};  // nor is a type
  void initialize() {}
};

struct Derived : Plain {
  Task<void> prepare() { co_return; }
  void options() const noexcept {}
};

struct Final final : RequestHandler {
  void head() {}
};

}  // namespace

TEST_CASE("endpoint_of: has the methods that the class defines", "[web]") {
  STATIC_REQUIRE(endpoint_of<Plain>.methods() ==
                 (bit(Method::get) | bit(Method::post) | bit(Method::delete_)));
  STATIC_REQUIRE(endpoint_of<Derived>.methods() ==
                 (endpoint_of<Plain>.methods() | bit(Method::options)));
  STATIC_REQUIRE(endpoint_of<Final>.methods() == bit(Method::head));
  STATIC_REQUIRE(endpoint_of<Plain>.size == sizeof(Plain));
  STATIC_REQUIRE(endpoint_of<Plain>.alignment == alignof(Plain));
}

TEST_CASE("endpoint_of: counts what each method takes", "[web]") {
  STATIC_REQUIRE(endpoint_of<Plain>.argument_counts[index(Method::get)] == 2);
  STATIC_REQUIRE(endpoint_of<Plain>.argument_counts[index(Method::post)] == 1);
  STATIC_REQUIRE(endpoint_of<Plain>.argument_counts[index(Method::delete_)] == 0);
}

TEST_CASE("endpoint_of: finds initialize() and prepare() of class and base", "[web]") {
  STATIC_REQUIRE(endpoint_of<Plain>.initialize != nullptr);
  STATIC_REQUIRE(endpoint_of<Plain>.prepare == nullptr);
  STATIC_REQUIRE(endpoint_of<Derived>.initialize != nullptr);
  STATIC_REQUIRE(endpoint_of<Derived>.prepare != nullptr);
}

TEST_CASE("url: a method that takes another number of captures is refused", "[web]") {
  const std::vector<URLSpec> specs = {url<Final>("/{x}")};
  CHECK_THROWS_WITH(make_route_table(specs),
                    "route pattern '/{x}' captures 1 argument, but its handler's head() takes 0");
}

TEST_CASE("captures: numbers that do not fit what the method takes are 404", "[web]") {
  CHECK(detail::convert_capture<std::int8_t>("-128") == -128);
  CHECK(detail::convert_capture<std::uint64_t>("18446744073709551615") == 18446744073709551615U);
  CHECK(detail::convert_capture<std::string>("x") == "x");
  for (const char* text : {"128", "-129", "x", "", "1 ", "+1", "1.5"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(detail::convert_capture<std::int8_t>(text), HTTPError);
  }
  CHECK_THROWS_AS(detail::convert_capture<unsigned>("-1"), HTTPError);
}

namespace {

struct Typed : RequestHandler {
  void get(std::int64_t, std::string_view) {}
  Task<void> post(const std::int64_t&, std::string_view) { co_return; }
  void put(int, const std::string&) {}  // a number that does not fit is a 404
  int patch(std::int64_t, std::string_view) { return 0; }
  void options(std::int64_t) {}

 private:
  void delete_(std::int64_t, std::string_view) {}
};
struct Overloaded : RequestHandler {
  void get() {}
  void get(std::int64_t) {}
  void post(auto) {}
  void put(std::uint64_t) {}
  void patch(double) {}
  void options(bool) {}
  void head(long long) {}
};
struct NotPublic : private RequestHandler {};
struct Abstract : RequestHandler {
  virtual void paint() = 0;
};
class PrivateConstructor : public RequestHandler {
  PrivateConstructor() = default;
};
struct Incomplete;
struct Methodless : RequestHandler {};
struct PrivatePrepare : RequestHandler {
 private:
  void prepare() {}
};
struct WrongInitialize : RequestHandler {
  int initialize() { return 1; }
};

template <class Handler>
struct Name {
  using type = Handler;
};
struct Missing {};  // what g++ is left with after an unknown class

template <class Handler, class... Values>
using PathOf = build::Path<Name<Handler>, Values...>;

}  // namespace

TEST_CASE("generated routes: a method must take the captures, whole, and return nothing", "[web]") {
  using Path = PathOf<Typed, std::int64_t, std::string_view>;
  STATIC_REQUIRE(build::answers<Path, Method::get>);
  STATIC_REQUIRE(build::answers<Path, Method::post>);
  STATIC_REQUIRE(build::answers<Path, Method::put>);
  STATIC_REQUIRE_FALSE(build::answers<PathOf<Typed, std::string_view, std::int64_t>, Method::put>);
  STATIC_REQUIRE_FALSE(build::answers<Path, Method::patch>);
  STATIC_REQUIRE_FALSE(build::answers<Path, Method::options>);
  STATIC_REQUIRE_FALSE(build::answers<Path, Method::delete_>);
  STATIC_REQUIRE_FALSE(build::answers<Path, Method::head>);
  STATIC_REQUIRE_FALSE(build::may_answer<Path, Method::delete_>);
  STATIC_REQUIRE(build::may_answer<Path, Method::head>);
}

TEST_CASE("generated routes: overloads and conversions", "[web]") {
  using Path = PathOf<Overloaded, std::int64_t>;
  STATIC_REQUIRE(build::answers<Path, Method::get>);
  STATIC_REQUIRE(build::answers<PathOf<Overloaded>, Method::get>);
  STATIC_REQUIRE(build::answers<Path, Method::post>);
  STATIC_REQUIRE(build::answers<Path, Method::head>);
  STATIC_REQUIRE(build::answers<Path, Method::put>);  // a negative one is a 404
  STATIC_REQUIRE_FALSE(build::answers<Path, Method::patch>);
  STATIC_REQUIRE_FALSE(build::answers<Path, Method::options>);
}

namespace {

struct Takes : RequestHandler {
  void get(std::int8_t small, std::string text) {
    write("get " + std::to_string(small) + " " + text);
  }
  Task<void> post(const unsigned& number, const std::string& text) {
    co_await bora::moment;
    write("post " + std::to_string(number) + " " + text);
  }
  void put(std::optional<int> small) { write("put " + std::to_string(small.value_or(-1))); }
  void patch(std::string&, std::string_view) {}
  void head(std::optional<std::int64_t>, std::string_view) {}
};

std::string ask_taking(const bora::web::Endpoint& endpoint, const std::string& method,
                       std::vector<std::string> captures) {
  std::string pattern;
  std::string path;
  for (std::size_t i = 0; i < captures.size(); ++i) {
    pattern += "/{x" + std::to_string(i) + "}";
    path += "/" + captures[i];
  }
  bora::web::URLSpec spec{pattern, &endpoint};
  bora::web::Application app({spec});
  bora::testing::HTTPTest test(app);
  const auto answer = test.fetch(path, {.method = method});
  return answer.status == 200 ? answer.body : std::to_string(answer.status);
}

}  // namespace

TEST_CASE("generated routes: a capture becomes what the method takes, if nothing is lost",
          "[web]") {
  using Path = PathOf<Takes, std::int64_t, std::string_view>;
  STATIC_REQUIRE(build::answers<Path, Method::get>);
  STATIC_REQUIRE(build::answers<Path, Method::post>);
  STATIC_REQUIRE(build::answers<Path, Method::head>);
  STATIC_REQUIRE_FALSE(build::answers<Path, Method::patch>);  // nothing of the caller's to change
  using Text = PathOf<Takes, std::string_view, std::string_view>;
  STATIC_REQUIRE_FALSE(build::answers<Text, Method::get>);
  STATIC_REQUIRE(build::answers<PathOf<Takes, std::optional<std::uint64_t>>, Method::put>);
  STATIC_REQUIRE_FALSE(build::answers<PathOf<Takes, std::optional<double>>, Method::put>);
  STATIC_REQUIRE_FALSE(
      build::answers<PathOf<Takes, std::optional<std::int64_t>, std::string_view>, Method::get>);

  static constexpr auto kEndpoint = [] {
    auto endpoint = build::endpoint<Path, bit(Method::get) | bit(Method::post)>();
    for (auto& count : endpoint.argument_counts) count = 2;
    return endpoint;
  }();
  CHECK(ask_taking(kEndpoint, "GET", {"127", "a%20b"}) == "get 127 a b");
  CHECK(ask_taking(kEndpoint, "GET", {"-128", "x"}) == "get -128 x");
  CHECK(ask_taking(kEndpoint, "GET", {"128", "x"}) == "404");
  CHECK(ask_taking(kEndpoint, "POST", {"4294967295", "x"}) == "post 4294967295 x");
  CHECK(ask_taking(kEndpoint, "POST", {"4294967296", "x"}) == "404");
  CHECK(ask_taking(kEndpoint, "POST", {"-1", "x"}) == "404");
}

TEST_CASE("generated routes: only listed methods are in the endpoint", "[web]") {
  using Path = PathOf<Typed, std::int64_t, std::string_view>;
  STATIC_REQUIRE(build::endpoint<Path, bit(Method::get)>().methods() == bit(Method::get));
  STATIC_REQUIRE(build::endpoint<Path, 0x7f>().methods() ==
                 (bit(Method::get) | bit(Method::post) | bit(Method::put)));
}

TEST_CASE("generated routes: each fault of a class is reported once", "[web]") {
  STATIC_REQUIRE_FALSE(build::is_defined<Name<Incomplete>>);
  STATIC_REQUIRE(build::derives<Name<Incomplete>>);
  STATIC_REQUIRE_FALSE(build::derives<Name<NotPublic>>);
  STATIC_REQUIRE_FALSE(build::derives<Name<std::string>>);
  STATIC_REQUIRE(build::is_constructible<Name<NotPublic>>);
  STATIC_REQUIRE_FALSE(build::is_concrete<Name<Abstract>>);
  STATIC_REQUIRE(build::is_constructible<Name<Abstract>>);
  STATIC_REQUIRE_FALSE(build::is_constructible<Name<PrivateConstructor>>);
  STATIC_REQUIRE_FALSE(build::prepare_fits<Name<PrivatePrepare>>);
  STATIC_REQUIRE_FALSE(build::initialize_fits<Name<WrongInitialize>>);
  STATIC_REQUIRE(build::answers_anything<PathOf<PrivatePrepare>>);  // its prepare() was told
  STATIC_REQUIRE_FALSE(build::answers_anything<PathOf<Methodless>>);
  STATIC_REQUIRE(build::answers_anything<PathOf<Typed>>);
}

TEST_CASE("generated routes: nothing more is said of a class that does not exist", "[web]") {
  using Path = build::Path<Missing>;
  STATIC_REQUIRE(build::is_defined<Missing>);
  STATIC_REQUIRE(build::derives<Missing>);
  STATIC_REQUIRE(build::is_concrete<Missing>);
  STATIC_REQUIRE(build::is_constructible<Missing>);
  STATIC_REQUIRE(build::answers<Path, Method::get>);
  STATIC_REQUIRE(build::answers_anything<Path>);
  STATIC_REQUIRE(build::endpoint<Path, 0x7f>().methods() == 0);
}
