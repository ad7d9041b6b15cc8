#include <bora/core/assert.h>

#include <cstdio>
#include <cstdlib>

#include "runtime/core/log_writer.h"

namespace bora::detail {

void assertion_failed(const char* claim, const char* file, int line) noexcept {
  rescue_log_lines();
  std::fprintf(stderr, "%s:%d: this is a bug: %s does not hold\n", file, line, claim);
  std::abort();
}

}  // namespace bora::detail
