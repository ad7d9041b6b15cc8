#include "runtime/core/inflater.h"

#include <algorithm>
#include <limits>
#include <new>

#include <zlib.h>

namespace bora {

namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;

uInt bounded(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

}  // namespace

Inflater::Inflater() : stream_(std::make_unique<z_stream_s>()) {
  if (inflateInit2(stream_.get(), kGzipOnly) != Z_OK) throw std::bad_alloc();
}

Inflater::~Inflater() {
  inflateEnd(stream_.get());
}

bool Inflater::inflate(std::string_view& input, char* output, std::size_t room,
                       std::size_t& written) {
  written = 0;
  z_stream& stream = *stream_;
  for (;;) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream.avail_in = bounded(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(output + written);
    stream.avail_out = bounded(room - written);
    const uInt given = stream.avail_in;
    const uInt space = stream.avail_out;
    const int result = ::inflate(&stream, Z_NO_FLUSH);
    const uInt taken = given - stream.avail_in;
    input.remove_prefix(taken);
    written += space - stream.avail_out;
    if (result == Z_STREAM_END) {
      is_between_members_ = true;
      if (inflateReset(&stream) != Z_OK) return false;
      if (input.empty()) return true;
      continue;
    }
    if (result == Z_BUF_ERROR) return true;  // nothing to do without more input, or room
    if (result != Z_OK) return false;
    if (taken > 0) is_between_members_ = false;
    if (written == room || input.empty()) return true;
  }
}

}  // namespace bora
