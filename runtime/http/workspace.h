#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bora/http/http_server_request.h>

#include "runtime/http/block.h"
#include "runtime/http/round.h"
#include "runtime/http/shared_output.h"
#include "runtime/net/poller.h"

namespace bora::http {

class Exchange;

/// The data that the HTTP connections of one thread share, so that an idle one has next to nothing
/// of its own: the buffers for one read and for the answers to it, spare request contexts, the
/// cached Date.
///
/// It lives while a server or an exchange of the thread lives. A handler that never ends can keep it
/// beyond its loop; the next loop of the thread then gets another one.
class Workspace {
 public:
  static constexpr std::size_t kInputSize = 64 * 1024;
  static constexpr std::size_t kInputCapacity = 4 * kInputSize;

  /// That of this thread's loop, made if there is none; retained for the caller.
  static Workspace& acquire();
  void retain() { ++users_; }
  void release();

  [[nodiscard]] net::Poller& poller() { return poller_; }

  /// Room for one read, kInputSize bytes; null when too much input is kept, which reads within
  /// reads can cause.
  [[nodiscard]] char* input() {
    return input_used_ + kInputSize <= kInputCapacity ? input_.get() + input_used_ : nullptr;
  }
  /// Makes the next reads leave these bytes alone, until drop_input() goes back to a place before
  /// them.
  void keep_input(std::size_t bytes) { input_used_ += (bytes + 63) / 64 * 64; }
  [[nodiscard]] std::size_t kept_input() const { return input_used_; }
  void drop_input(std::size_t kept) { input_used_ = kept; }

  /// The connections that are being served together.
  [[nodiscard]] Round& round() { return round_; }

  /// The memory where answers are gathered.
  [[nodiscard]] SharedOutput& output() { return output_; }

  Block* take_block();
  void give_block(Block* block);

  Exchange* take_exchange();
  void give_exchange(Exchange* exchange);
  /// The number of those that are not spare; for tests.
  [[nodiscard]] std::size_t busy_exchanges() const { return busy_exchanges_; }

  /// "Server: Bora/x.y.z\r\nDate: …\r\n", for the present second.
  [[nodiscard]] std::string_view common_head() {
    const std::int64_t now = poller_.now().epoch_seconds;
    if (now != date_) set_date(now);
    return common_head_;
  }
  [[nodiscard]] std::size_t server_size() const { return server_size_; }

 private:
  explicit Workspace(net::Poller& poller);
  ~Workspace();
  void set_date(std::int64_t epoch_seconds);

  net::Poller& poller_;
  std::size_t users_ = 0;
  std::unique_ptr<char[]> input_;
  std::size_t input_used_ = 0;
  Round round_;
  SharedOutput output_;
  std::vector<std::unique_ptr<Block>> spare_blocks_;
  std::vector<Exchange*> spare_exchanges_;  ///< Owned; its memory is there from the beginning.
  std::size_t busy_exchanges_ = 0;
  std::string common_head_;
  std::size_t server_size_ = 0;
  std::int64_t date_ = -1;
};

/// Keeps input where it is: handlers may make other connections read.
class InputInUse {
 public:
  InputInUse(Workspace& workspace, std::size_t bytes)
      : workspace_(workspace), kept_(workspace.kept_input()) {
    workspace_.retain();
    workspace_.keep_input(bytes);
  }
  InputInUse(const InputInUse&) = delete;
  InputInUse& operator=(const InputInUse&) = delete;
  ~InputInUse() {
    workspace_.drop_input(kept_);
    workspace_.release();
  }

 private:
  Workspace& workspace_;
  const std::size_t kept_;
};

}  // namespace bora::http
