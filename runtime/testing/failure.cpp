#include <bora/testing/failure.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace bora::testing {
namespace {
std::atomic<FailureHandler> handler{nullptr};
}

void set_failure_handler(FailureHandler other) noexcept {
  handler.store(other, std::memory_order_release);
}

void report_failure(std::string_view what) {
  if (const FailureHandler present = handler.load(std::memory_order_acquire)) {
    present(what);
    return;
  }
  std::fprintf(stderr, "bora::testing: %.*s\n(no test framework is told: set_failure_handler())\n",
               static_cast<int>(what.size()), what.data());
  std::abort();
}

}  // namespace bora::testing
