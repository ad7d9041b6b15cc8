#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <bora/core/detail/chrono.h>
#include <bora/core/locks.h>
#include <bora/core/periodic_callback.h>
#include <bora/core/task.h>

namespace bora::web {

class RequestHandler;

/// The options of an EventStream.
struct EventStreamOptions {
  /// When nothing was sent for this long, a comment is sent, so that proxies do not take the
  /// connection for dead.
  std::chrono::milliseconds heartbeat = std::chrono::seconds(15);
  /// How long a browser waits before it connects again; its own default is some seconds.
  std::optional<std::chrono::milliseconds> retry{};
};

/// Server-Sent Events, which a page receives by `new EventSource(url)`: an answer that does not
/// end.
///
///     Task<void> get() {
///       bora::web::EventStream events(*this);
///       while (!events.is_closed()) {
///         const std::string price = co_await next_price();
///         co_await events.send(price, "price");
///       }
///     }
///
/// It sets the header fields, including the one that keeps nginx from holding events back. A
/// browser connects again when the connection ends, and sends the last id that it got. When the
/// client leaves, closed() is set and send() throws net::StreamClosedError, which ends the handler
/// without a line in the log.
class EventStream {
 public:
  /// Sends the headers. The object must not outlive the handler. There may be one for each request.
  /// @throws std::logic_error  The headers were sent already.
  explicit EventStream(RequestHandler& handler, EventStreamOptions options = {});
  ~EventStream();
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  /// Sends an event, and waits while the client is slower than the events.
  ///
  /// @param data   Any text; it may have several lines.
  /// @param event  The type of the event; empty means "message".
  /// @param id     The id for last_event_id(); empty keeps the earlier one.
  /// @throws std::invalid_argument     `event` or `id` has a line end or NUL.
  /// @throws net::StreamClosedError    The client left.
  [[nodiscard]] Task<void> send(std::string_view data, std::string_view event = {},
                                std::string_view id = {});

  /// The last id that the client got on an earlier connection; empty if there was none.
  [[nodiscard]] const std::string& last_event_id() const { return last_event_id_; }

  [[nodiscard]] bool is_closed() const { return closed_.is_set(); }
  /// An Event that is set when the client leaves, for waiting for that and something else. It is set
  /// from the beginning if the request is a HEAD, whose answer has no events.
  [[nodiscard]] Event& closed() { return closed_; }

 private:
  Task<void> send_text();
  void beat();

  RequestHandler& handler_;
  Event closed_;
  PeriodicCallback heartbeat_;
  std::string last_event_id_;
  bool is_busy_ = false;  ///< Whether something was sent since the last beat.
  bool is_sending_ = false;
};

}  // namespace bora::web
