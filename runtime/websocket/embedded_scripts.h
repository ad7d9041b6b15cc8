#pragma once

#include <span>
#include <string_view>

// The files of script/ as constant data; cmake/embed_files.cmake writes the definition.

namespace bora::websocket {

struct EmbeddedFile {
  std::string_view path;  ///< Relative to script/.
  std::string_view text;
};

std::span<const EmbeddedFile> embedded_scripts();

}  // namespace bora::websocket
