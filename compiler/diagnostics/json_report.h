#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/diagnostic.h"

namespace bora::compiler {

/// Returns all findings for programs: an array of objects, one per line,
///
///     {"code":"T012","severity":"error","file":"views/story.html","line":12,"column":4,
///      "end_line":12,"end_column":13,"message":"…","help":"","notes":[{"file":…,"message":…}]}
///
/// Lines and columns count from 1, columns in bytes; the end is after the last byte. If there is no
/// place, line and column are null; without a file, `file` is null too. The text is always valid
/// UTF-8.
std::string json_report(const std::vector<lang::Diagnostic>& diagnostics);

/// Returns `text` as a JSON string, quotes included. Non-ASCII text stays as it is; an invalid byte
/// becomes U+FFFD.
std::string json_string(std::string_view text);

}  // namespace bora::compiler
