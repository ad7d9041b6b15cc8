#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/source_text.h"

namespace bora::lang {

/// The source of templates: the language itself has no I/O.
class TemplateSource {
 public:
  enum class Status { ok, not_found, unreadable, outside_root };

  struct Loaded {
    Status status = Status::not_found;
    SourcePtr source;   ///< set if the status is ok
    std::string error;  ///< for unreadable: the system's reason, "Permission denied"
  };

  virtual ~TemplateSource() = default;

  /// @param name  Relative to the template root, with '/' and without "." or ".." parts (the caller
  ///              has resolved them): "blog/entry.html".
  virtual Loaded load(std::string_view name) = 0;

  /// Returns the names of all templates under the root, sorted: for "did you mean".
  virtual std::vector<std::string> names() = 0;
};

}  // namespace bora::lang
