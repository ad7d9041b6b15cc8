#pragma once

#include <span>
#include <string_view>

// The script of runtime/devtools/pages as constant data; cmake/embed_files.cmake writes the
// definition.

namespace bora::devtools {

struct EmbeddedFile {
  std::string_view path;  ///< "dev.js"
  std::string_view text;
};

std::span<const EmbeddedFile> embedded_pages();

}  // namespace bora::devtools
