// Made by bora from "tests/golden/routes/routes.toml": changes here are lost.
#include "routes.h"

#include <bora/web/route_table.h>

namespace {
::std::string bora_url_1(::std::size_t route, ::std::int64_t value_0, ::std::int64_t value_1) {
  return ::bora::web::reverse_url(::bora::web::routes(::routes::table)[route], {value_0, value_1});
}
::std::string bora_url_0(::std::size_t route, ::std::string_view value_0) {
  return ::bora::web::reverse_url(::bora::web::routes(::routes::table)[route], {value_0});
}
::std::string bora_url_2(::std::size_t route, ::std::string_view value_0, ::std::int64_t value_1) {
  return ::bora::web::reverse_url(::bora::web::routes(::routes::table)[route], {value_0, value_1});
}
}  // namespace

namespace route {
// /
::std::string_view home() noexcept { return "/"; }
// /entry/{slug}
::std::string entry(::std::string_view slug) {
  return ::bora_url_0(1, slug);
}
// /users/{id:int}/posts/{n:int}
::std::string post(::std::int64_t id, ::std::int64_t n) {
  return ::bora_url_1(2, id, n);
}
// /users/{id:int}/posts/{m:int}
::std::string put(::std::int64_t id, ::std::int64_t m) {
  return ::bora_url_1(3, id, m);
}
// /caf%C3%A9/{class:path}
::std::string files(::std::string_view class_) {
  return ::bora_url_0(4, class_);
}
// /again/{slug}
::std::string again(::std::string_view slug) {
  return ::bora_url_0(5, slug);
}
}  // namespace route

namespace route::admin {
// /admin
::std::string_view index() noexcept { return "/admin"; }
// /admin/users/{std}
::std::string user(::std::string_view std) {
  return ::bora_url_0(7, std);
}
}  // namespace route::admin

namespace route::staff {
// /office/{room}/{n:int}/
::std::string desk(::std::string_view room, ::std::int64_t n) {
  return ::bora_url_2(8, room, n);
}
// /office/{room}/
::std::string door(::std::string_view room) {
  return ::bora_url_0(9, room);
}
}  // namespace route::staff

namespace route::api {
// {tenant}.example.com/users/{id:int}
::std::string users(::std::string_view tenant, ::std::int64_t id) {
  return ::bora_url_2(12, tenant, id);
}
// {tenant}.example.com/
::std::string home(::std::string_view tenant) {
  return ::bora_url_0(13, tenant);
}
}  // namespace route::api

namespace route::www {
// www.example.com/
::std::string_view home() noexcept { return "//www.example.com/"; }
}  // namespace route::www
