#pragma once

#include <cstddef>
#include <deque>
#include <utility>

#include <bora/core/deadline.h>
#include <bora/core/error.h>
#include <bora/core/locks.h>
#include <bora/core/task.h>

#include "runtime/core/begun.h"

namespace bora::detail {

/// Keeps the messages that a server sends on its own, until somebody takes them.
template <class Message>
class Mailbox {
 public:
  void push(Message message) {
    messages_.push_back(std::move(message));
    arrived_.notify();
  }

  /// The mailbox must live until the Task ends.
  /// @throws TimeoutError  Nothing came before the deadline.
  Task<Message> next(Deadline deadline) {
    const Deadline limit = begun(deadline);
    while (messages_.empty()) {
      const bool is_told = co_await arrived_.wait(limit);
      if (!is_told) throw TimeoutError("nothing was told before the deadline");
    }
    Message first = std::move(messages_.front());
    messages_.pop_front();
    co_return first;
  }

  [[nodiscard]] std::size_t size() const noexcept { return messages_.size(); }

 private:
  std::deque<Message> messages_;
  Condition arrived_;
};

}  // namespace bora::detail
