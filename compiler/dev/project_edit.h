#pragma once

// Edits of a project's own files by `bora generate`: a line is added where a person would add it,
// and everything else, comments and order included, stays as it is.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bora::compiler {

/// Adds a file to the SOURCES of `function(NAME …)`, "bora_add_app" or "bora_add_app_test": behind
/// the last one of its folder, or the last of all. Nothing if there is no such call, or it has no
/// SOURCES.
std::optional<std::string> add_source(std::string_view cmake, std::string_view function,
                                      std::string_view app, const std::string& path);

/// Adds `KEY = VALUE` after the last route of the manifest's [routes], which is made if missing.
std::string add_route(std::string_view manifest, const std::string& key, const std::string& value);

/// Adds a header to the manifest's [app] `use`. Unchanged if it is there; nothing if what is there
/// can't be understood.
std::optional<std::string> add_use(std::string_view manifest, const std::string& header);

/// "blog/show-all" gives "blog", "show_all" (a file) and "ShowAll" (a class).
struct NameParts {
  std::string folder;  ///< "blog/", or empty.
  std::string file;
  std::string class_name;
};
/// Nothing if it can't be made names of C++.
std::optional<NameParts> name_parts(std::string_view name);

/// The lines that differ, "+ " or "- " in front of each.
std::string line_diff(std::string_view before, std::string_view after);

}  // namespace bora::compiler
