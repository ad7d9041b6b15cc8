#include <bora/filters/body_limit.h>

#include <stdexcept>

#include <bora/http/http_connection.h>

namespace bora::filters {

BodyLimit::BodyLimit(Options options) : options_(options) {
  if (options.max_bytes < 0) throw std::invalid_argument("BodyLimit: max_bytes is below zero");
}

void BodyLimit::begin(http::HTTPServerRequest& request) const {
  request.connection().set_max_body_size(static_cast<std::uint64_t>(options_.max_bytes));
}

}  // namespace bora::filters
