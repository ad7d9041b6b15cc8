#pragma once

#include <string>

#include "compiler/cli/host.h"

namespace bora::compiler {

struct GenerateOptions {
  std::string kind;          ///< "handler", "template", "module", "websocket" or "test".
  std::string name;          ///< "cart", "blog/show"
  std::string path;          ///< Of the route; empty: "/NAME".
  bool has_template = true;  ///< A handler gets one.
  bool is_dry_run = false;
};

/// `bora generate KIND NAME`: writes the files that a new part of an app needs, and the lines in
/// routes.toml and CMakeLists.txt. Writes nothing if one of the files is there already.
ExitStatus run_generate(const GenerateOptions& options, Host& host);

}  // namespace bora::compiler
