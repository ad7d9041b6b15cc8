#pragma once

namespace bora::compiler {

/// What every command of `bora` ends with; the numbers are the process's exit status.
enum class ExitStatus {
  fine = 0,         ///< Done; there may have been warnings.
  findings = 1,     ///< Templates or manifests have errors.
  usage = 2,        ///< The command line can't be understood.
  environment = 3,  ///< A folder is missing, or something can't be read or written.
};

}  // namespace bora::compiler
