#pragma once

#include <memory>

#include <bora/core/io_loop.h>
#include <bora/core/unique_function.h>

namespace bora {

/// Waits for one descriptor, again and again, without a system call for each wait.
///
/// Asio makes one when a wait begins, which looks at the descriptor anew. Who has read all that was
/// there needs none: the descriptor is registered once, edge-triggered, and what comes afterwards
/// is an event. (Where Asio runs without epoll, each wait is one of Asio's.)
///
/// Belongs to its loop's thread. The descriptor stays the caller's, and must be open until this
/// goes.
class ReadyWait {
 public:
  enum class Event : unsigned char { input, output };

  /// @param on_event     Must not throw. May destroy the ReadyWait.
  /// @param is_one_turn  Each call of on_event is a piece of the loop's work by itself (turn.h), and
  ///                     not made of several.
  /// @throws std::system_error  It can't be watched.
  ReadyWait(IOLoop& loop, int fd, UniqueFunction<void(Event)> on_event, bool is_one_turn = true);
  ~ReadyWait();
  ReadyWait(const ReadyWait&) = delete;
  ReadyWait& operator=(const ReadyWait&) = delete;

  /// `on_event` comes once: in a later turn, when there is input, or the peer is gone, since all
  /// input was read. Asking for it again before it came changes nothing.
  void wait_for_more();
  /// The same for who may have left some of the input: looks at the descriptor anew.
  void wait_for_input();
  /// `on_event` comes once, when the descriptor takes output.
  void wait_for_output();

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace bora
