#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/driver/file_system.h"
#include "templates-lang/template_cache.h"
#include "templates-lang/template_source.h"

namespace bora::compiler {

/// The templates of one folder. Each file is read once, whatever the number of pages that use it.
class DirectorySource : public lang::TemplateSource {
 public:
  /// @param root  As the user spells it: messages and #line name files by path().
  DirectorySource(FileSystem& files, std::string root);

  /// If a link leads outside the root, the result is `outside_root`.
  Loaded load(std::string_view name) override;

  /// Hidden files and backups are left out; the result is empty if the folder can't be listed.
  std::vector<std::string> names() override;

  /// The parsed files of the folder.
  lang::TemplateCache& cache() { return cache_; }

  /// Returns a template's path as messages spell it.
  [[nodiscard]] std::string path(std::string_view name) const { return join_path(root_, name); }

  /// Whether there is such a file, loaded or not.
  [[nodiscard]] bool has(std::string_view name) const;

  /// Returns the names of all files that were loaded, sorted.
  [[nodiscard]] std::vector<std::string> loaded_names() const;

 private:
  Loaded read(const std::string& path);

  FileSystem& files_;
  std::string root_;
  std::map<std::string, Loaded, std::less<>> loaded_;  ///< by name
  lang::TemplateCache cache_{*this};
};

}  // namespace bora::compiler
