// Made by bora from "tests/golden/routes/routes.toml": changes here are lost.
#include "routes.h"

#include <bora/web/route_table.h>

namespace {
template <class... Values>
[[gnu::noinline]] ::std::string bora_url(::std::size_t route, const Values&... values) {
  return ::bora::web::reverse_url(::bora::web::routes(::routes::table)[route], {values...});
}
}  // namespace

namespace route {
::std::string entry(::std::string_view slug) {
  return ::bora_url(1, slug);
}
::std::string post(::std::int64_t id, ::std::int64_t n) {
  return ::bora_url(2, id, n);
}
::std::string put(::std::int64_t id, ::std::int64_t m) {
  return ::bora_url(3, id, m);
}
::std::string files(::std::string_view class_) {
  return ::bora_url(4, class_);
}
::std::string again(::std::string_view slug) {
  return ::bora_url(5, slug);
}
}  // namespace route

namespace route::admin {
::std::string user(::std::string_view std) {
  return ::bora_url(7, std);
}
}  // namespace route::admin

namespace route::staff {
::std::string desk(::std::string_view room, ::std::int64_t n) {
  return ::bora_url(8, room, n);
}
::std::string door(::std::string_view room) {
  return ::bora_url(9, room);
}
}  // namespace route::staff

namespace route::api {
::std::string users(::std::string_view tenant, ::std::int64_t id) {
  return ::bora_url(12, tenant, id);
}
::std::string home(::std::string_view tenant) {
  return ::bora_url(13, tenant);
}
}  // namespace route::api

namespace route::www {
}  // namespace route::www
