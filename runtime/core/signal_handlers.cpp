#include "runtime/core/signal_handlers.h"

#include <pthread.h>

#include <csignal>
#include <string>
#include <system_error>
#include <utility>

#include <asio/signal_set.hpp>

#include <bora/core/log.h>

namespace bora::detail {

struct SignalHandlers::Watch {
  Watch(asio::io_context& context, UniqueFunction<void()> callback)
      : handler(std::move(callback)), signals(context) {}
  UniqueFunction<void()> handler;
  asio::signal_set signals;
};

void SignalHandlers::add(int signal, UniqueFunction<void()> handler) {
  watched_.erase(signal);
  const auto watch = std::make_shared<Watch>(context_, std::move(handler));
  asio::error_code failure;
  watch->signals.add(signal, failure);
  if (failure) {
    throw std::system_error(failure, "add_signal_handler(" + std::to_string(signal) + ")");
  }
  sigset_t one;
  ::sigemptyset(&one);
  ::sigaddset(&one, signal);
  ::pthread_sigmask(SIG_UNBLOCK, &one, nullptr);
  watched_.emplace(signal, watch);
  wait(watch);
}

void SignalHandlers::wait(const std::shared_ptr<Watch>& watch) {
  // Owned by the map alone: when it is removed, the wait ends.
  watch->signals.async_wait([weak = std::weak_ptr(watch)](const asio::error_code& failure, int) {
    const auto told = weak.lock();
    if (failure || told == nullptr) return;
    wait(told);
    try {
      told->handler();
    } catch (...) {
      app_log.exception("Exception in a callback");
    }
  });
}

}  // namespace bora::detail
