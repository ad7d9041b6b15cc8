#pragma once

#include "compiler/cli/host.h"

namespace bora::compiler {

/// `bora secret`: prints a key of 32 random bytes, for Settings::cookie_secret.
ExitStatus run_secret(Host& host);

}  // namespace bora::compiler
