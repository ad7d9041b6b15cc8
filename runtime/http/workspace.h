#pragma once

#include <bora/http/http_server_request.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/http/round.h"
#include "runtime/http/write_pace.h"
#include "runtime/net/poller.h"

namespace bora::http {

class Exchange;
class FilePiece;

/// Bytes of one connection that could not be parsed or sent at once. Of output, a part of a file
/// may come behind them, and another block behind that.
class Block {
 public:
  Block();
  ~Block();
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  [[nodiscard]] std::string_view bytes() const { return std::string_view(text_).substr(begin_); }
  [[nodiscard]] std::size_t size() const { return text_.size() - begin_; }
  void append(std::string_view bytes) { text_.append(bytes); }
  /// Drops the first `count` bytes.
  void consume(std::size_t count);
  /// `count` more bytes at the end, to be written by the caller; give back the rest by shrink().
  char* extend(std::size_t count);
  void shrink(std::size_t count) { text_.resize(text_.size() - count); }
  void clear();
  [[nodiscard]] std::size_t capacity() const { return text_.capacity(); }

  /// Null for most.
  [[nodiscard]] FilePiece* file() const { return file_.get(); }
  /// Once for each block, together with what comes behind the file.
  void add_file(std::shared_ptr<FilePiece> file, Block* behind);
  /// The file was sent, or will never be.
  Block* drop_file();
  /// The last of the blocks that begin here: where more bytes go.
  [[nodiscard]] Block& last();
  /// Bytes of this and of all that comes behind.
  [[nodiscard]] std::uint64_t total() const;

  /// Of output: how fast it leaves.
  [[nodiscard]] WritePace& pace() { return pace_; }

 private:
  std::string text_;
  std::size_t begin_ = 0;
  std::shared_ptr<FilePiece> file_;
  Block* next_ = nullptr;
  WritePace pace_;
};

/// What the HTTP connections of one thread share, so that an idle one has next to nothing of its
/// own: the buffers for one read and for the answers to it, spare request contexts, the cached
/// Date.
///
/// Lives while a server or an exchange of the thread lives.
class Workspace {
 public:
  static constexpr std::size_t kInputSize = 64 * 1024;
  static constexpr std::size_t kInputCapacity = 4 * kInputSize;
  static constexpr std::size_t kOutputSize = 64 * 1024;

  /// This thread's, made if there is none; retained for the caller.
  static Workspace& acquire();
  void retain() { ++users_; }
  void release();

  [[nodiscard]] net::Poller& poller() { return poller_; }

  /// Room for one read, kInputSize; null when too much is kept, as by reads within reads.
  [[nodiscard]] char* input() {
    return input_used_ + kInputSize <= kInputCapacity ? input_.get() + input_used_ : nullptr;
  }
  /// The next reads leave these bytes where they are, until drop_input() goes back behind them.
  void keep_input(std::size_t bytes) { input_used_ += (bytes + 63) / 64 * 64; }
  [[nodiscard]] std::size_t kept_input() const { return input_used_; }
  void drop_input(std::size_t kept) { input_used_ = kept; }

  /// The connections that are being served together.
  [[nodiscard]] Round& round() { return round_; }

  /// Answers are gathered in one buffer, which belongs to one connection at a time. Whoever takes
  /// it while another's bytes are in it makes that one move them away.
  void claim_output(RoundConnection& connection) {
    if (owner_ != &connection) change_owner(connection);
  }
  [[nodiscard]] bool owns_output(const RoundConnection& connection) const {
    return owner_ == &connection;
  }
  [[nodiscard]] std::string_view output() const {
    return {output_.get() + output_begin_, output_size_};
  }
  /// Room for `bytes` after output(); null if it is too full: send it first.
  char* reserve_output(std::size_t bytes) {
    const std::size_t used = output_begin_ + output_size_;
    return output_capacity_ - used >= bytes ? output_.get() + used : make_room(bytes);
  }
  void add_output(std::size_t bytes) { output_size_ += bytes; }
  static constexpr std::uint64_t kNoPlace = UINT64_MAX;
  /// A place in output(), for rewind_output().
  [[nodiscard]] std::uint64_t output_place() const {
    return std::uint64_t{claims_} << 32 | output_size_;
  }
  /// Drops what was put behind a place, if it is still all there: nothing of it was sent.
  bool rewind_output(const RoundConnection& connection, std::uint64_t place);
  /// Forgets output() and its owner.
  void drop_output();
  /// Keeps output() where it is, for the round, and begins another without an owner.
  std::string_view set_output_aside();
  [[nodiscard]] std::size_t output_aside() const { return output_begin_; }
  /// What was set aside is sent.
  void forget_output_aside();

  Block* take_block();
  void give_block(Block* block);

  Exchange* take_exchange();
  void give_exchange(Exchange* exchange);
  /// Those that are not spare; for tests.
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
  void change_owner(RoundConnection& connection);
  char* make_room(std::size_t bytes);
  void set_date(std::int64_t epoch_seconds);

  net::Poller& poller_;
  std::size_t users_ = 0;
  std::unique_ptr<char[]> input_;
  std::size_t input_used_ = 0;
  std::unique_ptr<char[]> output_;
  std::size_t output_begin_ = 0;  ///< Behind what is set aside.
  std::size_t output_size_ = 0;
  std::size_t output_capacity_ = kOutputSize;
  RoundConnection* owner_ = nullptr;
  std::uint32_t claims_ = 0;  ///< So many times there was a new owner.
  Round round_;
  std::vector<std::unique_ptr<Block>> spare_blocks_;
  std::vector<Exchange*> spare_exchanges_;  ///< Owned; its memory is there from the beginning.
  std::size_t busy_exchanges_ = 0;
  std::string common_head_;
  std::size_t server_size_ = 0;
  std::int64_t date_ = -1;
};

/// Keeps what was read where it is: handlers may make other connections read.
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
