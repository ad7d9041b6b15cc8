#include "runtime/core/compressor.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <utility>
#include <vector>

#include <zlib.h>

namespace bora {
namespace {

// gzip.

struct GzipStream {
  GzipStream() {
    constexpr int kLevel = 6;
    constexpr int kGzip = 16 + MAX_WBITS;
    constexpr int kMemory = 8;
    if (deflateInit2(&z, kLevel, Z_DEFLATED, kGzip, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~GzipStream() { deflateEnd(&z); }
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  z_stream z{};
};

/// A stream has 256 KiB of memory, so a few of them are kept for the next answers.
class GzipStreams {
 public:
  std::unique_ptr<GzipStream> take() {
    if (free_.empty()) return std::make_unique<GzipStream>();
    std::unique_ptr<GzipStream> stream = std::move(free_.back());
    free_.pop_back();
    deflateReset(&stream->z);
    return stream;
  }
  void give_back(std::unique_ptr<GzipStream> stream) {
    constexpr std::size_t kMaxKept = 4;
    if (free_.size() < kMaxKept) free_.push_back(std::move(stream));
  }

  static GzipStreams& of_thread() {
    thread_local GzipStreams streams;
    return streams;
  }

 private:
  std::vector<std::unique_ptr<GzipStream>> free_;
};

class GzipCompressor final : public Compressor {
 public:
  GzipCompressor() : stream_(GzipStreams::of_thread().take()) {}
  ~GzipCompressor() override { GzipStreams::of_thread().give_back(std::move(stream_)); }
  GzipCompressor(const GzipCompressor&) = delete;
  GzipCompressor& operator=(const GzipCompressor&) = delete;

  std::string compress(std::string_view piece, Flush flush) override {
    constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
    std::string out;
    while (piece.size() > kMost) {
      add(piece.substr(0, kMost), Z_NO_FLUSH, out);
      piece.remove_prefix(kMost);
    }
    add(piece, flush == Flush::finish ? Z_FINISH : Z_SYNC_FLUSH, out);
    return out;
  }

 private:
  void add(std::string_view piece, int how, std::string& out) {
    z_stream& z = stream_->z;
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    z.avail_in = static_cast<uInt>(piece.size());
    do {
      constexpr std::size_t kLeast = 512;
      const std::size_t used = out.size();
      const std::size_t room = std::max<std::size_t>(z.avail_in / 4, kLeast);
      out.resize(used + room);
      z.next_out = reinterpret_cast<Bytef*>(out.data() + used);
      z.avail_out = static_cast<uInt>(room);
      deflate(&z, how);
      out.resize(used + room - z.avail_out);
    } while (z.avail_out == 0);
  }

  std::unique_ptr<GzipStream> stream_;
};

// brotli.

/// The functions of libbrotlienc, by the names and types of its interface, which is that of version
/// 1 since 2017.
struct BrotliLibrary {
  struct State;
  State* (*create)(void* allocate, void* free, void* opaque) = nullptr;
  int (*set_parameter)(State*, int parameter, std::uint32_t value) = nullptr;
  int (*compress)(State*, int operation, std::size_t* available_in, const std::uint8_t** next_in,
                  std::size_t* available_out, std::uint8_t** next_out,
                  std::size_t* total_out) = nullptr;
  int (*has_more_output)(State*) = nullptr;
  const std::uint8_t* (*take_output)(State*, std::size_t* size) = nullptr;
  void (*destroy)(State*) = nullptr;

  BrotliLibrary() {
    // The library is never closed, because its functions may be in use until the end.
    void* const library = ::dlopen("libbrotlienc.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return;
    is_usable = find(library, "BrotliEncoderCreateInstance", create) &&
                find(library, "BrotliEncoderSetParameter", set_parameter) &&
                find(library, "BrotliEncoderCompressStream", compress) &&
                find(library, "BrotliEncoderHasMoreOutput", has_more_output) &&
                find(library, "BrotliEncoderTakeOutput", take_output) &&
                find(library, "BrotliEncoderDestroyInstance", destroy);
  }

  bool is_usable = false;

 private:
  template <class Function>
  static bool find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
    return function != nullptr;
  }
};

const BrotliLibrary& brotli() {
  static const BrotliLibrary library;
  return library;
}

class BrotliCompressor final : public Compressor {
 public:
  BrotliCompressor() : state_(brotli().create(nullptr, nullptr, nullptr)) {
    if (state_ == nullptr) throw std::bad_alloc();
    constexpr int kMode = 0;
    constexpr int kQuality = 1;
    constexpr int kWindow = 2;
    constexpr std::uint32_t kText = 1;
    constexpr std::uint32_t kFast = 4;         // as fast as gzip's level 6, and smaller
    constexpr std::uint32_t kWindowBits = 18;  // 256 KiB
    brotli().set_parameter(state_, kMode, kText);
    brotli().set_parameter(state_, kQuality, kFast);
    brotli().set_parameter(state_, kWindow, kWindowBits);
  }
  ~BrotliCompressor() override { brotli().destroy(state_); }
  BrotliCompressor(const BrotliCompressor&) = delete;
  BrotliCompressor& operator=(const BrotliCompressor&) = delete;

  std::string compress(std::string_view piece, Flush flush) override {
    constexpr int kFlush = 1;
    constexpr int kFinish = 2;
    std::string out;
    std::size_t left = piece.size();
    const auto* next = reinterpret_cast<const std::uint8_t*>(piece.data());
    do {
      std::size_t no_room = 0;
      std::uint8_t* nowhere = nullptr;
      if (brotli().compress(state_, flush == Flush::finish ? kFinish : kFlush, &left, &next,
                            &no_room, &nowhere, nullptr) == 0) {
        throw std::bad_alloc();
      }
      std::size_t size = 0;
      const std::uint8_t* const bytes = brotli().take_output(state_, &size);
      out.append(reinterpret_cast<const char*>(bytes), size);
    } while (left > 0 || brotli().has_more_output(state_) != 0);
    return out;
  }

 private:
  BrotliLibrary::State* state_;
};

}  // namespace

std::unique_ptr<Compressor> make_gzip_compressor() {
  return std::make_unique<GzipCompressor>();
}

std::unique_ptr<Compressor> make_brotli_compressor() {
  if (!has_brotli()) return nullptr;
  return std::make_unique<BrotliCompressor>();
}

bool has_brotli() {
  return brotli().is_usable;
}

}  // namespace bora
