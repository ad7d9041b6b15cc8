#pragma once

#include <string>
#include <vector>

#include "compiler/cli/host.h"

namespace bora::compiler {

struct MessagesOptions {
  std::string templates;             ///< The template folder; empty: that of the current project.
  std::vector<std::string> sources;  ///< C++ files and folders of them.
  std::string out;                   ///< Where to write; empty: standard output.
  bool is_check = false;             ///< Only tell whether `out` is up to date.
};

/// `bora messages`: gathers the messages to be translated, `_("…")` and `pgettext("…", "…")`, into
/// a gettext template (.pot).
///
/// A check ends with ExitStatus::findings when the file would change.
ExitStatus run_messages(const MessagesOptions& options, Host& host);

}  // namespace bora::compiler
