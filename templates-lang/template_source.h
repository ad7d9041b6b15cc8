#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/source_text.h"

namespace bora::lang {

/// "The text of template NAME, please": how the language reaches files without any I/O of its own.
class TemplateSource {
 public:
  enum class Status { ok, not_found, unreadable, outside_root };

  struct Loaded {
    Status status = Status::not_found;
    SourcePtr source;   ///< Set when status is ok.
    std::string error;  ///< For unreadable: the system's reason, "Permission denied".
  };

  virtual ~TemplateSource() = default;

  /// @param name  Relative to the template root, with '/' and without "." or ".." parts (the caller
  ///              has resolved them): "blog/entry.html".
  virtual Loaded load(std::string_view name) = 0;

  /// Every template's name under the root, sorted: for "did you mean".
  virtual std::vector<std::string> names() = 0;
};

}  // namespace bora::lang
