#pragma once

#include <filesystem>
#include <string>
#include <system_error>

namespace bora::detail {

/// A path that an option has, as it is meant where the option is given: a later chdir() does not
/// lead it elsewhere. Empty stays empty, and without a present folder it stays as it is.
inline std::string absolute_path(const std::string& path) {
  if (path.empty()) return path;
  std::error_code failure;
  const std::filesystem::path absolute = std::filesystem::absolute(path, failure);
  return failure ? path : absolute.native();
}

}  // namespace bora::detail
