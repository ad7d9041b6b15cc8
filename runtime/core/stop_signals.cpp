#include "runtime/core/stop_signals.h"

#include <pthread.h>

#include <mutex>
#include <utility>

namespace bora {
namespace {

// The signals that some loop of this process watches: their disposition is then Asio's, not the
// default.
struct Watched {
  std::mutex mutex;
  std::array<int, 2> loops{};
};

Watched& watched() {
  static Watched instance;
  return instance;
}

// The signals that the program's launcher has blocked. They are read before main(), which may block
// more.
sigset_t present_mask() noexcept {
  sigset_t mask;
  ::sigemptyset(&mask);
  ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  return mask;
}
const sigset_t mask_at_start = present_mask();

bool set_blocked(int signal, bool is_blocked) noexcept {
  sigset_t one;
  sigset_t before;
  ::sigemptyset(&one);
  ::sigaddset(&one, signal);
  if (::pthread_sigmask(is_blocked ? SIG_BLOCK : SIG_UNBLOCK, &one, &before) != 0) return false;
  return ::sigismember(&before, signal) == (is_blocked ? 0 : 1);
}

bool has_default_action(int signal) noexcept {
  struct sigaction action = {};
  return ::sigaction(signal, nullptr, &action) == 0 && (action.sa_flags & SA_SIGINFO) == 0 &&
         action.sa_handler == SIG_DFL;
}

}  // namespace

StopSignals::StopSignals(asio::io_context& context, std::function<void(int signal)> on_signal)
    : signals_(context), on_signal_(std::move(on_signal)) {}

void StopSignals::watch() {
  const std::scoped_lock lock(watched().mutex);
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    const bool is_ours = watched().loops[i] > 0;
    if (is_watched_[i] || (!is_ours && !has_default_action(kSignals[i]))) continue;
    asio::error_code failure;
    signals_.add(kSignals[i], failure);
    if (failure) continue;
    is_watched_[i] = true;
    ++watched().loops[i];
    if (::sigismember(&mask_at_start, kSignals[i]) == 1) {
      is_unblocked_[i] = set_blocked(kSignals[i], false);
    }
  }
  if (!is_waiting_) wait();
}

void StopSignals::wait() {
  is_waiting_ = true;
  signals_.async_wait([this](const asio::error_code& failure, int signal) {
    if (failure) return;  // released
    wait();
    on_signal_(signal);
  });
}

void StopSignals::release() noexcept {
  const std::scoped_lock lock(watched().mutex);
  asio::error_code ignored;
  signals_.clear(ignored);
  signals_.cancel(ignored);
  is_waiting_ = false;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    if (std::exchange(is_watched_[i], false)) --watched().loops[i];
    if (std::exchange(is_unblocked_[i], false)) set_blocked(kSignals[i], true);
  }
}

}  // namespace bora
