#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/routes/manifest.h"

namespace bora::compiler {

/// A class definition with bases, found in C++ text.
struct ClassDefinition {
  std::string name;                ///< without its namespaces
  std::vector<std::string> bases;  ///< without their namespaces
  std::string file;
  std::uint32_t line = 1;
};

/// Appends the classes that `text` defines with bases. It reads names, not the language: macros and
/// templates as bases are not followed.
void find_classes(const std::string& file, std::string_view text,
                  std::vector<ClassDefinition>& classes);

/// Returns the classes that derive, perhaps through others, from RequestHandler, and that neither a
/// route of the manifest names nor another class derives from.
std::vector<ClassDefinition> unused_handlers(const RouteManifest& manifest,
                                             const std::vector<ClassDefinition>& classes);

}  // namespace bora::compiler
