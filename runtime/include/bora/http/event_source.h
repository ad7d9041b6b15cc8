#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/core/detail/chrono.h>
#include <bora/core/task.h>
#include <bora/http/async_http_client.h>
#include <bora/http/http_response_stream.h>

namespace bora::http {

/// One event that a server has sent.
struct ServerSentEvent {
  std::string event = "message";
  std::string data{};
  std::string id{};  ///< The last id that the server has sent.
};

/// Parses a stream of the type text/event-stream, as browsers do (WHATWG HTML, 9.2.6).
class EventStreamParser {
 public:
  /// @param max_event_size  In bytes; a longer event is an error.
  /// @param last_event_id   What last_event_id() returns until the server sends an id.
  explicit EventStreamParser(std::size_t max_event_size = 1024 * 1024,
                             std::string last_event_id = {})
      : max_size_(max_event_size), last_id_(std::move(last_event_id)) {}

  /// Appends the events that end within `bytes` to `events`.
  /// @throws std::length_error  An event is too long.
  void feed(std::string_view bytes, std::vector<ServerSentEvent>& events);

  [[nodiscard]] const std::string& last_event_id() const noexcept { return last_id_; }
  /// Begins the stream of another connection: half an event is dropped, the last id and retry()
  /// stay.
  void restart();
  /// The time that the server asked to wait before the next connection, if it did.
  [[nodiscard]] std::optional<std::chrono::milliseconds> retry() const noexcept { return retry_; }

 private:
  void take_line(std::vector<ServerSentEvent>& events);

  std::size_t max_size_;
  std::string line_;
  std::string data_;
  std::string event_;
  std::string last_id_;
  std::optional<std::chrono::milliseconds> retry_;
  bool has_begun_ = false;
  bool has_data_ = false;
  bool was_cr_ = false;
};

/// The events of a server, over as many connections as they need.
///
///     bora::http::EventSource source(client, {.url = "https://example.com/events"});
///     while (const auto event = co_await source.next()) show(event->data);
///
/// When a connection ends or breaks, another one is made after the time that the server has asked
/// for (three seconds by default). It sends the last event's id (Last-Event-ID).
class EventSource {
 public:
  /// @param request  Its request_timeout is ignored; read_timeout limits how long a server may be
  ///                 silent. If its headers have a Last-Event-ID, connections send that id until
  ///                 the server has sent another one, so the events begin after it.
  EventSource(AsyncHTTPClient client, HTTPRequest request);

  /// The next event, or nothing when the server has said that there are no more (status 204).
  ///
  /// @throws HTTPClientError  The status is not 200, or the type is another; or the first
  ///                          connection failed.
  /// @throws std::length_error  An event is longer than a mebibyte.
  Task<std::optional<ServerSentEvent>> next();

  [[nodiscard]] const std::string& last_event_id() const noexcept {
    return parser_.last_event_id();
  }

 private:
  Task<void> connect();

  AsyncHTTPClient client_;
  HTTPRequest request_;
  EventStreamParser parser_;
  std::optional<HTTPResponseStream> stream_;
  std::vector<ServerSentEvent> events_;
  std::size_t given_ = 0;
  bool was_connected_ = false;
  bool is_over_ = false;
};

}  // namespace bora::http
