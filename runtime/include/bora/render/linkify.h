#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bora/render/markup.h>

namespace bora::render {

/// How linkify() writes the links that it finds.
struct LinkifyOptions {
  /// If true, long addresses are shown cut to about 30 characters, and whole when the mouse is over
  /// them.
  bool shorten = false;
  /// Attributes for every link, as HTML: `rel="nofollow"`.
  std::string_view extra_params{};
  /// Returns the attributes of one link by its (escaped) address; if it is set, extra_params is
  /// ignored.
  std::string (*extra_params_for)(std::string_view href) = nullptr;
  /// If true, "www.example.com" is no link, because it has no protocol.
  bool require_protocol = false;
  /// Addresses with other protocols are left as text. "javascript" here would let others run
  /// scripts.
  std::vector<std::string_view> permitted_protocols = {"http", "https"};
};

/// Turns plain text into HTML in which addresses are links: `Hello http://tornadoweb.org!` becomes
/// `Hello <a href="http://tornadoweb.org">http://tornadoweb.org</a>!`. It takes linear time.
Markup linkify(std::string_view text, const LinkifyOptions& options = {});

}  // namespace bora::render
