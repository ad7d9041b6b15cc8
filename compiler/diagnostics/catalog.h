#pragma once

#include <span>
#include <string_view>

namespace bora::compiler {

/// One code that can be reported: T… templates, R… manifest, C… configuration, E… environment.
struct CatalogEntry {
  std::string_view code;
  std::string_view summary;  ///< One line, without what is particular to a finding.
};

/// All codes, sorted.
std::span<const CatalogEntry> catalog();

/// Null for a code that is never reported.
const CatalogEntry* find_code(std::string_view code);

}  // namespace bora::compiler
