#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bora {

class Inflater;

/// What was given to GzipDecompressor is not gzip, damaged, or cut off.
class GzipError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Undoes gzip (RFC 1952) piece by piece, and never gives more at once than is asked for: a few
/// kilobytes may hold gigabytes. Several members in a row are one text; anything else after a
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
  /// @param max_length  Most bytes to give; 0: all that there are.
  /// @throws GzipError  It is damaged; the object is of no more use.
  std::string decompress(std::string_view value, std::size_t max_length = 0);

  /// What the last decompress() has not looked at, a part of its argument. It may be empty though
  /// there is more to come: that is over when decompress() gives nothing.
  [[nodiscard]] std::string_view unconsumed_tail() const& { return tail_; }
  std::string_view unconsumed_tail() const&& = delete;

  /// To be called at the end. Gives what is left.
  /// @throws GzipError  The last member is not whole.
  std::string flush();

 private:
  std::unique_ptr<Inflater> inflater_;
  std::string_view tail_;
};

}  // namespace bora
