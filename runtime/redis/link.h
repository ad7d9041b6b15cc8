#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bora/core/io_loop.h>
#include <bora/core/operation.h>
#include <bora/core/unique_function.h>
#include <bora/net/io_stream.h>
#include <bora/redis/client.h>

#include "runtime/core/begun.h"
#include "runtime/redis/reader.h"

namespace bora::redis {

using bora::detail::begun;

/// Makes a connection that is ready for use: the handshake, the login and the choice of the
/// database are done.
/// @throws ConnectionError
Task<net::IOStream> connect(Options options);

/// Commands and replies on one connection. It begins with the stream that open() gives it, and ends
/// when that is lost.
class Link : public std::enable_shared_from_this<Link> {
 public:
  explicit Link(const Options& options) : options_(options) {}
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  void open(net::IOStream stream);
  [[nodiscard]] bool is_open() const noexcept { return is_open_; }
  [[nodiscard]] std::size_t pending() const noexcept { return entries_.size(); }
  void close(std::string why) noexcept;

  class Answer;
  /// Sends a command, or several that belong together, and gives the last one's reply.
  /// @param replies  The number of replies; those before the last are dropped, unless one is an
  ///                 error.
  Task<Value> run(std::string wire, std::size_t replies, Deadline deadline);

  /// Sends without waiting for replies: they go to on_push.
  void send(const Command& command);
  UniqueFunction<void(Value)> on_push;  ///< Takes all replies, if it is set.
  UniqueFunction<void()> on_lost;

 private:
  struct Entry {
    Answer* answer = nullptr;
    std::size_t replies = 1;
  };

  Entry& begin_entry(std::size_t replies);
  void begin_output();
  void flush() noexcept;
  void watch_deadline(std::chrono::nanoseconds at);
  void end_late() noexcept;
  static Task<void> read(std::shared_ptr<Link> self);
  void take(Value& reply);

  static constexpr std::chrono::nanoseconds kNever = std::chrono::nanoseconds::max();

  IOLoop& loop_ = IOLoop::current();
  Options options_;
  std::optional<net::IOStream> stream_;
  Reader reader_;
  std::deque<Entry> entries_;
  std::string failure_;  ///< of an earlier reply to the first entry
  std::string out_;
  bool is_flush_due_ = false;
  std::chrono::nanoseconds now_{};  ///< when out_ got its first bytes
  std::string why_lost_ = "not connected";
  std::uint64_t inputs_ = 0;  ///< the number of times that input came
  // One timeout for all waiting coroutines: the first of their deadlines, or an earlier time.
  IOLoop::Timeout alarm_ = 0;
  std::chrono::nanoseconds alarm_at_ = kNever;
  bool is_open_ = false;
};

/// One command, or several, on the way; awaiting it waits for the last reply.
class Link::Answer final : public Operation {
 public:
  /// Sends one command.
  /// @throws Error, ConnectionError
  Answer(Link& link, const Command& command, const Deadline& deadline);
  /// Sends several commands that belong together.
  Answer(Link& link, std::string_view wire, std::size_t replies, const Deadline& deadline);
  ~Answer() override {
    if (entry_ != nullptr) entry_->answer = nullptr;
  }

  [[nodiscard]] bool await_ready() const noexcept { return entry_ == nullptr; }
  template <class Caller>
  bool await_suspend(std::coroutine_handle<Caller> caller) {
    if (!suspend(caller)) return false;
    link_.watch_deadline(until_);
    return true;
  }
  /// @throws Error, ConnectionError, TimeoutError
  Value await_resume();

 private:
  friend class Link;

  void begin(const Deadline& deadline);
  void finish(Value&& reply) noexcept {
    value_ = std::move(reply);
    end_wait();
  }
  void lose() noexcept {
    is_lost_ = true;
    end_wait();
  }
  void end_late() noexcept {
    is_late_ = true;
    entry_->answer = nullptr;
    end_wait();
  }
  void end_wait() noexcept {
    entry_ = nullptr;
    if (is_waiting()) wake();
  }

  Link& link_;
  Entry* entry_;
  std::chrono::nanoseconds until_ = kNever;
  std::uint64_t inputs_;  ///< the link's, when the wait began
  Value value_;
  bool is_lost_ = false;
  bool is_late_ = false;
};

}  // namespace bora::redis
