#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/ast.h"
#include "templates-lang/diagnostic.h"
#include "templates-lang/template_source.h"

namespace bora::lang {

/// The parsed files of a template folder, each read, parsed and checked by itself once, however
/// many pages are made of it.
class TemplateCache {
 public:
  struct Entry {
    TemplateSource::Loaded loaded;
    std::shared_ptr<const Template> file;  ///< Null unless the file could be read.
    std::vector<Diagnostic> diagnostics;   ///< What is wrong with the file, whoever uses it.
  };

  explicit TemplateCache(TemplateSource& source) : source_(source) {}

  /// @param name  As TemplateSource::load() wants it. The entry lives as long as the cache.
  const Entry& load(std::string_view name);

  /// Every template's name, for "did you mean"; listed once.
  const std::vector<std::string>& names();

 private:
  TemplateSource& source_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::optional<std::vector<std::string>> names_;
};

}  // namespace bora::lang
