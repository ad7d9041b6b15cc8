#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace bora::render {

/// A URL that goes where no other value may: `data:image/png;base64,…` in a `src`, a script from
/// another host. It is encoded as others are, but its scheme and host are not looked at.
///
/// Whoever makes one vouches that nobody else chose them.
class TrustedURL {
 public:
  using bora_trusted_url = void;  ///< How sinks know it without this header.

  TrustedURL() = default;
  explicit TrustedURL(std::string url) : url_(std::move(url)) {}

  [[nodiscard]] std::string_view text() const { return url_; }
  operator std::string_view() const { return url_; }

 private:
  std::string url_;
};

}  // namespace bora::render
