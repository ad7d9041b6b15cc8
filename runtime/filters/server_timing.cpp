#include <bora/filters/server_timing.h>

#include <algorithm>
#include <utility>

#include <bora/web/application.h>
#include <bora/web/output_transform.h>
#include <bora/web/request_handler.h>

#include "runtime/http/characters.h"

namespace bora::filters {
namespace {

struct Timings {
  std::string list;
};

/// Appends milliseconds, as the field has them.
void append_duration(std::string& text, double milliseconds) {
  const auto hundredths = static_cast<long long>(std::clamp(milliseconds, 0.0, 1e12) * 100 + 0.5);
  text += ";dur=" + std::to_string(hundredths / 100) + '.';
  text += static_cast<char>('0' + hundredths / 10 % 10);
  text += static_cast<char>('0' + hundredths % 10);
}

}  // namespace

ServerTiming::ServerTiming() = default;
ServerTiming::ServerTiming(Options options) : options_(options) {}

void ServerTiming::operator()(web::RequestHandler& handler) const {
  if (!options_.always && !handler.settings().debug) return;
  handler.set_state(Timings());
  handler.before_headers([&handler](web::AnswerHead& head) {
    std::string text = handler.state<Timings>().list;
    text += "total";
    append_duration(text, handler.request().request_time() * 1e3);
    head.set_header("Server-Timing", text);
  });
}

void add_timing(web::RequestHandler& handler, const std::string& name,
                std::chrono::nanoseconds time) {
  auto* const timings = handler.find_state<Timings>();
  if (timings == nullptr || name.empty()) return;
  for (const char c : name) timings->list += http::is_token_character(c) ? c : '_';
  append_duration(timings->list, std::chrono::duration<double, std::milli>(time).count());
  timings->list += ", ";
}

}  // namespace bora::filters
