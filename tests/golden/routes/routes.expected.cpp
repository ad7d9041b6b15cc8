// Made by bora from "tests/golden/routes/routes.toml": changes here are lost.
#define BORA_GENERATED_CONTRACT 2
#include <bora/generated_routes.h>

#include "routes.h"
#line 2 "tests/golden/routes/routes.toml"
#include \
       "handlers.h"
#line 10 "routes.cpp"

namespace bora_app =
#line 2 "tests/golden/routes/routes.toml"
             shop
#line 15 "routes.cpp"
;
namespace shop {
namespace {

namespace bora_web = ::bora::web;

struct bora_handler_0 {
using type =
#line 6 "tests/golden/routes/routes.toml"
                                 Home
#line 26 "routes.cpp"
;
};
constexpr bool bora_check_0 = bora_web::build::is_defined<bora_handler_0>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                                 bora_check_0
#line 33 "routes.cpp"
, "handler Home is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_1 = bora_web::build::derives<bora_handler_0>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                                 bora_check_1
#line 39 "routes.cpp"
, "handler Home must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_2 = bora_web::build::is_concrete<bora_handler_0>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                                 bora_check_2
#line 45 "routes.cpp"
, "handler Home is abstract: it must override every pure virtual function");
constexpr bool bora_check_3 = bora_web::build::is_constructible<bora_handler_0>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                                 bora_check_3
#line 51 "routes.cpp"
, "handler Home needs a public default constructor and destructor");
constexpr bool bora_check_4 = bora_web::build::initialize_fits<bora_handler_0>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                                 bora_check_4
#line 57 "routes.cpp"
, "Home::initialize() must be public, take nothing and return void");
constexpr bool bora_check_5 = bora_web::build::prepare_fits<bora_handler_0>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                                 bora_check_5
#line 63 "routes.cpp"
, "Home::prepare() must be public, take nothing and return void or bora::Task<void>");
using bora_path_0 = bora_web::build::Path<bora_handler_0>;
constexpr bool bora_check_6 = bora_web::build::answers_anything<bora_path_0>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                                 bora_check_6
#line 70 "routes.cpp"
, "handler Home defines no method: it needs get, post or another one");
constexpr bool bora_check_7 = bora_web::build::may_answer<bora_path_0, bora_web::Method::get>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                                 bora_check_7
#line 76 "routes.cpp"
, "GET / needs Home::get(), public, returning void or bora::Task<void>");
constexpr bool bora_check_8 = bora_web::build::may_answer<bora_path_0, bora_web::Method::head>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                                 bora_check_8
#line 82 "routes.cpp"
, "HEAD / needs Home::head(), public, returning void or bora::Task<void>");
constexpr bool bora_check_9 = bora_web::build::may_answer<bora_path_0, bora_web::Method::post>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                                 bora_check_9
#line 88 "routes.cpp"
, "POST / needs Home::post(), public, returning void or bora::Task<void>");
constexpr bool bora_check_10 = bora_web::build::may_answer<bora_path_0, bora_web::Method::delete_>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                                 bora_check_10
#line 94 "routes.cpp"
, "DELETE / needs Home::delete_(), public, returning void or bora::Task<void>");
constexpr bool bora_check_11 = bora_web::build::may_answer<bora_path_0, bora_web::Method::patch>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                                 bora_check_11
#line 100 "routes.cpp"
, "PATCH / needs Home::patch(), public, returning void or bora::Task<void>");
constexpr bool bora_check_12 = bora_web::build::may_answer<bora_path_0, bora_web::Method::put>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                                 bora_check_12
#line 106 "routes.cpp"
, "PUT / needs Home::put(), public, returning void or bora::Task<void>");
constexpr bool bora_check_13 = bora_web::build::may_answer<bora_path_0, bora_web::Method::options>;
static_assert(
#line 6 "tests/golden/routes/routes.toml"
                                 bora_check_13
#line 112 "routes.cpp"
, "OPTIONS / needs Home::options(), public, returning void or bora::Task<void>");
constexpr bora_web::Endpoint bora_object_0 = bora_web::build::endpoint<bora_path_0, 127>();
constexpr const bora_web::Endpoint* bora_endpoint_0 = &bora_object_0;

struct bora_handler_1 {
using type =
#line 7 "tests/golden/routes/routes.toml"
                                             blog::Entry
#line 121 "routes.cpp"
;
};
constexpr bool bora_check_14 = bora_web::build::is_defined<bora_handler_1>;
static_assert(
#line 7 "tests/golden/routes/routes.toml"
                                             bora_check_14
#line 128 "routes.cpp"
, "handler blog::Entry is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_15 = bora_web::build::derives<bora_handler_1>;
static_assert(
#line 7 "tests/golden/routes/routes.toml"
                                             bora_check_15
#line 134 "routes.cpp"
, "handler blog::Entry must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_16 = bora_web::build::is_concrete<bora_handler_1>;
static_assert(
#line 7 "tests/golden/routes/routes.toml"
                                             bora_check_16
#line 140 "routes.cpp"
, "handler blog::Entry is abstract: it must override every pure virtual function");
constexpr bool bora_check_17 = bora_web::build::is_constructible<bora_handler_1>;
static_assert(
#line 7 "tests/golden/routes/routes.toml"
                                             bora_check_17
#line 146 "routes.cpp"
, "handler blog::Entry needs a public default constructor and destructor");
constexpr bool bora_check_18 = bora_web::build::initialize_fits<bora_handler_1>;
static_assert(
#line 7 "tests/golden/routes/routes.toml"
                                             bora_check_18
#line 152 "routes.cpp"
, "blog::Entry::initialize() must be public, take nothing and return void");
constexpr bool bora_check_19 = bora_web::build::prepare_fits<bora_handler_1>;
static_assert(
#line 7 "tests/golden/routes/routes.toml"
                                             bora_check_19
#line 158 "routes.cpp"
, "blog::Entry::prepare() must be public, take nothing and return void or bora::Task<void>");
using bora_path_1 = bora_web::build::Path<bora_handler_1, ::std::string_view>;
constexpr bool bora_check_20 = bora_web::build::answers_anything<bora_path_1>;
static_assert(
#line 7 "tests/golden/routes/routes.toml"
                                             bora_check_20
#line 165 "routes.cpp"
, "handler blog::Entry defines no method: it needs get, post or another one");
constexpr bool bora_check_21 = bora_web::build::may_answer<bora_path_1, bora_web::Method::get>;
static_assert(
#line 7 "tests/golden/routes/routes.toml"
                                             bora_check_21
#line 171 "routes.cpp"
, "GET /entry/{slug} needs blog::Entry::get(std::string_view slug), public, returning void or bora::Task<void>");
constexpr bool bora_check_22 = bora_web::build::may_answer<bora_path_1, bora_web::Method::head>;
static_assert(
#line 7 "tests/golden/routes/routes.toml"
                                             bora_check_22
#line 177 "routes.cpp"
, "HEAD /entry/{slug} needs blog::Entry::head(std::string_view slug), public, returning void or bora::Task<void>");
constexpr bool bora_check_23 = bora_web::build::may_answer<bora_path_1, bora_web::Method::post>;
static_assert(
#line 7 "tests/golden/routes/routes.toml"
                                             bora_check_23
#line 183 "routes.cpp"
, "POST /entry/{slug} needs blog::Entry::post(std::string_view slug), public, returning void or bora::Task<void>");
constexpr bool bora_check_24 = bora_web::build::may_answer<bora_path_1, bora_web::Method::delete_>;
static_assert(
#line 7 "tests/golden/routes/routes.toml"
                                             bora_check_24
#line 189 "routes.cpp"
, "DELETE /entry/{slug} needs blog::Entry::delete_(std::string_view slug), public, returning void or bora::Task<void>");
constexpr bool bora_check_25 = bora_web::build::may_answer<bora_path_1, bora_web::Method::patch>;
static_assert(
#line 7 "tests/golden/routes/routes.toml"
                                             bora_check_25
#line 195 "routes.cpp"
, "PATCH /entry/{slug} needs blog::Entry::patch(std::string_view slug), public, returning void or bora::Task<void>");
constexpr bool bora_check_26 = bora_web::build::may_answer<bora_path_1, bora_web::Method::put>;
static_assert(
#line 7 "tests/golden/routes/routes.toml"
                                             bora_check_26
#line 201 "routes.cpp"
, "PUT /entry/{slug} needs blog::Entry::put(std::string_view slug), public, returning void or bora::Task<void>");
constexpr bool bora_check_27 = bora_web::build::may_answer<bora_path_1, bora_web::Method::options>;
static_assert(
#line 7 "tests/golden/routes/routes.toml"
                                             bora_check_27
#line 207 "routes.cpp"
, "OPTIONS /entry/{slug} needs blog::Entry::options(std::string_view slug), public, returning void or bora::Task<void>");
constexpr bora_web::Endpoint bora_object_1 = bora_web::build::endpoint<bora_path_1, 127>();
constexpr const bora_web::Endpoint* bora_endpoint_1 = &bora_object_1;

struct bora_handler_2 {
using type =
#line 8 "tests/golden/routes/routes.toml"
                                                             UserPost
#line 216 "routes.cpp"
;
};
constexpr bool bora_check_28 = bora_web::build::is_defined<bora_handler_2>;
static_assert(
#line 8 "tests/golden/routes/routes.toml"
                                                             bora_check_28
#line 223 "routes.cpp"
, "handler UserPost is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_29 = bora_web::build::derives<bora_handler_2>;
static_assert(
#line 8 "tests/golden/routes/routes.toml"
                                                             bora_check_29
#line 229 "routes.cpp"
, "handler UserPost must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_30 = bora_web::build::is_concrete<bora_handler_2>;
static_assert(
#line 8 "tests/golden/routes/routes.toml"
                                                             bora_check_30
#line 235 "routes.cpp"
, "handler UserPost is abstract: it must override every pure virtual function");
constexpr bool bora_check_31 = bora_web::build::is_constructible<bora_handler_2>;
static_assert(
#line 8 "tests/golden/routes/routes.toml"
                                                             bora_check_31
#line 241 "routes.cpp"
, "handler UserPost needs a public default constructor and destructor");
constexpr bool bora_check_32 = bora_web::build::initialize_fits<bora_handler_2>;
static_assert(
#line 8 "tests/golden/routes/routes.toml"
                                                             bora_check_32
#line 247 "routes.cpp"
, "UserPost::initialize() must be public, take nothing and return void");
constexpr bool bora_check_33 = bora_web::build::prepare_fits<bora_handler_2>;
static_assert(
#line 8 "tests/golden/routes/routes.toml"
                                                             bora_check_33
#line 253 "routes.cpp"
, "UserPost::prepare() must be public, take nothing and return void or bora::Task<void>");
using bora_path_2 = bora_web::build::Path<bora_handler_2, ::std::int64_t, ::std::int64_t>;
constexpr bool bora_check_34 = bora_web::build::answers<bora_path_2, bora_web::Method::get>;
static_assert(
#line 8 "tests/golden/routes/routes.toml"
                                                             bora_check_34
#line 260 "routes.cpp"
, "GET /users/{id:int}/posts/{n:int} needs UserPost::get(std::int64_t id, std::int64_t n), public, returning void or bora::Task<void>");
constexpr bool bora_check_35 = bora_web::build::answers<bora_path_2, bora_web::Method::post>;
static_assert(
#line 8 "tests/golden/routes/routes.toml"
                                                             bora_check_35
#line 266 "routes.cpp"
, "POST /users/{id:int}/posts/{n:int} needs UserPost::post(std::int64_t id, std::int64_t n), public, returning void or bora::Task<void>");
constexpr bora_web::Endpoint bora_object_2 = bora_web::build::endpoint<bora_path_2, 5>();
constexpr const bora_web::Endpoint* bora_endpoint_2 = &bora_object_2;

struct bora_handler_3 {
using type =
#line 9 "tests/golden/routes/routes.toml"
                                                             UserPut
#line 275 "routes.cpp"
;
};
constexpr bool bora_check_36 = bora_web::build::is_defined<bora_handler_3>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                                             bora_check_36
#line 282 "routes.cpp"
, "handler UserPut is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_37 = bora_web::build::derives<bora_handler_3>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                                             bora_check_37
#line 288 "routes.cpp"
, "handler UserPut must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_38 = bora_web::build::is_concrete<bora_handler_3>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                                             bora_check_38
#line 294 "routes.cpp"
, "handler UserPut is abstract: it must override every pure virtual function");
constexpr bool bora_check_39 = bora_web::build::is_constructible<bora_handler_3>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                                             bora_check_39
#line 300 "routes.cpp"
, "handler UserPut needs a public default constructor and destructor");
constexpr bool bora_check_40 = bora_web::build::initialize_fits<bora_handler_3>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                                             bora_check_40
#line 306 "routes.cpp"
, "UserPut::initialize() must be public, take nothing and return void");
constexpr bool bora_check_41 = bora_web::build::prepare_fits<bora_handler_3>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                                             bora_check_41
#line 312 "routes.cpp"
, "UserPut::prepare() must be public, take nothing and return void or bora::Task<void>");
using bora_path_3 = bora_web::build::Path<bora_handler_3, ::std::int64_t, ::std::int64_t>;
constexpr bool bora_check_42 = bora_web::build::answers<bora_path_3, bora_web::Method::put>;
static_assert(
#line 9 "tests/golden/routes/routes.toml"
                                                             bora_check_42
#line 319 "routes.cpp"
, "PUT /users/{id:int}/posts/{m:int} needs UserPut::put(std::int64_t id, std::int64_t m), public, returning void or bora::Task<void>");
constexpr bora_web::Endpoint bora_object_3 = bora_web::build::endpoint<bora_path_3, 32>();
constexpr const bora_web::Endpoint* bora_endpoint_3 = &bora_object_3;

struct bora_handler_4 {
using type =
#line 10 "tests/golden/routes/routes.toml"
                                                   Files
#line 328 "routes.cpp"
;
};
constexpr bool bora_check_43 = bora_web::build::is_defined<bora_handler_4>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                                   bora_check_43
#line 335 "routes.cpp"
, "handler Files is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_44 = bora_web::build::derives<bora_handler_4>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                                   bora_check_44
#line 341 "routes.cpp"
, "handler Files must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_45 = bora_web::build::is_concrete<bora_handler_4>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                                   bora_check_45
#line 347 "routes.cpp"
, "handler Files is abstract: it must override every pure virtual function");
constexpr bool bora_check_46 = bora_web::build::is_constructible<bora_handler_4>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                                   bora_check_46
#line 353 "routes.cpp"
, "handler Files needs a public default constructor and destructor");
constexpr bool bora_check_47 = bora_web::build::initialize_fits<bora_handler_4>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                                   bora_check_47
#line 359 "routes.cpp"
, "Files::initialize() must be public, take nothing and return void");
constexpr bool bora_check_48 = bora_web::build::prepare_fits<bora_handler_4>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                                   bora_check_48
#line 365 "routes.cpp"
, "Files::prepare() must be public, take nothing and return void or bora::Task<void>");
using bora_path_4 = bora_web::build::Path<bora_handler_4, ::std::string_view>;
constexpr bool bora_check_49 = bora_web::build::answers_anything<bora_path_4>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                                   bora_check_49
#line 372 "routes.cpp"
, "handler Files defines no method: it needs get, post or another one");
constexpr bool bora_check_50 = bora_web::build::may_answer<bora_path_4, bora_web::Method::get>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                                   bora_check_50
#line 378 "routes.cpp"
, "GET /caf%C3%A9/{class:path} needs Files::get(std::string_view class_), public, returning void or bora::Task<void>");
constexpr bool bora_check_51 = bora_web::build::may_answer<bora_path_4, bora_web::Method::head>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                                   bora_check_51
#line 384 "routes.cpp"
, "HEAD /caf%C3%A9/{class:path} needs Files::head(std::string_view class_), public, returning void or bora::Task<void>");
constexpr bool bora_check_52 = bora_web::build::may_answer<bora_path_4, bora_web::Method::post>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                                   bora_check_52
#line 390 "routes.cpp"
, "POST /caf%C3%A9/{class:path} needs Files::post(std::string_view class_), public, returning void or bora::Task<void>");
constexpr bool bora_check_53 = bora_web::build::may_answer<bora_path_4, bora_web::Method::delete_>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                                   bora_check_53
#line 396 "routes.cpp"
, "DELETE /caf%C3%A9/{class:path} needs Files::delete_(std::string_view class_), public, returning void or bora::Task<void>");
constexpr bool bora_check_54 = bora_web::build::may_answer<bora_path_4, bora_web::Method::patch>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                                   bora_check_54
#line 402 "routes.cpp"
, "PATCH /caf%C3%A9/{class:path} needs Files::patch(std::string_view class_), public, returning void or bora::Task<void>");
constexpr bool bora_check_55 = bora_web::build::may_answer<bora_path_4, bora_web::Method::put>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                                   bora_check_55
#line 408 "routes.cpp"
, "PUT /caf%C3%A9/{class:path} needs Files::put(std::string_view class_), public, returning void or bora::Task<void>");
constexpr bool bora_check_56 = bora_web::build::may_answer<bora_path_4, bora_web::Method::options>;
static_assert(
#line 10 "tests/golden/routes/routes.toml"
                                                   bora_check_56
#line 414 "routes.cpp"
, "OPTIONS /caf%C3%A9/{class:path} needs Files::options(std::string_view class_), public, returning void or bora::Task<void>");
constexpr bora_web::Endpoint bora_object_4 = bora_web::build::endpoint<bora_path_4, 127>();
constexpr const bora_web::Endpoint* bora_endpoint_4 = &bora_object_4;

struct bora_handler_5 {
using type =
#line 16 "tests/golden/routes/routes.toml"
                                ::shop::Home
#line 423 "routes.cpp"
;
};
constexpr bool bora_check_57 = bora_web::build::is_defined<bora_handler_5>;
static_assert(
#line 16 "tests/golden/routes/routes.toml"
                                bora_check_57
#line 430 "routes.cpp"
, "handler ::shop::Home is declared but not defined: [app] use must name the header that defines it");
constexpr bool bora_check_58 = bora_web::build::derives<bora_handler_5>;
static_assert(
#line 16 "tests/golden/routes/routes.toml"
                                bora_check_58
#line 436 "routes.cpp"
, "handler ::shop::Home must derive publicly, not virtually, from bora::web::RequestHandler");
constexpr bool bora_check_59 = bora_web::build::is_concrete<bora_handler_5>;
static_assert(
#line 16 "tests/golden/routes/routes.toml"
                                bora_check_59
#line 442 "routes.cpp"
, "handler ::shop::Home is abstract: it must override every pure virtual function");
constexpr bool bora_check_60 = bora_web::build::is_constructible<bora_handler_5>;
static_assert(
#line 16 "tests/golden/routes/routes.toml"
                                bora_check_60
#line 448 "routes.cpp"
, "handler ::shop::Home needs a public default constructor and destructor");
constexpr bool bora_check_61 = bora_web::build::initialize_fits<bora_handler_5>;
static_assert(
#line 16 "tests/golden/routes/routes.toml"
                                bora_check_61
#line 454 "routes.cpp"
, "::shop::Home::initialize() must be public, take nothing and return void");
constexpr bool bora_check_62 = bora_web::build::prepare_fits<bora_handler_5>;
static_assert(
#line 16 "tests/golden/routes/routes.toml"
                                bora_check_62
#line 460 "routes.cpp"
, "::shop::Home::prepare() must be public, take nothing and return void or bora::Task<void>");
using bora_path_5 = bora_web::build::Path<bora_handler_5>;
constexpr bool bora_check_63 = bora_web::build::answers_anything<bora_path_5>;
static_assert(
#line 16 "tests/golden/routes/routes.toml"
                                bora_check_63
#line 467 "routes.cpp"
, "handler ::shop::Home defines no method: it needs get, post or another one");
constexpr bool bora_check_64 = bora_web::build::may_answer<bora_path_5, bora_web::Method::get>;
static_assert(
#line 16 "tests/golden/routes/routes.toml"
                                bora_check_64
#line 473 "routes.cpp"
, "GET /admin needs ::shop::Home::get(), public, returning void or bora::Task<void>");
constexpr bool bora_check_65 = bora_web::build::may_answer<bora_path_5, bora_web::Method::head>;
static_assert(
#line 16 "tests/golden/routes/routes.toml"
                                bora_check_65
#line 479 "routes.cpp"
, "HEAD /admin needs ::shop::Home::head(), public, returning void or bora::Task<void>");
constexpr bool bora_check_66 = bora_web::build::may_answer<bora_path_5, bora_web::Method::post>;
static_assert(
#line 16 "tests/golden/routes/routes.toml"
                                bora_check_66
#line 485 "routes.cpp"
, "POST /admin needs ::shop::Home::post(), public, returning void or bora::Task<void>");
constexpr bool bora_check_67 = bora_web::build::may_answer<bora_path_5, bora_web::Method::delete_>;
static_assert(
#line 16 "tests/golden/routes/routes.toml"
                                bora_check_67
#line 491 "routes.cpp"
, "DELETE /admin needs ::shop::Home::delete_(), public, returning void or bora::Task<void>");
constexpr bool bora_check_68 = bora_web::build::may_answer<bora_path_5, bora_web::Method::patch>;
static_assert(
#line 16 "tests/golden/routes/routes.toml"
                                bora_check_68
#line 497 "routes.cpp"
, "PATCH /admin needs ::shop::Home::patch(), public, returning void or bora::Task<void>");
constexpr bool bora_check_69 = bora_web::build::may_answer<bora_path_5, bora_web::Method::put>;
static_assert(
#line 16 "tests/golden/routes/routes.toml"
                                bora_check_69
#line 503 "routes.cpp"
, "PUT /admin needs ::shop::Home::put(), public, returning void or bora::Task<void>");
constexpr bool bora_check_70 = bora_web::build::may_answer<bora_path_5, bora_web::Method::options>;
static_assert(
#line 16 "tests/golden/routes/routes.toml"
                                bora_check_70
#line 509 "routes.cpp"
, "OPTIONS /admin needs ::shop::Home::options(), public, returning void or bora::Task<void>");
constexpr bora_web::Endpoint bora_object_5 = bora_web::build::endpoint<bora_path_5, 127>();
constexpr const bora_web::Endpoint* bora_endpoint_5 = &bora_object_5;
constexpr bora_web::StaticMount bora_mount_8 = {{"/static/", 8}, {"static", 6}};
constexpr bora_web::Redirect bora_redirect_9 = {{"/entry/{0}", 10}, true};

constexpr bora_web::Route bora_routes[10] = {
  {{"home", 4}, {"/", 1}, bora_endpoint_0, nullptr, nullptr, nullptr},
  {{"entry", 5}, {"/entry/{slug}", 13}, bora_endpoint_1, nullptr, nullptr, nullptr},
  {{"post", 4}, {"/users/{id:int}/posts/{n:int}", 29}, bora_endpoint_2, nullptr, nullptr, &bora_routes[3]},
  {{"put", 3}, {"/users/{id:int}/posts/{m:int}", 29}, bora_endpoint_3, nullptr, nullptr, nullptr},
  {{"files", 5}, {"/caf\303\251/{class:path}", 19}, bora_endpoint_4, nullptr, nullptr, nullptr},
  {{"again", 5}, {"/again/{slug}", 13}, bora_endpoint_1, nullptr, nullptr, nullptr},
  {{"admin.index", 11}, {"/admin", 6}, bora_endpoint_5, nullptr, nullptr, nullptr},
  {{"admin.user", 10}, {"/admin/users/{std}", 18}, bora_endpoint_1, nullptr, nullptr, nullptr},
  {{"assets", 6}, {"/static/{path:path}", 19}, nullptr, &bora_mount_8, nullptr, nullptr},
  {{"old", 3}, {"/old/{slug}", 11}, nullptr, nullptr, &bora_redirect_9, nullptr},
};

constexpr ::std::uint64_t bora_words[] = {
  1226106247483U, 0U, 4294967296U, 0U, 6581359U, 0U, 309237645315U, 495840490357U,
  0U, 377957122053U, 521611275877U, 0U, 274877906949U, 4694214550086902115U, 4125619635748169313U, 240518168585U,
  474214393697U, 0U, 206158430213U, 0U, 0U, 0U, 474215179361U, 0U,
  137438953477U, 109304575259763U, 0U, 343597383686U, 0U, 0U, 0U, 0U,
  1238699086033U, 0U, 7U, 0U, 495840490357U, 0U, 171798691845U, 0U,
  1236950581249U, 0U, 0U, 9223372071214514176U, 0U, 0U, 0U, 0U,
  1236950581249U, 0U, 0U, 9223372062624579584U, 0U, 0U, 0U, 0U,
  1236950581249U, 0U, 0U, 5U, 0U, 0U, 0U, 0U,
  1236950581249U, 0U, 0U, 9223372045444710400U, 0U, 0U, 0U, 0U,
  1236950581249U, 0U, 0U, 9223372079804448768U, 0U, 0U, 0U, 0U,
  1236950581249U, 0U, 0U, 9U, 0U, 0U, 0U, 0U,
  72058830988509185U, 412316860418U, 0U, 0U, 0U, 0U, 0U, 0U,
  1238699086033U, 0U, 0U, 0U, 495874961264U, 0U, 446676598789U, 0U,
  72058830988509185U, 9223372049739677698U, 0U, 0U, 0U, 0U, 0U,
};
constexpr char bora_texts[] = "";
constexpr unsigned char bora_automata[] = {
  0,
};
constexpr bora_web::detail::RouteTables bora_tables = {bora_words, bora_texts, bora_automata, nullptr};

template <class... Values>
[[gnu::noinline]] ::std::string bora_url(::std::size_t route, Values... values) {
  return ::bora::web::reverse_url(bora_routes[route], {values...});
}

}  // namespace
}  // namespace shop

const ::bora::web::RouteTable routes::table({::shop::bora_routes, 10}, ::shop::bora_tables);

namespace route {
::std::string entry(::std::string_view slug) {
  return ::shop::bora_url(1, slug);
}
::std::string post(::std::int64_t id, ::std::int64_t n) {
  return ::shop::bora_url(2, id, n);
}
::std::string put(::std::int64_t id, ::std::int64_t m) {
  return ::shop::bora_url(3, id, m);
}
::std::string files(::std::string_view class_) {
  return ::shop::bora_url(4, class_);
}
::std::string again(::std::string_view slug) {
  return ::shop::bora_url(5, slug);
}
}  // namespace route

namespace route::admin {
::std::string user(::std::string_view std) {
  return ::shop::bora_url(7, std);
}
}  // namespace route::admin
