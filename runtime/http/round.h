#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/net/poller.h"

namespace bora::http {

class Workspace;

/// The view of a connection for rounds and the workspace.
class RoundConnection : public net::Poller::Handler {
 public:
  // From Round::add() to end_round() is one visit, and the connection lives.
  /// True if the workspace's output is an answer of this connection that may be set aside.
  [[nodiscard]] virtual bool answer_received(std::string_view bytes) = 0;
  virtual void send_set_aside(std::string_view answer) = 0;
  virtual void end_round() = 0;

 protected:
  ~RoundConnection() = default;
};

/// Connections that are served together: the input of each is read, then all of them are answered,
/// then all answers are sent.
///
/// If they were served one by one, the kernel's code for receiving and sending would push ours out
/// of the processor's cache between any two requests. In a round our part takes half of the time
/// (docs/decisions/0008-rounds.md).
///
/// A round is over within the poller's batch in which it began. It is used on the loop's thread
/// only.
class Round final : public net::Poller::Handler {
 public:
  explicit Round(Workspace& workspace) : workspace_(workspace) {}
  ~Round();

  /// Takes over a visit of the connection, which the round will end.
  /// @param received  In the workspace's input; it stays there until the round is over.
  void add(RoundConnection& connection, std::string_view received);

  /// Sends the answers that the round keeps for this connection, or for all.
  void send_answer(RoundConnection& connection);
  void send_answers();

 private:
  /// This many share the contents of the caches; more gain little and wait longer for one another.
  static constexpr std::size_t kMaxConnections = 16;
  static constexpr std::size_t kMaxInput = 16 * 1024;
  static constexpr std::size_t kMaxOutput = 16 * 1024;

  struct Entry {
    RoundConnection* connection;
    std::string_view received;
    std::string_view answer;  ///< In the workspace's output.
  };

  void on_batch_end() override { run(); }
  void on_events(std::uint32_t) override {}
  void run();
  void adapt(std::chrono::nanoseconds answering);
  void send(Entry& entry);

  Workspace& workspace_;
  std::array<Entry, kMaxConnections> entries_;
  std::size_t count_ = 0;
  std::size_t input_ = 0;                          ///< Bytes received.
  std::size_t max_connections_ = kMaxConnections;  ///< fewer, while handlers are slow
};

}  // namespace bora::http
