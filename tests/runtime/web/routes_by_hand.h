#pragma once

#include <bora/web/route_table.h>

namespace bora::testing {

/// A route table as `bora compile` writes it, of one route that takes every path below "/".
class OneRouteTable {
 public:
  explicit OneRouteTable(const web::Route& route) : routes_{route} {
    node_.probes = 1;
    node_.rest = 1;
  }

  [[nodiscard]] const web::RouteTable& table() const { return table_; }

 private:
  web::Route routes_[1];
  web::detail::RouteSlot slot_{};
  web::detail::RouteNode node_{};
  web::RouteTable table_{routes_, &node_, &slot_};
};

}  // namespace bora::testing
