#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bora/render/markup.h>

namespace bora::render {

/// What linkify() makes of the links it finds.
struct LinkifyOptions {
  /// Show long addresses cut to about 30 characters, and whole when the mouse is over them.
  bool shorten = false;
  /// Attributes for every link, `rel="nofollow"`; HTML.
  std::string_view extra_params{};
  /// The attributes of one link, told by its (escaped) address; if set, instead of extra_params.
  std::string (*extra_params_for)(std::string_view href) = nullptr;
  /// Leave "www.example.com" alone, which has none.
  bool require_protocol = false;
  /// What else looks like a link is left as text. "javascript" here would let others run scripts.
  std::vector<std::string_view> permitted_protocols = {"http", "https"};
};

/// Plain text as HTML in which addresses are links: `Hello http://tornadoweb.org!` becomes
/// `Hello <a href="http://tornadoweb.org">http://tornadoweb.org</a>!`. Takes linear time.
Markup linkify(std::string_view text, const LinkifyOptions& options = {});

}  // namespace bora::render
