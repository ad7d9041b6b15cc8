#pragma once

// The checks of templates and manifests that need no C++ compiler: all that `bora check` does, and
// what `bora compile` does before it generates.

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

/// Whether a template is a part, made to be included and without a unit of its own:
/// "blog/_row.html".
bool is_part_name(std::string_view name);

/// Reads and checks a page with all that it is made of.
///
/// @param name  Relative to the source's root. One that leaves it, or is missing, is a finding.
/// @returns  The page; to be generated only if `sink` holds no errors. Null when it can't be
/// loaded.
std::unique_ptr<lang::Page> check_page(std::string_view name, DirectorySource& source,
                                       lang::DiagnosticSink& sink);

/// Reads and checks a part, as far as one can without the page that includes it. Null when it can't
/// be loaded.
std::unique_ptr<lang::Page> check_part(std::string_view name, DirectorySource& source,
                                       lang::DiagnosticSink& sink);

/// Whether the page keeps its ending as a part of its generated names, because another one has the
/// same name but for the ending: "mail.txt" beside "mail.html". An .html page never does. The rule
/// is also BoraApp.cmake's.
bool keeps_ending(std::string_view page, const DirectorySource& source);

/// Reports pages whose generated types would have the same name, or the name of another page's
/// namespace ("blog.html" beside "blog/entry.html").
void check_page_names(const std::vector<std::string>& pages, const DirectorySource& source,
                      lang::DiagnosticSink& sink);

/// What a manifest says about escaping in its project's templates. Null, with the reason in `sink`,
/// if it can't be read.
std::shared_ptr<const lang::EscapeRules> check_escape_rules(const std::string& path,
                                                            FileSystem& files,
                                                            lang::DiagnosticSink& sink);

/// Reads and checks a manifest. One that is missing or unreadable is a finding, too.
///
/// @returns  The manifest; empty if anything about it is an error.
std::optional<RouteManifest> check_manifest(const std::string& path, FileSystem& files,
                                            lang::DiagnosticSink& sink);

}  // namespace bora::compiler
