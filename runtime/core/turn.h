#pragma once

#include <utility>
#include <vector>

#include <asio/io_context.hpp>

#include <bora/core/unique_function.h>

namespace bora {

/// The piece of work that a loop does between two looks at its sockets. There is one for each
/// loop's context.
///
/// Coroutines that one of Asio's handlers wakes resume when that handler has ended, once; those
/// that they wake in turn resume after the next look. So an answer that arrives costs one look and
/// not two, and neither coroutines nor input can starve the other.
class Turn final : public asio::io_context::service {
 public:
  static asio::io_context::id id;

  explicit Turn(asio::io_context& context) : asio::io_context::service(context) {}
  ~Turn() override = default;
  static Turn& of(asio::io_context& context) { return asio::use_service<Turn>(context); }

  /// Every function that Asio calls and that may wake coroutines has one of these objects around
  /// it.
  class Handler {
   public:
    explicit Handler(Turn& turn) noexcept : turn_(turn) { turn_.is_in_handler_ = true; }
    ~Handler() { turn_.end_handler(); }
    Handler(const Handler&) = delete;
    Handler& operator=(const Handler&) = delete;

   private:
    Turn& turn_;
  };

  /// Whether a handler runs, or a coroutine that it woke.
  [[nodiscard]] bool is_at_work() const noexcept { return is_in_handler_ || is_in_coroutines_; }
  /// Must be called while it is at work; see after_coroutines.h.
  void call_after_coroutines(UniqueFunction<void()> callback) {
    callbacks_.push_back(std::move(callback));
  }

  // For the loop.
  [[nodiscard]] bool is_in_handler() const noexcept { return is_in_handler_; }
  void begin_coroutines() noexcept { is_in_coroutines_ = true; }
  void end_coroutines() {
    is_in_coroutines_ = false;
    if (!callbacks_.empty()) call_back();
  }
  UniqueFunction<void()> on_handler_end;

 private:
  void end_handler() {
    is_in_handler_ = false;
    if (on_handler_end) on_handler_end();
    if (!callbacks_.empty()) call_back();
  }
  void call_back() {
    std::vector<UniqueFunction<void()>> batch = std::exchange(callbacks_, {});
    for (auto& callback : batch) callback();
    batch.clear();
    if (callbacks_.empty()) callbacks_ = std::move(batch);  // keeps its memory
  }
  void shutdown() override {
    on_handler_end = {};
    callbacks_.clear();
  }

  bool is_in_handler_ = false;
  bool is_in_coroutines_ = false;
  std::vector<UniqueFunction<void()>> callbacks_;
};

}  // namespace bora
