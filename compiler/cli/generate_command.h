#pragma once

#include <string>

#include "compiler/cli/host.h"

namespace bora::compiler {

struct GenerateOptions {
  std::string kind;          ///< "handler", "template", "module", "websocket" or "test".
  std::string name;          ///< "cart", "blog/show"
  std::string path;          ///< the route's path; if empty, "/NAME"
  bool has_template = true;  ///< whether a handler gets a template
  bool is_dry_run = false;
};

/// `bora generate KIND NAME`: writes the files that a new part of an app needs, and the lines in
/// routes.toml and CMakeLists.txt. It writes nothing if one of the files exists already.
ExitStatus run_generate(const GenerateOptions& options, Host& host);

}  // namespace bora::compiler
