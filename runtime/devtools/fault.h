#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/devtools/throw_trace.h"

namespace bora::devtools {

/// A call of the way to an exception, as it is shown.
struct ShownFrame {
  Frame frame;
  std::string shown;    ///< The file, relative to the project.
  bool is_own = false;  ///< Of the project, not of a library.
};

/// An exception that left a handler.
struct Fault {
  std::string type;
  std::string message;
  std::vector<ShownFrame> frames;
  std::size_t place = 0;  ///< The index of the first frame of the project; their number: none.
  std::string hint;       ///< What such an exception usually means; may be empty.
};

/// @param source  The project's folder; empty: where the program was started.
Fault examine(const std::exception_ptr& error, const std::string& source);

/// Lines of a file around one of them, with their numbers.
struct Excerpt {
  unsigned first = 1;
  std::vector<std::string> lines;
};
Excerpt read_excerpt(const std::string& file, unsigned line, unsigned around);

}  // namespace bora::devtools
