// Made by bora from "tests/golden/routes/routes.toml": changes here are lost.
#pragma once

#include <cstdint>
#include <string_view>

#include <bora/web/route_urls.h>

namespace routes {
/// All routes: bora::web::Application app(routes::table);
extern const ::bora::web::RouteTable table;
}

namespace route {
extern const ::bora::web::FixedURL home;
extern const ::bora::web::URLTo<::std::string_view> entry;  // (slug)
extern const ::bora::web::URLTo<::std::int64_t, ::std::int64_t> post;  // (id, n)
extern const ::bora::web::URLTo<::std::int64_t, ::std::int64_t> put;  // (id, m)
extern const ::bora::web::URLTo<::std::string_view> files;  // (class_)
extern const ::bora::web::URLTo<::std::string_view> dav;  // (path)
extern const ::bora::web::URLTo<::std::string_view> read;  // (path)
extern const ::bora::web::URLTo<::std::string_view> again;  // (slug)
}  // namespace route

namespace route::admin {
extern const ::bora::web::FixedURL index;
extern const ::bora::web::URLTo<::std::string_view> user;  // (std)
}  // namespace route::admin

namespace route::staff {
extern const ::bora::web::URLTo<::std::string_view, ::std::int64_t> desk;  // (room, n)
extern const ::bora::web::URLTo<::std::string_view> door;  // (room)
}  // namespace route::staff

namespace route::api {
extern const ::bora::web::URLTo<::std::string_view, ::std::int64_t> users;  // (tenant, id)
extern const ::bora::web::URLTo<::std::string_view> home;  // (tenant)
}  // namespace route::api

namespace route::www {
extern const ::bora::web::FixedURL home;
}  // namespace route::www
