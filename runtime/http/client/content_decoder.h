#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime/http/body_decoder.h"

namespace bora::http {

/// Decodes up to two gzip codings of an answer's body, in pieces of bounded size, so that a small
/// body which expands to a large one is noticed on the way.
///
///     decoder.add(bytes);
///     while (!(piece = decoder.next(error)).empty()) use(piece);
///     decoder.keep_rest();
class ContentDecoder {
 public:
  /// @param layers    1 or 2.
  /// @param max_size  The limit of the output, and of the data between the layers.
  ContentDecoder(int layers, std::uint64_t max_size) : max_size_(max_size) {
    for (int i = 0; i < layers; ++i) layers_.push_back(std::make_unique<BodyDecoder>(kPiece));
  }

  /// The bytes must stay valid until keep_rest().
  void add(std::string_view bytes) { layers_.front()->add(bytes); }

  std::string_view next(Error& error) {
    BodyDecoder& last = *layers_.back();
    for (;;) {
      const std::string_view piece = last.next(max_size_, error);
      if (!piece.empty() || error != Error::none || layers_.size() == 1) return piece;
      const std::string_view between = layers_.front()->next(max_size_, error);
      if (between.empty() || error != Error::none) return {};
      last.keep_rest();
      last.add(between);
    }
  }

  void keep_rest() {
    for (const auto& layer : layers_) layer->keep_rest();
  }

  [[nodiscard]] bool is_at_end() const {
    for (const auto& layer : layers_) {
      if (!layer->is_at_end()) return false;
    }
    return true;
  }

 private:
  static constexpr std::size_t kPiece = 32 * 1024;

  std::uint64_t max_size_;
  std::vector<std::unique_ptr<BodyDecoder>> layers_;
};

}  // namespace bora::http
