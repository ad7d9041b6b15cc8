#pragma once

#include <bora/web/route_table.h>

namespace bora::testing {

/// A route table as `bora compile` writes it, with one route that takes every path below "/".
class OneRouteTable {
 public:
  explicit OneRouteTable(const web::Route& route) : routes_{route} {}

  [[nodiscard]] const web::RouteTable& table() const { return table_; }

 private:
  // Route 1 takes what a `{x:path}` takes.
  static constexpr std::uint64_t kWords[] = {0, 0, 0, 1};

  web::Route routes_[1];
  web::RouteTable table_{std::span<const web::Route>(routes_),
                         {reinterpret_cast<const char*>(kWords), "", nullptr, nullptr}};
};

}  // namespace bora::testing
