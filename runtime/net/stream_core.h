#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include <bora/core/operation.h>
#include <bora/core/unique_function.h>
#include <bora/net/io_stream.h>

#include "runtime/net/byte_queue.h"
#include "runtime/net/poller.h"
#include "runtime/net/stream_tls.h"
#include "runtime/net/transport.h"

namespace bora::net {

struct StreamRest;

/// The condition that a read waits for.
class ReadGoal {
 public:
  static constexpr std::size_t kNotYet = static_cast<std::size_t>(-1);
  static constexpr std::size_t kUnsatisfiable = static_cast<std::size_t>(-2);
  static constexpr std::size_t kOverflow = static_cast<std::size_t>(-3);

  ReadGoal(const ReadGoal&) = delete;
  ReadGoal& operator=(const ReadGoal&) = delete;

  /// How many of the buffered bytes are the result, or kNotYet, or kUnsatisfiable if its limit was
  /// reached. It is called again with the same bytes and more after them until it knows.
  [[nodiscard]] virtual std::size_t find(std::string_view buffered) = 0;

  /// The last result of find(); kOverflow when more was buffered than allowed.
  std::size_t found = kNotYet;

  // Memory to receive into while nothing is buffered, and how many bytes were received.
  char* memory = nullptr;
  std::size_t room = 0;
  std::size_t filled = 0;

 protected:
  ReadGoal() noexcept = default;
  ~ReadGoal() = default;
};

/// The state of a stream, which its users count (StreamRef): the stream's object and the coroutines
/// of its pending operations.
///
/// It is in the poller's edge-triggered set. An event (is_readable_) holds until the kernel had
/// less than was asked for, so a message costs one receive and one send, and no more system calls.
/// While data flows, operations succeed in place, on their caller's stack; after kMaxAtOnce of them
/// the stream goes on in another turn of the loop.
class StreamCore final : public Poller::Handler {
 public:
  enum class Kind : std::uint8_t { socket, other };

  /// @throws std::system_error
  StreamCore(Transport transport, const StreamOptions& options, Kind kind = Kind::socket);
  StreamCore(const StreamCore&) = delete;
  StreamCore& operator=(const StreamCore&) = delete;

  void retain() noexcept { ++references_; }
  void release() noexcept {
    if (--references_ == 0) delete this;
  }

  // Reading. There is one read at a time: from begin_read() to end_read().
  void begin_read();
  void end_read() noexcept;
  /// Receives until `goal` is met or the stream is closed. Returns false if it has to wait.
  bool advance(ReadGoal& goal);
  /// Returns false once in a while: then wait, so that others have their turn.
  bool may_read_now();
  /// Waits until advance() has returned true.
  class ReadWait;
  /// The result of a goal whose wait is over.
  /// @throws StreamClosedError, StreamBufferFullError
  std::string take(ReadGoal& goal);
  /// The same for a goal that has memory: copies the buffered bytes to it, and counts all.
  std::size_t take_into(ReadGoal& goal);
  /// Makes the bytes in a goal's memory readable again.
  void put_back(ReadGoal& goal);
  /// All that is buffered.
  std::string take_rest() { return input_.take(input_.size()); }

  // Writing.
  /// Sends the bytes, or puts them into the queue. Returns the place in the stream of bytes at
  /// which it ends.
  /// @throws StreamClosedError, StreamBufferFullError
  std::uint64_t write(std::string_view bytes);
  std::uint64_t write(std::string&& bytes);
  [[nodiscard]] bool is_sent(std::uint64_t place) const noexcept { return sent_ >= place; }
  class WriteWait;

  // Connecting, and the handshake of TLS after it.
  void connect(const Address& address);
  [[nodiscard]] bool is_connecting() const noexcept { return is_connecting_; }
  /// Makes everything that follows TLS. The handshake begins with shake_hands() if the socket is
  /// connected, else with the connection.
  /// @throws SSLError
  void begin_tls(const SSLContext& context, std::string_view host);
  void shake_hands();
  [[nodiscard]] bool is_tls() const noexcept { return tls_ != nullptr; }
  [[nodiscard]] SSLEngine& tls() const noexcept { return *transport_.tls(); }
  /// Whether it is not yet connected or agreed: then written bytes wait.
  [[nodiscard]] bool is_opening() const noexcept { return is_connecting_ || is_handshaking_; }
  [[nodiscard]] bool is_awaited() const noexcept { return connector_.first() != nullptr; }
  /// Continues where another protocol has stopped: with the bytes that it received and has not
  /// used, and with those that it has not yet sent.
  void take_over(std::string received, std::string unsent);
  /// Ends as close() does, but gives its socket and TLS away; see take_transport().
  Transport give_up(StreamRest& rest);
  /// Whether the last connect or handshake has succeeded, whatever happened afterwards.
  [[nodiscard]] bool has_opened() const noexcept { return has_opened_; }
  /// Whether it is open, with nothing pending or buffered.
  [[nodiscard]] bool is_idle() const noexcept {
    return !is_closed() && !is_opening() && !is_reading_ && !is_writing() && input_.is_empty();
  }
  class ConnectWait;

  void close(std::error_code error) noexcept;
  /// The stream's object was destroyed.
  void abandon() noexcept;
  void set_close_callback(UniqueFunction<void()> callback);

  [[nodiscard]] bool is_closed() const noexcept { return transport_.fd() < 0; }
  [[nodiscard]] bool is_reading() const noexcept { return is_reading_; }
  [[nodiscard]] bool is_writing() const noexcept { return !output_.is_empty(); }
  [[nodiscard]] int fd() const noexcept { return transport_.fd(); }
  [[nodiscard]] std::error_code error() const noexcept { return error_; }
  [[nodiscard]] std::size_t max_buffer_size() const noexcept { return max_buffer_size_; }
  [[noreturn]] void throw_closed() const;

 private:
  ~StreamCore();

  using Transfer = Transport::Result;
  Transfer receive(char* to, std::size_t room);
  Transfer send(std::string_view bytes);
  Transfer read_descriptor(char* to, std::size_t room) const;
  Transfer write_descriptor(std::string_view bytes) const;
  std::error_code tls_failure();
  /// Why a transfer has failed.
  std::error_code error_of(const Transfer& transfer);
  void handshake_done();
  /// Tells the peer that this is the end. Returns true if sent data may still be under way.
  bool end_tls() noexcept;
  void handshake_failed(bool was_ended);

  void on_events(std::uint32_t events) override;
  void handle_events(std::uint32_t events);
  void handle_input();
  void finish_connect();
  /// One receive, into the goal's memory or the buffer.
  void fill(ReadGoal* goal);
  void note(const Transfer& received);
  void keep_what_came();
  void judge(ReadGoal& goal);
  void require_found(ReadGoal& goal);
  void require_room(std::size_t bytes) const;
  std::size_t send_now(std::string_view bytes);
  void flush();
  void write_failed(std::error_code error);
  void wake_writers();
  void tell_closed(std::error_code error) noexcept;
  void watch(bool wants_output);
  /// Continues in a turn of its own, so that others have theirs.
  void go_on_later();
  void go_on();
  [[nodiscard]] bool listens_for_close() const noexcept {
    return close_callback_ && !is_reading_ && input_.is_empty();
  }

  // What may be done without a turn of the loop: some dozens of system calls, or many reads of
  // buffered bytes.
  static constexpr std::uint16_t kSystemCallCost = 128;
  static constexpr std::uint16_t kMaxAtOnce = 32 * kSystemCallCost;

  Poller& poller_;
  Transport transport_;
  std::uint32_t references_ = 0;
  std::uint16_t at_once_ = 0;  // done since the last turn
  Kind kind_;
  bool is_readable_ = false;  // there may be something to receive
  bool has_hung_up_ = false;  // the peer has ended, or the connection broke; it never becomes false
                              // again
  bool is_reading_ = false;
  bool is_connecting_ = false;
  bool is_handshaking_ = false;
  bool has_opened_ = false;
  bool wants_output_ = false;  // the poller tells when there is room
  bool will_go_on_ = false;
  ByteQueue input_;
  ByteQueue output_;
  std::uint64_t queued_ = 0;  // bytes ever written
  std::uint64_t sent_ = 0;    // of those, bytes that the kernel took
  ReadGoal* goal_ = nullptr;
  WaitList reader_;
  WaitList writers_;
  WaitList connector_;
  std::size_t max_buffer_size_;
  std::size_t max_write_buffer_size_;
  std::uint32_t chunk_size_;
  std::error_code error_;
  std::unique_ptr<StreamTLS> tls_;  // null for clear text
  UniqueFunction<void()> close_callback_;
};

namespace detail {

/// Access to the state of a stream, for code that passes it on.
struct StreamAccess {
  static const StreamRef& core(const BaseIOStream& stream) noexcept { return stream.core_; }
};

}  // namespace detail

/// Until it is connected, and TLS agreed on; cancelling the wait closes it.
/// @throws StreamClosedError
Task<void> wait_until_open(detail::StreamRef core);

class StreamCore::ReadWait final : public Operation {
 public:
  ReadWait(StreamCore& core, ReadGoal& goal) noexcept : core_(core), goal_(goal) {}
  ~ReadWait() override {
    if (core_.goal_ == &goal_) core_.goal_ = nullptr;
  }

  [[nodiscard]] bool await_ready() { return core_.may_read_now() && core_.advance(goal_); }
  template <class Caller>
  bool await_suspend(std::coroutine_handle<Caller> caller) {
    if (!suspend(caller)) return false;
    core_.goal_ = &goal_;
    core_.reader_.push_back(*this);
    return true;
  }
  void await_resume() const { check(); }

 private:
  StreamCore& core_;
  ReadGoal& goal_;
};

class StreamCore::WriteWait final : public Operation {
 public:
  WriteWait(StreamCore& core, std::uint64_t place) noexcept : core_(core), place_(place) {}

  [[nodiscard]] std::uint64_t place() const noexcept { return place_; }
  [[nodiscard]] bool await_ready() const noexcept {
    return core_.is_sent(place_) || core_.is_closed();
  }
  template <class Caller>
  bool await_suspend(std::coroutine_handle<Caller> caller) {
    if (!suspend(caller)) return false;
    core_.writers_.push_back(*this);
    return true;
  }
  void await_resume() const { check(); }

 private:
  StreamCore& core_;
  std::uint64_t place_;
};

class StreamCore::ConnectWait final : public Operation {
 public:
  explicit ConnectWait(StreamCore& core) noexcept : core_(core) {}

  [[nodiscard]] bool await_ready() const noexcept { return !core_.is_opening(); }
  template <class Caller>
  bool await_suspend(std::coroutine_handle<Caller> caller) {
    if (!suspend(caller)) return false;
    core_.connector_.push_back(*this);
    return true;
  }
  void await_resume() const { check(); }

 private:
  StreamCore& core_;
};

}  // namespace bora::net
