#pragma once

// The checks of templates and manifests that need no C++ compiler: `bora check` does all of them,
// and `bora compile` does them before it generates.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/driver/directory_source.h"
#include "compiler/driver/file_system.h"
#include "compiler/routes/manifest.h"
#include "templates-lang/diagnostic.h"
#include "templates-lang/inheritance.h"

namespace bora::compiler {

/// Whether a file of a template folder is a template, by its name: "blog/entry.html" is,
/// "blog/photo.png" is not.
bool is_template_name(std::string_view name);

/// Whether a template is a part, which is included and has no unit of its own: "blog/_row.html".
bool is_part_name(std::string_view name);

/// Reads and checks a page with all of its files.
///
/// @param name  Relative to the source's root. A name that leaves the root, or is missing, is a
///              finding.
/// @returns  The page; code may be generated from it only if `sink` has no errors. Null if it can't
///           be loaded.
std::unique_ptr<lang::Page> check_page(std::string_view name, DirectorySource& source,
                                       lang::DiagnosticSink& sink);

/// Reads and checks a part, as far as possible without the page that includes it. Null if it can't
/// be loaded.
std::unique_ptr<lang::Page> check_part(std::string_view name, DirectorySource& source,
                                       lang::DiagnosticSink& sink);

/// Whether the page keeps its ending in its generated names, because another page has the same name
/// with another ending: "mail.txt" beside "mail.html". An .html page never does. BoraApp.cmake has
/// the same rule.
bool keeps_ending(std::string_view page, const DirectorySource& source);

/// Reports pages whose generated types would have the same name, or the name of another page's
/// namespace ("blog.html" beside "blog/entry.html").
void check_page_names(const std::vector<std::string>& pages, const DirectorySource& source,
                      lang::DiagnosticSink& sink);

/// Reads what a manifest says about escaping in its project's templates. Returns null, and reports
/// the reason to `sink`, if the manifest can't be read.
std::shared_ptr<const lang::EscapeRules> check_escape_rules(const std::string& path,
                                                            FileSystem& files,
                                                            lang::DiagnosticSink& sink);

/// Reads and checks a manifest. A missing or unreadable manifest is a finding, too.
///
/// @returns  The manifest; empty if there are errors in it.
std::optional<RouteManifest> check_manifest(const std::string& path, FileSystem& files,
                                            lang::DiagnosticSink& sink);

/// The same for a text that would be at `path`.
std::optional<RouteManifest> check_manifest_text(const std::string& path, std::string text,
                                                 FileSystem& files, lang::DiagnosticSink& sink);

}  // namespace bora::compiler
