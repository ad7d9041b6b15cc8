#pragma once

#include <string>
#include <vector>

#include "compiler/cli/host.h"

namespace bora::compiler {

struct NewOptions {
  std::string name;
  std::string kind;  ///< Empty: the first of bora::scaffold::kinds().
  std::string db;    ///< Of scaffold::ProjectOptions, as the next two.
  bool auth = false;
  std::vector<std::string> with;
  std::string
      directory;  ///< The folder that the project's folder is made in; empty: the current one.
};

/// `bora new`: writes a project that builds, and prints each path and what to type next.
///
/// Nothing that exists is touched; when writing fails half-way, what was made is removed again.
ExitStatus run_new(const NewOptions& options, Host& host);

}  // namespace bora::compiler
