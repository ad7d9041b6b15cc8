#pragma once

#include <memory>

#include <bora/web/output_transform.h>

namespace bora::web {

/// Settings::compress_response: brotli or gzip for text of 1,024 bytes and more, and Vary.
[[nodiscard]] std::unique_ptr<OutputTransform> make_compression(
    const http::HTTPServerRequest& request);

}  // namespace bora::web
