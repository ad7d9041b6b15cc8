#pragma once

namespace bora::compiler {

/// The results of `bora`'s commands; the numbers are the process's exit status.
enum class ExitStatus {
  fine = 0,         ///< done; there may have been warnings
  findings = 1,     ///< templates or manifests have errors
  usage = 2,        ///< the command line can't be understood
  environment = 3,  ///< a folder is missing, or a file can't be read or written
};

}  // namespace bora::compiler
