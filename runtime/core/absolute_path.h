#pragma once

#include <filesystem>
#include <string>
#include <system_error>

namespace bora::detail {

/// Makes the path of an option absolute when the option is given, so that a later chdir() does not
/// change its meaning. An empty path stays empty, and without a present folder the path stays as it
/// is.
inline std::string absolute_path(const std::string& path) {
  if (path.empty()) return path;
  std::error_code failure;
  const std::filesystem::path absolute = std::filesystem::absolute(path, failure);
  return failure ? path : absolute.native();
}

}  // namespace bora::detail
