#pragma once

#include <span>
#include <string_view>

// The pages of docs/errors as constant data; cmake/embed_files.cmake writes the definition.

namespace bora::compiler {

struct EmbeddedFile {
  std::string_view path;  ///< "T012.md"
  std::string_view text;
};

/// Every page, ordered by path.
std::span<const EmbeddedFile> embedded_pages();

}  // namespace bora::compiler
