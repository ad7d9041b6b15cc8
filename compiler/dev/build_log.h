#pragma once

// What a build wrote, as findings: those of `bora`, of the C++ compilers, of the linkers, of CMake.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/driver/file_system.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {

/// One mistake, as the terminal and the browser show it.
struct DevFinding {
  bool is_error = true;
  std::string source;   ///< Who found it: "template", "compiler", "linker", "cmake", "start".
  std::string message;  ///< "no member named 'titel' in 'shop::Link'"
  std::string code{};   ///< "T012": `bora explain` knows it. Empty: none.
  std::string file{};   ///< Absolute; empty: no place.
  std::string shown{};  ///< The same, relative to the project.
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string excerpt{};  ///< The source lines with their carets, as text.
  std::string help{};     ///< What to do.
  std::string diff{};     ///< "- old line\n+ new line": what the compiler proposes.
  std::string more{};     ///< Notes, and what else belongs to it.
};

/// Ninja begins its lines about steps with this; see build_spec().
inline constexpr std::string_view kNinjaMark = "[bora ";

/// The folders that relative paths of a build's output are relative to, in the order in which they
/// are tried.
struct BuildFolders {
  std::string source;
  std::string build;
};

/// All findings of a build's output; errors first, otherwise in their order, each once.
std::vector<DevFinding> read_build_log(std::string_view output, const BuildFolders& folders,
                                       FileSystem& files);

/// The same for what the checks of this program found.
std::vector<DevFinding> findings_of(const std::vector<lang::Diagnostic>& diagnostics,
                                    const std::string& source_folder);

/// "12/40" out of the last line about a step in `output`; empty: there is none.
std::string progress_of(std::string_view output);

/// A finding as text for a terminal: place, message, excerpt, help; ends with a line feed.
std::string finding_text(const DevFinding& finding, bool colours);

/// All of them as a JSON array.
std::string findings_json(const std::vector<DevFinding>& findings);

/// `text` cut at its line feeds.
std::vector<std::string> lines_of(std::string_view text);

}  // namespace bora::compiler
