#pragma once

#include <memory>

#include "compiler/dev/machine.h"

namespace bora::compiler {

/// The machine of Linux. It blocks SIGINT, SIGTERM, SIGHUP and SIGCHLD for this thread as long as
/// it lives: they become events.
std::unique_ptr<Machine> make_unix_machine();

}  // namespace bora::compiler
