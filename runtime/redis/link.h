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

/// A connection that stands: greeted, logged in, its database chosen.
/// @throws ConnectionError
Task<net::IOStream> connect(Options options);

/// Commands and replies on one connection. Begins with the stream that open() gives it, and is over
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

  /// Sends a command, or several that belong together, and gives the last one's reply.
  /// @param replies  How many come; those before the last are dropped, unless one is an error.
  Task<Value> run(std::string wire, std::size_t replies, Deadline deadline);

  /// Without waiting for replies: they go to on_push.
  void send(std::string_view wire);
  UniqueFunction<void(Value)> on_push;  ///< Takes all replies, if it is set.
  UniqueFunction<void()> on_lost;

 private:
  struct Entry;
  class Answer;

  struct Entry {
    Answer* answer = nullptr;
    std::size_t replies = 1;
    std::string failure{};  ///< Of an earlier reply.
  };

  void flush() noexcept;
  static Task<void> read(std::shared_ptr<Link> self);
  void take(Value reply);

  Options options_;
  std::optional<net::IOStream> stream_;
  Reader reader_;
  std::deque<Entry> entries_;
  std::string out_;
  bool is_flush_due_ = false;
  std::string why_lost_ = "not connected";
  std::chrono::nanoseconds last_input_{};
  bool is_open_ = false;
};

}  // namespace bora::redis
