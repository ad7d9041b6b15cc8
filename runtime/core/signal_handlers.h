#pragma once

#include <map>
#include <memory>

#include <asio/io_context.hpp>

#include <bora/core/unique_function.h>

namespace bora::detail {

/// Signals that a program handles on its loop.
class SignalHandlers {
 public:
  explicit SignalHandlers(asio::io_context& context) noexcept : context_(context) {}
  SignalHandlers(const SignalHandlers&) = delete;
  SignalHandlers& operator=(const SignalHandlers&) = delete;

  /// Replaces an earlier handler. A signal that was blocked is unblocked.
  /// @throws std::system_error  The signal can't be handled.
  void add(int signal, UniqueFunction<void()> handler);
  void remove(int signal) noexcept { watched_.erase(signal); }

 private:
  struct Watch;
  static void wait(const std::shared_ptr<Watch>& watch);

  asio::io_context& context_;
  std::map<int, std::shared_ptr<Watch>> watched_;
};

}  // namespace bora::detail
