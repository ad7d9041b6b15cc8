#pragma once

#include <memory>

#include <bora/core/io_loop.h>
#include <bora/core/unique_function.h>

namespace bora {

/// Waits for one descriptor, again and again, without a system call for each wait.
///
/// Asio makes a system call at the beginning of each wait, to look at the descriptor again. A
/// caller that has read all input needs none: the descriptor is registered once, edge-triggered,
/// and later input is an event. (Where Asio runs without epoll, or in a version that was not tried,
/// each wait is one of Asio's.)
///
/// It belongs to its loop's thread. The descriptor stays the caller's, and must be open as long as
/// this object lives.
class ReadyWait {
 public:
  enum class Event : unsigned char { input, output };

  /// @param on_event     Must not throw. May destroy the ReadyWait.
  /// @param is_one_turn  Whether each call of on_event is one piece of the loop's work (turn.h),
  ///                     and not made of several.
  /// @throws std::system_error  The descriptor can't be watched.
  ReadyWait(IOLoop& loop, int fd, UniqueFunction<void(Event)> on_event, bool is_one_turn = true);
  ~ReadyWait();
  ReadyWait(const ReadyWait&) = delete;
  ReadyWait& operator=(const ReadyWait&) = delete;

  /// Calls `on_event` once, in a later turn, when there is new input or the peer has left. All
  /// earlier input must have been read. Another call before that event changes nothing.
  void wait_for_more();
  /// The same for a caller that may have left some of the input: looks at the descriptor again.
  void wait_for_input();
  /// Calls `on_event` once, when the descriptor takes output.
  void wait_for_output();

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace bora
