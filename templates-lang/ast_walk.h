#pragma once

#include <type_traits>
#include <variant>

#include "templates-lang/ast.h"

namespace bora::lang {

/// Calls `visit(body)` for each body directly inside `node`, in the order of the file.
template <class Visit>
void for_each_body(const Node& node, Visit&& visit) {
  const auto optional = [&](const std::optional<Body>& body) {
    if (body) visit(*body);
  };
  std::visit(
      [&](const auto& value) {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, If>) {
          for (const If::Branch& branch : value.branches) visit(branch.body);
        } else if constexpr (std::is_same_v<T, For> || std::is_same_v<T, While>) {
          visit(value.body);
          optional(value.else_body);
        } else if constexpr (std::is_same_v<T, Try>) {
          visit(value.body);
          for (const Try::Except& except : value.excepts) visit(except.body);
          optional(value.else_body);
          optional(value.finally_body);
        } else if constexpr (std::is_same_v<T, Block> || std::is_same_v<T, Apply> ||
                             std::is_same_v<T, Slot>) {
          visit(value.body);
        } else if constexpr (std::is_same_v<T, Call>) {
          for (const Call::Fill& fill : value.fills) visit(fill.body);
        }
      },
      node.value);
}

}  // namespace bora::lang
