// Made by bora from "tests/golden/routes/routes.toml": changes here are lost.
#define BORA_GENERATED_CONTRACT 3
#include <bora/generated_routes.h>

#include "routes.h"
#line 4 "tests/golden/routes/routes.toml"
#include \
       "handlers.h"
#line 1 "tests/golden/routes/api.routes.toml"
#include \
       "api.h"
#line 13 "routes.cpp"

namespace bora_app =
#line 4 "tests/golden/routes/routes.toml"
             shop
#line 18 "routes.cpp"
;
namespace shop {
namespace {

namespace bora_web = ::bora::web;

struct bora_handler_0 {
using type =
#line 9 "tests/golden/routes/routes.toml"
                                 Home
#line 29 "routes.cpp"
;
};
constexpr bool bora_check_0 = bora_web::build::is_defined<bora_handler_0>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_0
#line 36 "routes.cpp"
, "handler Home is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_1 = bora_web::build::derives<bora_handler_0>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_1
#line 42 "routes.cpp"
, "handler Home must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_2 = bora_web::build::is_concrete<bora_handler_0>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_2
#line 48 "routes.cpp"
, "handler Home is abstract: it must override every pure virtual function");
constexpr bool bora_check_3 = bora_web::build::is_constructible<bora_handler_0>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_3
#line 54 "routes.cpp"
, "handler Home needs a public default constructor and destructor");
constexpr bool bora_check_4 = bora_web::build::initialize_fits<bora_handler_0>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_4
#line 60 "routes.cpp"
, "Home::initialize() must be public, take nothing or const Home::Init& and return void");
constexpr bool bora_check_5 = bora_web::build::prepare_fits<bora_handler_0>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_5
#line 66 "routes.cpp"
, "Home::prepare() must be public, take nothing and return void or bora::Task<void>");
constexpr bool bora_check_6 = bora_web::build::data_received_fits<bora_handler_0>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_6
#line 72 "routes.cpp"
, "Home::data_received(std::string_view) must be public and return void or bora::Task<void>, beside a public static constexpr bool stream_request_body = true");
constexpr bool bora_check_7 = bora_web::build::supported_methods_fit<bora_handler_0>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_7
#line 78 "routes.cpp"
, "Home::SupportedMethods must be a bora::web::SupportedMethods<bora::web::Supports<\"NAME\", &Home::function>, ...>, each name a method of HTTP, none twice and none of the seven that are found by their functions' names");
using bora_path_0 = bora_web::build::Path<bora_handler_0>;
constexpr bool bora_check_8 = bora_web::build::answers_anything<bora_path_0>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_8
#line 85 "routes.cpp"
, "handler Home defines no method: it needs get, post or another one");
constexpr bool bora_check_9 = bora_web::build::may_answer<bora_path_0, bora_web::Method::get>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_9
#line 91 "routes.cpp"
, "GET / needs Home::get(), public, returning void or bora::Task<void>");
constexpr bool bora_check_10 = bora_web::build::may_answer<bora_path_0, bora_web::Method::head>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_10
#line 97 "routes.cpp"
, "HEAD / needs Home::head(), public, returning void or bora::Task<void>");
constexpr bool bora_check_11 = bora_web::build::may_answer<bora_path_0, bora_web::Method::post>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_11
#line 103 "routes.cpp"
, "POST / needs Home::post(), public, returning void or bora::Task<void>");
constexpr bool bora_check_12 = bora_web::build::may_answer<bora_path_0, bora_web::Method::delete_>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_12
#line 109 "routes.cpp"
, "DELETE / needs Home::delete_(), public, returning void or bora::Task<void>");
constexpr bool bora_check_13 = bora_web::build::may_answer<bora_path_0, bora_web::Method::patch>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_13
#line 115 "routes.cpp"
, "PATCH / needs Home::patch(), public, returning void or bora::Task<void>");
constexpr bool bora_check_14 = bora_web::build::may_answer<bora_path_0, bora_web::Method::put>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_14
#line 121 "routes.cpp"
, "PUT / needs Home::put(), public, returning void or bora::Task<void>");
constexpr bool bora_check_15 = bora_web::build::may_answer<bora_path_0, bora_web::Method::options>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_15
#line 127 "routes.cpp"
, "OPTIONS / needs Home::options(), public, returning void or bora::Task<void>");
constexpr bool bora_check_16 = bora_web::build::may_answer_own<bora_path_0>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_16
#line 133 "routes.cpp"
, "each function of Home::SupportedMethods must take () for / and return void or bora::Task<void>");

struct bora_handler_1 {
using type =
#line 10 "tests/golden/routes/routes.toml"
                                             blog::Entry
#line 140 "routes.cpp"
;
};
constexpr bool bora_check_17 = bora_web::build::is_defined<bora_handler_1>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_17
#line 147 "routes.cpp"
, "handler blog::Entry is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_18 = bora_web::build::derives<bora_handler_1>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_18
#line 153 "routes.cpp"
, "handler blog::Entry must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_19 = bora_web::build::is_concrete<bora_handler_1>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_19
#line 159 "routes.cpp"
, "handler blog::Entry is abstract: it must override every pure virtual function");
constexpr bool bora_check_20 = bora_web::build::is_constructible<bora_handler_1>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_20
#line 165 "routes.cpp"
, "handler blog::Entry needs a public default constructor and destructor");
constexpr bool bora_check_21 = bora_web::build::initialize_fits<bora_handler_1>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_21
#line 171 "routes.cpp"
, "blog::Entry::initialize() must be public, take nothing or const blog::Entry::Init& and return void");
constexpr bool bora_check_22 = bora_web::build::prepare_fits<bora_handler_1>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_22
#line 177 "routes.cpp"
, "blog::Entry::prepare() must be public, take nothing and return void or bora::Task<void>");
constexpr bool bora_check_23 = bora_web::build::data_received_fits<bora_handler_1>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_23
#line 183 "routes.cpp"
, "blog::Entry::data_received(std::string_view) must be public and return void or bora::Task<void>, beside a public static constexpr bool stream_request_body = true");
constexpr bool bora_check_24 = bora_web::build::supported_methods_fit<bora_handler_1>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_24
#line 189 "routes.cpp"
, "blog::Entry::SupportedMethods must be a bora::web::SupportedMethods<bora::web::Supports<\"NAME\", &blog::Entry::function>, ...>, each name a method of HTTP, none twice and none of the seven that are found by their functions' names");
using bora_path_1 = bora_web::build::Path<bora_handler_1, ::std::string_view>;
constexpr bool bora_check_25 = bora_web::build::answers_anything<bora_path_1>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_25
#line 196 "routes.cpp"
, "handler blog::Entry defines no method: it needs get, post or another one");
constexpr bool bora_check_26 = bora_web::build::may_answer<bora_path_1, bora_web::Method::get>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_26
#line 202 "routes.cpp"
, "GET /entry/{slug} needs blog::Entry::get(std::string_view slug), public, returning void or bora::Task<void>");
constexpr bool bora_check_27 = bora_web::build::may_answer<bora_path_1, bora_web::Method::head>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_27
#line 208 "routes.cpp"
, "HEAD /entry/{slug} needs blog::Entry::head(std::string_view slug), public, returning void or bora::Task<void>");
constexpr bool bora_check_28 = bora_web::build::may_answer<bora_path_1, bora_web::Method::post>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_28
#line 214 "routes.cpp"
, "POST /entry/{slug} needs blog::Entry::post(std::string_view slug), public, returning void or bora::Task<void>");
constexpr bool bora_check_29 = bora_web::build::may_answer<bora_path_1, bora_web::Method::delete_>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_29
#line 220 "routes.cpp"
, "DELETE /entry/{slug} needs blog::Entry::delete_(std::string_view slug), public, returning void or bora::Task<void>");
constexpr bool bora_check_30 = bora_web::build::may_answer<bora_path_1, bora_web::Method::patch>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_30
#line 226 "routes.cpp"
, "PATCH /entry/{slug} needs blog::Entry::patch(std::string_view slug), public, returning void or bora::Task<void>");
constexpr bool bora_check_31 = bora_web::build::may_answer<bora_path_1, bora_web::Method::put>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_31
#line 232 "routes.cpp"
, "PUT /entry/{slug} needs blog::Entry::put(std::string_view slug), public, returning void or bora::Task<void>");
constexpr bool bora_check_32 = bora_web::build::may_answer<bora_path_1, bora_web::Method::options>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_32
#line 238 "routes.cpp"
, "OPTIONS /entry/{slug} needs blog::Entry::options(std::string_view slug), public, returning void or bora::Task<void>");
constexpr bool bora_check_33 = bora_web::build::may_answer_own<bora_path_1>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_33
#line 244 "routes.cpp"
, "each function of blog::Entry::SupportedMethods must take (std::string_view slug) for /entry/{slug} and return void or bora::Task<void>");

struct bora_handler_2 {
using type =
#line 11 "tests/golden/routes/routes.toml"
                                                             UserPost
#line 251 "routes.cpp"
;
};
constexpr bool bora_check_34 = bora_web::build::is_defined<bora_handler_2>;
static_assert(
#line 11 "tests/golden/routes/routes.toml"
                                                             bora_check_34
#line 258 "routes.cpp"
, "handler UserPost is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_35 = bora_web::build::derives<bora_handler_2>;
static_assert(
#line 11 "tests/golden/routes/routes.toml"
                                                             bora_check_35
#line 264 "routes.cpp"
, "handler UserPost must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_36 = bora_web::build::is_concrete<bora_handler_2>;
static_assert(
#line 11 "tests/golden/routes/routes.toml"
                                                             bora_check_36
#line 270 "routes.cpp"
, "handler UserPost is abstract: it must override every pure virtual function");
constexpr bool bora_check_37 = bora_web::build::is_constructible<bora_handler_2>;
static_assert(
#line 11 "tests/golden/routes/routes.toml"
                                                             bora_check_37
#line 276 "routes.cpp"
, "handler UserPost needs a public default constructor and destructor");
constexpr bool bora_check_38 = bora_web::build::initialize_fits<bora_handler_2>;
static_assert(
#line 11 "tests/golden/routes/routes.toml"
                                                             bora_check_38
#line 282 "routes.cpp"
, "UserPost::initialize() must be public, take nothing or const UserPost::Init& and return void");
constexpr bool bora_check_39 = bora_web::build::prepare_fits<bora_handler_2>;
static_assert(
#line 11 "tests/golden/routes/routes.toml"
                                                             bora_check_39
#line 288 "routes.cpp"
, "UserPost::prepare() must be public, take nothing and return void or bora::Task<void>");
constexpr bool bora_check_40 = bora_web::build::data_received_fits<bora_handler_2>;
static_assert(
#line 11 "tests/golden/routes/routes.toml"
                                                             bora_check_40
#line 294 "routes.cpp"
, "UserPost::data_received(std::string_view) must be public and return void or bora::Task<void>, beside a public static constexpr bool stream_request_body = true");
constexpr bool bora_check_41 = bora_web::build::supported_methods_fit<bora_handler_2>;
static_assert(
#line 11 "tests/golden/routes/routes.toml"
                                                             bora_check_41
#line 300 "routes.cpp"
, "UserPost::SupportedMethods must be a bora::web::SupportedMethods<bora::web::Supports<\"NAME\", &UserPost::function>, ...>, each name a method of HTTP, none twice and none of the seven that are found by their functions' names");
using bora_path_2 = bora_web::build::Path<bora_handler_2, ::std::int64_t, ::std::int64_t>;
constexpr bool bora_check_42 = bora_web::build::answers<bora_path_2, bora_web::Method::get>;
static_assert(
#line 11 "tests/golden/routes/routes.toml"
                                                             bora_check_42
#line 307 "routes.cpp"
, "GET /users/{id:int}/posts/{n:int} needs UserPost::get(std::int64_t id, std::int64_t n), public, returning void or bora::Task<void>");
constexpr bool bora_check_43 = bora_web::build::answers<bora_path_2, bora_web::Method::post>;
static_assert(
#line 11 "tests/golden/routes/routes.toml"
                                                             bora_check_43
#line 313 "routes.cpp"
, "POST /users/{id:int}/posts/{n:int} needs UserPost::post(std::int64_t id, std::int64_t n), public, returning void or bora::Task<void>");

struct bora_handler_3 {
using type =
#line 12 "tests/golden/routes/routes.toml"
                                                             UserPut
#line 320 "routes.cpp"
;
};
constexpr bool bora_check_44 = bora_web::build::is_defined<bora_handler_3>;
static_assert(
#line 12 "tests/golden/routes/routes.toml"
                                                             bora_check_44
#line 327 "routes.cpp"
, "handler UserPut is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_45 = bora_web::build::derives<bora_handler_3>;
static_assert(
#line 12 "tests/golden/routes/routes.toml"
                                                             bora_check_45
#line 333 "routes.cpp"
, "handler UserPut must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_46 = bora_web::build::is_concrete<bora_handler_3>;
static_assert(
#line 12 "tests/golden/routes/routes.toml"
                                                             bora_check_46
#line 339 "routes.cpp"
, "handler UserPut is abstract: it must override every pure virtual function");
constexpr bool bora_check_47 = bora_web::build::is_constructible<bora_handler_3>;
static_assert(
#line 12 "tests/golden/routes/routes.toml"
                                                             bora_check_47
#line 345 "routes.cpp"
, "handler UserPut needs a public default constructor and destructor");
constexpr bool bora_check_48 = bora_web::build::initialize_fits<bora_handler_3>;
static_assert(
#line 12 "tests/golden/routes/routes.toml"
                                                             bora_check_48
#line 351 "routes.cpp"
, "UserPut::initialize() must be public, take nothing or const UserPut::Init& and return void");
constexpr bool bora_check_49 = bora_web::build::prepare_fits<bora_handler_3>;
static_assert(
#line 12 "tests/golden/routes/routes.toml"
                                                             bora_check_49
#line 357 "routes.cpp"
, "UserPut::prepare() must be public, take nothing and return void or bora::Task<void>");
constexpr bool bora_check_50 = bora_web::build::data_received_fits<bora_handler_3>;
static_assert(
#line 12 "tests/golden/routes/routes.toml"
                                                             bora_check_50
#line 363 "routes.cpp"
, "UserPut::data_received(std::string_view) must be public and return void or bora::Task<void>, beside a public static constexpr bool stream_request_body = true");
constexpr bool bora_check_51 = bora_web::build::supported_methods_fit<bora_handler_3>;
static_assert(
#line 12 "tests/golden/routes/routes.toml"
                                                             bora_check_51
#line 369 "routes.cpp"
, "UserPut::SupportedMethods must be a bora::web::SupportedMethods<bora::web::Supports<\"NAME\", &UserPut::function>, ...>, each name a method of HTTP, none twice and none of the seven that are found by their functions' names");
using bora_path_3 = bora_web::build::Path<bora_handler_3, ::std::int64_t, ::std::int64_t>;
constexpr bool bora_check_52 = bora_web::build::answers<bora_path_3, bora_web::Method::put>;
static_assert(
#line 12 "tests/golden/routes/routes.toml"
                                                             bora_check_52
#line 376 "routes.cpp"
, "PUT /users/{id:int}/posts/{m:int} needs UserPut::put(std::int64_t id, std::int64_t m), public, returning void or bora::Task<void>");

struct bora_handler_4 {
using type =
#line 13 "tests/golden/routes/routes.toml"
                                                   Files
#line 383 "routes.cpp"
;
};
constexpr bool bora_check_53 = bora_web::build::is_defined<bora_handler_4>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_53
#line 390 "routes.cpp"
, "handler Files is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_54 = bora_web::build::derives<bora_handler_4>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_54
#line 396 "routes.cpp"
, "handler Files must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_55 = bora_web::build::is_concrete<bora_handler_4>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_55
#line 402 "routes.cpp"
, "handler Files is abstract: it must override every pure virtual function");
constexpr bool bora_check_56 = bora_web::build::is_constructible<bora_handler_4>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_56
#line 408 "routes.cpp"
, "handler Files needs a public default constructor and destructor");
constexpr bool bora_check_57 = bora_web::build::initialize_fits<bora_handler_4>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_57
#line 414 "routes.cpp"
, "Files::initialize() must be public, take nothing or const Files::Init& and return void");
constexpr bool bora_check_58 = bora_web::build::prepare_fits<bora_handler_4>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_58
#line 420 "routes.cpp"
, "Files::prepare() must be public, take nothing and return void or bora::Task<void>");
constexpr bool bora_check_59 = bora_web::build::data_received_fits<bora_handler_4>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_59
#line 426 "routes.cpp"
, "Files::data_received(std::string_view) must be public and return void or bora::Task<void>, beside a public static constexpr bool stream_request_body = true");
constexpr bool bora_check_60 = bora_web::build::supported_methods_fit<bora_handler_4>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_60
#line 432 "routes.cpp"
, "Files::SupportedMethods must be a bora::web::SupportedMethods<bora::web::Supports<\"NAME\", &Files::function>, ...>, each name a method of HTTP, none twice and none of the seven that are found by their functions' names");
using bora_path_4 = bora_web::build::Path<bora_handler_4, ::std::string_view>;
constexpr bool bora_check_61 = bora_web::build::answers_anything<bora_path_4>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_61
#line 439 "routes.cpp"
, "handler Files defines no method: it needs get, post or another one");
constexpr bool bora_check_62 = bora_web::build::may_answer<bora_path_4, bora_web::Method::get>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_62
#line 445 "routes.cpp"
, "GET /caf%C3%A9/{class:path} needs Files::get(std::string_view class_), public, returning void or bora::Task<void>");
constexpr bool bora_check_63 = bora_web::build::may_answer<bora_path_4, bora_web::Method::head>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_63
#line 451 "routes.cpp"
, "HEAD /caf%C3%A9/{class:path} needs Files::head(std::string_view class_), public, returning void or bora::Task<void>");
constexpr bool bora_check_64 = bora_web::build::may_answer<bora_path_4, bora_web::Method::post>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_64
#line 457 "routes.cpp"
, "POST /caf%C3%A9/{class:path} needs Files::post(std::string_view class_), public, returning void or bora::Task<void>");
constexpr bool bora_check_65 = bora_web::build::may_answer<bora_path_4, bora_web::Method::delete_>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_65
#line 463 "routes.cpp"
, "DELETE /caf%C3%A9/{class:path} needs Files::delete_(std::string_view class_), public, returning void or bora::Task<void>");
constexpr bool bora_check_66 = bora_web::build::may_answer<bora_path_4, bora_web::Method::patch>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_66
#line 469 "routes.cpp"
, "PATCH /caf%C3%A9/{class:path} needs Files::patch(std::string_view class_), public, returning void or bora::Task<void>");
constexpr bool bora_check_67 = bora_web::build::may_answer<bora_path_4, bora_web::Method::put>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_67
#line 475 "routes.cpp"
, "PUT /caf%C3%A9/{class:path} needs Files::put(std::string_view class_), public, returning void or bora::Task<void>");
constexpr bool bora_check_68 = bora_web::build::may_answer<bora_path_4, bora_web::Method::options>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_68
#line 481 "routes.cpp"
, "OPTIONS /caf%C3%A9/{class:path} needs Files::options(std::string_view class_), public, returning void or bora::Task<void>");
constexpr bool bora_check_69 = bora_web::build::may_answer_own<bora_path_4>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_69
#line 487 "routes.cpp"
, "each function of Files::SupportedMethods must take (std::string_view class_) for /caf%C3%A9/{class:path} and return void or bora::Task<void>");

struct bora_handler_5 {
using type =
#line 14 "tests/golden/routes/routes.toml"
                                                Calendar
#line 494 "routes.cpp"
;
};
constexpr bool bora_check_70 = bora_web::build::is_defined<bora_handler_5>;
static_assert(
#line 14 "tests/golden/routes/routes.toml"
                                                bora_check_70
#line 501 "routes.cpp"
, "handler Calendar is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_71 = bora_web::build::derives<bora_handler_5>;
static_assert(
#line 14 "tests/golden/routes/routes.toml"
                                                bora_check_71
#line 507 "routes.cpp"
, "handler Calendar must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_72 = bora_web::build::is_concrete<bora_handler_5>;
static_assert(
#line 14 "tests/golden/routes/routes.toml"
                                                bora_check_72
#line 513 "routes.cpp"
, "handler Calendar is abstract: it must override every pure virtual function");
constexpr bool bora_check_73 = bora_web::build::is_constructible<bora_handler_5>;
static_assert(
#line 14 "tests/golden/routes/routes.toml"
                                                bora_check_73
#line 519 "routes.cpp"
, "handler Calendar needs a public default constructor and destructor");
constexpr bool bora_check_74 = bora_web::build::initialize_fits<bora_handler_5>;
static_assert(
#line 14 "tests/golden/routes/routes.toml"
                                                bora_check_74
#line 525 "routes.cpp"
, "Calendar::initialize() must be public, take nothing or const Calendar::Init& and return void");
constexpr bool bora_check_75 = bora_web::build::prepare_fits<bora_handler_5>;
static_assert(
#line 14 "tests/golden/routes/routes.toml"
                                                bora_check_75
#line 531 "routes.cpp"
, "Calendar::prepare() must be public, take nothing and return void or bora::Task<void>");
constexpr bool bora_check_76 = bora_web::build::data_received_fits<bora_handler_5>;
static_assert(
#line 14 "tests/golden/routes/routes.toml"
                                                bora_check_76
#line 537 "routes.cpp"
, "Calendar::data_received(std::string_view) must be public and return void or bora::Task<void>, beside a public static constexpr bool stream_request_body = true");
constexpr bool bora_check_77 = bora_web::build::supported_methods_fit<bora_handler_5>;
static_assert(
#line 14 "tests/golden/routes/routes.toml"
                                                bora_check_77
#line 543 "routes.cpp"
, "Calendar::SupportedMethods must be a bora::web::SupportedMethods<bora::web::Supports<\"NAME\", &Calendar::function>, ...>, each name a method of HTTP, none twice and none of the seven that are found by their functions' names");
using bora_path_5 = bora_web::build::Path<bora_handler_5, ::std::string_view>;
constexpr bool bora_check_78 = bora_web::build::answers_anything<bora_path_5>;
static_assert(
#line 14 "tests/golden/routes/routes.toml"
                                                bora_check_78
#line 550 "routes.cpp"
, "handler Calendar defines no method: it needs get, post or another one");
constexpr bool bora_check_79 = bora_web::build::may_answer<bora_path_5, bora_web::Method::get>;
static_assert(
#line 14 "tests/golden/routes/routes.toml"
                                                bora_check_79
#line 556 "routes.cpp"
, "GET /dav/{path:path} needs Calendar::get(std::string_view path), public, returning void or bora::Task<void>");
constexpr bool bora_check_80 = bora_web::build::may_answer<bora_path_5, bora_web::Method::head>;
static_assert(
#line 14 "tests/golden/routes/routes.toml"
                                                bora_check_80
#line 562 "routes.cpp"
, "HEAD /dav/{path:path} needs Calendar::head(std::string_view path), public, returning void or bora::Task<void>");
constexpr bool bora_check_81 = bora_web::build::may_answer<bora_path_5, bora_web::Method::post>;
static_assert(
#line 14 "tests/golden/routes/routes.toml"
                                                bora_check_81
#line 568 "routes.cpp"
, "POST /dav/{path:path} needs Calendar::post(std::string_view path), public, returning void or bora::Task<void>");
constexpr bool bora_check_82 = bora_web::build::may_answer<bora_path_5, bora_web::Method::delete_>;
static_assert(
#line 14 "tests/golden/routes/routes.toml"
                                                bora_check_82
#line 574 "routes.cpp"
, "DELETE /dav/{path:path} needs Calendar::delete_(std::string_view path), public, returning void or bora::Task<void>");
constexpr bool bora_check_83 = bora_web::build::may_answer<bora_path_5, bora_web::Method::patch>;
static_assert(
#line 14 "tests/golden/routes/routes.toml"
                                                bora_check_83
#line 580 "routes.cpp"
, "PATCH /dav/{path:path} needs Calendar::patch(std::string_view path), public, returning void or bora::Task<void>");
constexpr bool bora_check_84 = bora_web::build::may_answer<bora_path_5, bora_web::Method::put>;
static_assert(
#line 14 "tests/golden/routes/routes.toml"
                                                bora_check_84
#line 586 "routes.cpp"
, "PUT /dav/{path:path} needs Calendar::put(std::string_view path), public, returning void or bora::Task<void>");
constexpr bool bora_check_85 = bora_web::build::may_answer<bora_path_5, bora_web::Method::options>;
static_assert(
#line 14 "tests/golden/routes/routes.toml"
                                                bora_check_85
#line 592 "routes.cpp"
, "OPTIONS /dav/{path:path} needs Calendar::options(std::string_view path), public, returning void or bora::Task<void>");
constexpr bool bora_check_86 = bora_web::build::may_answer_own<bora_path_5>;
static_assert(
#line 14 "tests/golden/routes/routes.toml"
                                                bora_check_86
#line 598 "routes.cpp"
, "each function of Calendar::SupportedMethods must take (std::string_view path) for /dav/{path:path} and return void or bora::Task<void>");
using bora_path_6 = bora_web::build::Path<bora_handler_5, ::std::string_view>;
constexpr bool bora_check_87 = bora_web::build::answers<bora_path_6, bora_web::Method::get>;
static_assert(
#line 15 "tests/golden/routes/routes.toml"
                                                 bora_check_87
#line 605 "routes.cpp"
, "GET /read/{path:path} needs Calendar::get(std::string_view path), public, returning void or bora::Task<void>");
constexpr bool bora_check_88 = bora_web::build::answers_own<bora_path_6, "REPORT">;
static_assert(
#line 15 "tests/golden/routes/routes.toml"
                                                 bora_check_88
#line 611 "routes.cpp"
, "REPORT /read/{path:path} needs Calendar::SupportedMethods with bora::web::Supports<\"REPORT\", &Calendar::function>, whose function takes (std::string_view path) and returns void or bora::Task<void>");

struct bora_handler_6 {
using type =
#line 21 "tests/golden/routes/routes.toml"
                                ::shop::Home
#line 618 "routes.cpp"
;
};
constexpr bool bora_check_89 = bora_web::build::is_defined<bora_handler_6>;
static_assert(
#line 21 "tests/golden/routes/routes.toml"
                                bora_check_89
#line 625 "routes.cpp"
, "handler ::shop::Home is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_90 = bora_web::build::derives<bora_handler_6>;
static_assert(
#line 21 "tests/golden/routes/routes.toml"
                                bora_check_90
#line 631 "routes.cpp"
, "handler ::shop::Home must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_91 = bora_web::build::is_concrete<bora_handler_6>;
static_assert(
#line 21 "tests/golden/routes/routes.toml"
                                bora_check_91
#line 637 "routes.cpp"
, "handler ::shop::Home is abstract: it must override every pure virtual function");
constexpr bool bora_check_92 = bora_web::build::is_constructible<bora_handler_6>;
static_assert(
#line 21 "tests/golden/routes/routes.toml"
                                bora_check_92
#line 643 "routes.cpp"
, "handler ::shop::Home needs a public default constructor and destructor");
constexpr bool bora_check_93 = bora_web::build::initialize_fits<bora_handler_6>;
static_assert(
#line 21 "tests/golden/routes/routes.toml"
                                bora_check_93
#line 649 "routes.cpp"
, "::shop::Home::initialize() must be public, take nothing or const ::shop::Home::Init& and return void");
constexpr bool bora_check_94 = bora_web::build::prepare_fits<bora_handler_6>;
static_assert(
#line 21 "tests/golden/routes/routes.toml"
                                bora_check_94
#line 655 "routes.cpp"
, "::shop::Home::prepare() must be public, take nothing and return void or bora::Task<void>");
constexpr bool bora_check_95 = bora_web::build::data_received_fits<bora_handler_6>;
static_assert(
#line 21 "tests/golden/routes/routes.toml"
                                bora_check_95
#line 661 "routes.cpp"
, "::shop::Home::data_received(std::string_view) must be public and return void or bora::Task<void>, beside a public static constexpr bool stream_request_body = true");
constexpr bool bora_check_96 = bora_web::build::supported_methods_fit<bora_handler_6>;
static_assert(
#line 21 "tests/golden/routes/routes.toml"
                                bora_check_96
#line 667 "routes.cpp"
, "::shop::Home::SupportedMethods must be a bora::web::SupportedMethods<bora::web::Supports<\"NAME\", &::shop::Home::function>, ...>, each name a method of HTTP, none twice and none of the seven that are found by their functions' names");
using bora_path_7 = bora_web::build::Path<bora_handler_6>;
constexpr bool bora_check_97 = bora_web::build::answers_anything<bora_path_7>;
static_assert(
#line 21 "tests/golden/routes/routes.toml"
                                bora_check_97
#line 674 "routes.cpp"
, "handler ::shop::Home defines no method: it needs get, post or another one");
constexpr bool bora_check_98 = bora_web::build::may_answer<bora_path_7, bora_web::Method::get>;
static_assert(
#line 21 "tests/golden/routes/routes.toml"
                                bora_check_98
#line 680 "routes.cpp"
, "GET /admin needs ::shop::Home::get(), public, returning void or bora::Task<void>");
constexpr bool bora_check_99 = bora_web::build::may_answer<bora_path_7, bora_web::Method::head>;
static_assert(
#line 21 "tests/golden/routes/routes.toml"
                                bora_check_99
#line 686 "routes.cpp"
, "HEAD /admin needs ::shop::Home::head(), public, returning void or bora::Task<void>");
constexpr bool bora_check_100 = bora_web::build::may_answer<bora_path_7, bora_web::Method::post>;
static_assert(
#line 21 "tests/golden/routes/routes.toml"
                                bora_check_100
#line 692 "routes.cpp"
, "POST /admin needs ::shop::Home::post(), public, returning void or bora::Task<void>");
constexpr bool bora_check_101 = bora_web::build::may_answer<bora_path_7, bora_web::Method::delete_>;
static_assert(
#line 21 "tests/golden/routes/routes.toml"
                                bora_check_101
#line 698 "routes.cpp"
, "DELETE /admin needs ::shop::Home::delete_(), public, returning void or bora::Task<void>");
constexpr bool bora_check_102 = bora_web::build::may_answer<bora_path_7, bora_web::Method::patch>;
static_assert(
#line 21 "tests/golden/routes/routes.toml"
                                bora_check_102
#line 704 "routes.cpp"
, "PATCH /admin needs ::shop::Home::patch(), public, returning void or bora::Task<void>");
constexpr bool bora_check_103 = bora_web::build::may_answer<bora_path_7, bora_web::Method::put>;
static_assert(
#line 21 "tests/golden/routes/routes.toml"
                                bora_check_103
#line 710 "routes.cpp"
, "PUT /admin needs ::shop::Home::put(), public, returning void or bora::Task<void>");
constexpr bool bora_check_104 = bora_web::build::may_answer<bora_path_7, bora_web::Method::options>;
static_assert(
#line 21 "tests/golden/routes/routes.toml"
                                bora_check_104
#line 716 "routes.cpp"
, "OPTIONS /admin needs ::shop::Home::options(), public, returning void or bora::Task<void>");
constexpr bool bora_check_105 = bora_web::build::may_answer_own<bora_path_7>;
static_assert(
#line 21 "tests/golden/routes/routes.toml"
                                bora_check_105
#line 722 "routes.cpp"
, "each function of ::shop::Home::SupportedMethods must take () for /admin and return void or bora::Task<void>");

struct bora_handler_7 {
using type =
#line 32 "tests/golden/routes/routes.toml"
                                         Desk
#line 729 "routes.cpp"
;
};
constexpr bool bora_check_106 = bora_web::build::is_defined<bora_handler_7>;
static_assert(
#line 32 "tests/golden/routes/routes.toml"
                                         bora_check_106
#line 736 "routes.cpp"
, "handler Desk is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_107 = bora_web::build::derives<bora_handler_7>;
static_assert(
#line 32 "tests/golden/routes/routes.toml"
                                         bora_check_107
#line 742 "routes.cpp"
, "handler Desk must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_108 = bora_web::build::is_concrete<bora_handler_7>;
static_assert(
#line 32 "tests/golden/routes/routes.toml"
                                         bora_check_108
#line 748 "routes.cpp"
, "handler Desk is abstract: it must override every pure virtual function");
constexpr bool bora_check_109 = bora_web::build::is_constructible<bora_handler_7>;
static_assert(
#line 32 "tests/golden/routes/routes.toml"
                                         bora_check_109
#line 754 "routes.cpp"
, "handler Desk needs a public default constructor and destructor");
constexpr bool bora_check_110 = bora_web::build::initialize_fits<bora_handler_7>;
static_assert(
#line 32 "tests/golden/routes/routes.toml"
                                         bora_check_110
#line 760 "routes.cpp"
, "Desk::initialize() must be public, take nothing or const Desk::Init& and return void");
constexpr bool bora_check_111 = bora_web::build::prepare_fits<bora_handler_7>;
static_assert(
#line 32 "tests/golden/routes/routes.toml"
                                         bora_check_111
#line 766 "routes.cpp"
, "Desk::prepare() must be public, take nothing and return void or bora::Task<void>");
constexpr bool bora_check_112 = bora_web::build::data_received_fits<bora_handler_7>;
static_assert(
#line 32 "tests/golden/routes/routes.toml"
                                         bora_check_112
#line 772 "routes.cpp"
, "Desk::data_received(std::string_view) must be public and return void or bora::Task<void>, beside a public static constexpr bool stream_request_body = true");
constexpr bool bora_check_113 = bora_web::build::supported_methods_fit<bora_handler_7>;
static_assert(
#line 32 "tests/golden/routes/routes.toml"
                                         bora_check_113
#line 778 "routes.cpp"
, "Desk::SupportedMethods must be a bora::web::SupportedMethods<bora::web::Supports<\"NAME\", &Desk::function>, ...>, each name a method of HTTP, none twice and none of the seven that are found by their functions' names");
constexpr bool bora_check_114 = bora_web::build::knows_user<bora_handler_7>;
static_assert(
#line 32 "tests/golden/routes/routes.toml"
                                         bora_check_114
#line 784 "routes.cpp"
, "an authenticated route needs Desk::current_user(), public, whose result tells as a condition whether somebody is logged in");
using bora_path_8 = bora_web::build::Path<bora_handler_7, ::std::string_view, ::std::int64_t>;
constexpr bool bora_check_115 = bora_web::build::answers_anything<bora_path_8>;
static_assert(
#line 32 "tests/golden/routes/routes.toml"
                                         bora_check_115
#line 791 "routes.cpp"
, "handler Desk defines no method: it needs get, post or another one");
constexpr bool bora_check_116 = bora_web::build::may_answer<bora_path_8, bora_web::Method::get>;
static_assert(
#line 32 "tests/golden/routes/routes.toml"
                                         bora_check_116
#line 797 "routes.cpp"
, "GET /office/{room}/{n:int}/ needs Desk::get(std::string_view room, std::int64_t n), public, returning void or bora::Task<void>");
constexpr bool bora_check_117 = bora_web::build::may_answer<bora_path_8, bora_web::Method::head>;
static_assert(
#line 32 "tests/golden/routes/routes.toml"
                                         bora_check_117
#line 803 "routes.cpp"
, "HEAD /office/{room}/{n:int}/ needs Desk::head(std::string_view room, std::int64_t n), public, returning void or bora::Task<void>");
constexpr bool bora_check_118 = bora_web::build::may_answer<bora_path_8, bora_web::Method::post>;
static_assert(
#line 32 "tests/golden/routes/routes.toml"
                                         bora_check_118
#line 809 "routes.cpp"
, "POST /office/{room}/{n:int}/ needs Desk::post(std::string_view room, std::int64_t n), public, returning void or bora::Task<void>");
constexpr bool bora_check_119 = bora_web::build::may_answer<bora_path_8, bora_web::Method::delete_>;
static_assert(
#line 32 "tests/golden/routes/routes.toml"
                                         bora_check_119
#line 815 "routes.cpp"
, "DELETE /office/{room}/{n:int}/ needs Desk::delete_(std::string_view room, std::int64_t n), public, returning void or bora::Task<void>");
constexpr bool bora_check_120 = bora_web::build::may_answer<bora_path_8, bora_web::Method::patch>;
static_assert(
#line 32 "tests/golden/routes/routes.toml"
                                         bora_check_120
#line 821 "routes.cpp"
, "PATCH /office/{room}/{n:int}/ needs Desk::patch(std::string_view room, std::int64_t n), public, returning void or bora::Task<void>");
constexpr bool bora_check_121 = bora_web::build::may_answer<bora_path_8, bora_web::Method::put>;
static_assert(
#line 32 "tests/golden/routes/routes.toml"
                                         bora_check_121
#line 827 "routes.cpp"
, "PUT /office/{room}/{n:int}/ needs Desk::put(std::string_view room, std::int64_t n), public, returning void or bora::Task<void>");
constexpr bool bora_check_122 = bora_web::build::may_answer<bora_path_8, bora_web::Method::options>;
static_assert(
#line 32 "tests/golden/routes/routes.toml"
                                         bora_check_122
#line 833 "routes.cpp"
, "OPTIONS /office/{room}/{n:int}/ needs Desk::options(std::string_view room, std::int64_t n), public, returning void or bora::Task<void>");
constexpr bool bora_check_123 = bora_web::build::may_answer_own<bora_path_8>;
static_assert(
#line 32 "tests/golden/routes/routes.toml"
                                         bora_check_123
#line 839 "routes.cpp"
, "each function of Desk::SupportedMethods must take (std::string_view room, std::int64_t n) for /office/{room}/{n:int}/ and return void or bora::Task<void>");
constexpr bool bora_check_124 = bora_web::build::takes_init<bora_handler_7>;
static_assert(
#line 30 "tests/golden/routes/routes.toml"
         bora_check_124
#line 845 "routes.cpp"
, "init needs Desk::initialize(const Desk::Init&), public, returning void, with struct Init { std::int64_t limit; double rate; bool strict; std::string_view db; }");
struct bora_any_init_8 {
  bora_web::build::Anything limit;
  bora_web::build::Anything rate;
  bora_web::build::Anything strict;
  bora_web::build::Anything db;
};
using bora_init_8 = bora_web::build::InitOf<bora_handler_7, bora_any_init_8>;
bora_init_8 bora_make_init_8() {
  bora_init_8 bora_init{};
  bora_init.
#line 30 "tests/golden/routes/routes.toml"
         limit
#line 859 "routes.cpp"
=
#line 30 "tests/golden/routes/routes.toml"
                 {5}
#line 863 "routes.cpp"
;
  bora_init.
#line 30 "tests/golden/routes/routes.toml"
                    rate
#line 868 "routes.cpp"
=
#line 30 "tests/golden/routes/routes.toml"
                           {0.5}
#line 872 "routes.cpp"
;
  bora_init.
#line 30 "tests/golden/routes/routes.toml"
                                strict
#line 877 "routes.cpp"
=
#line 30 "tests/golden/routes/routes.toml"
                                         {true}
#line 881 "routes.cpp"
;
  constexpr ::std::string_view bora_db =
      ::std::string_view("a\000\"b", 4);
  bora_init.
#line 30 "tests/golden/routes/routes.toml"
                                               db
#line 888 "routes.cpp"
=
#line 30 "tests/golden/routes/routes.toml"
                                                     bora_db
#line 892 "routes.cpp"
;
  return bora_init;
}
void bora_initialize_8(bora_web::RequestHandler& handler) {
  static const bora_init_8 init = bora_make_init_8();
  bora_web::build::initialize<bora_handler_7>(handler, init);
}
using bora_path_9 = bora_web::build::Path<bora_handler_7, ::std::string_view>;
constexpr bool bora_check_125 = bora_web::build::answers<bora_path_9, bora_web::Method::get>;
static_assert(
#line 33 "tests/golden/routes/routes.toml"
                                 bora_check_125
#line 905 "routes.cpp"
, "GET /office/{room}/ needs Desk::get(std::string_view room), public, returning void or bora::Task<void>");
constexpr bool bora_check_126 = bora_web::build::takes_init<bora_handler_7>;
static_assert(
#line 30 "tests/golden/routes/routes.toml"
                    bora_check_126
#line 911 "routes.cpp"
, "init needs Desk::initialize(const Desk::Init&), public, returning void, with struct Init { double rate; bool strict; std::string_view db; std::int64_t limit; std::vector<std::string_view> names; decltype(&hall) place; decltype(&hall) copy; }");
struct bora_any_init_9 {
  bora_web::build::Anything rate;
  bora_web::build::Anything strict;
  bora_web::build::Anything db;
  bora_web::build::Anything limit;
  bora_web::build::Anything names;
  bora_web::build::Anything place;
  bora_web::build::Anything copy;
};
struct bora_object_0 {
static constexpr auto& object =
#line 33 "tests/golden/routes/routes.toml"
                                                                                                                                               hall
#line 926 "routes.cpp"
;
};
using bora_init_9 = bora_web::build::InitOf<bora_handler_7, bora_any_init_9>;
bora_init_9 bora_make_init_9() {
  bora_init_9 bora_init{};
  bora_init.
#line 30 "tests/golden/routes/routes.toml"
                    rate
#line 935 "routes.cpp"
=
#line 30 "tests/golden/routes/routes.toml"
                           {0.5}
#line 939 "routes.cpp"
;
  bora_init.
#line 30 "tests/golden/routes/routes.toml"
                                strict
#line 944 "routes.cpp"
=
#line 30 "tests/golden/routes/routes.toml"
                                         {true}
#line 948 "routes.cpp"
;
  constexpr ::std::string_view bora_db =
      ::std::string_view("a\000\"b", 4);
  bora_init.
#line 30 "tests/golden/routes/routes.toml"
                                               db
#line 955 "routes.cpp"
=
#line 30 "tests/golden/routes/routes.toml"
                                                     bora_db
#line 959 "routes.cpp"
;
  bora_init.
#line 33 "tests/golden/routes/routes.toml"
                                                                                           limit
#line 964 "routes.cpp"
=
#line 33 "tests/golden/routes/routes.toml"
                                                                                                   {-1}
#line 968 "routes.cpp"
;
  bora_init.
#line 33 "tests/golden/routes/routes.toml"
                                                                                                       names
#line 973 "routes.cpp"
=
#line 33 "tests/golden/routes/routes.toml"
                                                                                                               {bora_web::build::InitText{::std::string_view("x", 1)}, bora_web::build::InitText{::std::string_view("y", 1)}}
#line 977 "routes.cpp"
;
constexpr bool bora_check_127 = bora_web::build::member_takes_object<bora_object_0, decltype(bora_init)>([](auto& init) -> decltype((init.place)) { return init.place; });
static_assert(
#line 33 "tests/golden/routes/routes.toml"
                                                                                                                                               bora_check_127
#line 983 "routes.cpp"
, "init.place can't point to hall nor take a copy of it: its type must be decltype(&hall)");
  bora_web::build::set_object<bora_object_0>(bora_init.
#line 33 "tests/golden/routes/routes.toml"
                                                                                                                           place
#line 988 "routes.cpp"
);
constexpr bool bora_check_128 = bora_web::build::member_takes_object<bora_object_0, decltype(bora_init)>([](auto& init) -> decltype((init.copy)) { return init.copy; });
static_assert(
#line 33 "tests/golden/routes/routes.toml"
                                                                                                                                                                           bora_check_128
#line 994 "routes.cpp"
, "init.copy can't point to hall nor take a copy of it: its type must be decltype(&hall)");
  bora_web::build::set_object<bora_object_0>(bora_init.
#line 33 "tests/golden/routes/routes.toml"
                                                                                                                                                        copy
#line 999 "routes.cpp"
);
  return bora_init;
}
void bora_initialize_9(bora_web::RequestHandler& handler) {
  static const bora_init_9 init = bora_make_init_9();
  bora_web::build::initialize<bora_handler_7>(handler, init);
}

struct bora_handler_8 {
using type =
#line 7 "tests/golden/routes/api.routes.toml"
                                               ApiUsers
#line 1012 "routes.cpp"
;
};
constexpr bool bora_check_129 = bora_web::build::is_defined<bora_handler_8>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_129
#line 1019 "routes.cpp"
, "handler ApiUsers is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_130 = bora_web::build::derives<bora_handler_8>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_130
#line 1025 "routes.cpp"
, "handler ApiUsers must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_131 = bora_web::build::is_concrete<bora_handler_8>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_131
#line 1031 "routes.cpp"
, "handler ApiUsers is abstract: it must override every pure virtual function");
constexpr bool bora_check_132 = bora_web::build::is_constructible<bora_handler_8>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_132
#line 1037 "routes.cpp"
, "handler ApiUsers needs a public default constructor and destructor");
constexpr bool bora_check_133 = bora_web::build::initialize_fits<bora_handler_8>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_133
#line 1043 "routes.cpp"
, "ApiUsers::initialize() must be public, take nothing or const ApiUsers::Init& and return void");
constexpr bool bora_check_134 = bora_web::build::prepare_fits<bora_handler_8>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_134
#line 1049 "routes.cpp"
, "ApiUsers::prepare() must be public, take nothing and return void or bora::Task<void>");
constexpr bool bora_check_135 = bora_web::build::data_received_fits<bora_handler_8>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_135
#line 1055 "routes.cpp"
, "ApiUsers::data_received(std::string_view) must be public and return void or bora::Task<void>, beside a public static constexpr bool stream_request_body = true");
constexpr bool bora_check_136 = bora_web::build::supported_methods_fit<bora_handler_8>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_136
#line 1061 "routes.cpp"
, "ApiUsers::SupportedMethods must be a bora::web::SupportedMethods<bora::web::Supports<\"NAME\", &ApiUsers::function>, ...>, each name a method of HTTP, none twice and none of the seven that are found by their functions' names");
using bora_path_10 = bora_web::build::Path<bora_handler_8, ::std::string_view, ::std::int64_t>;
constexpr bool bora_check_137 = bora_web::build::answers_anything<bora_path_10>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_137
#line 1068 "routes.cpp"
, "handler ApiUsers defines no method: it needs get, post or another one");
constexpr bool bora_check_138 = bora_web::build::may_answer<bora_path_10, bora_web::Method::get>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_138
#line 1074 "routes.cpp"
, "GET {tenant}.example.com/users/{id:int} needs ApiUsers::get(std::string_view tenant, std::int64_t id), public, returning void or bora::Task<void>");
constexpr bool bora_check_139 = bora_web::build::may_answer<bora_path_10, bora_web::Method::head>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_139
#line 1080 "routes.cpp"
, "HEAD {tenant}.example.com/users/{id:int} needs ApiUsers::head(std::string_view tenant, std::int64_t id), public, returning void or bora::Task<void>");
constexpr bool bora_check_140 = bora_web::build::may_answer<bora_path_10, bora_web::Method::post>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_140
#line 1086 "routes.cpp"
, "POST {tenant}.example.com/users/{id:int} needs ApiUsers::post(std::string_view tenant, std::int64_t id), public, returning void or bora::Task<void>");
constexpr bool bora_check_141 = bora_web::build::may_answer<bora_path_10, bora_web::Method::delete_>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_141
#line 1092 "routes.cpp"
, "DELETE {tenant}.example.com/users/{id:int} needs ApiUsers::delete_(std::string_view tenant, std::int64_t id), public, returning void or bora::Task<void>");
constexpr bool bora_check_142 = bora_web::build::may_answer<bora_path_10, bora_web::Method::patch>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_142
#line 1098 "routes.cpp"
, "PATCH {tenant}.example.com/users/{id:int} needs ApiUsers::patch(std::string_view tenant, std::int64_t id), public, returning void or bora::Task<void>");
constexpr bool bora_check_143 = bora_web::build::may_answer<bora_path_10, bora_web::Method::put>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_143
#line 1104 "routes.cpp"
, "PUT {tenant}.example.com/users/{id:int} needs ApiUsers::put(std::string_view tenant, std::int64_t id), public, returning void or bora::Task<void>");
constexpr bool bora_check_144 = bora_web::build::may_answer<bora_path_10, bora_web::Method::options>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_144
#line 1110 "routes.cpp"
, "OPTIONS {tenant}.example.com/users/{id:int} needs ApiUsers::options(std::string_view tenant, std::int64_t id), public, returning void or bora::Task<void>");
constexpr bool bora_check_145 = bora_web::build::may_answer_own<bora_path_10>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_145
#line 1116 "routes.cpp"
, "each function of ApiUsers::SupportedMethods must take (std::string_view tenant, std::int64_t id) for {tenant}.example.com/users/{id:int} and return void or bora::Task<void>");

struct bora_handler_9 {
using type =
#line 8 "tests/golden/routes/api.routes.toml"
                                 ApiHome
#line 1123 "routes.cpp"
;
};
constexpr bool bora_check_146 = bora_web::build::is_defined<bora_handler_9>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_146
#line 1130 "routes.cpp"
, "handler ApiHome is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_147 = bora_web::build::derives<bora_handler_9>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_147
#line 1136 "routes.cpp"
, "handler ApiHome must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_148 = bora_web::build::is_concrete<bora_handler_9>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_148
#line 1142 "routes.cpp"
, "handler ApiHome is abstract: it must override every pure virtual function");
constexpr bool bora_check_149 = bora_web::build::is_constructible<bora_handler_9>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_149
#line 1148 "routes.cpp"
, "handler ApiHome needs a public default constructor and destructor");
constexpr bool bora_check_150 = bora_web::build::initialize_fits<bora_handler_9>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_150
#line 1154 "routes.cpp"
, "ApiHome::initialize() must be public, take nothing or const ApiHome::Init& and return void");
constexpr bool bora_check_151 = bora_web::build::prepare_fits<bora_handler_9>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_151
#line 1160 "routes.cpp"
, "ApiHome::prepare() must be public, take nothing and return void or bora::Task<void>");
constexpr bool bora_check_152 = bora_web::build::data_received_fits<bora_handler_9>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_152
#line 1166 "routes.cpp"
, "ApiHome::data_received(std::string_view) must be public and return void or bora::Task<void>, beside a public static constexpr bool stream_request_body = true");
constexpr bool bora_check_153 = bora_web::build::supported_methods_fit<bora_handler_9>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_153
#line 1172 "routes.cpp"
, "ApiHome::SupportedMethods must be a bora::web::SupportedMethods<bora::web::Supports<\"NAME\", &ApiHome::function>, ...>, each name a method of HTTP, none twice and none of the seven that are found by their functions' names");
using bora_path_11 = bora_web::build::Path<bora_handler_9, ::std::string_view>;
constexpr bool bora_check_154 = bora_web::build::answers_anything<bora_path_11>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_154
#line 1179 "routes.cpp"
, "handler ApiHome defines no method: it needs get, post or another one");
constexpr bool bora_check_155 = bora_web::build::may_answer<bora_path_11, bora_web::Method::get>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_155
#line 1185 "routes.cpp"
, "GET {tenant}.example.com/ needs ApiHome::get(std::string_view tenant), public, returning void or bora::Task<void>");
constexpr bool bora_check_156 = bora_web::build::may_answer<bora_path_11, bora_web::Method::head>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_156
#line 1191 "routes.cpp"
, "HEAD {tenant}.example.com/ needs ApiHome::head(std::string_view tenant), public, returning void or bora::Task<void>");
constexpr bool bora_check_157 = bora_web::build::may_answer<bora_path_11, bora_web::Method::post>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_157
#line 1197 "routes.cpp"
, "POST {tenant}.example.com/ needs ApiHome::post(std::string_view tenant), public, returning void or bora::Task<void>");
constexpr bool bora_check_158 = bora_web::build::may_answer<bora_path_11, bora_web::Method::delete_>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_158
#line 1203 "routes.cpp"
, "DELETE {tenant}.example.com/ needs ApiHome::delete_(std::string_view tenant), public, returning void or bora::Task<void>");
constexpr bool bora_check_159 = bora_web::build::may_answer<bora_path_11, bora_web::Method::patch>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_159
#line 1209 "routes.cpp"
, "PATCH {tenant}.example.com/ needs ApiHome::patch(std::string_view tenant), public, returning void or bora::Task<void>");
constexpr bool bora_check_160 = bora_web::build::may_answer<bora_path_11, bora_web::Method::put>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_160
#line 1215 "routes.cpp"
, "PUT {tenant}.example.com/ needs ApiHome::put(std::string_view tenant), public, returning void or bora::Task<void>");
constexpr bool bora_check_161 = bora_web::build::may_answer<bora_path_11, bora_web::Method::options>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_161
#line 1221 "routes.cpp"
, "OPTIONS {tenant}.example.com/ needs ApiHome::options(std::string_view tenant), public, returning void or bora::Task<void>");
constexpr bool bora_check_162 = bora_web::build::may_answer_own<bora_path_11>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_162
#line 1227 "routes.cpp"
, "each function of ApiHome::SupportedMethods must take (std::string_view tenant) for {tenant}.example.com/ and return void or bora::Task<void>");
using bora_path_12 = bora_web::build::Path<bora_handler_9>;
constexpr bool bora_check_163 = bora_web::build::answers_anything<bora_path_12>;
static_assert(
#line 13 "tests/golden/routes/api.routes.toml"
                                 bora_check_163
#line 1234 "routes.cpp"
, "handler ApiHome defines no method: it needs get, post or another one");
constexpr bool bora_check_164 = bora_web::build::may_answer<bora_path_12, bora_web::Method::get>;
static_assert(
#line 13 "tests/golden/routes/api.routes.toml"
                                 bora_check_164
#line 1240 "routes.cpp"
, "GET www.example.com/ needs ApiHome::get(), public, returning void or bora::Task<void>");
constexpr bool bora_check_165 = bora_web::build::may_answer<bora_path_12, bora_web::Method::head>;
static_assert(
#line 13 "tests/golden/routes/api.routes.toml"
                                 bora_check_165
#line 1246 "routes.cpp"
, "HEAD www.example.com/ needs ApiHome::head(), public, returning void or bora::Task<void>");
constexpr bool bora_check_166 = bora_web::build::may_answer<bora_path_12, bora_web::Method::post>;
static_assert(
#line 13 "tests/golden/routes/api.routes.toml"
                                 bora_check_166
#line 1252 "routes.cpp"
, "POST www.example.com/ needs ApiHome::post(), public, returning void or bora::Task<void>");
constexpr bool bora_check_167 = bora_web::build::may_answer<bora_path_12, bora_web::Method::delete_>;
static_assert(
#line 13 "tests/golden/routes/api.routes.toml"
                                 bora_check_167
#line 1258 "routes.cpp"
, "DELETE www.example.com/ needs ApiHome::delete_(), public, returning void or bora::Task<void>");
constexpr bool bora_check_168 = bora_web::build::may_answer<bora_path_12, bora_web::Method::patch>;
static_assert(
#line 13 "tests/golden/routes/api.routes.toml"
                                 bora_check_168
#line 1264 "routes.cpp"
, "PATCH www.example.com/ needs ApiHome::patch(), public, returning void or bora::Task<void>");
constexpr bool bora_check_169 = bora_web::build::may_answer<bora_path_12, bora_web::Method::put>;
static_assert(
#line 13 "tests/golden/routes/api.routes.toml"
                                 bora_check_169
#line 1270 "routes.cpp"
, "PUT www.example.com/ needs ApiHome::put(), public, returning void or bora::Task<void>");
constexpr bool bora_check_170 = bora_web::build::may_answer<bora_path_12, bora_web::Method::options>;
static_assert(
#line 13 "tests/golden/routes/api.routes.toml"
                                 bora_check_170
#line 1276 "routes.cpp"
, "OPTIONS www.example.com/ needs ApiHome::options(), public, returning void or bora::Task<void>");
constexpr bool bora_check_171 = bora_web::build::may_answer_own<bora_path_12>;
static_assert(
#line 13 "tests/golden/routes/api.routes.toml"
                                 bora_check_171
#line 1282 "routes.cpp"
, "each function of ApiHome::SupportedMethods must take () for www.example.com/ and return void or bora::Task<void>");

struct bora_handler_10 {
using type =
#line 6 "tests/golden/routes/routes.toml"
                 NotFound
#line 1289 "routes.cpp"
;
};
constexpr bool bora_check_172 = bora_web::build::is_defined<bora_handler_10>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                 bora_check_172
#line 1296 "routes.cpp"
, "handler NotFound is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_173 = bora_web::build::derives<bora_handler_10>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                 bora_check_173
#line 1302 "routes.cpp"
, "handler NotFound must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_174 = bora_web::build::is_concrete<bora_handler_10>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                 bora_check_174
#line 1308 "routes.cpp"
, "handler NotFound is abstract: it must override every pure virtual function");
constexpr bool bora_check_175 = bora_web::build::is_constructible<bora_handler_10>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                 bora_check_175
#line 1314 "routes.cpp"
, "handler NotFound needs a public default constructor and destructor");
constexpr bool bora_check_176 = bora_web::build::initialize_fits<bora_handler_10>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                 bora_check_176
#line 1320 "routes.cpp"
, "NotFound::initialize() must be public, take nothing or const NotFound::Init& and return void");
constexpr bool bora_check_177 = bora_web::build::prepare_fits<bora_handler_10>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                 bora_check_177
#line 1326 "routes.cpp"
, "NotFound::prepare() must be public, take nothing and return void or bora::Task<void>");
constexpr bool bora_check_178 = bora_web::build::data_received_fits<bora_handler_10>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                 bora_check_178
#line 1332 "routes.cpp"
, "NotFound::data_received(std::string_view) must be public and return void or bora::Task<void>, beside a public static constexpr bool stream_request_body = true");
constexpr bool bora_check_179 = bora_web::build::supported_methods_fit<bora_handler_10>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                 bora_check_179
#line 1338 "routes.cpp"
, "NotFound::SupportedMethods must be a bora::web::SupportedMethods<bora::web::Supports<\"NAME\", &NotFound::function>, ...>, each name a method of HTTP, none twice and none of the seven that are found by their functions' names");
constexpr bora_web::Endpoint bora_error_endpoint = bora_web::build::endpoint<
    bora_web::build::Path<bora_handler_10>, 255>();

constexpr bora_web::Endpoint bora_endpoints[] = {
  bora_web::build::endpoint<bora_path_0, 255>(),
  bora_web::build::endpoint<bora_path_1, 255>(),
  bora_web::build::endpoint<bora_path_2, 5>(),
  bora_web::build::endpoint<bora_path_3, 32>(),
  bora_web::build::endpoint<bora_path_4, 255>(),
  bora_web::build::endpoint<bora_path_5, 255>(),
  bora_web::build::endpoint<bora_path_6, 1, "REPORT">(),
  bora_web::build::endpoint<bora_path_7, 255>(),
  bora_web::build::endpoint<bora_path_8, 255>(&bora_initialize_8),
  bora_web::build::endpoint<bora_path_9, 1>(&bora_initialize_9),
  bora_web::build::endpoint<bora_path_10, 255>(),
  bora_web::build::endpoint<bora_path_11, 255>(),
  bora_web::build::endpoint<bora_path_12, 255>(),
};
constexpr bora_web::StaticMount bora_mounts[] = {
  {{"/static/", 8}, {"static", 6}, {"index.html", 10}},
};
struct bora_filter_0 {
static constexpr auto& function =
#line 29 "tests/golden/routes/routes.toml"
            note
#line 1365 "routes.cpp"
;
};
constexpr bool bora_check_180 = bora_web::build::is_filter<bora_filter_0>;
static_assert(
#line 29 "tests/golden/routes/routes.toml"
            bora_check_180
#line 1372 "routes.cpp"
, "filter note must take a bora::web::RequestHandler& and return void or bora::Task<void>");
struct bora_filter_1 {
static constexpr auto& function =
#line 29 "tests/golden/routes/routes.toml"
                    desk::open
#line 1378 "routes.cpp"
;
};
constexpr bool bora_check_181 = bora_web::build::is_filter<bora_filter_1>;
static_assert(
#line 29 "tests/golden/routes/routes.toml"
                    bora_check_181
#line 1385 "routes.cpp"
, "filter desk::open must take a bora::web::RequestHandler& and return void or bora::Task<void>");
struct bora_filter_2 {
static constexpr auto& function =
#line 33 "tests/golden/routes/routes.toml"
                                                                                                                                                                                                  stop
#line 1391 "routes.cpp"
;
};
constexpr bool bora_check_182 = bora_web::build::is_filter<bora_filter_2>;
static_assert(
#line 33 "tests/golden/routes/routes.toml"
                                                                                                                                                                                                  bora_check_182
#line 1398 "routes.cpp"
, "filter stop must take a bora::web::RequestHandler& and return void or bora::Task<void>");
struct bora_filter_3 {
using type =
#line 33 "tests/golden/routes/routes.toml"
                                                                                                                                                                                                                     desk::Limit
#line 1404 "routes.cpp"
;
};
constexpr bool bora_check_183 = bora_web::build::is_filter_class<bora_filter_3>;
static_assert(
#line 33 "tests/golden/routes/routes.toml"
                                                                                                                                                                                                                     bora_check_183
#line 1411 "routes.cpp"
, "objects of the filter desk::Limit must be callable with a bora::web::RequestHandler& and return void or bora::Task<void>");
constexpr bool bora_check_184 = bora_web::build::takes_options<bora_filter_3>;
static_assert(
#line 33 "tests/golden/routes/routes.toml"
                                                                                                                                                                                                                     bora_check_184
#line 1417 "routes.cpp"
, "the filter desk::Limit needs a struct Options and a constructor that takes it");
struct bora_any_options_3 {
  bora_web::build::Anything rate;
  bora_web::build::Anything names;
};
using bora_options_3 = bora_web::build::OptionsOf<bora_filter_3, bora_any_options_3>;
bora_options_3 bora_make_options_3() {
  bora_options_3 bora_init{};
  bora_init.
#line 33 "tests/golden/routes/routes.toml"
                                                                                                                                                                                                                                   rate
#line 1429 "routes.cpp"
=
#line 33 "tests/golden/routes/routes.toml"
                                                                                                                                                                                                                                          {5}
#line 1433 "routes.cpp"
;
  bora_init.
#line 33 "tests/golden/routes/routes.toml"
                                                                                                                                                                                                                                             names
#line 1438 "routes.cpp"
=
#line 33 "tests/golden/routes/routes.toml"
                                                                                                                                                                                                                                                     {bora_web::build::InitText{::std::string_view("a", 1)}}
#line 1442 "routes.cpp"
;
  return bora_init;
}
constexpr bora_web::Filter bora_filters_0[] = {
  &bora_web::build::filter<bora_filter_0>,
  &bora_web::build::filter<bora_filter_1>,
};
constexpr bora_web::Filter bora_filters_1[] = {
  &bora_web::build::filter<bora_filter_0>,
  &bora_web::build::filter<bora_filter_1>,
  &bora_web::build::filter<bora_filter_2>,
  bora_web::build::own_filter<bora_filter_3, &bora_make_options_3>(),
};
constexpr bora_web::RouteRules bora_rules[] = {
  {{"", 0}, bora_filters_0, &bora_web::build::has_user<bora_handler_7>},
  {{"", 0}, bora_filters_1, nullptr},
  {{"{tenant}.example.com", 20}, {}, nullptr},
  {{"www.example.com", 15}, {}, nullptr},
  {{"", 0}, bora_filters_0, nullptr},
};

constexpr const char* bora_records =
    "h 0 0 0 4 1 0 home/\n"
    "h 1 0 0 5 13 0 entry/entry/{slug}\n"
    "h 2 4 0 4 29 0 post/users/{id:int}/posts/{n:int}\n"
    "h 3 0 0 3 29 0 put/users/{id:int}/posts/{m:int}\n"
    "h 4 0 0 5 19 0 files/caf\303\251/{class:path}\n"
    "h 5 0 0 3 16 0 dav/dav/{path:path}\n"
    "h 6 0 0 4 17 0 read/read/{path:path}\n"
    "h 1 0 0 5 13 0 again/again/{slug}\n"
    "h 7 0 0 11 6 0 admin.index/admin\n"
    "h 1 0 0 10 18 0 admin.user/admin/users/{std}\n"
    "h 8 0 1 10 23 0 staff.desk/office/{room}/{n:int}/\n"
    "h 9 0 2 10 15 0 staff.door/office/{room}/\n"
    "m 0 0 0 6 19 0 assets/static/{path:path}\n"
    "r 1 0 0 3 11 10 old/old/{slug}/entry/{0}\n"
    "h 10 0 3 9 15 0 api.users/users/{id:int}\n"
    "h 11 0 3 8 1 0 api.home/\n"
    "h 12 0 4 8 1 0 www.home/\n"
    "r 0 0 4 7 13 18 www.api/api/{tenant}//{0}.example.com/\n"
    "r 3 0 5 0 22 16 /office/{room}/{n:int}/office/{0}/{1}/\n"
    "r 3 0 2 0 14 12 /office/{room}/office/{0}/\n"
    "";
constinit bora_web::Route bora_routes[20]{};
constinit bora_web::Redirect bora_redirects[4]{};
constinit bora_web::detail::RouteRecords bora_list{bora_records, bora_routes, 20, bora_redirects, bora_endpoints, bora_mounts, bora_rules};

constexpr const char* bora_words_of_host_0 =
    "\321\0208h \1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\21\0\0\0\0\0\0\0\0\0\0\0api\0\0\0\0\0\0\0\0\0\0\0\0\0"
    "\3\0\0\0\10\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0 \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\22\0\0\200";
constexpr const char* bora_texts_of_host_0 =
    "";
constexpr bora_web::detail::RouteTables bora_tables_of_host_0 = {bora_words_of_host_0, bora_texts_of_host_0, nullptr, nullptr};
constinit const ::bora::web::RouteTable bora_table_of_host_0(bora_list, {bora_routes, 20}, bora_tables_of_host_0);

constexpr const char* bora_words_of_host_1 =
    "\321\0208h \1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\20\0\0\0\0\0\0\0\0\0\0\0users\0\0\0\0\0\0\0\0\0\0\0\5"
    "\0\0\0\10\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0 \0\0\1\2\0\0\0\17\0\0\200\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
constexpr const char* bora_texts_of_host_1 =
    "";
constexpr bora_web::detail::RouteTables bora_tables_of_host_1 = {bora_words_of_host_1, bora_texts_of_host_1, nullptr, nullptr};
constinit const ::bora::web::RouteTable bora_table_of_host_1(bora_list, {bora_routes, 20}, bora_tables_of_host_1);

constexpr const char* bora_words =
    "\277s+\314\34\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0again\0\0\0\0\0\0\0\0\0\0\0\5"
    "\0\0\0D\0\0\0caf%C3%Aaf%C3%A9\11\0\0\0H\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0ent"
    "ry\0\0\0\0\0\0\0\0\0\0\0\5\0\0\0P\0\0\0old\0\0\0\0\0\0\0\0\0\0\0\0\0\3\0\0\0`\0\0\0dav\0\0\0\0\0"
    "\0\0\0\0\0\0\0\0\3\0\0\0L\0\0\0read\0\0\0\0\0\0\0\0\0\0\0\0\4\0\0\0d\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
    "\0\0\0\0\0\0\0\0\0\0\0\0\0office\0\0\0\0\0\0\0\0\0\0\6\0\0\0T\0\0\0admin\0\0\0\0\0\0\0\0\0\0\0\5"
    "\0\0\0008\0\0\0users\0\0\0\0\0\0\0\0\0\0\0\5\0\0\0l\0\0\0static\0\0\0\0\0\0\0\0\0\0\6\0\0\0h\0\0"
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\321\0208h \1\0\0\0\0\0\0\0\0\0"
    "\0\11\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0users\0\0\0\0\0\0\0\0\0\0\0\5\0\0\0@\0\0\0\0\0\0\0\0\0\0\0\1\0"
    "\0\0 \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\12\0\0\200\1\0\0\0 \0\0\0\0\0\0\0\0\0\0\0\0\0"
    "\0\0\0\0\0\0\0\0\0\0\10\0\0\200\1\0\0\0 \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0\1"
    "\0\0\0 \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\6\0\0\0\0\0\0\0\1\0\0\0 \0\0\0\0\0\0\0\0\0\0\0\0\0"
    "\0\0\0\0\0\0\0\0\0\0\2\0\0\200\1\0\0\0 \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0X\0\0\0\1\0"
    "\0\0 \0\0\1\2\0\0\0\134\0\0\0\24\0\0\0\14\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0 \0\0\0\0\0\0\0\0\0\0\0\23"
    "\0\0\0\13\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0 \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\16\0\0\200"
    "\1\0\0\0 \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0\1\0\0\0 \0\0\0\0\0\0\0\0\0\0\0\0"
    "\0\0\0\0\0\0\0\15\0\0\0\0\0\0\0\1\0\0\0 \0\0\1\2\0\0\0p\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\321"
    "\0208h \1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0posts\0\0\0\0\0\0\0\0\0\0\0\5\0\0\0"
    "x\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0 \0\0\1\2\0\0\0\3\0\0\200\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
constexpr const char* bora_texts =
    "";
constexpr bora_web::detail::RouteTables bora_tables = {bora_words, bora_texts, nullptr, nullptr};

constexpr bora_web::HostRoutes bora_hosts[] = {
  {{"www.example.com", 15}, &bora_table_of_host_0},
  {{"{tenant}.example.com", 20}, &bora_table_of_host_1},
};

}  // namespace
}  // namespace shop

constinit const ::bora::web::RouteTable routes::table(::shop::bora_list, {::shop::bora_routes, 20}, ::shop::bora_tables, ::shop::bora_hosts, &::shop::bora_error_endpoint);
