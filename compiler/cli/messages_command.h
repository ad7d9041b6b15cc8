#pragma once

#include <string>
#include <vector>

#include "compiler/cli/host.h"

namespace bora::compiler {

struct MessagesOptions {
  std::string templates;             ///< the template folder; if empty, that of the current project
  std::vector<std::string> sources;  ///< C++ files, and folders of them
  std::string out;                   ///< the file to write; if empty, standard output
  bool is_check = false;             ///< only tells whether `out` is up to date
};

/// `bora messages`: collects the messages to be translated, `_("…")` and `pgettext("…", "…")`, in a
/// gettext template (.pot).
///
/// With is_check, it returns ExitStatus::findings if the file would change.
ExitStatus run_messages(const MessagesOptions& options, Host& host);

}  // namespace bora::compiler
