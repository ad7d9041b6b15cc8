#pragma once

#include <bora/web/route_table.h>

namespace bora::testing {

/// A route table as `bora compile` writes it, of one route that takes every path below "/".
class OneRouteTable {
 public:
  explicit OneRouteTable(const web::Route& route) : routes_{route} {}

  [[nodiscard]] const web::RouteTable& table() const { return table_; }

 private:
  // One slot, which is empty, and the route 1 as that of a `{x:path}`.
  static constexpr std::uint64_t kWords[] = {1 | 32ULL << 32 | 1ULL << 40, 0, 0, 1, 0, 0, 0};

  web::Route routes_[1];
  web::RouteTable table_{routes_, {kWords, "", nullptr, nullptr}};
};

}  // namespace bora::testing
