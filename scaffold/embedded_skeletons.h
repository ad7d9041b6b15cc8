#pragma once

#include <span>
#include <string_view>

// The files of skeletons/ as constant data; cmake/embed_files.cmake writes the definition.

namespace bora::scaffold {

struct EmbeddedFile {
  std::string_view path;  ///< Relative to skeletons/: "site/src/main.cpp".
  std::string_view text;
};

/// Every file of every skeleton, ordered by path.
std::span<const EmbeddedFile> embedded_skeletons();

}  // namespace bora::scaffold
