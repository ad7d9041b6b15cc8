// Made by bora from "tests/golden/routes/routes.toml": changes here are lost.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bora::web {
class RouteTable;
}

namespace routes {
/// All routes: bora::web::Application app(routes::table);
extern const ::bora::web::RouteTable table;
}

namespace route {
/// /
constexpr ::std::string_view home() noexcept { return "/"; }
/// /entry/{slug}
::std::string entry(::std::string_view slug);
/// /users/{id:int}/posts/{n:int}
::std::string post(::std::int64_t id, ::std::int64_t n);
/// /users/{id:int}/posts/{m:int}
::std::string put(::std::int64_t id, ::std::int64_t m);
/// /caf%C3%A9/{class:path}
::std::string files(::std::string_view class_);
/// /again/{slug}
::std::string again(::std::string_view slug);
}  // namespace route

namespace route::admin {
/// /admin
constexpr ::std::string_view index() noexcept { return "/admin"; }
/// /admin/users/{std}
::std::string user(::std::string_view std);
}  // namespace route::admin

namespace route::staff {
/// /office/{room}/{n:int}/
::std::string desk(::std::string_view room, ::std::int64_t n);
/// /office/{room}/
::std::string door(::std::string_view room);
}  // namespace route::staff

namespace route::api {
/// {tenant}.example.com/users/{id:int}
::std::string users(::std::string_view tenant, ::std::int64_t id);
/// {tenant}.example.com/
::std::string home(::std::string_view tenant);
}  // namespace route::api

namespace route::www {
/// www.example.com/
constexpr ::std::string_view home() noexcept { return "//www.example.com/"; }
}  // namespace route::www
