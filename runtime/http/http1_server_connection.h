#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include <bora/http/error.h>
#include <bora/http/http_connection.h>

#include "runtime/http/exchange.h"
#include "runtime/http/message_stream.h"
#include "runtime/http/output_queue.h"
#include "runtime/http/peer_address.h"
#include "runtime/http/server_context.h"
#include "runtime/http/workspace.h"
#include "runtime/net/poller.h"
#include "runtime/net/transport.h"

namespace bora::http {

class FilePiece;

/// The server side of one HTTP/1.x connection.
///
/// It is a state machine over a non-blocking socket in the poller's edge-triggered set. It owns
/// itself: it is destroyed when its socket is closed. When idle, it holds no buffer: a read goes to
/// the workspace's input, requests are parsed and answered in place and in order, the answers
/// gather in the workspace's output, and one send ends the visit. Connections that are readable at
/// the same time take these steps together, as a Round. Bytes that can't be parsed yet (a handler
/// is still busy) or can't be sent yet move to a block of its own.
///
/// A function that few requests need is [[gnu::noinline]]: this keeps it out of the functions that
/// all requests run.
class HTTP1ServerConnection final : public net::CoarseDeadline,
                                    public MessageStream,
                                    public OutputQueue {
 public:
  /// The longest rest of a body that is skipped after an early answer, to keep the connection.
  static constexpr std::uint64_t kMaxReadPast = 64 * 1024;

  /// Takes over a non-blocking socket, and closes it if it can't be watched.
  static void start(ServerContext& server, int fd, const PeerAddress& peer);

  /// Ends the connection at once; a busy handler is notified that the client left.
  void close();

  /// Closes an idle connection. A busy one closes after its answer.
  void drain();

  void file_is_warm() override;

  [[nodiscard]] HTTP1ServerConnection* next() const { return next_; }

 private:
  /// idle: between requests. head, body: within one. handling: the request is read, the answer is
  /// not finished. closing: nothing more is read; closes when the output is sent. lingering: this
  /// side is shut, the peer's bytes are read past, so that the kernel does not answer them with a
  /// reset that overtakes our last answer (RFC 9112, 9.6). closed: destroyed at the end of the
  /// visit.
  enum class State : std::uint8_t { idle, head, body, handling, closing, lingering, closed };
  /// What it waits for, with a time limit of its own.
  enum class Phase : std::uint8_t { none, handshake, idle, head, body, handler, write, linger };

  /// Every way into a connection is a Visit. The end of the outermost one sends the output, follows
  /// up on what happened, and destroys the connection if it was closed.
  class Visit {
   public:
    enum class From : std::uint8_t { loop, handler };
    Visit(HTTP1ServerConnection& connection, From from) : connection_(connection), from_(from) {
      ++connection_.visits_;
    }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;
    ~Visit() { connection_.end_visit(from_); }

   private:
    HTTP1ServerConnection& connection_;
    From from_;
  };

  HTTP1ServerConnection(ServerContext& server, int fd, const PeerAddress& peer);
  ~HTTP1ServerConnection() = default;

  [[nodiscard]] bool is_admitted();
  /// Null between two requests.
  [[nodiscard]] Exchange* current() const { return is_answered_ ? nullptr : exchange_; }

  void on_events(std::uint32_t events) override;
  void on_batch_end() override;
  void on_deadline() override;
  void end_visit(Visit::From from) {
    if (visits_ == 1) return end_last_visit(from);
    --visits_;
  }
  void end_last_visit(Visit::From from);

  // Rounds.
  [[nodiscard]] bool can_join_round(std::uint32_t events) const {
    return events == kInputEvent && state_ <= State::body && can_consume() && unread_ == nullptr &&
           visits_ == 0 && transport().tls() == nullptr && !has_hung_up_;
  }
  void join_round();
  [[nodiscard]] bool answer_received(std::string_view bytes) override;
  void end_round() override { end_visit(Visit::From::loop); }

  // Input.
  [[nodiscard]] bool can_consume() const {
    if (state_ == State::lingering) return true;
    // A client that wants one file after the other gets one at a time.
    if (is_blocked() || has_file() || state_ > State::body) return false;
    return state_ != State::body || !exchange_->is_paused;
  }
  void serve();
  void receive();
  void note_receipt(net::Transport::State state);
  void consume_unread();
  std::size_t consume(std::string_view bytes);
  std::size_t read_head(std::string_view bytes);
  [[gnu::noinline]] std::size_t read_body(std::string_view input);
  [[gnu::noinline]] std::size_t read_past(std::string_view bytes);
  void keep_unread(std::string_view bytes);
  void end_of_input();
  void begin_exchange();
  void head_complete(std::string_view behind);
  [[gnu::noinline]] void prepare_request();
  void start_request();
  void proceed();
  [[gnu::noinline]] void begin_body();
  void request_complete();
  bool deliver(std::string_view data);
  [[gnu::noinline]] bool deliver_decoded(std::string_view data);

  // MessageStream: answers.
  void send_head(Exchange& exchange, const ResponseHead& head, std::string_view chunk) override;
  void send_piece(Exchange& exchange, std::string_view chunk) override;
  void send_file(Exchange& exchange, std::shared_ptr<FilePiece> file) override;
  void end_answer(Exchange& exchange) override;
  void spoil_answer(Exchange& exchange, bool has_begun) override;
  void flush() override;
  [[nodiscard]] bool has_unsent() const override { return has_waiting(); }
  void release_answered() override {
    is_answered_ = false;
    exchange_ = nullptr;
  }
  [[nodiscard]] bool is_congested() const override { return holds_much(); }
  void go_on_reading() override;
  void limits_changed() override {
    if (armed_ == Phase::body) armed_ = Phase::none;
  }
  [[nodiscard]] std::optional<net::SSLCertificate> ssl_certificate() const override;
  [[nodiscard]] net::IOStream detach(Exchange& exchange) override;
  void give_up() override { close(); }
  void decide_framing(Exchange& exchange, const ResponseHead& head) const;
  void put_chunk_size(std::uint64_t size);

  // OutputQueue.
  void output_moves() override {
    if (armed_ == Phase::write) armed_ = Phase::none;  // the time begins again
  }
  void output_was_sent() override;
  void output_broke() override {
    if (exchange_ != nullptr) exchange_->is_gone = true;
  }
  void write_error_page(int status, bool is_head);

  // TLS, from the first byte on; the handshake is a part of reading.
  [[nodiscard]] bool begin_tls();
  void tls_failed();

  // Ends.
  void end_exchange();
  void let_go_of_answered();
  void forget_answered();
  void refuse(Error error, std::string_view unread = {});
  void note_refusal(Error error, std::string_view unread) const;
  void fail(int status, std::string_view why);
  void abandon_exchange();
  void client_left();
  void begin_closing(bool should_linger);
  void finish_closing();
  void close_now();
  void leave();
  [[nodiscard]] net::IOStream hand_over(Exchange& exchange);
  void close_with_reset();
  void linger_over();
  void settle(Visit::From from);
  [[nodiscard]] bool may_have_left() const;
  [[nodiscard]] Phase phase() const;
  void time_over(Phase waited_for);
  [[nodiscard]] std::chrono::seconds time_limit(Phase phase) const;
  void update_deadline();

  struct Lingering {
    std::uint16_t left;    ///< KiB that are still read past.
    std::uint16_t queued;  ///< KiB that the system held for the client; 0: not yet known
  };

  static constexpr std::uint32_t kInputEvent = 0x1;  // EPOLLIN

  Lingering lingering_{};  ///< In this state.
  HTTP1ServerConnection* previous_ = nullptr;
  HTTP1ServerConnection* next_ = nullptr;
  Exchange* exchange_ = nullptr;  ///< of the present request; if is_answered_, of the last one
  Block* unread_ = nullptr;
  State state_ = State::idle;
  Phase armed_ = Phase::none;
  std::uint8_t visits_ = 0;
  bool is_readable_ : 1 = false;  ///< a read may bring something
  bool has_hung_up_ : 1 = false;  ///< The peer ended its side; there may be bytes before the end.
  bool is_ended_ : 1 = false;     ///< The end was read.
  bool should_linger_ : 1 = false;
  bool has_received_ : 1 = false;  ///< a round keeps input that must still be consumed
  bool is_answered_ : 1 = false;   ///< the exchange has ended, but the code that answered keeps it
  PeerAddress peer_;
};

}  // namespace bora::http
