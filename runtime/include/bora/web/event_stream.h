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

struct EventStreamOptions {
  /// A comment is sent when nothing else was for so long, so that proxies do not take the
  /// connection for dead.
  std::chrono::milliseconds heartbeat = std::chrono::seconds(15);
  /// How long a browser waits before it connects again; its own default is some seconds.
  std::optional<std::chrono::milliseconds> retry{};
};

/// Server-Sent Events, which a page gets by `new EventSource(url)`: an answer that does not end.
///
///     Task<void> get() {
///       bora::web::EventStream events(*this);
///       while (!events.is_closed()) {
///         const std::string price = co_await next_price();
///         co_await events.send(price, "price");
///       }
///     }
///
/// Sets the header fields, among them what keeps nginx from holding events back. A browser connects
/// again when the connection ends, and tells the last id that it got. When the client leaves,
/// closed() is set and send() throws net::StreamClosedError, which ends the handler without a word
/// in the log.
class EventStream {
 public:
  /// Sends the headers. Must not outlive the handler; one for each request.
  /// @throws std::logic_error  The headers were sent already.
  explicit EventStream(RequestHandler& handler, EventStreamOptions options = {});
  ~EventStream();
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  /// Sends an event; waits while the client takes less than it is sent.
  ///
  /// @param data   Any text, of several lines too.
  /// @param event  Its type; empty: "message".
  /// @param id     For last_event_id(); empty: as before.
  /// @throws std::invalid_argument     A line end or NUL in `event` or `id`.
  /// @throws net::StreamClosedError    The client left.
  [[nodiscard]] Task<void> send(std::string_view data, std::string_view event = {},
                                std::string_view id = {});

  /// The last id that the client has got on an earlier connection; empty: there was none.
  [[nodiscard]] const std::string& last_event_id() const { return last_event_id_; }

  [[nodiscard]] bool is_closed() const { return closed_.is_set(); }
  /// Is set when the client leaves: to wait for that and something else.
  [[nodiscard]] Event& closed() { return closed_; }

 private:
  Task<void> send_text();
  void beat();

  RequestHandler& handler_;
  Event closed_;
  PeriodicCallback heartbeat_;
  std::string last_event_id_;
  bool is_busy_ = false;  ///< Something was sent since the last beat.
  bool is_sending_ = false;
};

}  // namespace bora::web
