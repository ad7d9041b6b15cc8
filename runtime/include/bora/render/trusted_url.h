#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace bora::render {

/// A URL for places where no other value is allowed: `data:image/png;base64,…` in a `src`, a script
/// from another host. It is encoded as others are, but its scheme and host are not checked.
///
/// Code that makes one guarantees that nobody else chose them.
class TrustedURL {
 public:
  using bora_trusted_url = void;  ///< by it sinks recognise the type without this header

  TrustedURL() = default;
  explicit TrustedURL(std::string url) : url_(std::move(url)) {}

  [[nodiscard]] std::string_view text() const { return url_; }
  operator std::string_view() const { return url_; }

 private:
  std::string url_;
};

}  // namespace bora::render
