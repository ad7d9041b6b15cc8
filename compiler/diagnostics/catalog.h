#pragma once

#include <span>
#include <string_view>

namespace bora::compiler {

/// One code of a diagnostic: T… templates, R… manifest, D… deployment, E… environment.
struct CatalogEntry {
  std::string_view code;
  std::string_view summary;  ///< one line that holds for every finding
};

/// Returns all codes, sorted.
std::span<const CatalogEntry> catalog();

/// Returns null for a code that is never reported.
const CatalogEntry* find_code(std::string_view code);

}  // namespace bora::compiler
