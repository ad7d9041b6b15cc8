#pragma once

#include <string>
#include <vector>

#include "compiler/cli/host.h"

namespace bora::compiler {

struct NewOptions {
  std::string name;
  std::string kind;  ///< if empty, the first of bora::scaffold::kinds()
  std::string db;    ///< a member of scaffold::ProjectOptions, like the next two
  bool auth = false;
  std::vector<std::string> with;
  std::string
      directory;  ///< the folder in which the project's folder is made; if empty, the current one
};

/// `bora new`: writes a project that builds, and prints each path and the next commands to type.
///
/// It changes nothing that exists; if writing fails half-way, the files made so far are removed.
ExitStatus run_new(const NewOptions& options, Host& host);

}  // namespace bora::compiler
