#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/routes/manifest.h"

namespace bora::compiler {

/// A class definition with bases, found in C++ text.
struct ClassDefinition {
  std::string name;                ///< Without its namespaces.
  std::vector<std::string> bases;  ///< The same.
  std::string file;
  std::uint32_t line = 1;
};

/// Appends the classes that `text` defines with bases. Reads names, not the language: macros and
/// templates of bases are not followed.
void find_classes(const std::string& file, std::string_view text,
                  std::vector<ClassDefinition>& classes);

/// Of `classes` those that derive, perhaps through others, from a RequestHandler, that no route of
/// the manifest names and that no other class derives from.
std::vector<ClassDefinition> unused_handlers(const RouteManifest& manifest,
                                             const std::vector<ClassDefinition>& classes);

}  // namespace bora::compiler
