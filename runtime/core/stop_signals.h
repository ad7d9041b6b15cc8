#pragma once

#include <array>
#include <csignal>
#include <functional>

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>

namespace bora {

/// SIGINT and SIGTERM, taken over from the system's default while they are watched. A signal that
/// the program handles or ignores itself is left alone. One that was blocked when the program was
/// started is unblocked meanwhile; one that the program has blocked itself stays blocked, since the
/// program may wait for it in another way. Several loops may watch: each is called.
class StopSignals {
 public:
  /// @param on_signal  Called on the loop for each signal.
  StopSignals(asio::io_context& context, std::function<void(int signal)> on_signal);
  ~StopSignals() { release(); }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  void watch();
  /// Restores the system's default.
  void release() noexcept;

 private:
  void wait();

  static constexpr std::array kSignals = {SIGINT, SIGTERM};

  asio::signal_set signals_;
  std::function<void(int)> on_signal_;
  std::array<bool, kSignals.size()> is_watched_{};
  std::array<bool, kSignals.size()> is_unblocked_{};
  bool is_waiting_ = false;
};

}  // namespace bora
