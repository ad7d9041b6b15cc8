#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bora/core/detail/chrono.h>
#include <bora/core/task.h>
#include <bora/http/async_http_client.h>
#include <bora/http/http_response_stream.h>

namespace bora::http {

/// One of the events that a server sends.
struct ServerSentEvent {
  std::string event = "message";
  std::string data{};
  std::string id{};  ///< The last one that the server named.
};

/// Takes a stream of the type text/event-stream apart, as browsers do (WHATWG HTML, 9.2.6).
class EventStreamParser {
 public:
  /// @param max_event_size  A longer event is an error.
  explicit EventStreamParser(std::size_t max_event_size = 1024 * 1024)
      : max_size_(max_event_size) {}

  /// Adds the events that end within `bytes`.
  /// @throws std::length_error  An event is too long.
  void feed(std::string_view bytes, std::vector<ServerSentEvent>& events);

  [[nodiscard]] const std::string& last_event_id() const noexcept { return last_id_; }
  /// The beginning of another connection's stream: half an event is dropped, id and retry() stay.
  void restart();
  /// What the server asked to wait before the next connection.
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

/// A server's events, over as many connections as it takes.
///
///     bora::http::EventSource source(client, {.url = "https://example.com/events"});
///     while (const auto event = co_await source.next()) show(event->data);
///
/// When a connection ends or breaks, another one is made after the time that the server has asked
/// for (three seconds without that), and told the last event's id (Last-Event-ID).
class EventSource {
 public:
  /// @param request  Its request_timeout is not looked at; read_timeout tells how long a server may
  ///                 be silent.
  EventSource(AsyncHTTPClient client, HTTPRequest request);

  /// The next event; nothing when the server has said that there are no more (204).
  ///
  /// @throws HTTPClientError  Another status than 200, or another type; and any failure to connect
  ///                          before there was a first connection.
  /// @throws std::length_error  An event of more than a mebibyte.
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
