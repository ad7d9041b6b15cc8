#include "runtime/core/gzip_compressor.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>
#include <utility>
#include <vector>

namespace bora {

struct GzipCompressor::Stream {
  Stream() {
    constexpr int kLevel = 6;
    constexpr int kGzip = 16 + MAX_WBITS;
    constexpr int kMemory = 8;
    if (deflateInit2(&z, kLevel, Z_DEFLATED, kGzip, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Stream() { deflateEnd(&z); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  z_stream z{};
};

/// A stream has 256 KiB of memory, so a few of them are kept for the next answers.
class GzipCompressor::Pool {
 public:
  std::unique_ptr<Stream> take() {
    if (free_.empty()) return std::make_unique<Stream>();
    std::unique_ptr<Stream> stream = std::move(free_.back());
    free_.pop_back();
    deflateReset(&stream->z);
    return stream;
  }
  void give_back(std::unique_ptr<Stream> stream) {
    constexpr std::size_t kMaxKept = 4;
    if (free_.size() < kMaxKept) free_.push_back(std::move(stream));
  }

  static Pool& of_thread() {
    thread_local Pool pool;
    return pool;
  }

 private:
  std::vector<std::unique_ptr<Stream>> free_;
};

GzipCompressor::GzipCompressor() : stream_(Pool::of_thread().take()) {}

GzipCompressor::~GzipCompressor() {
  Pool::of_thread().give_back(std::move(stream_));
}

std::string GzipCompressor::compress(std::string_view piece, Flush flush) {
  constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
  z_stream& z = stream_->z;
  std::string out;
  std::size_t used = 0;
  while (true) {
    const std::size_t part = std::min(piece.size(), kMost);
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    z.avail_in = static_cast<uInt>(part);
    piece.remove_prefix(part);
    const int how = !piece.empty() ? Z_NO_FLUSH : flush == Flush::finish ? Z_FINISH : Z_SYNC_FLUSH;
    do {
      const std::size_t room =
          std::min<std::size_t>(std::max<std::size_t>(z.avail_in / 4, 512), kMost);
      out.resize(used + room);
      z.next_out = reinterpret_cast<Bytef*>(out.data() + used);
      z.avail_out = static_cast<uInt>(room);
      deflate(&z, how);
      used += room - z.avail_out;
    } while (z.avail_out == 0);
    if (piece.empty()) break;
  }
  out.resize(used);
  return out;
}

}  // namespace bora
