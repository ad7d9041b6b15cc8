#include <bora/http/event_source.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <bora/core/io_loop.h>

namespace bora::http {

namespace {

constexpr std::chrono::milliseconds kUsualRetry{3000};
constexpr std::size_t kMaxEvent = 1024 * 1024;
constexpr std::string_view kLastEventId = "Last-Event-ID";

}  // namespace

void EventStreamParser::feed(std::string_view bytes, std::vector<ServerSentEvent>& events) {
  for (const char c : bytes) {
    if (std::exchange(was_cr_, false) && c == '\n') continue;
    if (c == '\r' || c == '\n') {
      was_cr_ = c == '\r';
      take_line(events);
      continue;
    }
    line_ += c;
    if (line_.size() + data_.size() > max_size_)
      throw std::length_error("a server-sent event is longer than " + std::to_string(max_size_) +
                              " bytes");
  }
}

void EventStreamParser::take_line(std::vector<ServerSentEvent>& events) {
  std::string_view line = line_;
  if (!std::exchange(has_begun_, true) && line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
  if (line.empty()) {
    if (has_data_) {
      ServerSentEvent& event = events.emplace_back();
      event.data = std::exchange(data_, {});
      if (!event_.empty()) event.event = event_;
      event.id = last_id_;
    }
    has_data_ = false;
    event_.clear();
    line_.clear();
    return;
  }
  const std::size_t colon = std::min(line.find(':'), line.size());
  const std::string_view name = line.substr(0, colon);
  std::string_view value = line.substr(std::min(colon + 1, line.size()));
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (name == "data") {
    if (has_data_) data_ += '\n';
    data_ += value;
    has_data_ = true;
  } else if (name == "event") {
    event_ = value;
  } else if (name == "id") {
    if (value.find('\0') == std::string_view::npos) last_id_ = value;
  } else if (name == "retry") {
    unsigned milliseconds = 0;
    const auto [end, error] =
        std::from_chars(value.data(), value.data() + value.size(), milliseconds);
    if (error == std::errc() && end == value.data() + value.size())
      retry_ = std::chrono::milliseconds(milliseconds);
  }
  line_.clear();
}

void EventStreamParser::restart() {
  line_.clear();
  data_.clear();
  event_.clear();
  has_begun_ = has_data_ = was_cr_ = false;
}

EventSource::EventSource(AsyncHTTPClient client, HTTPRequest request)
    : client_(std::move(client)),
      request_(std::move(request)),
      parser_(kMaxEvent, request_.headers.get(kLastEventId)) {
  request_.request_timeout = std::chrono::seconds(0);
  request_.raise_error = true;
  request_.headers.set("Accept", "text/event-stream");
  request_.headers.set("Cache-Control", "no-store");
}

Task<void> EventSource::connect() {
  if (was_connected_) co_await sleep(parser_.retry().value_or(kUsualRetry));
  const std::string id = parser_.last_event_id();
  request_.headers.remove(kLastEventId);
  const bool is_sendable = std::none_of(id.begin(), id.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
  if (!id.empty() && is_sendable) request_.headers.set(kLastEventId, std::string_view(id));
  Task<HTTPResponseStream> opening = client_.stream(request_);
  HTTPResponseStream stream = co_await opening;
  const HTTPResponse& response = stream.response();
  if (response.code == 204) {
    is_over_ = true;
    co_return;
  }
  std::string type = response.headers.get("Content-Type");
  type.resize(std::min(type.find(';'), type.size()));
  while (type.ends_with(' ')) type.pop_back();
  if (response.code != 200 || !equals_ignoring_case(type, "text/event-stream"))
    throw HTTPClientError(response.code, "the answer is no stream of events");
  parser_.restart();  // an event that was cut off is dropped
  stream_.emplace(std::move(stream));
  was_connected_ = true;
}

Task<std::optional<ServerSentEvent>> EventSource::next() {
  for (;;) {
    if (given_ < events_.size()) {
      ServerSentEvent event = std::move(events_[given_++]);
      co_return event;
    }
    events_.clear();
    given_ = 0;
    if (is_over_) co_return std::nullopt;
    try {
      if (!stream_) {
        Task<void> connecting = connect();
        co_await connecting;
        continue;
      }
      Task<std::optional<std::string>> reading = stream_->read();
      const std::optional<std::string> piece = co_await reading;
      if (piece) {
        parser_.feed(*piece, events_);
      } else {
        stream_.reset();
      }
    } catch (const HTTPFetchError&) {
      stream_.reset();
      if (!was_connected_) throw;
    }
  }
}

}  // namespace bora::http
