#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bora {

class Inflater;

/// The data that GzipDecompressor was given is not gzip, damaged, or cut off.
class GzipError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Undoes gzip (RFC 1952) piece by piece, and never gives more at once than is asked for: a few
/// kilobytes may expand to gigabytes. Several members in a row are one text; anything else after a
/// member is an error.
///
///     std::string text = gzip.decompress(piece, 65536);
///     while (!text.empty()) {
///       use(text);
///       text = gzip.decompress(gzip.unconsumed_tail(), 65536);
///     }
class GzipDecompressor {
 public:
  GzipDecompressor();
  ~GzipDecompressor();
  GzipDecompressor(GzipDecompressor&&) noexcept;
  GzipDecompressor& operator=(GzipDecompressor&&) noexcept;

  /// Decompresses the next piece, or what unconsumed_tail() left of the last one.
  /// @param max_length  The most bytes to give; 0 means no limit.
  /// @throws GzipError  The data is damaged; the object cannot be used afterwards.
  std::string decompress(std::string_view value, std::size_t max_length = 0);

  /// The part of its argument that the last decompress() has not read. It may be empty though there
  /// is more output to come: call decompress() until it gives nothing.
  [[nodiscard]] std::string_view unconsumed_tail() const& { return tail_; }
  std::string_view unconsumed_tail() const&& = delete;

  /// Returns the rest of the output. Must be called at the end.
  /// @throws GzipError  The last member is not complete.
  std::string flush();

 private:
  std::unique_ptr<Inflater> inflater_;
  std::string_view tail_;
};

}  // namespace bora
