#include <bora/web/event_stream.h>

#include <stdexcept>
#include <utility>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/net/error.h>
#include <bora/web/request_handler.h>

#include "runtime/web/open_event_streams.h"
#include "runtime/web/request_execution.h"
#include "runtime/web/request_extras.h"

namespace bora::web {
namespace {

/// Writes a line for each line of the text; CR, LF and CRLF end one (HTML, 9.2.6).
void append_lines(std::string& out, std::string_view field, std::string_view text) {
  while (true) {
    const std::size_t end = text.find_first_of("\r\n");
    out.append(field).append(": ").append(text.substr(0, end)).append("\n");
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + (text.substr(end, 2) == "\r\n" ? 2 : 1));
  }
}

void append_line(std::string& out, std::string_view field, std::string_view text) {
  if (text.empty()) return;
  if (text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
    throw std::invalid_argument("EventStream: a line end or NUL in '" + std::string(field) + "'");
  }
  out.append(field).append(": ").append(text).append("\n");
}

/// Ignores the failure of a beat: that the client has left is reported elsewhere.
Task<void> ignore_failure(Task<void> task) {
  try {
    co_await task;
  } catch (const net::StreamClosedError&) {
  }
}

/// The closed() events of all open streams.
std::vector<Event*>& open_streams() {
  thread_local std::vector<Event*> streams;
  return streams;
}
thread_local bool are_ended = false;

}  // namespace

void end_event_streams() {
  are_ended = true;
  for (Event* const closed : open_streams()) closed->set();
}

void allow_event_streams() {
  are_ended = false;
}

EventStream::EventStream(RequestHandler& handler, EventStreamOptions options)
    : handler_(handler),
      heartbeat_([this] { beat(); }, options.heartbeat),
      last_event_id_(handler.request().headers().get("Last-Event-ID")) {
  if (RequestExecution::of(handler).has_sent_headers()) {
    throw std::logic_error("EventStream: the headers were already sent");
  }
  handler.set_header("Content-Type", "text/event-stream; charset=utf-8");
  handler.set_header("Cache-Control", "no-cache");
  handler.set_header("X-Accel-Buffering", "no");  // nginx
  if (options.retry) {
    handler.write("retry: " + std::to_string(options.retry->count()) + "\n\n");
  }
  handler.extras().closed = &closed_;
  open_streams().push_back(&closed_);
  heartbeat_.start();
  beat();
  if (are_ended || handler.request().method() == "HEAD") closed_.set();
}

EventStream::~EventStream() {
  handler_.extras().closed = nullptr;
  std::erase(open_streams(), &closed_);
}

Task<void> EventStream::send(std::string_view data, std::string_view event, std::string_view id) {
  std::string text;
  append_line(text, "id", id);
  append_line(text, "event", event);
  append_lines(text, "data", data);
  text += '\n';
  handler_.write(text);
  return send_text();
}

Task<void> EventStream::send_text() {
  is_busy_ = true;
  is_sending_ = true;
  Task<void> flushing = handler_.flush();
  try {
    co_await flushing;
  } catch (...) {
    is_sending_ = false;
    throw;
  }
  is_sending_ = false;
}

/// Nobody waits for a beat: all earlier output was sent, so these few bytes are sent at once.
void EventStream::beat() {
  if (std::exchange(is_busy_, false) || is_sending_ || is_closed() || handler_.is_finished()) {
    return;
  }
  handler_.write(":\n\n");
  IOLoop::current().spawn(ignore_failure(handler_.flush()));
}

}  // namespace bora::web
