#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "runtime/net/deadline_wheel.h"

namespace bora {
class IOLoop;
}

namespace bora::net {

class FileDescriptor;
class LingeringSockets;

/// The set of descriptors that are many and busy: listeners and HTTP connections.
///
/// It is an edge-triggered epoll set of its own, nested in the loop's: a request then costs none of
/// Asio's extra system calls, while Asio's timers, sockets and signals go on beside it. It belongs
/// to one loop and is used on its thread only.
///
/// Events come in batches of a few hundred at most; after some batches, the other work of the loop
/// has its turn.
class Poller {
 public:
  /// Receives a descriptor's events. The poller does not own it: remove() it before it is
  /// destroyed.
  class Handler {
   public:
    Handler(const Handler&) = delete;
    Handler& operator=(const Handler&) = delete;

   protected:
    Handler() noexcept = default;
    ~Handler() = default;

    /// @param events  EPOLLIN, EPOLLOUT, EPOLLRDHUP, EPOLLHUP, EPOLLERR. The call may remove and
    ///                destroy any handler, including this one. It must not throw.
    virtual void on_events(std::uint32_t events) = 0;

    /// The batch is over. This comes once for each at_end_of_batch(). Asking for it again from here
    /// means the end of the next batch, when others have had their turn. It may remove and destroy
    /// any handler. It must not throw.
    virtual void on_batch_end() {}
    /// Whether on_batch_end() will come. It does not when the poller has ended.
    [[nodiscard]] bool awaits_batch_end() const noexcept { return batch_slot_ != 0; }

   private:
    friend class Poller;
    std::uint32_t batch_slot_ = 0;  // 1 + index among those waiting for the end of the batch
  };

  /// The loop's poller, made at the first call; it ends with the loop. Keep the reference.
  static Poller& of(IOLoop& loop);

  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// Watches `fd`, edge-triggered (EPOLLET is added). An event that is already there is delivered.
  /// @returns  0, or errno (ENOSPC, ENOMEM; EPERM for a file that can't be waited on).
  [[nodiscard]] int add(int fd, std::uint32_t events, Handler& handler) noexcept;

  /// Changes the events; a condition that already holds is delivered again.
  /// @returns  0, or errno: then events may no longer be delivered.
  int modify(int fd, std::uint32_t events, Handler& handler) noexcept;

  /// Removes descriptor and handler; call it before close(fd). Events that were already fetched for
  /// this handler, and its on_batch_end(), are not delivered any more.
  void remove(int fd, Handler& handler) noexcept;

  /// Calls handler.on_batch_end() when the present batch is over; outside of a batch, or from
  /// within on_batch_end(), in the loop's next turn. A second call has no effect.
  void at_end_of_batch(Handler& handler);
  void cancel_end_of_batch(Handler& handler) noexcept;

  /// Whether the poller is delivering events: output may then wait for the end of the batch.
  [[nodiscard]] bool in_batch() const noexcept { return in_batch_; }

  /// Memory to receive into, which all streams of the loop share: it is valid until another one's
  /// turn.
  static constexpr std::size_t kScratchBytes = 64 * 1024;
  [[nodiscard]] char* scratch() {
    if (!scratch_) scratch_.reset(new char[kScratchBytes]);
    return scratch_.get();
  }

  /// Sets or moves a deadline: on_deadline() comes after at least `limit`, less than two seconds
  /// later (if the loop is not busy elsewhere). A negative limit has passed already, and one of
  /// more than some 60 years never passes. It costs a nanosecond; see deadline_wheel.h.
  void arm(CoarseDeadline& deadline, std::chrono::seconds limit) {
    constexpr std::int64_t kNever = std::int64_t{1} << 31;  // and the present still fits beside it
    const auto seconds =
        static_cast<std::uint32_t>(std::clamp<std::int64_t>(limit.count(), 0, kNever));
    if (wheel_.is_idle()) start_wheel();
    wheel_.arm(deadline, now().tick + seconds + 1);  // the present second has begun already
  }
  void disarm(CoarseDeadline& deadline) noexcept { wheel_.disarm(deadline); }

  /// Closes a stream socket that was written to, so that its peer gets all of it; see
  /// lingering_sockets.h.
  void linger(FileDescriptor socket) noexcept;

  /// The time, read once a batch; between batches at each call.
  struct Time {
    std::int64_t monotonic_ns;   ///< for durations
    std::int64_t epoch_seconds;  ///< for Date
    std::uint32_t tick;          ///< the present second of monotonic_ns, as the wheel counts
  };
  [[nodiscard]] const Time& now() noexcept {
    if (!in_batch_) read_clock();
    return time_;
  }

 private:
  class Impl;
  friend class Impl;
  explicit Poller(IOLoop& loop);
  void read_clock() noexcept;
  void start_wheel();

  std::unique_ptr<Impl> impl_;
  DeadlineWheel wheel_;
  std::unique_ptr<char[]> scratch_;
  std::unique_ptr<LingeringSockets> lingering_;
  Time time_{};
  bool in_batch_ = false;
};

}  // namespace bora::net
