#include <bora/filters/time_limit.h>

#include <stdexcept>
#include <utility>

#include <bora/core/clock.h>
#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/web/http_error.h>
#include <bora/web/request_handler.h>

namespace bora::filters {

TimeLimit::TimeLimit() : TimeLimit(Options()) {}

TimeLimit::TimeLimit(Options options) : options_(options) {
  if (options.limit.time() <= std::chrono::nanoseconds::zero())
    throw std::invalid_argument("TimeLimit: the limit is not above zero");
}

Task<void> TimeLimit::operator()(web::RequestHandler& handler, web::Next next) const {
  const Clock& clock = IOLoop::current().clock();
  const std::chrono::nanoseconds end = clock.monotonic() + options_.limit.time();
  Task<void> rest = next();
  bool is_over = false;
  try {
    Task<void> waiting =
        with_timeout(options_.limit.time(), std::move(rest), TimeoutOptions{.cancel = true});
    co_await waiting;
  } catch (const TimeoutError&) {
    if (clock.monotonic() < end) throw;  // it is from a wait of the handler's own
    is_over = true;
  }
  if (is_over && !handler.is_finished())
    throw web::HTTPError(503, "the request took longer than its time limit");
}

}  // namespace bora::filters
