#include <bora/web/handler_call.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <bora/web/http_error.h>
#include <bora/web/request_handler.h>
#include <bora/web/url_spec.h>

#include "tests/support/catch.h"

using namespace bora::web;
using bora::Task;

// Calls are only checked for what they are here: making a handler takes a request, which is the
// business of request_handler_test.

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
  void put(int, std::string_view) {}  // would cut the number
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
  STATIC_REQUIRE_FALSE(build::answers<Path, Method::put>);
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
  STATIC_REQUIRE_FALSE(build::answers<Path, Method::put>);
  STATIC_REQUIRE_FALSE(build::answers<Path, Method::patch>);
  STATIC_REQUIRE_FALSE(build::answers<Path, Method::options>);
}

TEST_CASE("generated routes: only listed methods are in the endpoint", "[web]") {
  using Path = PathOf<Typed, std::int64_t, std::string_view>;
  STATIC_REQUIRE(build::endpoint<Path, bit(Method::get)>().methods() == bit(Method::get));
  STATIC_REQUIRE(build::endpoint<Path, 0x7f>().methods() == (bit(Method::get) | bit(Method::post)));
}

TEST_CASE("generated routes: each fault of a class is told once", "[web]") {
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
