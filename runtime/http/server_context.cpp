#include "runtime/http/server_context.h"

#include <algorithm>
#include <chrono>

#include "runtime/http/refusal.h"
#include "runtime/http/workspace.h"

namespace bora::http {

namespace {

HTTPServerOptions usable(HTTPServerOptions options) {
  options.chunk_size = std::max<std::size_t>(options.chunk_size, 1);
  // 0 means no limit; a negative limit is over as soon as possible.
  for (std::chrono::seconds* const limit :
       {&options.header_timeout, &options.body_timeout, &options.handler_timeout,
        &options.write_timeout, &options.idle_connection_timeout}) {
    if (limit->count() < 0) *limit = std::chrono::seconds(1);
  }
  return options;
}

}  // namespace

ServerContext::ServerContext(HTTPServerConnectionDelegate& the_delegate,
                             const HTTPServerOptions& the_options)
    : delegate(the_delegate),
      options(usable(the_options)),
      limits{options.max_header_size, options.max_header_count, options.max_uri_size,
             options.underscores_in_headers, &delegate},
      pace_limits{options.body_timeout, options.min_body_rate, options.body_rate_window},
      write_limits{options.write_timeout, options.min_write_rate, options.write_rate_window},
      origin_rules(options),
      prepares_requests(origin_rules.have_effect() || options.decompress_request),
      workspace(Workspace::acquire()) {}

void ServerContext::count_refusal(Error error) noexcept {
  ++statistics.by_reason[static_cast<std::size_t>(error)];
  if (error == Error::too_many_connections) {
    ++statistics.turned_away;
    return;
  }
  switch (status_of(error)) {
    case 408:
    case 503:
      ++statistics.timed_out;
      return;
    case 413:
    case 414:
    case 431:
      ++statistics.too_large;
      return;
    default:
      ++statistics.malformed;
  }
}

ServerContext::~ServerContext() {
  workspace.release();
}

}  // namespace bora::http
