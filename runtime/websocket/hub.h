#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <bora/core/locks.h>
#include <bora/core/task.h>
#include <bora/websocket/websocket.h>

#include "runtime/net/poller.h"
#include "runtime/websocket/message_reader.h"
#include "runtime/websocket/permessage_deflate.h"

namespace bora {
class IOLoop;
}

namespace bora::websocket {

class Connection;
class Hub;

/// The preferences of one side of a connection. Messages that it compresses with a context can't be
/// dropped, because the next ones refer to them.
DeflatePreferences deflate_preferences(const CompressionOptions& options, OverflowPolicy overflow,
                                       bool is_server);

/// The compression that both sides of a connection agreed on, and the objects that do it.
struct Compression {
  Compression(const DeflateParameters& agreed, const CompressionOptions& options, bool is_server);

  [[nodiscard]] bool is_shared() const { return !keeps_sent && !keeps_received; }

  const int level;
  const int mem_level;
  const int window_bits;           ///< for what we send
  const int received_window_bits;  ///< the most that the peer's messages need
  const std::size_t threshold;     ///< Shorter messages are not compressed.
  const bool keeps_sent;           ///< messages that we send refer to earlier ones
  const bool keeps_received;
  std::unique_ptr<Deflater> deflater;  ///< made when it is needed
  std::unique_ptr<Inflater> inflater;
};

/// The data that connections with the same options have in common.
struct Rules {
  Rules(Hub& the_hub, const WebSocketOptions& the_options, bool serves);

  /// They live as long as they are used: by connections, and by the hub while it returns them.
  void use() const { ++users; }
  void release() const {
    if (--users == 0) delete this;
  }

  Hub& hub;
  const WebSocketOptions options;
  const std::chrono::seconds ping_timeout;  ///< zero: no pong is expected
  const ReadRules reading;
  const bool is_server;
  const bool sends_pings;
  mutable std::size_t users = 0;

 private:
  ~Rules() = default;
};

/// The data that the WebSocket connections of one loop share, so that an idle one has next to
/// nothing of its own: memory to read into and to gather output in, compressors, the list of all of
/// them.
///
/// Connections that are readable at the same time are served together: the input of each is read,
/// then all are answered, then all answers are sent (docs/decisions/0008-rounds.md).
class Hub final : public net::Poller::Handler {
 public:
  /// This thread's hub, made at the first call. It ends with the thread's loop, and all connections
  /// with it: their delegates are notified while the loop still runs.
  static Hub& current();
  ~Hub();

  [[nodiscard]] net::Poller& poller() { return poller_; }

  void add(Connection& connection);
  void remove(Connection& connection);
  [[nodiscard]] std::size_t connections() const { return count_; }
  /// Whether the loop stops: new connections are then refused.
  [[nodiscard]] bool is_draining() const { return is_draining_; }

  // ---- Rounds ----

  static constexpr std::size_t kReadSize = 64 * 1024;

  /// Room for one read of kReadSize bytes; runs the round first if it is used up.
  char* input();
  /// Adds the connection's input, in the memory of input(), to the round. Begins a visit.
  void add_to_round(Connection& connection, std::size_t received);

  /// Whether output is gathered for the connection that is being served.
  [[nodiscard]] bool is_serving(const Connection& connection) const {
    return serving_ == &connection;
  }
  void begin_serving(Connection& connection) {
    if (!memory_) make_memory();
    serving_ = &connection;
  }
  [[nodiscard]] std::string_view gathered() const {
    return {memory_.get() + kInputCapacity + output_begin_, output_size_};
  }
  /// Room for `bytes` more; null if there is none.
  char* reserve(std::size_t bytes) {
    const std::size_t begin = output_begin_ + output_size_;
    return begin + bytes > kOutputCapacity ? nullptr : memory_.get() + kInputCapacity + begin;
  }
  void commit(std::size_t bytes) { output_size_ += bytes; }
  void drop_gathered() { output_size_ = 0; }
  void end_serving() { serving_ = nullptr; }
  /// Sends the output that the round keeps for this connection.
  void send_set_aside(Connection& connection);

  /// The rules for connections with these options; one object for all of them.
  const Rules& rules_for(const WebSocketOptions& options, bool is_server);

  // ---- Compression ----

  /// The compression of all connections that agreed on the same without keeping anything.
  Compression& shared(const DeflateParameters& agreed, const CompressionOptions& options,
                      bool is_server);
  Deflater& deflater_of(Compression& compression);
  Inflater& inflater_of(Compression& compression);
  /// Holds the last message that was decompressed or is being compressed.
  std::string& inflated() { return inflated_; }
  std::string& deflated() { return deflated_; }

 private:
  static constexpr std::size_t kMaxRound = 16;
  static constexpr std::size_t kMaxRoundInput = 16 * 1024;  ///< long messages stay in the cache
  static constexpr std::size_t kInputCapacity = kMaxRoundInput + 2 * kReadSize;
  static constexpr std::size_t kOutputCapacity = 128 * 1024;
  static constexpr std::size_t kMaxOutput = 64 * 1024;

  struct Entry {
    Connection* connection;
    std::span<char> received;
    std::string_view answer;
  };

  explicit Hub(IOLoop& loop);
  void on_events(std::uint32_t) override {}
  void on_batch_end() override { run_round(); }
  void run_round();
  void send_entry(Entry& entry);
  Task<void> drain();
  static Task<void> keep(Hub* hub);
  void close_all();
  void forget_rules();
  void make_memory();

  IOLoop& loop_;
  net::Poller& poller_;
  Connection* first_ = nullptr;
  Connection* next_ = nullptr;  ///< of a walk through the list
  std::size_t count_ = 0;
  Event is_empty_;
  Event never_;
  bool is_draining_ = false;

  std::unique_ptr<char[]> memory_;  ///< input, and then output
  std::size_t output_begin_ = 0;    ///< after the output that is set aside
  std::size_t output_size_ = 0;
  Connection* serving_ = nullptr;
  std::array<Entry, kMaxRound> entries_;
  std::size_t round_size_ = 0;
  std::size_t round_input_ = 0;
  bool is_running_ = false;

  std::vector<const Rules*> rules_;
  std::vector<std::unique_ptr<Compression>> shared_;
  std::string inflated_;
  std::string deflated_;
};

}  // namespace bora::websocket
