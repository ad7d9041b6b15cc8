#pragma once

#include <string>
#include <string_view>

namespace bora::compiler {

/// Returns the SHA-256 of `text` as a Content-Security-Policy names it: "sha256-" and 44 letters of
/// base64.
std::string content_hash(std::string_view text);

}  // namespace bora::compiler
