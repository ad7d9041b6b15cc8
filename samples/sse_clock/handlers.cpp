#include "handlers.h"

#include <string>

#include <bora/core/datetime.h>
#include <bora/web/event_stream.h>

#include "views/home.h"

namespace sse_clock {
namespace {

// Returns the ticks since 1970: the same number for everybody, so that missed ones can be counted.
std::int64_t tick_now() {
  return std::chrono::system_clock::now().time_since_epoch() / Ticks::interval;
}

}  // namespace

void Home::get() {
  render(views::home{});
}

Task<void> Ticks::get() {
  bora::web::EventStream events(*this, {.retry = std::chrono::seconds(2)});
  // A browser that connects again sends the last id that it got.
  if (const std::string& last = events.last_event_id(); !last.empty()) {
    const std::string missed = std::to_string(tick_now() - std::atoll(last.c_str()));
    co_await events.send(missed, "missed");
  }
  while (!events.is_closed()) {
    const std::string time = bora::datetime::format(std::chrono::system_clock::now(), "%H:%M:%S");
    const std::string id = std::to_string(tick_now());
    co_await events.send(time, "tick", id);
    try {
      co_await events.closed().wait(interval);  // unlike sleep(), this ends when the page is closed
    } catch (const bora::TimeoutError&) {
    }
  }
}

}  // namespace sse_clock
