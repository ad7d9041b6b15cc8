#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "templates-lang/ast.h"
#include "templates-lang/diagnostic.h"
#include "templates-lang/template_source.h"

namespace bora::lang {

struct EscapeRules;

/// The parsed files of a template folder. Each is read, parsed and checked by itself once, whatever
/// the number of pages that use it.
class TemplateCache {
 public:
  struct Entry {
    TemplateSource::Loaded loaded;
    std::shared_ptr<const Template> file;  ///< null if the file could not be read
    std::vector<Diagnostic> diagnostics;   ///< the mistakes in the file itself
  };

  explicit TemplateCache(TemplateSource& source) : source_(source) {}

  /// @param name  As for TemplateSource::load(). The entry lives as long as the cache.
  const Entry& load(std::string_view name);

  /// Sets the project's rules about escaping, for pages that are resolved later; null for none.
  void set_escape_rules(std::shared_ptr<const EscapeRules> rules) {
    escape_rules_ = std::move(rules);
  }
  [[nodiscard]] const std::shared_ptr<const EscapeRules>& escape_rules() const {
    return escape_rules_;
  }

  /// Returns every template's name, for "did you mean"; listed once.
  const std::vector<std::string>& names();

 private:
  TemplateSource& source_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::optional<std::vector<std::string>> names_;
  std::shared_ptr<const EscapeRules> escape_rules_;
};

}  // namespace bora::lang
