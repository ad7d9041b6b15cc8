#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <bora/net/netutil.h>

#include "runtime/http/output_block.h"
#include "runtime/http/round.h"
#include "runtime/http/server_context.h"
#include "runtime/http/shared_output.h"
#include "runtime/http/workspace.h"
#include "runtime/net/transport.h"

namespace bora::http {

class FilePiece;

/// The sending half of a server's connection: all output that is not yet sent.
///
/// Output is gathered in memory that all connections of the thread share. send_output() sends it;
/// or a round sets it aside and sends it with the answers of others. Output that the socket does
/// not take, and each part of a file, waits in blocks of the connection's own, and its pace is
/// measured, so that a client that takes it too slowly is noticed.
///
/// It is a base of the connection, which costs no byte this way. It has the socket, and notifies
/// the connection of the progress.
class OutputQueue : public RoundConnection {
 public:
  using Place = SharedOutput::Place;

  // RoundConnection.
  void send_set_aside(std::string_view answer) final;

  /// Another connection needs the shared memory: the output in it moves to a block.
  void move_away();
  /// The next bytes of the file that is being sent are in memory: go_on_sending() may be called.
  virtual void file_is_warm() = 0;

 protected:
  OutputQueue(ServerContext& server, net::FileDescriptor socket)
      : server_(server), transport_(std::move(socket)) {}
  ~OutputQueue() = default;

  [[nodiscard]] ServerContext& server() const { return server_; }
  [[nodiscard]] Workspace& workspace() const { return server_.workspace; }
  [[nodiscard]] net::Poller& poller() const { return server_.workspace.poller(); }
  [[nodiscard]] net::Transport& transport() { return transport_; }
  [[nodiscard]] const net::Transport& transport() const { return transport_; }

  // New output comes after all earlier output.

  /// Room for `bytes`; commit() tells up to where it was written.
  char* prepare(std::size_t bytes) {
    const bool is_simple = !is_set_aside_ && pending_ == nullptr;
    if (is_simple) shared().claim(*this);
    char* const room = is_simple ? shared().reserve(bytes) : nullptr;
    return room != nullptr ? room : prepare_otherwise(bytes);
  }
  void commit(const char* end) {
    pending_ == nullptr ? shared().commit(end) : pending_->last().cut(end);
  }
  void put(std::string_view bytes);
  void put_file(std::shared_ptr<FilePiece> file);

  /// The end of the output, for take_back().
  [[nodiscard]] Place place() const { return shared().place(); }
  /// Drops the output after a place. Returns false if some of it may have been sent.
  [[nodiscard]] bool take_back(Place place) {
    return pending_ == nullptr && shared().rewind(*this, place);
  }

  // Sending.

  /// Sends the output, as far as the socket takes it.
  void send_output() {
    const bool has_output = is_set_aside_ || pending_ != nullptr || shared().belongs_to(*this);
    if (has_output) send_all();
  }
  /// Returns true if the round keeps the gathered output, and will send it. Output that is too much
  /// for that is sent.
  [[nodiscard]] bool set_aside();
  /// Sends the output that a round keeps.
  void send_kept() {
    if (is_set_aside_) workspace().round().send_answer(*this);
  }
  /// Sends waiting output when the socket takes more.
  void go_on_sending();
  /// Sends when its turn has come, if it wants one.
  void take_turn() {
    if (!wants_turn_) return;
    wants_turn_ = false;
    go_on_sending();
  }
  /// Drops all output; the socket is closed, or another owner has it.
  void abandon();
  /// The bytes that wait, for the next owner of the socket. There must be no file among them.
  [[nodiscard]] std::string take_waiting() const {
    return std::string(pending_ == nullptr ? std::string_view() : pending_->bytes());
  }
  /// TLS must send something before it can go on reading.
  void wait_for_room() { set_blocked(true); }

  // The state of the output.

  /// Whether some of it waits until the client takes it.
  [[nodiscard]] bool has_waiting() const { return pending_ != nullptr; }
  /// Whether a file is among the waiting output.
  [[nodiscard]] bool has_file() const { return has_file_; }
  /// Whether it continues in the next batch, when the others had their turn.
  [[nodiscard]] bool wants_turn() const { return wants_turn_; }
  /// Whether it waits for the socket to take more.
  [[nodiscard]] bool is_blocked() const { return is_blocked_; }
  /// Whether a send failed: the client has left.
  [[nodiscard]] bool is_broken() const { return is_broken_; }
  /// Above this amount flush() of a handler waits …
  [[nodiscard]] bool holds_much() const;
  /// … until it is below this.
  [[nodiscard]] bool holds_little() const;
  /// Bytes that the system holds for the client.
  [[nodiscard]] std::size_t unacknowledged() const { return transport_.unacknowledged(); }
  /// Whether the client takes the waiting output more slowly than the limits allow.
  [[nodiscard]] bool is_too_slow() const;
  /// The time until the next check; 0 means never.
  [[nodiscard]] std::chrono::seconds time_left() const;

  static constexpr std::uint32_t kReadEvents = 0x2001;  // EPOLLIN | EPOLLRDHUP

 private:
  // Calls to the connection, from within the calls above.
  /// Some of the waiting output was taken, so its time begins again.
  virtual void output_moves() = 0;
  /// go_on_sending() has done what it could.
  virtual void output_was_sent() = 0;
  /// is_broken() has become true.
  virtual void output_broke() = 0;

  [[nodiscard]] SharedOutput& shared() const { return server_.workspace.output(); }
  char* prepare_otherwise(std::size_t bytes);
  void put_large(std::string_view bytes);
  void send_all();
  [[nodiscard]] bool send_front();
  [[nodiscard]] bool send_file(FilePiece& file);
  [[nodiscard]] std::ptrdiff_t send_chunk(FilePiece& file);
  void give_up_file();
  [[nodiscard]] std::size_t send_some(std::string_view first, std::string_view second,
                                      int flags = 0);
  void keep_waiting(std::string_view bytes);
  void drop_waiting();
  void break_output();
  void set_blocked(bool is_blocked);
  void count_sent(std::size_t bytes);

  bool is_set_aside_ : 1 = false;  ///< a round keeps output that must still be sent
  bool is_blocked_ : 1 = false;
  bool is_broken_ : 1 = false;
  bool has_file_ : 1 = false;
  bool wants_turn_ : 1 = false;
  ServerContext& server_;
  OutputBlock* pending_ = nullptr;  ///< While there is one, all output goes there, to the last one.
  [[no_unique_address]] net::Transport transport_;
};

}  // namespace bora::http
