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
::std::string_view home() noexcept;
::std::string entry(::std::string_view slug);
::std::string post(::std::int64_t id, ::std::int64_t n);
::std::string put(::std::int64_t id, ::std::int64_t m);
::std::string files(::std::string_view class_);
::std::string again(::std::string_view slug);
}  // namespace route

namespace route::admin {
::std::string_view index() noexcept;
::std::string user(::std::string_view std);
}  // namespace route::admin

namespace route::staff {
::std::string desk(::std::string_view room, ::std::int64_t n);
::std::string door(::std::string_view room);
}  // namespace route::staff

namespace route::api {
::std::string users(::std::string_view tenant, ::std::int64_t id);
::std::string home(::std::string_view tenant);
}  // namespace route::api

namespace route::www {
::std::string_view home() noexcept;
}  // namespace route::www
