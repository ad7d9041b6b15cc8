#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/routes/manifest.h"

namespace bora::compiler {

/// The tables in which the run time finds a path's route: fields as in <bora/web/route_table.h>.
struct DispatchTable {
  struct Slot {
    std::uint64_t hash = 0;
    std::string text;
    std::uint32_t child = 0;
  };
  struct Node {
    std::uint64_t multiplier = 1;
    std::uint32_t first_slot = 0;
    std::uint32_t slot_mask = 1;
    std::uint32_t shift = 63;
    std::uint32_t probes = 1;
    std::uint32_t integer_child = 0;
    std::uint32_t string_child = 0;
    std::uint32_t leaf = 0;
    std::uint32_t slash_leaf = 0;
    std::uint32_t rest = 0;
  };

  std::vector<Node> nodes;
  std::vector<Slot> slots;
  /// By route: one more than the index of the next route for the same paths; 0: none.
  std::vector<std::uint32_t> next;
};

/// The same manifest gives the same table, on every machine.
DispatchTable make_dispatch_table(const RouteManifest& manifest);

/// What the run time computes of a path's segment (runtime/web/segment_hash.h): a part of the
/// contract between generated code and the runtime.
std::uint64_t segment_hash(std::string_view segment);

}  // namespace bora::compiler
