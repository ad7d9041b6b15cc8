#include "runtime/http/body_decoder.h"

#include <algorithm>

namespace bora::http {

namespace {

// Each body gets memory for its decoded pieces, so this should not be larger than needed.
constexpr std::size_t kMaxPiece = 64 * 1024;

}  // namespace

BodyDecoder::BodyDecoder(std::size_t piece_size)
    : piece_(std::clamp<std::size_t>(piece_size, 1, kMaxPiece), '\0') {}

void BodyDecoder::add(std::string_view bytes) {
  if (input_.empty()) {
    input_ = bytes;
    return;
  }
  // kept_ holds input_: keep_rest() was called since the last add().
  kept_.append(bytes);
  input_ = std::string_view(kept_).substr(kept_.size() - bytes.size() - input_.size());
}

std::string_view BodyDecoder::next(std::uint64_t max_size, Error& error) {
  if (!has_rest()) return {};
  std::size_t written = 0;
  const bool is_fine = inflater_.inflate(input_, piece_.data(), piece_.size(), written);
  is_full_ = written == piece_.size();
  total_ += written;
  // Checked in this order, the result is the same however the input was cut.
  if (total_ > max_size) {
    error = Error::body_too_large;
  } else if (!is_fine) {
    error = Error::bad_content_coding;
  }
  return std::string_view(piece_).substr(0, written);
}

void BodyDecoder::keep_rest() {
  if (input_.empty()) {
    kept_.clear();
    return;
  }
  std::string rest(input_);
  kept_.swap(rest);
  input_ = kept_;
}

}  // namespace bora::http
