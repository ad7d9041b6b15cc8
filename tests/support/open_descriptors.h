#pragma once

#include <dirent.h>

#include <cstddef>

namespace bora::test {

/// How many descriptors this process has; comparable with another call's.
inline std::size_t open_descriptors() {
  DIR* const folder = ::opendir("/proc/self/fd");
  std::size_t count = 0;
  while (::readdir(folder) != nullptr) ++count;
  ::closedir(folder);
  return count;
}

}  // namespace bora::test
