#include <bora/filters/compress.h>

#include <bora/web/application.h>
#include <bora/web/request_handler.h>

#include "runtime/web/compression.h"

namespace bora::filters {

void Compress::operator()(web::RequestHandler& handler) const {
  if (handler.settings().compress_response) return;  // it is compressed already
  handler.add_transform(web::make_compression(handler.request()));
}

}  // namespace bora::filters
