#include "compiler/cli/compile_command.h"

#include <optional>
#include <ostream>
#include <utility>

#include "compiler/diagnostics/error_page.h"
#include "compiler/diagnostics/text_report.h"
#include "compiler/driver/build_step.h"

namespace bora::compiler {
namespace {

/// Returns what is wrong with the combination of options, or null.
const char* usage_problem(const CompileOptions& options) {
  const bool has_pages = !options.pages.empty() || !options.pages_file.empty();
  if (options.root.empty() == options.routes.empty())
    return "give either --root with pages, or --routes";
  if (!options.routes.empty() && has_pages) return "--routes takes no pages";
  if (!options.routes.empty() && !options.manifest.empty()) return "--manifest goes with --root";
  if (!options.root.empty() && !has_pages) return "name the pages, or a list of them with --pages";
  if (options.out.empty()) return "--out is missing: the folder of the generated files";
  if (options.stamp.empty()) return "--stamp is missing: the file to touch after a success";
  if (options.depfile.empty())
    return "--depfile is missing: the file for the list of what was read";
  return nullptr;
}

}  // namespace

ExitStatus run_compile(const CompileOptions& options, Host& host) {
  if (const char* problem = usage_problem(options)) return usage_error(host, "compile", problem);
  const StepOutputs outputs{options.out, options.stamp, options.depfile, options.if_missing};
  std::optional<lang::WarningPolicy> policy = warning_policy(options.warnings, "compile", host);
  if (!policy) return ExitStatus::usage;
  lang::DiagnosticSink sink(std::move(*policy));
  const ExitStatus status =
      options.routes.empty()
          ? compile_templates(host.files,
                              {options.root, options.pages, options.pages_file, outputs,
                               options.static_folder, options.manifest, options.live_text},
                              sink)
          : compile_routes(host.files,
                           {options.routes, outputs, options.sources_file, options.include_dir},
                           sink);
  ReportStyle style{.colours = host.err.uses_colors};
  if (!options.source_dir.empty()) style.hidden_prefix = join_path(options.source_dir, "");
  host.err.text << text_report(sink.diagnostics(), style) << explain_hint(sink.diagnostics());
  return status;
}

}  // namespace bora::compiler
