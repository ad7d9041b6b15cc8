#pragma once

// Edits of a project's own files by `bora generate`: a line is added where a person would add it,
// and everything else, comments and order included, stays as it is.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bora::compiler {

/// Adds a file to the SOURCES of `function(NAME …)`, "bora_add_app" or "bora_add_app_test": after
/// the last one of its folder, or at the end. Returns nothing if there is no such call, or it has
/// no SOURCES.
std::optional<std::string> add_source(std::string_view cmake, std::string_view function,
                                      std::string_view app, const std::string& path);

/// Adds `KEY = VALUE` after the last route of the manifest's [routes], which is made if missing.
std::string add_route(std::string_view manifest, const std::string& key, const std::string& value);

/// Adds a header to the manifest's [app] `use`. The text is unchanged if the header is there; the
/// result is empty if `use` can't be understood.
std::optional<std::string> add_use(std::string_view manifest, const std::string& header);

/// "blog/show-all" gives "blog", "show_all" (a file) and "ShowAll" (a class).
struct NameParts {
  std::string folder;  ///< "blog/", or empty.
  std::string file;
  std::string class_name;
};
/// Returns nothing if the name can't be turned into names of C++.
std::optional<NameParts> name_parts(std::string_view name);

/// Returns the lines that differ, each after "+ " or "- ".
std::string line_diff(std::string_view before, std::string_view after);

}  // namespace bora::compiler
