#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <vector>

namespace bora::devtools {

/// One of the calls that led to a throw.
struct Frame {
  std::uintptr_t address = 0;
  std::string function{};
  std::string file{};  ///< empty if it is not known
  unsigned line = 0;
};

/// Where an exception was thrown, innermost first; empty for one that was thrown long ago, because
/// only the last few are kept for each thread. It reads the program's debug information by
/// addr2line or llvm-symbolizer, if there is one.
std::vector<Frame> frames_of(const std::exception_ptr& error);

}  // namespace bora::devtools
