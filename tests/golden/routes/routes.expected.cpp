// Made by bora from "tests/golden/routes/routes.toml": changes here are lost.
#define BORA_GENERATED_CONTRACT 2
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
using bora_path_0 = bora_web::build::Path<bora_handler_0>;
constexpr bool bora_check_7 = bora_web::build::answers_anything<bora_path_0>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_7
#line 79 "routes.cpp"
, "handler Home defines no method: it needs get, post or another one");
constexpr bool bora_check_8 = bora_web::build::may_answer<bora_path_0, bora_web::Method::get>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_8
#line 85 "routes.cpp"
, "GET / needs Home::get(), public, returning void or bora::Task<void>");
constexpr bool bora_check_9 = bora_web::build::may_answer<bora_path_0, bora_web::Method::head>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_9
#line 91 "routes.cpp"
, "HEAD / needs Home::head(), public, returning void or bora::Task<void>");
constexpr bool bora_check_10 = bora_web::build::may_answer<bora_path_0, bora_web::Method::post>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_10
#line 97 "routes.cpp"
, "POST / needs Home::post(), public, returning void or bora::Task<void>");
constexpr bool bora_check_11 = bora_web::build::may_answer<bora_path_0, bora_web::Method::delete_>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_11
#line 103 "routes.cpp"
, "DELETE / needs Home::delete_(), public, returning void or bora::Task<void>");
constexpr bool bora_check_12 = bora_web::build::may_answer<bora_path_0, bora_web::Method::patch>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_12
#line 109 "routes.cpp"
, "PATCH / needs Home::patch(), public, returning void or bora::Task<void>");
constexpr bool bora_check_13 = bora_web::build::may_answer<bora_path_0, bora_web::Method::put>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_13
#line 115 "routes.cpp"
, "PUT / needs Home::put(), public, returning void or bora::Task<void>");
constexpr bool bora_check_14 = bora_web::build::may_answer<bora_path_0, bora_web::Method::options>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                 bora_check_14
#line 121 "routes.cpp"
, "OPTIONS / needs Home::options(), public, returning void or bora::Task<void>");
extern const bora_web::Endpoint bora_endpoint_0;

struct bora_handler_1 {
using type =
#line 10 "tests/golden/routes/routes.toml"
                                             blog::Entry
#line 129 "routes.cpp"
;
};
constexpr bool bora_check_15 = bora_web::build::is_defined<bora_handler_1>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_15
#line 136 "routes.cpp"
, "handler blog::Entry is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_16 = bora_web::build::derives<bora_handler_1>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_16
#line 142 "routes.cpp"
, "handler blog::Entry must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_17 = bora_web::build::is_concrete<bora_handler_1>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_17
#line 148 "routes.cpp"
, "handler blog::Entry is abstract: it must override every pure virtual function");
constexpr bool bora_check_18 = bora_web::build::is_constructible<bora_handler_1>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_18
#line 154 "routes.cpp"
, "handler blog::Entry needs a public default constructor and destructor");
constexpr bool bora_check_19 = bora_web::build::initialize_fits<bora_handler_1>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_19
#line 160 "routes.cpp"
, "blog::Entry::initialize() must be public, take nothing or const blog::Entry::Init& and return void");
constexpr bool bora_check_20 = bora_web::build::prepare_fits<bora_handler_1>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_20
#line 166 "routes.cpp"
, "blog::Entry::prepare() must be public, take nothing and return void or bora::Task<void>");
constexpr bool bora_check_21 = bora_web::build::data_received_fits<bora_handler_1>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_21
#line 172 "routes.cpp"
, "blog::Entry::data_received(std::string_view) must be public and return void or bora::Task<void>, beside a public static constexpr bool stream_request_body = true");
using bora_path_1 = bora_web::build::Path<bora_handler_1, ::std::string_view>;
constexpr bool bora_check_22 = bora_web::build::answers_anything<bora_path_1>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_22
#line 179 "routes.cpp"
, "handler blog::Entry defines no method: it needs get, post or another one");
constexpr bool bora_check_23 = bora_web::build::may_answer<bora_path_1, bora_web::Method::get>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_23
#line 185 "routes.cpp"
, "GET /entry/{slug} needs blog::Entry::get(std::string_view slug), public, returning void or bora::Task<void>");
constexpr bool bora_check_24 = bora_web::build::may_answer<bora_path_1, bora_web::Method::head>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_24
#line 191 "routes.cpp"
, "HEAD /entry/{slug} needs blog::Entry::head(std::string_view slug), public, returning void or bora::Task<void>");
constexpr bool bora_check_25 = bora_web::build::may_answer<bora_path_1, bora_web::Method::post>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_25
#line 197 "routes.cpp"
, "POST /entry/{slug} needs blog::Entry::post(std::string_view slug), public, returning void or bora::Task<void>");
constexpr bool bora_check_26 = bora_web::build::may_answer<bora_path_1, bora_web::Method::delete_>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_26
#line 203 "routes.cpp"
, "DELETE /entry/{slug} needs blog::Entry::delete_(std::string_view slug), public, returning void or bora::Task<void>");
constexpr bool bora_check_27 = bora_web::build::may_answer<bora_path_1, bora_web::Method::patch>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_27
#line 209 "routes.cpp"
, "PATCH /entry/{slug} needs blog::Entry::patch(std::string_view slug), public, returning void or bora::Task<void>");
constexpr bool bora_check_28 = bora_web::build::may_answer<bora_path_1, bora_web::Method::put>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_28
#line 215 "routes.cpp"
, "PUT /entry/{slug} needs blog::Entry::put(std::string_view slug), public, returning void or bora::Task<void>");
constexpr bool bora_check_29 = bora_web::build::may_answer<bora_path_1, bora_web::Method::options>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                             bora_check_29
#line 221 "routes.cpp"
, "OPTIONS /entry/{slug} needs blog::Entry::options(std::string_view slug), public, returning void or bora::Task<void>");
extern const bora_web::Endpoint bora_endpoint_1;

struct bora_handler_2 {
using type =
#line 11 "tests/golden/routes/routes.toml"
                                                             UserPost
#line 229 "routes.cpp"
;
};
constexpr bool bora_check_30 = bora_web::build::is_defined<bora_handler_2>;
static_assert(
#line 11 "tests/golden/routes/routes.toml"
                                                             bora_check_30
#line 236 "routes.cpp"
, "handler UserPost is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_31 = bora_web::build::derives<bora_handler_2>;
static_assert(
#line 11 "tests/golden/routes/routes.toml"
                                                             bora_check_31
#line 242 "routes.cpp"
, "handler UserPost must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_32 = bora_web::build::is_concrete<bora_handler_2>;
static_assert(
#line 11 "tests/golden/routes/routes.toml"
                                                             bora_check_32
#line 248 "routes.cpp"
, "handler UserPost is abstract: it must override every pure virtual function");
constexpr bool bora_check_33 = bora_web::build::is_constructible<bora_handler_2>;
static_assert(
#line 11 "tests/golden/routes/routes.toml"
                                                             bora_check_33
#line 254 "routes.cpp"
, "handler UserPost needs a public default constructor and destructor");
constexpr bool bora_check_34 = bora_web::build::initialize_fits<bora_handler_2>;
static_assert(
#line 11 "tests/golden/routes/routes.toml"
                                                             bora_check_34
#line 260 "routes.cpp"
, "UserPost::initialize() must be public, take nothing or const UserPost::Init& and return void");
constexpr bool bora_check_35 = bora_web::build::prepare_fits<bora_handler_2>;
static_assert(
#line 11 "tests/golden/routes/routes.toml"
                                                             bora_check_35
#line 266 "routes.cpp"
, "UserPost::prepare() must be public, take nothing and return void or bora::Task<void>");
constexpr bool bora_check_36 = bora_web::build::data_received_fits<bora_handler_2>;
static_assert(
#line 11 "tests/golden/routes/routes.toml"
                                                             bora_check_36
#line 272 "routes.cpp"
, "UserPost::data_received(std::string_view) must be public and return void or bora::Task<void>, beside a public static constexpr bool stream_request_body = true");
using bora_path_2 = bora_web::build::Path<bora_handler_2, ::std::int64_t, ::std::int64_t>;
constexpr bool bora_check_37 = bora_web::build::answers<bora_path_2, bora_web::Method::get>;
static_assert(
#line 11 "tests/golden/routes/routes.toml"
                                                             bora_check_37
#line 279 "routes.cpp"
, "GET /users/{id:int}/posts/{n:int} needs UserPost::get(std::int64_t id, std::int64_t n), public, returning void or bora::Task<void>");
constexpr bool bora_check_38 = bora_web::build::answers<bora_path_2, bora_web::Method::post>;
static_assert(
#line 11 "tests/golden/routes/routes.toml"
                                                             bora_check_38
#line 285 "routes.cpp"
, "POST /users/{id:int}/posts/{n:int} needs UserPost::post(std::int64_t id, std::int64_t n), public, returning void or bora::Task<void>");
extern const bora_web::Endpoint bora_endpoint_2;

struct bora_handler_3 {
using type =
#line 12 "tests/golden/routes/routes.toml"
                                                             UserPut
#line 293 "routes.cpp"
;
};
constexpr bool bora_check_39 = bora_web::build::is_defined<bora_handler_3>;
static_assert(
#line 12 "tests/golden/routes/routes.toml"
                                                             bora_check_39
#line 300 "routes.cpp"
, "handler UserPut is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_40 = bora_web::build::derives<bora_handler_3>;
static_assert(
#line 12 "tests/golden/routes/routes.toml"
                                                             bora_check_40
#line 306 "routes.cpp"
, "handler UserPut must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_41 = bora_web::build::is_concrete<bora_handler_3>;
static_assert(
#line 12 "tests/golden/routes/routes.toml"
                                                             bora_check_41
#line 312 "routes.cpp"
, "handler UserPut is abstract: it must override every pure virtual function");
constexpr bool bora_check_42 = bora_web::build::is_constructible<bora_handler_3>;
static_assert(
#line 12 "tests/golden/routes/routes.toml"
                                                             bora_check_42
#line 318 "routes.cpp"
, "handler UserPut needs a public default constructor and destructor");
constexpr bool bora_check_43 = bora_web::build::initialize_fits<bora_handler_3>;
static_assert(
#line 12 "tests/golden/routes/routes.toml"
                                                             bora_check_43
#line 324 "routes.cpp"
, "UserPut::initialize() must be public, take nothing or const UserPut::Init& and return void");
constexpr bool bora_check_44 = bora_web::build::prepare_fits<bora_handler_3>;
static_assert(
#line 12 "tests/golden/routes/routes.toml"
                                                             bora_check_44
#line 330 "routes.cpp"
, "UserPut::prepare() must be public, take nothing and return void or bora::Task<void>");
constexpr bool bora_check_45 = bora_web::build::data_received_fits<bora_handler_3>;
static_assert(
#line 12 "tests/golden/routes/routes.toml"
                                                             bora_check_45
#line 336 "routes.cpp"
, "UserPut::data_received(std::string_view) must be public and return void or bora::Task<void>, beside a public static constexpr bool stream_request_body = true");
using bora_path_3 = bora_web::build::Path<bora_handler_3, ::std::int64_t, ::std::int64_t>;
constexpr bool bora_check_46 = bora_web::build::answers<bora_path_3, bora_web::Method::put>;
static_assert(
#line 12 "tests/golden/routes/routes.toml"
                                                             bora_check_46
#line 343 "routes.cpp"
, "PUT /users/{id:int}/posts/{m:int} needs UserPut::put(std::int64_t id, std::int64_t m), public, returning void or bora::Task<void>");
extern const bora_web::Endpoint bora_endpoint_3;

struct bora_handler_4 {
using type =
#line 13 "tests/golden/routes/routes.toml"
                                                   Files
#line 351 "routes.cpp"
;
};
constexpr bool bora_check_47 = bora_web::build::is_defined<bora_handler_4>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_47
#line 358 "routes.cpp"
, "handler Files is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_48 = bora_web::build::derives<bora_handler_4>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_48
#line 364 "routes.cpp"
, "handler Files must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_49 = bora_web::build::is_concrete<bora_handler_4>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_49
#line 370 "routes.cpp"
, "handler Files is abstract: it must override every pure virtual function");
constexpr bool bora_check_50 = bora_web::build::is_constructible<bora_handler_4>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_50
#line 376 "routes.cpp"
, "handler Files needs a public default constructor and destructor");
constexpr bool bora_check_51 = bora_web::build::initialize_fits<bora_handler_4>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_51
#line 382 "routes.cpp"
, "Files::initialize() must be public, take nothing or const Files::Init& and return void");
constexpr bool bora_check_52 = bora_web::build::prepare_fits<bora_handler_4>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_52
#line 388 "routes.cpp"
, "Files::prepare() must be public, take nothing and return void or bora::Task<void>");
constexpr bool bora_check_53 = bora_web::build::data_received_fits<bora_handler_4>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_53
#line 394 "routes.cpp"
, "Files::data_received(std::string_view) must be public and return void or bora::Task<void>, beside a public static constexpr bool stream_request_body = true");
using bora_path_4 = bora_web::build::Path<bora_handler_4, ::std::string_view>;
constexpr bool bora_check_54 = bora_web::build::answers_anything<bora_path_4>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_54
#line 401 "routes.cpp"
, "handler Files defines no method: it needs get, post or another one");
constexpr bool bora_check_55 = bora_web::build::may_answer<bora_path_4, bora_web::Method::get>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_55
#line 407 "routes.cpp"
, "GET /caf%C3%A9/{class:path} needs Files::get(std::string_view class_), public, returning void or bora::Task<void>");
constexpr bool bora_check_56 = bora_web::build::may_answer<bora_path_4, bora_web::Method::head>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_56
#line 413 "routes.cpp"
, "HEAD /caf%C3%A9/{class:path} needs Files::head(std::string_view class_), public, returning void or bora::Task<void>");
constexpr bool bora_check_57 = bora_web::build::may_answer<bora_path_4, bora_web::Method::post>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_57
#line 419 "routes.cpp"
, "POST /caf%C3%A9/{class:path} needs Files::post(std::string_view class_), public, returning void or bora::Task<void>");
constexpr bool bora_check_58 = bora_web::build::may_answer<bora_path_4, bora_web::Method::delete_>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_58
#line 425 "routes.cpp"
, "DELETE /caf%C3%A9/{class:path} needs Files::delete_(std::string_view class_), public, returning void or bora::Task<void>");
constexpr bool bora_check_59 = bora_web::build::may_answer<bora_path_4, bora_web::Method::patch>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_59
#line 431 "routes.cpp"
, "PATCH /caf%C3%A9/{class:path} needs Files::patch(std::string_view class_), public, returning void or bora::Task<void>");
constexpr bool bora_check_60 = bora_web::build::may_answer<bora_path_4, bora_web::Method::put>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_60
#line 437 "routes.cpp"
, "PUT /caf%C3%A9/{class:path} needs Files::put(std::string_view class_), public, returning void or bora::Task<void>");
constexpr bool bora_check_61 = bora_web::build::may_answer<bora_path_4, bora_web::Method::options>;
static_assert(
#line 13 "tests/golden/routes/routes.toml"
                                                   bora_check_61
#line 443 "routes.cpp"
, "OPTIONS /caf%C3%A9/{class:path} needs Files::options(std::string_view class_), public, returning void or bora::Task<void>");
extern const bora_web::Endpoint bora_endpoint_4;

struct bora_handler_5 {
using type =
#line 19 "tests/golden/routes/routes.toml"
                                ::shop::Home
#line 451 "routes.cpp"
;
};
constexpr bool bora_check_62 = bora_web::build::is_defined<bora_handler_5>;
static_assert(
#line 19 "tests/golden/routes/routes.toml"
                                bora_check_62
#line 458 "routes.cpp"
, "handler ::shop::Home is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_63 = bora_web::build::derives<bora_handler_5>;
static_assert(
#line 19 "tests/golden/routes/routes.toml"
                                bora_check_63
#line 464 "routes.cpp"
, "handler ::shop::Home must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_64 = bora_web::build::is_concrete<bora_handler_5>;
static_assert(
#line 19 "tests/golden/routes/routes.toml"
                                bora_check_64
#line 470 "routes.cpp"
, "handler ::shop::Home is abstract: it must override every pure virtual function");
constexpr bool bora_check_65 = bora_web::build::is_constructible<bora_handler_5>;
static_assert(
#line 19 "tests/golden/routes/routes.toml"
                                bora_check_65
#line 476 "routes.cpp"
, "handler ::shop::Home needs a public default constructor and destructor");
constexpr bool bora_check_66 = bora_web::build::initialize_fits<bora_handler_5>;
static_assert(
#line 19 "tests/golden/routes/routes.toml"
                                bora_check_66
#line 482 "routes.cpp"
, "::shop::Home::initialize() must be public, take nothing or const ::shop::Home::Init& and return void");
constexpr bool bora_check_67 = bora_web::build::prepare_fits<bora_handler_5>;
static_assert(
#line 19 "tests/golden/routes/routes.toml"
                                bora_check_67
#line 488 "routes.cpp"
, "::shop::Home::prepare() must be public, take nothing and return void or bora::Task<void>");
constexpr bool bora_check_68 = bora_web::build::data_received_fits<bora_handler_5>;
static_assert(
#line 19 "tests/golden/routes/routes.toml"
                                bora_check_68
#line 494 "routes.cpp"
, "::shop::Home::data_received(std::string_view) must be public and return void or bora::Task<void>, beside a public static constexpr bool stream_request_body = true");
using bora_path_5 = bora_web::build::Path<bora_handler_5>;
constexpr bool bora_check_69 = bora_web::build::answers_anything<bora_path_5>;
static_assert(
#line 19 "tests/golden/routes/routes.toml"
                                bora_check_69
#line 501 "routes.cpp"
, "handler ::shop::Home defines no method: it needs get, post or another one");
constexpr bool bora_check_70 = bora_web::build::may_answer<bora_path_5, bora_web::Method::get>;
static_assert(
#line 19 "tests/golden/routes/routes.toml"
                                bora_check_70
#line 507 "routes.cpp"
, "GET /admin needs ::shop::Home::get(), public, returning void or bora::Task<void>");
constexpr bool bora_check_71 = bora_web::build::may_answer<bora_path_5, bora_web::Method::head>;
static_assert(
#line 19 "tests/golden/routes/routes.toml"
                                bora_check_71
#line 513 "routes.cpp"
, "HEAD /admin needs ::shop::Home::head(), public, returning void or bora::Task<void>");
constexpr bool bora_check_72 = bora_web::build::may_answer<bora_path_5, bora_web::Method::post>;
static_assert(
#line 19 "tests/golden/routes/routes.toml"
                                bora_check_72
#line 519 "routes.cpp"
, "POST /admin needs ::shop::Home::post(), public, returning void or bora::Task<void>");
constexpr bool bora_check_73 = bora_web::build::may_answer<bora_path_5, bora_web::Method::delete_>;
static_assert(
#line 19 "tests/golden/routes/routes.toml"
                                bora_check_73
#line 525 "routes.cpp"
, "DELETE /admin needs ::shop::Home::delete_(), public, returning void or bora::Task<void>");
constexpr bool bora_check_74 = bora_web::build::may_answer<bora_path_5, bora_web::Method::patch>;
static_assert(
#line 19 "tests/golden/routes/routes.toml"
                                bora_check_74
#line 531 "routes.cpp"
, "PATCH /admin needs ::shop::Home::patch(), public, returning void or bora::Task<void>");
constexpr bool bora_check_75 = bora_web::build::may_answer<bora_path_5, bora_web::Method::put>;
static_assert(
#line 19 "tests/golden/routes/routes.toml"
                                bora_check_75
#line 537 "routes.cpp"
, "PUT /admin needs ::shop::Home::put(), public, returning void or bora::Task<void>");
constexpr bool bora_check_76 = bora_web::build::may_answer<bora_path_5, bora_web::Method::options>;
static_assert(
#line 19 "tests/golden/routes/routes.toml"
                                bora_check_76
#line 543 "routes.cpp"
, "OPTIONS /admin needs ::shop::Home::options(), public, returning void or bora::Task<void>");
extern const bora_web::Endpoint bora_endpoint_5;

struct bora_handler_6 {
using type =
#line 30 "tests/golden/routes/routes.toml"
                                         Desk
#line 551 "routes.cpp"
;
};
constexpr bool bora_check_77 = bora_web::build::is_defined<bora_handler_6>;
static_assert(
#line 30 "tests/golden/routes/routes.toml"
                                         bora_check_77
#line 558 "routes.cpp"
, "handler Desk is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_78 = bora_web::build::derives<bora_handler_6>;
static_assert(
#line 30 "tests/golden/routes/routes.toml"
                                         bora_check_78
#line 564 "routes.cpp"
, "handler Desk must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_79 = bora_web::build::is_concrete<bora_handler_6>;
static_assert(
#line 30 "tests/golden/routes/routes.toml"
                                         bora_check_79
#line 570 "routes.cpp"
, "handler Desk is abstract: it must override every pure virtual function");
constexpr bool bora_check_80 = bora_web::build::is_constructible<bora_handler_6>;
static_assert(
#line 30 "tests/golden/routes/routes.toml"
                                         bora_check_80
#line 576 "routes.cpp"
, "handler Desk needs a public default constructor and destructor");
constexpr bool bora_check_81 = bora_web::build::initialize_fits<bora_handler_6>;
static_assert(
#line 30 "tests/golden/routes/routes.toml"
                                         bora_check_81
#line 582 "routes.cpp"
, "Desk::initialize() must be public, take nothing or const Desk::Init& and return void");
constexpr bool bora_check_82 = bora_web::build::prepare_fits<bora_handler_6>;
static_assert(
#line 30 "tests/golden/routes/routes.toml"
                                         bora_check_82
#line 588 "routes.cpp"
, "Desk::prepare() must be public, take nothing and return void or bora::Task<void>");
constexpr bool bora_check_83 = bora_web::build::data_received_fits<bora_handler_6>;
static_assert(
#line 30 "tests/golden/routes/routes.toml"
                                         bora_check_83
#line 594 "routes.cpp"
, "Desk::data_received(std::string_view) must be public and return void or bora::Task<void>, beside a public static constexpr bool stream_request_body = true");
constexpr bool bora_check_84 = bora_web::build::knows_user<bora_handler_6>;
static_assert(
#line 30 "tests/golden/routes/routes.toml"
                                         bora_check_84
#line 600 "routes.cpp"
, "an authenticated route needs Desk::current_user(), public, whose result tells as a condition whether somebody is logged in");
using bora_path_6 = bora_web::build::Path<bora_handler_6, ::std::string_view, ::std::int64_t>;
constexpr bool bora_check_85 = bora_web::build::answers_anything<bora_path_6>;
static_assert(
#line 30 "tests/golden/routes/routes.toml"
                                         bora_check_85
#line 607 "routes.cpp"
, "handler Desk defines no method: it needs get, post or another one");
constexpr bool bora_check_86 = bora_web::build::may_answer<bora_path_6, bora_web::Method::get>;
static_assert(
#line 30 "tests/golden/routes/routes.toml"
                                         bora_check_86
#line 613 "routes.cpp"
, "GET /office/{room}/{n:int}/ needs Desk::get(std::string_view room, std::int64_t n), public, returning void or bora::Task<void>");
constexpr bool bora_check_87 = bora_web::build::may_answer<bora_path_6, bora_web::Method::head>;
static_assert(
#line 30 "tests/golden/routes/routes.toml"
                                         bora_check_87
#line 619 "routes.cpp"
, "HEAD /office/{room}/{n:int}/ needs Desk::head(std::string_view room, std::int64_t n), public, returning void or bora::Task<void>");
constexpr bool bora_check_88 = bora_web::build::may_answer<bora_path_6, bora_web::Method::post>;
static_assert(
#line 30 "tests/golden/routes/routes.toml"
                                         bora_check_88
#line 625 "routes.cpp"
, "POST /office/{room}/{n:int}/ needs Desk::post(std::string_view room, std::int64_t n), public, returning void or bora::Task<void>");
constexpr bool bora_check_89 = bora_web::build::may_answer<bora_path_6, bora_web::Method::delete_>;
static_assert(
#line 30 "tests/golden/routes/routes.toml"
                                         bora_check_89
#line 631 "routes.cpp"
, "DELETE /office/{room}/{n:int}/ needs Desk::delete_(std::string_view room, std::int64_t n), public, returning void or bora::Task<void>");
constexpr bool bora_check_90 = bora_web::build::may_answer<bora_path_6, bora_web::Method::patch>;
static_assert(
#line 30 "tests/golden/routes/routes.toml"
                                         bora_check_90
#line 637 "routes.cpp"
, "PATCH /office/{room}/{n:int}/ needs Desk::patch(std::string_view room, std::int64_t n), public, returning void or bora::Task<void>");
constexpr bool bora_check_91 = bora_web::build::may_answer<bora_path_6, bora_web::Method::put>;
static_assert(
#line 30 "tests/golden/routes/routes.toml"
                                         bora_check_91
#line 643 "routes.cpp"
, "PUT /office/{room}/{n:int}/ needs Desk::put(std::string_view room, std::int64_t n), public, returning void or bora::Task<void>");
constexpr bool bora_check_92 = bora_web::build::may_answer<bora_path_6, bora_web::Method::options>;
static_assert(
#line 30 "tests/golden/routes/routes.toml"
                                         bora_check_92
#line 649 "routes.cpp"
, "OPTIONS /office/{room}/{n:int}/ needs Desk::options(std::string_view room, std::int64_t n), public, returning void or bora::Task<void>");
constexpr bool bora_check_93 = bora_web::build::takes_init<bora_handler_6>;
static_assert(
#line 28 "tests/golden/routes/routes.toml"
         bora_check_93
#line 655 "routes.cpp"
, "init needs Desk::initialize(const Desk::Init&), public, returning void, with struct Init { std::int64_t limit; double rate; bool strict; std::string_view db; }");
struct bora_any_init_6 {
  bora_web::build::Anything limit;
  bora_web::build::Anything rate;
  bora_web::build::Anything strict;
  bora_web::build::Anything db;
};
using bora_init_6 = bora_web::build::InitOf<bora_handler_6, bora_any_init_6>;
bora_init_6 bora_make_init_6() {
  bora_init_6 bora_init{};
  bora_init.
#line 28 "tests/golden/routes/routes.toml"
         limit
#line 669 "routes.cpp"
=
#line 28 "tests/golden/routes/routes.toml"
                 {5}
#line 673 "routes.cpp"
;
  bora_init.
#line 28 "tests/golden/routes/routes.toml"
                    rate
#line 678 "routes.cpp"
=
#line 28 "tests/golden/routes/routes.toml"
                           {0.5}
#line 682 "routes.cpp"
;
  bora_init.
#line 28 "tests/golden/routes/routes.toml"
                                strict
#line 687 "routes.cpp"
=
#line 28 "tests/golden/routes/routes.toml"
                                         {true}
#line 691 "routes.cpp"
;
  constexpr ::std::string_view bora_db =
      ::std::string_view("a\000\"b", 4);
  bora_init.
#line 28 "tests/golden/routes/routes.toml"
                                               db
#line 698 "routes.cpp"
=
#line 28 "tests/golden/routes/routes.toml"
                                                     bora_db
#line 702 "routes.cpp"
;
  return bora_init;
}
void bora_initialize_6(bora_web::RequestHandler& handler) {
  static const bora_init_6 init = bora_make_init_6();
  bora_web::build::initialize<bora_handler_6>(handler, init);
}
extern const bora_web::Endpoint bora_endpoint_6;
using bora_path_7 = bora_web::build::Path<bora_handler_6, ::std::string_view>;
constexpr bool bora_check_94 = bora_web::build::answers<bora_path_7, bora_web::Method::get>;
static_assert(
#line 31 "tests/golden/routes/routes.toml"
                                 bora_check_94
#line 716 "routes.cpp"
, "GET /office/{room}/ needs Desk::get(std::string_view room), public, returning void or bora::Task<void>");
constexpr bool bora_check_95 = bora_web::build::takes_init<bora_handler_6>;
static_assert(
#line 28 "tests/golden/routes/routes.toml"
                    bora_check_95
#line 722 "routes.cpp"
, "init needs Desk::initialize(const Desk::Init&), public, returning void, with struct Init { double rate; bool strict; std::string_view db; std::int64_t limit; std::vector<std::string_view> names; decltype(&hall) place; decltype(&hall) copy; }");
struct bora_any_init_7 {
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
#line 31 "tests/golden/routes/routes.toml"
                                                                                                                                               hall
#line 737 "routes.cpp"
;
};
using bora_init_7 = bora_web::build::InitOf<bora_handler_6, bora_any_init_7>;
bora_init_7 bora_make_init_7() {
  bora_init_7 bora_init{};
  bora_init.
#line 28 "tests/golden/routes/routes.toml"
                    rate
#line 746 "routes.cpp"
=
#line 28 "tests/golden/routes/routes.toml"
                           {0.5}
#line 750 "routes.cpp"
;
  bora_init.
#line 28 "tests/golden/routes/routes.toml"
                                strict
#line 755 "routes.cpp"
=
#line 28 "tests/golden/routes/routes.toml"
                                         {true}
#line 759 "routes.cpp"
;
  constexpr ::std::string_view bora_db =
      ::std::string_view("a\000\"b", 4);
  bora_init.
#line 28 "tests/golden/routes/routes.toml"
                                               db
#line 766 "routes.cpp"
=
#line 28 "tests/golden/routes/routes.toml"
                                                     bora_db
#line 770 "routes.cpp"
;
  bora_init.
#line 31 "tests/golden/routes/routes.toml"
                                                                                           limit
#line 775 "routes.cpp"
=
#line 31 "tests/golden/routes/routes.toml"
                                                                                                   {-1}
#line 779 "routes.cpp"
;
  bora_init.
#line 31 "tests/golden/routes/routes.toml"
                                                                                                       names
#line 784 "routes.cpp"
=
#line 31 "tests/golden/routes/routes.toml"
                                                                                                               {bora_web::build::InitText{::std::string_view("x", 1)}, bora_web::build::InitText{::std::string_view("y", 1)}}
#line 788 "routes.cpp"
;
constexpr bool bora_check_96 = bora_web::build::member_takes_object<bora_object_0, decltype(bora_init)>([](auto& init) -> decltype((init.place)) { return init.place; });
static_assert(
#line 31 "tests/golden/routes/routes.toml"
                                                                                                                                               bora_check_96
#line 794 "routes.cpp"
, "init.place can't point to hall nor take a copy of it: its type must be decltype(&hall)");
  bora_web::build::set_object<bora_object_0>(bora_init.
#line 31 "tests/golden/routes/routes.toml"
                                                                                                                           place
#line 799 "routes.cpp"
);
constexpr bool bora_check_97 = bora_web::build::member_takes_object<bora_object_0, decltype(bora_init)>([](auto& init) -> decltype((init.copy)) { return init.copy; });
static_assert(
#line 31 "tests/golden/routes/routes.toml"
                                                                                                                                                                           bora_check_97
#line 805 "routes.cpp"
, "init.copy can't point to hall nor take a copy of it: its type must be decltype(&hall)");
  bora_web::build::set_object<bora_object_0>(bora_init.
#line 31 "tests/golden/routes/routes.toml"
                                                                                                                                                        copy
#line 810 "routes.cpp"
);
  return bora_init;
}
void bora_initialize_7(bora_web::RequestHandler& handler) {
  static const bora_init_7 init = bora_make_init_7();
  bora_web::build::initialize<bora_handler_6>(handler, init);
}
extern const bora_web::Endpoint bora_endpoint_7;

struct bora_handler_7 {
using type =
#line 7 "tests/golden/routes/api.routes.toml"
                                               ApiUsers
#line 824 "routes.cpp"
;
};
constexpr bool bora_check_98 = bora_web::build::is_defined<bora_handler_7>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_98
#line 831 "routes.cpp"
, "handler ApiUsers is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_99 = bora_web::build::derives<bora_handler_7>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_99
#line 837 "routes.cpp"
, "handler ApiUsers must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_100 = bora_web::build::is_concrete<bora_handler_7>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_100
#line 843 "routes.cpp"
, "handler ApiUsers is abstract: it must override every pure virtual function");
constexpr bool bora_check_101 = bora_web::build::is_constructible<bora_handler_7>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_101
#line 849 "routes.cpp"
, "handler ApiUsers needs a public default constructor and destructor");
constexpr bool bora_check_102 = bora_web::build::initialize_fits<bora_handler_7>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_102
#line 855 "routes.cpp"
, "ApiUsers::initialize() must be public, take nothing or const ApiUsers::Init& and return void");
constexpr bool bora_check_103 = bora_web::build::prepare_fits<bora_handler_7>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_103
#line 861 "routes.cpp"
, "ApiUsers::prepare() must be public, take nothing and return void or bora::Task<void>");
constexpr bool bora_check_104 = bora_web::build::data_received_fits<bora_handler_7>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_104
#line 867 "routes.cpp"
, "ApiUsers::data_received(std::string_view) must be public and return void or bora::Task<void>, beside a public static constexpr bool stream_request_body = true");
using bora_path_8 = bora_web::build::Path<bora_handler_7, ::std::string_view, ::std::int64_t>;
constexpr bool bora_check_105 = bora_web::build::answers_anything<bora_path_8>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_105
#line 874 "routes.cpp"
, "handler ApiUsers defines no method: it needs get, post or another one");
constexpr bool bora_check_106 = bora_web::build::may_answer<bora_path_8, bora_web::Method::get>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_106
#line 880 "routes.cpp"
, "GET {tenant}.example.com/users/{id:int} needs ApiUsers::get(std::string_view tenant, std::int64_t id), public, returning void or bora::Task<void>");
constexpr bool bora_check_107 = bora_web::build::may_answer<bora_path_8, bora_web::Method::head>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_107
#line 886 "routes.cpp"
, "HEAD {tenant}.example.com/users/{id:int} needs ApiUsers::head(std::string_view tenant, std::int64_t id), public, returning void or bora::Task<void>");
constexpr bool bora_check_108 = bora_web::build::may_answer<bora_path_8, bora_web::Method::post>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_108
#line 892 "routes.cpp"
, "POST {tenant}.example.com/users/{id:int} needs ApiUsers::post(std::string_view tenant, std::int64_t id), public, returning void or bora::Task<void>");
constexpr bool bora_check_109 = bora_web::build::may_answer<bora_path_8, bora_web::Method::delete_>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_109
#line 898 "routes.cpp"
, "DELETE {tenant}.example.com/users/{id:int} needs ApiUsers::delete_(std::string_view tenant, std::int64_t id), public, returning void or bora::Task<void>");
constexpr bool bora_check_110 = bora_web::build::may_answer<bora_path_8, bora_web::Method::patch>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_110
#line 904 "routes.cpp"
, "PATCH {tenant}.example.com/users/{id:int} needs ApiUsers::patch(std::string_view tenant, std::int64_t id), public, returning void or bora::Task<void>");
constexpr bool bora_check_111 = bora_web::build::may_answer<bora_path_8, bora_web::Method::put>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_111
#line 910 "routes.cpp"
, "PUT {tenant}.example.com/users/{id:int} needs ApiUsers::put(std::string_view tenant, std::int64_t id), public, returning void or bora::Task<void>");
constexpr bool bora_check_112 = bora_web::build::may_answer<bora_path_8, bora_web::Method::options>;
static_assert(
#line 7 "tests/golden/routes/api.routes.toml"
                                               bora_check_112
#line 916 "routes.cpp"
, "OPTIONS {tenant}.example.com/users/{id:int} needs ApiUsers::options(std::string_view tenant, std::int64_t id), public, returning void or bora::Task<void>");
extern const bora_web::Endpoint bora_endpoint_8;

struct bora_handler_8 {
using type =
#line 8 "tests/golden/routes/api.routes.toml"
                                 ApiHome
#line 924 "routes.cpp"
;
};
constexpr bool bora_check_113 = bora_web::build::is_defined<bora_handler_8>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_113
#line 931 "routes.cpp"
, "handler ApiHome is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_114 = bora_web::build::derives<bora_handler_8>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_114
#line 937 "routes.cpp"
, "handler ApiHome must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_115 = bora_web::build::is_concrete<bora_handler_8>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_115
#line 943 "routes.cpp"
, "handler ApiHome is abstract: it must override every pure virtual function");
constexpr bool bora_check_116 = bora_web::build::is_constructible<bora_handler_8>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_116
#line 949 "routes.cpp"
, "handler ApiHome needs a public default constructor and destructor");
constexpr bool bora_check_117 = bora_web::build::initialize_fits<bora_handler_8>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_117
#line 955 "routes.cpp"
, "ApiHome::initialize() must be public, take nothing or const ApiHome::Init& and return void");
constexpr bool bora_check_118 = bora_web::build::prepare_fits<bora_handler_8>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_118
#line 961 "routes.cpp"
, "ApiHome::prepare() must be public, take nothing and return void or bora::Task<void>");
constexpr bool bora_check_119 = bora_web::build::data_received_fits<bora_handler_8>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_119
#line 967 "routes.cpp"
, "ApiHome::data_received(std::string_view) must be public and return void or bora::Task<void>, beside a public static constexpr bool stream_request_body = true");
using bora_path_9 = bora_web::build::Path<bora_handler_8, ::std::string_view>;
constexpr bool bora_check_120 = bora_web::build::answers_anything<bora_path_9>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_120
#line 974 "routes.cpp"
, "handler ApiHome defines no method: it needs get, post or another one");
constexpr bool bora_check_121 = bora_web::build::may_answer<bora_path_9, bora_web::Method::get>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_121
#line 980 "routes.cpp"
, "GET {tenant}.example.com/ needs ApiHome::get(std::string_view tenant), public, returning void or bora::Task<void>");
constexpr bool bora_check_122 = bora_web::build::may_answer<bora_path_9, bora_web::Method::head>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_122
#line 986 "routes.cpp"
, "HEAD {tenant}.example.com/ needs ApiHome::head(std::string_view tenant), public, returning void or bora::Task<void>");
constexpr bool bora_check_123 = bora_web::build::may_answer<bora_path_9, bora_web::Method::post>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_123
#line 992 "routes.cpp"
, "POST {tenant}.example.com/ needs ApiHome::post(std::string_view tenant), public, returning void or bora::Task<void>");
constexpr bool bora_check_124 = bora_web::build::may_answer<bora_path_9, bora_web::Method::delete_>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_124
#line 998 "routes.cpp"
, "DELETE {tenant}.example.com/ needs ApiHome::delete_(std::string_view tenant), public, returning void or bora::Task<void>");
constexpr bool bora_check_125 = bora_web::build::may_answer<bora_path_9, bora_web::Method::patch>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_125
#line 1004 "routes.cpp"
, "PATCH {tenant}.example.com/ needs ApiHome::patch(std::string_view tenant), public, returning void or bora::Task<void>");
constexpr bool bora_check_126 = bora_web::build::may_answer<bora_path_9, bora_web::Method::put>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_126
#line 1010 "routes.cpp"
, "PUT {tenant}.example.com/ needs ApiHome::put(std::string_view tenant), public, returning void or bora::Task<void>");
constexpr bool bora_check_127 = bora_web::build::may_answer<bora_path_9, bora_web::Method::options>;
static_assert(
#line 8 "tests/golden/routes/api.routes.toml"
                                 bora_check_127
#line 1016 "routes.cpp"
, "OPTIONS {tenant}.example.com/ needs ApiHome::options(std::string_view tenant), public, returning void or bora::Task<void>");
extern const bora_web::Endpoint bora_endpoint_9;
using bora_path_10 = bora_web::build::Path<bora_handler_8>;
constexpr bool bora_check_128 = bora_web::build::answers_anything<bora_path_10>;
static_assert(
#line 13 "tests/golden/routes/api.routes.toml"
                                 bora_check_128
#line 1024 "routes.cpp"
, "handler ApiHome defines no method: it needs get, post or another one");
constexpr bool bora_check_129 = bora_web::build::may_answer<bora_path_10, bora_web::Method::get>;
static_assert(
#line 13 "tests/golden/routes/api.routes.toml"
                                 bora_check_129
#line 1030 "routes.cpp"
, "GET www.example.com/ needs ApiHome::get(), public, returning void or bora::Task<void>");
constexpr bool bora_check_130 = bora_web::build::may_answer<bora_path_10, bora_web::Method::head>;
static_assert(
#line 13 "tests/golden/routes/api.routes.toml"
                                 bora_check_130
#line 1036 "routes.cpp"
, "HEAD www.example.com/ needs ApiHome::head(), public, returning void or bora::Task<void>");
constexpr bool bora_check_131 = bora_web::build::may_answer<bora_path_10, bora_web::Method::post>;
static_assert(
#line 13 "tests/golden/routes/api.routes.toml"
                                 bora_check_131
#line 1042 "routes.cpp"
, "POST www.example.com/ needs ApiHome::post(), public, returning void or bora::Task<void>");
constexpr bool bora_check_132 = bora_web::build::may_answer<bora_path_10, bora_web::Method::delete_>;
static_assert(
#line 13 "tests/golden/routes/api.routes.toml"
                                 bora_check_132
#line 1048 "routes.cpp"
, "DELETE www.example.com/ needs ApiHome::delete_(), public, returning void or bora::Task<void>");
constexpr bool bora_check_133 = bora_web::build::may_answer<bora_path_10, bora_web::Method::patch>;
static_assert(
#line 13 "tests/golden/routes/api.routes.toml"
                                 bora_check_133
#line 1054 "routes.cpp"
, "PATCH www.example.com/ needs ApiHome::patch(), public, returning void or bora::Task<void>");
constexpr bool bora_check_134 = bora_web::build::may_answer<bora_path_10, bora_web::Method::put>;
static_assert(
#line 13 "tests/golden/routes/api.routes.toml"
                                 bora_check_134
#line 1060 "routes.cpp"
, "PUT www.example.com/ needs ApiHome::put(), public, returning void or bora::Task<void>");
constexpr bool bora_check_135 = bora_web::build::may_answer<bora_path_10, bora_web::Method::options>;
static_assert(
#line 13 "tests/golden/routes/api.routes.toml"
                                 bora_check_135
#line 1066 "routes.cpp"
, "OPTIONS www.example.com/ needs ApiHome::options(), public, returning void or bora::Task<void>");
extern const bora_web::Endpoint bora_endpoint_10;

struct bora_handler_9 {
using type =
#line 6 "tests/golden/routes/routes.toml"
                 NotFound
#line 1074 "routes.cpp"
;
};
constexpr bool bora_check_136 = bora_web::build::is_defined<bora_handler_9>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                 bora_check_136
#line 1081 "routes.cpp"
, "handler NotFound is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_137 = bora_web::build::derives<bora_handler_9>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                 bora_check_137
#line 1087 "routes.cpp"
, "handler NotFound must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_138 = bora_web::build::is_concrete<bora_handler_9>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                 bora_check_138
#line 1093 "routes.cpp"
, "handler NotFound is abstract: it must override every pure virtual function");
constexpr bool bora_check_139 = bora_web::build::is_constructible<bora_handler_9>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                 bora_check_139
#line 1099 "routes.cpp"
, "handler NotFound needs a public default constructor and destructor");
constexpr bool bora_check_140 = bora_web::build::initialize_fits<bora_handler_9>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                 bora_check_140
#line 1105 "routes.cpp"
, "NotFound::initialize() must be public, take nothing or const NotFound::Init& and return void");
constexpr bool bora_check_141 = bora_web::build::prepare_fits<bora_handler_9>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                 bora_check_141
#line 1111 "routes.cpp"
, "NotFound::prepare() must be public, take nothing and return void or bora::Task<void>");
constexpr bool bora_check_142 = bora_web::build::data_received_fits<bora_handler_9>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                 bora_check_142
#line 1117 "routes.cpp"
, "NotFound::data_received(std::string_view) must be public and return void or bora::Task<void>, beside a public static constexpr bool stream_request_body = true");
constexpr bora_web::Endpoint bora_error_endpoint = bora_web::build::endpoint<
    bora_web::build::Path<bora_handler_9>, 127>();
constexpr bora_web::StaticMount bora_mount_10 = {{"/static/", 8}, {"static", 6}, {"index.html", 10}};
constexpr bora_web::Redirect bora_redirect_11 = {{"/entry/{0}", 10}, true};
constexpr bora_web::Redirect bora_redirect_15 = {{"//{0}.example.com/", 18}, false};
constexpr bora_web::Redirect bora_redirect_16 = {{"/office/{0}/{1}/", 16}, true, true};
constexpr bora_web::Redirect bora_redirect_17 = {{"/office/{0}/", 12}, true, true};
struct bora_filter_0 {
static constexpr auto& function =
#line 27 "tests/golden/routes/routes.toml"
            note
#line 1130 "routes.cpp"
;
};
constexpr bool bora_check_143 = bora_web::build::is_filter<bora_filter_0>;
static_assert(
#line 27 "tests/golden/routes/routes.toml"
            bora_check_143
#line 1137 "routes.cpp"
, "filter note must take a bora::web::RequestHandler& and return void or bora::Task<void>");
struct bora_filter_1 {
static constexpr auto& function =
#line 27 "tests/golden/routes/routes.toml"
                    desk::open
#line 1143 "routes.cpp"
;
};
constexpr bool bora_check_144 = bora_web::build::is_filter<bora_filter_1>;
static_assert(
#line 27 "tests/golden/routes/routes.toml"
                    bora_check_144
#line 1150 "routes.cpp"
, "filter desk::open must take a bora::web::RequestHandler& and return void or bora::Task<void>");
struct bora_filter_2 {
static constexpr auto& function =
#line 31 "tests/golden/routes/routes.toml"
                                                                                                                                                                                                  stop
#line 1156 "routes.cpp"
;
};
constexpr bool bora_check_145 = bora_web::build::is_filter<bora_filter_2>;
static_assert(
#line 31 "tests/golden/routes/routes.toml"
                                                                                                                                                                                                  bora_check_145
#line 1163 "routes.cpp"
, "filter stop must take a bora::web::RequestHandler& and return void or bora::Task<void>");
struct bora_filter_3 {
using type =
#line 31 "tests/golden/routes/routes.toml"
                                                                                                                                                                                                                     desk::Limit
#line 1169 "routes.cpp"
;
};
constexpr bool bora_check_146 = bora_web::build::is_filter_class<bora_filter_3>;
static_assert(
#line 31 "tests/golden/routes/routes.toml"
                                                                                                                                                                                                                     bora_check_146
#line 1176 "routes.cpp"
, "objects of the filter desk::Limit must be callable with a bora::web::RequestHandler& and return void or bora::Task<void>");
constexpr bool bora_check_147 = bora_web::build::takes_options<bora_filter_3>;
static_assert(
#line 31 "tests/golden/routes/routes.toml"
                                                                                                                                                                                                                     bora_check_147
#line 1182 "routes.cpp"
, "the filter desk::Limit needs a struct Options and a constructor that takes it");
struct bora_any_options_3 {
  bora_web::build::Anything rate;
  bora_web::build::Anything names;
};
using bora_options_3 = bora_web::build::OptionsOf<bora_filter_3, bora_any_options_3>;
bora_options_3 bora_make_options_3() {
  bora_options_3 bora_init{};
  bora_init.
#line 31 "tests/golden/routes/routes.toml"
                                                                                                                                                                                                                                   rate
#line 1194 "routes.cpp"
=
#line 31 "tests/golden/routes/routes.toml"
                                                                                                                                                                                                                                          {5}
#line 1198 "routes.cpp"
;
  bora_init.
#line 31 "tests/golden/routes/routes.toml"
                                                                                                                                                                                                                                             names
#line 1203 "routes.cpp"
=
#line 31 "tests/golden/routes/routes.toml"
                                                                                                                                                                                                                                                     {bora_web::build::InitText{::std::string_view("a", 1)}}
#line 1207 "routes.cpp"
;
  return bora_init;
}
constexpr bora_web::Filter bora_filters_8[] = {&bora_web::build::filter<bora_filter_0>, &bora_web::build::filter<bora_filter_1>};
constexpr bora_web::RouteRules bora_rules_8 = {{"", 0}, bora_filters_8, &bora_web::build::has_user<bora_handler_6>};
constexpr bora_web::Filter bora_filters_9[] = {&bora_web::build::filter<bora_filter_0>, &bora_web::build::filter<bora_filter_1>, &bora_web::build::filter<bora_filter_2>, bora_web::build::own_filter<bora_filter_3, &bora_make_options_3>()};
constexpr bora_web::RouteRules bora_rules_9 = {{"", 0}, bora_filters_9, nullptr};
constexpr bora_web::RouteRules bora_rules_12 = {{"{tenant}.example.com", 20}, {}, nullptr};
constexpr bora_web::RouteRules bora_rules_13 = {{"{tenant}.example.com", 20}, {}, nullptr};
constexpr bora_web::RouteRules bora_rules_14 = {{"www.example.com", 15}, {}, nullptr};
constexpr bora_web::RouteRules bora_rules_15 = {{"www.example.com", 15}, {}, nullptr};
constexpr bora_web::Filter bora_filters_16[] = {&bora_web::build::filter<bora_filter_0>, &bora_web::build::filter<bora_filter_1>};
constexpr bora_web::RouteRules bora_rules_16 = {{"", 0}, bora_filters_16, nullptr};
constexpr bora_web::Filter bora_filters_17[] = {&bora_web::build::filter<bora_filter_0>, &bora_web::build::filter<bora_filter_1>, &bora_web::build::filter<bora_filter_2>, bora_web::build::own_filter<bora_filter_3, &bora_make_options_3>()};
constexpr bora_web::RouteRules bora_rules_17 = {{"", 0}, bora_filters_17, nullptr};

constexpr bora_web::Route bora_routes[18] = {
  {{"home", 4}, {"/", 1}, &bora_endpoint_0, nullptr, nullptr, nullptr},
  {{"entry", 5}, {"/entry/{slug}", 13}, &bora_endpoint_1, nullptr, nullptr, nullptr},
  {{"post", 4}, {"/users/{id:int}/posts/{n:int}", 29}, &bora_endpoint_2, nullptr, nullptr, &bora_routes[3]},
  {{"put", 3}, {"/users/{id:int}/posts/{m:int}", 29}, &bora_endpoint_3, nullptr, nullptr, nullptr},
  {{"files", 5}, {"/caf\303\251/{class:path}", 19}, &bora_endpoint_4, nullptr, nullptr, nullptr},
  {{"again", 5}, {"/again/{slug}", 13}, &bora_endpoint_1, nullptr, nullptr, nullptr},
  {{"admin.index", 11}, {"/admin", 6}, &bora_endpoint_5, nullptr, nullptr, nullptr},
  {{"admin.user", 10}, {"/admin/users/{std}", 18}, &bora_endpoint_1, nullptr, nullptr, nullptr},
  {{"staff.desk", 10}, {"/office/{room}/{n:int}/", 23}, &bora_endpoint_6, nullptr, nullptr, nullptr, &bora_rules_8},
  {{"staff.door", 10}, {"/office/{room}/", 15}, &bora_endpoint_7, nullptr, nullptr, nullptr, &bora_rules_9},
  {{"assets", 6}, {"/static/{path:path}", 19}, nullptr, &bora_mount_10, nullptr, nullptr},
  {{"old", 3}, {"/old/{slug}", 11}, nullptr, nullptr, &bora_redirect_11, nullptr},
  {{"api.users", 9}, {"/users/{id:int}", 15}, &bora_endpoint_8, nullptr, nullptr, nullptr, &bora_rules_12},
  {{"api.home", 8}, {"/", 1}, &bora_endpoint_9, nullptr, nullptr, nullptr, &bora_rules_13},
  {{"www.home", 8}, {"/", 1}, &bora_endpoint_10, nullptr, nullptr, nullptr, &bora_rules_14},
  {{"www.api", 7}, {"/api/{tenant}", 13}, nullptr, nullptr, &bora_redirect_15, nullptr, &bora_rules_15},
  {{"", 0}, {"/office/{room}/{n:int}", 22}, nullptr, nullptr, &bora_redirect_16, nullptr, &bora_rules_16},
  {{"", 0}, {"/office/{room}", 14}, nullptr, nullptr, &bora_redirect_17, nullptr, &bora_rules_17},
};

constexpr ::std::uint64_t bora_words_of_host_0[] = {
  1238699086033U, 0U, 64424509440U, 0U, 6910049U, 0U, 34359738371U, 0U,
  137438953473U, 0U, 0U, 9223372105574252544U,
};
constexpr char bora_texts_of_host_0[] = "";
constexpr unsigned char bora_automata_of_host_0[] = {
  0,
};
constexpr bora_web::detail::RouteTables bora_tables_of_host_0 = {bora_words_of_host_0, bora_texts_of_host_0, bora_automata_of_host_0, nullptr};
constexpr bora_web::RouteTable bora_table_of_host_0({bora_routes, 18}, bora_tables_of_host_0);

constexpr ::std::uint64_t bora_words_of_host_1[] = {
  1238699086033U, 0U, 60129542144U, 0U, 495840490357U, 0U, 34359738373U, 0U,
  72057731476881409U, 9223372092689350658U, 0U, 0U,
};
constexpr char bora_texts_of_host_1[] = "";
constexpr unsigned char bora_automata_of_host_1[] = {
  0,
};
constexpr bora_web::detail::RouteTables bora_tables_of_host_1 = {bora_words_of_host_1, bora_texts_of_host_1, bora_automata_of_host_1, nullptr};
constexpr bora_web::RouteTable bora_table_of_host_1({bora_routes, 18}, bora_tables_of_host_1);

constexpr ::std::uint64_t bora_words[] = {
  1220485635497U, 0U, 4294967296U, 0U, 109304575259763U, 0U, 412316860422U, 0U,
  0U, 0U, 0U, 0U, 0U, 474214393697U, 0U, 292057776133U,
  0U, 0U, 0U, 4694214550086902115U, 4125619635748169313U, 309237645321U, 0U, 0U,
  0U, 0U, 0U, 0U, 495840490357U, 0U, 429496729605U, 0U,
  0U, 0U, 111477644486255U, 0U, 343597383686U, 474215179361U, 0U, 240518168581U,
  0U, 0U, 0U, 521611275877U, 0U, 326417514501U, 0U, 0U,
  0U, 6581359U, 0U, 395136991235U, 0U, 0U, 0U, 0U,
  1238699086033U, 0U, 7U, 0U, 495840490357U, 0U, 274877906949U, 0U,
  137438953473U, 0U, 0U, 9223372071214514176U, 137438953473U, 0U, 0U, 9223372062624579584U,
  137438953473U, 0U, 0U, 5U, 137438953473U, 0U, 0U, 9223372045444710400U,
  137438953473U, 0U, 0U, 360777252864U, 72057731476881409U, 377957122050U, 42949672978U, 0U,
  137438953473U, 0U, 38654705681U, 0U, 137438953473U, 0U, 0U, 9223372088394383360U,
  137438953473U, 0U, 0U, 11U, 72057731476881409U, 446676598786U, 0U, 0U,
  1238699086033U, 0U, 0U, 0U, 495874961264U, 0U, 481036337157U, 0U,
  72057731476881409U, 9223372049739677698U, 0U, 0U,
};
constexpr char bora_texts[] = "";
constexpr unsigned char bora_automata[] = {
  0,
};
constexpr bora_web::detail::RouteTables bora_tables = {bora_words, bora_texts, bora_automata, nullptr};

constexpr bora_web::HostRoutes bora_hosts[] = {
  {{"www.example.com", 15}, &bora_table_of_host_0},
  {{"{tenant}.example.com", 20}, &bora_table_of_host_1},
};

constexpr bora_web::Endpoint bora_endpoint_0 = bora_web::build::endpoint<bora_path_0, 127>();
constexpr bora_web::Endpoint bora_endpoint_1 = bora_web::build::endpoint<bora_path_1, 127>();
constexpr bora_web::Endpoint bora_endpoint_2 = bora_web::build::endpoint<bora_path_2, 5>();
constexpr bora_web::Endpoint bora_endpoint_3 = bora_web::build::endpoint<bora_path_3, 32>();
constexpr bora_web::Endpoint bora_endpoint_4 = bora_web::build::endpoint<bora_path_4, 127>();
constexpr bora_web::Endpoint bora_endpoint_5 = bora_web::build::endpoint<bora_path_5, 127>();
constexpr bora_web::Endpoint bora_endpoint_6 = bora_web::build::endpoint<bora_path_6, 127>(&bora_initialize_6);
constexpr bora_web::Endpoint bora_endpoint_7 = bora_web::build::endpoint<bora_path_7, 1>(&bora_initialize_7);
constexpr bora_web::Endpoint bora_endpoint_8 = bora_web::build::endpoint<bora_path_8, 127>();
constexpr bora_web::Endpoint bora_endpoint_9 = bora_web::build::endpoint<bora_path_9, 127>();
constexpr bora_web::Endpoint bora_endpoint_10 = bora_web::build::endpoint<bora_path_10, 127>();

}  // namespace
}  // namespace shop

const ::bora::web::RouteTable routes::table({::shop::bora_routes, 18}, ::shop::bora_tables, ::shop::bora_hosts, &::shop::bora_error_endpoint);
