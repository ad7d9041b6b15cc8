#pragma once

// Reads the output of a build as findings: those of `bora`, of the C++ compilers, of the linkers
// and of CMake.

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
  std::string source;   ///< the program that found it: "template", "compiler", "linker", "cmake",
                        ///< "start"
  std::string message;  ///< "no member named 'titel' in 'shop::Link'"
  std::string code{};   ///< "T012", which `bora explain` knows; empty if it has none
  std::string file{};   ///< absolute; empty if there is no place
  std::string shown{};  ///< the same path, relative to the project
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string excerpt{};  ///< the source lines with their carets, as text
  std::string help{};     ///< what to do
  std::string diff{};     ///< "- old line\n+ new line": the change that the compiler proposes
  std::string more{};     ///< notes, and everything else that belongs to it
};

/// The text with which Ninja begins its lines about steps; see build_spec().
inline constexpr std::string_view kNinjaMark = "[bora ";

/// The folders that relative paths in a build's output may be relative to, in the order in which
/// they are tried.
struct BuildFolders {
  std::string source;
  std::string build;
};

/// Returns all findings of a build's output, each once: first errors, then the others, each in
/// their order.
std::vector<DevFinding> read_build_log(std::string_view output, const BuildFolders& folders,
                                       FileSystem& files);

/// The same for findings of this program's own checks.
std::vector<DevFinding> findings_of(const std::vector<lang::Diagnostic>& diagnostics,
                                    const std::string& source_folder);

/// Returns "12/40" from the last line about a step in `output`; empty if there is none.
std::string progress_of(std::string_view output);

/// Returns a finding as text for a terminal: place, message, excerpt, help. The text ends with a
/// line feed.
std::string finding_text(const DevFinding& finding, bool colours);

/// Returns all findings as a JSON array.
std::string findings_json(const std::vector<DevFinding>& findings);

/// `text` cut at its line feeds.
std::vector<std::string> lines_of(std::string_view text);

}  // namespace bora::compiler
