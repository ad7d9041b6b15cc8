#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <bora/core/locks.h>
#include <bora/core/task.h>
#include <bora/websocket/detail/connection_delegate.h>
#include <bora/websocket/websocket.h>

#include "runtime/net/poller.h"
#include "runtime/websocket/frame.h"
#include "runtime/websocket/hub.h"
#include "runtime/websocket/message_reader.h"
#include "runtime/websocket/send_queue.h"

namespace bora::net {
class SSLEngine;
class Transport;
}  // namespace bora::net

namespace bora::websocket {

using detail::ConnectionDelegate;

namespace detail {

/// Puts the descriptor into bytes that would otherwise be padding.
class WatchedSocket : public net::Poller::Handler {
 protected:
  explicit WatchedSocket(int fd) : fd_(fd) {}
  ~WatchedSocket() = default;

  const int fd_;
};

}  // namespace detail

/// One end of a WebSocket, server's or client's, after the handshake of RFC 6455, 4.
///
/// It is a state machine over a non-blocking socket in the poller's edge-triggered set. It owns
/// itself: it is destroyed when its socket is closed and its delegate was notified. When idle, it
/// holds no buffer, and its members are laid out so that it is small.
class Connection final : private detail::WatchedSocket, private net::CoarseDeadline {
 public:
  /// Takes over an open transport. No message is delivered before open().
  /// @param head    Sent first: a server's answer to the handshake. It may be empty.
  /// @param unread  The bytes that were read after the handshake.
  static Connection& start(ConnectionDelegate& delegate, net::Transport transport,
                           const Rules& rules, Compression* compression, std::string_view head,
                           std::string_view unread);

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// From now on messages are delivered.
  void open();
  /// The delegate is ready for the next message.
  void resume();
  /// The delegate is destroyed: it gets no more calls, and the connection ends by itself.
  void forget_delegate() { delegate_ = nullptr; }

  [[nodiscard]] bool may_write() const { return state_ <= State::open && !is_broken_; }

  /// Sends a message. An empty Task is finished; see OverflowPolicy::wait for the other.
  /// @throws WebSocketClosedError  may_write() is false.
  Task<void> write(MessageType type, std::string_view data);
  /// Sends messages, each a whole frame, that were made once for many connections. For those
  /// without room, OverflowPolicy decides as for writes that are not awaited.
  void write_frames(std::span<const SharedFrame> frames);
  /// The same for one message that is made for this connection alone.
  void write_now(MessageType type, std::string_view data);
  /// Compresses a message by itself, as this connection agreed to.
  /// @returns  False if the message must be sent as it is.
  bool deflate(std::string_view data, std::string& to);
  /// @throws WebSocketClosedError
  void ping(std::string_view data);
  /// Begins the closing handshake; does nothing when it has begun.
  /// @param code  1005 means that none is named.
  void close(std::uint16_t code, std::string_view reason);
  /// Closes because of an error of the peer or of this side: nothing more is read.
  void fail(std::uint16_t code, std::string_view reason);
  /// Ends without a closing handshake.
  void abort();

  void set_nodelay(bool value);

  /// The code of the peer's close frame; 1005 if it had none, 1006 if there was no close frame.
  [[nodiscard]] std::uint16_t close_code() const { return close_code_; }
  [[nodiscard]] std::string_view close_reason() const {
    return extras_ ? std::string_view(extras_->close_reason) : std::string_view();
  }
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] const Rules& rules() const { return rules_; }
  [[nodiscard]] const Compression* compression() const { return compression_; }
  /// Bytes that wait for the peer.
  [[nodiscard]] std::size_t queue_size() const { return queue() != nullptr ? queue()->size() : 0; }

 private:
  friend class Hub;

  /// opening: the handshake is done, the delegate is not ready. closing: our close frame is out,
  /// the peer's is awaited. ended: closes when the output is out. lingering: our side is shut, and
  /// what comes is read past, so that no reset overtakes our last frame. closed: gone at the end of
  /// the visit.
  enum class State : std::uint8_t { opening, open, closing, ended, lingering, closed };
  enum class Phase : std::uint8_t { none, ping, pong, close, write, linger };

  /// Every way into a connection is a visit: the end of the outermost one sends the output and
  /// destroys a connection that is closed.
  class Visit {
   public:
    explicit Visit(Connection& connection) : connection_(connection) { ++connection_.visits_; }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;
    ~Visit() { connection_.end_visit(); }

   private:
    Connection& connection_;
  };

  /// A call by the delegate, which may be in the middle of anything: its consequences are reported
  /// later, from the loop.
  class Call {
   public:
    explicit Call(Connection& connection) : connection_(connection) { ++connection_.visits_; }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    ~Call() { connection_.end_call(); }

   private:
    Connection& connection_;
  };

  /// The data that exist only while the peer is slow.
  struct Pending : SendQueue {
    WaitList writers;                   ///< those that wait for room
    std::size_t offered = 0;            ///< messages whose writing waits, or was not awaited
    std::shared_ptr<Connection*> self;  ///< tells them whether the connection still exists
    std::optional<std::string> pong;    ///< the newest one, if another one waits in the queue
  };

  /// The data that an idle connection does not need.
  struct Extras {
    std::unique_ptr<Pending> queue;
    std::string unread;
    std::string close_reason;
  };

  /// A message that must be written when there is room. If it is given up, it counts as dropped.
  class Offer {
   public:
    explicit Offer(Connection& connection);
    Offer(Offer&& other) noexcept : connection_(std::move(other.connection_)) {}
    ~Offer();
    /// Whether the connection is over.
    [[nodiscard]] bool is_void() const { return *connection_ == nullptr; }
    /// Says that the message is written now.
    void accept();

   private:
    std::shared_ptr<Connection*> connection_;
  };

  Connection(ConnectionDelegate& delegate, net::Transport transport, const Rules& rules,
             Compression* compression);
  ~Connection();

  void on_events(std::uint32_t events) override;
  void on_batch_end() override;
  void on_deadline() override;
  void end_visit() {
    if (visits_ == 1 && !is_at_rest()) settle();
    if (--visits_ == 0 && state_ == State::closed) delete this;
  }
  void end_call();
  [[nodiscard]] bool is_at_rest() const;
  void settle();
  [[nodiscard]] Hub& hub() const { return rules_.hub; }
  Extras& extras();
  void drop_extras_if_unused();

  // Reading.
  [[nodiscard]] bool can_read() const {
    return state_ == State::lingering || (state_ <= State::closing && !is_paused_);
  }
  [[nodiscard]] bool can_join_round(std::uint32_t events) const;
  void join_round();
  void serve_round(std::span<char> received);
  void go_on();
  void read();
  void receive(std::span<char> received);
  void received_nothing(int error);
  void process(std::span<char> input);
  MessageReader::Event next_event(std::span<char>& input);
  [[nodiscard]] bool has_unread() const { return extras_ && !extras_->unread.empty(); }
  void keep_unread(std::span<char> input);
  void peer_closed(std::uint16_t code, std::string_view reason);

  // Writing.
  bool gather(MessageType type, std::string_view data);
  void put_message(MessageType type, std::string_view data);
  void put_frame(Opcode opcode, bool is_compressed, std::string_view payload);
  void put(std::string_view head, std::string_view payload, bool is_message);
  void put_pong(std::string_view payload);
  void put_close(std::uint16_t code, std::string_view reason);
  [[nodiscard]] bool has_room(std::size_t bytes) const;
  bool make_room(std::size_t bytes);
  Pending& keep();
  void send_frames(std::string_view frames);
  std::size_t send_shared(std::span<const SharedFrame> frames);
  std::size_t send_parts(std::span<iovec> parts);
  std::size_t send_plain(std::string_view bytes);
  Task<void> write_when_there_is_room(MessageType type, std::string data, Offer offer);
  [[nodiscard]] Pending* queue() const { return extras_ ? extras_->queue.get() : nullptr; }
  [[nodiscard]] bool has_backlog() const { return queue() != nullptr && !queue()->is_empty(); }
  void note_dropped(std::size_t messages, std::string_view reason);
  void send_now(std::string_view first, std::string_view second, bool is_message);
  [[nodiscard]] std::size_t send_some(std::string_view first, std::string_view second);
  void send_gathered();
  void send_pending();
  void set_blocked(bool is_blocked);
  void break_output();

  // Ends.
  void lost();
  void finish_closing();
  void close_now();
  void tell_closed();
  [[nodiscard]] Phase phase() const;
  void update_deadline();

  Connection* previous_ = nullptr;
  Connection* next_ = nullptr;
  ConnectionDelegate* delegate_;
  const Rules& rules_;
  Compression* compression_;  ///< null if there is none; owned unless it is shared
  net::SSLEngine* tls_;
  MessageReader reader_;
  std::unique_ptr<Extras> extras_;
  std::uint16_t close_code_ = 1006;
  std::uint16_t linger_left_ = 0;  ///< In kLingerUnits.
  State state_ = State::opening;
  Phase armed_ = Phase::none;
  std::uint8_t visits_ = 0;
  bool is_paused_ = true;
  bool is_readable_ : 1 = false;
  bool has_hung_up_ : 1 = false;
  bool is_ended_ : 1 = false;  ///< whether the peer's end was read
  bool is_blocked_ : 1 = false;
  bool is_broken_ : 1 = false;
  bool awaits_pong_ : 1 = false;
  bool is_set_aside_ : 1 = false;  ///< the round keeps output of this connection
  bool is_told_ : 1 = false;
  bool has_heard_ = false;     ///< data came since the ping
  bool has_progress_ = false;  ///< the peer took data since the deadline was set
};

}  // namespace bora::websocket
