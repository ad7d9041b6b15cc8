#pragma once

#include <string_view>

namespace bora::web {

/// How much a client wants a content coding, in thousandths, by its Accept-Encoding field (RFC
/// 9110, 12.5.3): 0 for one that it refuses or does not name.
///
/// @param header  The whole field; empty if there was none.
/// @param coding  "br", "gzip", "identity"; `identity` is 1 (so, better than nothing) unless the
///                field mentions it.
[[nodiscard]] int quality_of(std::string_view header, std::string_view coding);

}  // namespace bora::web
