#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/devtools/throw_trace.h"

namespace bora::devtools {

/// One of the calls that led to an exception, as it is shown.
struct ShownFrame {
  Frame frame;
  std::string shown;    ///< the file, relative to the project
  bool is_own = false;  ///< part of the project, not of a library
};

/// An exception that left a handler.
struct Fault {
  std::string type;
  std::string message;
  std::vector<ShownFrame> frames;
  std::size_t place = 0;  ///< the index of the first frame of the project; the number of frames if
                          ///< there is none
  std::string hint;       ///< the usual meaning of such an exception; may be empty
};

/// @param source  The project's folder; empty means where the program was started.
Fault examine(const std::exception_ptr& error, const std::string& source);

/// Lines of a file around one of them, with their numbers.
struct Excerpt {
  unsigned first = 1;
  std::vector<std::string> lines;
};
Excerpt read_excerpt(const std::string& file, unsigned line, unsigned around);

}  // namespace bora::devtools
