// Made by bora from "tests/golden/routes/routes.toml": changes here are lost.
#include "routes.h"

namespace route {
const ::bora::web::FixedURL home{"/", 1};
const ::bora::web::URLTo<::std::string_view> entry{&::routes::table, 1};  // /entry/{slug}
const ::bora::web::URLTo<::std::int64_t, ::std::int64_t> post{&::routes::table, 2};  // /users/{id:int}/posts/{n:int}
const ::bora::web::URLTo<::std::int64_t, ::std::int64_t> put{&::routes::table, 3};  // /users/{id:int}/posts/{m:int}
const ::bora::web::URLTo<::std::string_view> files{&::routes::table, 4};  // /caf%C3%A9/{class:path}
const ::bora::web::URLTo<::std::string_view> dav{&::routes::table, 5};  // /dav/{path:path}
const ::bora::web::URLTo<::std::string_view> read{&::routes::table, 6};  // /read/{path:path}
const ::bora::web::URLTo<::std::string_view> again{&::routes::table, 7};  // /again/{slug}
}  // namespace route

namespace route::admin {
const ::bora::web::FixedURL index{"/admin", 6};
const ::bora::web::URLTo<::std::string_view> user{&::routes::table, 9};  // /admin/users/{std}
}  // namespace route::admin

namespace route::staff {
const ::bora::web::URLTo<::std::string_view, ::std::int64_t> desk{&::routes::table, 10};  // /office/{room}/{n:int}/
const ::bora::web::URLTo<::std::string_view> door{&::routes::table, 11};  // /office/{room}/
}  // namespace route::staff

namespace route::api {
const ::bora::web::URLTo<::std::string_view, ::std::int64_t> users{&::routes::table, 14};  // {tenant}.example.com/users/{id:int}
const ::bora::web::URLTo<::std::string_view> home{&::routes::table, 15};  // {tenant}.example.com/
}  // namespace route::api

namespace route::www {
const ::bora::web::FixedURL home{"//www.example.com/", 18};
}  // namespace route::www
