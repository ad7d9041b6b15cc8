#pragma once

#include <memory>

#include <bora/web/output_transform.h>

namespace bora::web {

/// Settings::compress_response: brotli or gzip by the rules of WEB-048, and Vary.
[[nodiscard]] std::unique_ptr<OutputTransform> make_compression(
    const http::HTTPServerRequest& request);

}  // namespace bora::web
