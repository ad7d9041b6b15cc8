#pragma once

#include <span>
#include <string_view>

// The script of development pages as constant data; cmake/embed_files.cmake writes the definition.

namespace bora::compiler::dev {

struct EmbeddedFile {
  std::string_view path;  ///< "dev.js"
  std::string_view text;
};

std::span<const EmbeddedFile> embedded_script();

}  // namespace bora::compiler::dev
