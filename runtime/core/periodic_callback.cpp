#include <bora/core/periodic_callback.h>

#include <algorithm>
#include <random>
#include <stdexcept>

#include <bora/core/log.h>

namespace bora {

using std::chrono::nanoseconds;

nanoseconds detail::next_periodic_call(nanoseconds last, nanoseconds now,
                                       nanoseconds period) noexcept {
  if (last > now) return saturating_add(last, period);
  return saturating_add(last, ((now - last) / period + 1) * period);
}

struct PeriodicCallback::State : std::enable_shared_from_this<State> {
  State(UniqueFunction<Task<void>()> function, nanoseconds every, double spread)
      : callback(std::move(function)), period(every), jitter(spread) {}

  void start() {
    if (is_running) return;
    is_running = true;
    next = loop.clock().monotonic();
    if (!is_calling) schedule();  // otherwise the call that is under way does this when it ends
  }

  void stop() {
    is_running = false;
    loop.remove_timeout(timeout);
    timeout = 0;
  }

  void schedule() {
    const nanoseconds now = loop.clock().monotonic();
    next = detail::next_periodic_call(next, now, jittered_period());
    timeout = loop.call_later(next - now, [self = shared_from_this()] {
      self->timeout = 0;
      self->loop.spawn(self->call(self));
    });
  }

  nanoseconds jittered_period() {
    if (jitter == 0) return period;
    thread_local std::minstd_rand random{std::random_device{}()};
    const double factor = 1 + jitter * (std::uniform_real_distribution<>(0, 1)(random) - 0.5);
    const auto jittered = detail::saturating_cast<nanoseconds>(
        std::chrono::duration<double, std::nano>(static_cast<double>(period.count()) * factor));
    return std::max(jittered, nanoseconds(1));
  }

  // `self` keeps the callback alive while its Task runs.
  Task<void> call(std::shared_ptr<State> self) {
    is_calling = true;
    try {
      co_await callback();
    } catch (...) {
      app_log.exception("Exception in a periodic callback");
    }
    is_calling = false;
    if (self->is_running) schedule();
  }

  UniqueFunction<Task<void>()> callback;
  nanoseconds period;
  double jitter;
  IOLoop& loop = IOLoop::current();
  nanoseconds next{};
  IOLoop::Timeout timeout = 0;
  bool is_running = false;
  bool is_calling = false;
};

PeriodicCallback::PeriodicCallback(UniqueFunction<Task<void>()> callback, detail::Delay period,
                                   double jitter)
    : state_(std::make_shared<State>(std::move(callback), period.value(), jitter)) {
  if (period.value() <= nanoseconds::zero()) {
    throw std::invalid_argument("the period of a PeriodicCallback must be positive");
  }
}

PeriodicCallback::~PeriodicCallback() {
  state_->stop();
}
void PeriodicCallback::start() {
  state_->start();
}
void PeriodicCallback::stop() {
  state_->stop();
}
bool PeriodicCallback::is_running() const noexcept {
  return state_->is_running;
}

}  // namespace bora
