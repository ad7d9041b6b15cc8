#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include <bora/core/task.h>
#include <bora/net/netutil.h>

namespace bora::http {

class OutputQueue;

/// A part of a file on its way into a socket.
///
/// It is sent chunk by chunk, so that one client's download does not delay others. If a chunk is
/// not in the system's memory, the loop's executor reads it first: the loop itself never waits for
/// a disk longer than one chunk takes.
class FilePiece : public std::enable_shared_from_this<FilePiece> {
 public:
  static constexpr std::size_t kChunk = 256 * 1024;

  FilePiece(std::shared_ptr<const net::FileDescriptor> file, std::uint64_t offset,
            std::uint64_t size)
      : file_(std::move(file)), offset_(offset), left_(size) {}

  [[nodiscard]] std::uint64_t left() const { return left_; }

  /// Whether the next chunk can be read without waiting for a disk.
  [[nodiscard]] bool is_resident();
  /// Lets the executor read the next chunk, then calls queue.file_is_warm().
  void warm(OutputQueue& queue);
  [[nodiscard]] bool is_warming() const { return is_warming_; }
  /// The queue was destroyed, or does not need the file any more.
  void forget_queue() { queue_ = nullptr; }

  /// The next bytes, up to `room` of them, copied to `to`; 0 when there are none.
  std::size_t read(char* to, std::size_t room) const;
  /// Counts bytes as sent.
  void advance(std::size_t bytes) {
    is_warm_ = false;
    offset_ += bytes;
    left_ -= bytes;
  }

  /// The bytes that are sent in one go.
  [[nodiscard]] std::size_t chunk() const {
    return left_ < kChunk ? static_cast<std::size_t>(left_) : kChunk;
  }
  [[nodiscard]] int fd() const { return file_->get(); }
  [[nodiscard]] std::uint64_t offset() const { return offset_; }

 private:
  static Task<void> read_ahead(std::shared_ptr<FilePiece> piece);
  void touch() const noexcept;

  std::shared_ptr<const net::FileDescriptor> file_;
  std::uint64_t offset_;
  std::uint64_t left_;
  OutputQueue* queue_ = nullptr;  ///< set while it is warming
  bool is_warming_ = false;
  bool is_warm_ = false;  ///< The next chunk is known to be there.
};

}  // namespace bora::http
