#include <bora/http/http_client_message.h>

#include <algorithm>
#include <cstdio>

#include <bora/http/status.h>

#include "runtime/text/hex.h"

namespace bora::http {

namespace {

std::string sentence(int code, const std::string& message) {
  return "HTTP " + std::to_string(code) + ": " + message;
}

std::string or_usual(int code, std::string message) {
  if (message.empty()) return std::string(reason_phrase(code));
  return message;
}

std::string with_place(const std::string& what, const FetchPlace& place) {
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.3f",
                std::chrono::duration<double>(place.elapsed).count());
  std::string text = what + " (" + place.host;
  if (!place.address.empty() && place.address != place.host) text += " at " + place.address;
  text.append(", while ").append(describe(place.phase)).append(", after ").append(seconds);
  return text + " s)";
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return text::is_hex_digit(c) && !text::is_upper(c); });
}

// W3C Trace Context, 3.2: version "-" trace-id "-" parent-id "-" flags.
bool is_traceparent(std::string_view text) {
  if (text.size() < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  const std::string_view version = text.substr(0, 2);
  const std::string_view trace = text.substr(3, 32);
  const std::string_view parent = text.substr(36, 16);
  if (!is_hex(version) || !is_hex(trace) || !is_hex(parent) || !is_hex(text.substr(53, 2)))
    return false;
  const bool is_longer = text.size() > 55;
  if (version == "ff" || (version == "00" && is_longer) || (is_longer && text[55] != '-'))
    return false;
  return trace.find_first_not_of('0') != std::string_view::npos &&
         parent.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

std::string_view describe(FetchPhase phase) noexcept {
  switch (phase) {
    case FetchPhase::queue:
      return "waiting for a connection's turn";
    case FetchPhase::dns:
      return "finding its address";
    case FetchPhase::connect:
      return "connecting";
    case FetchPhase::proxy:
      return "asking the proxy to connect";
    case FetchPhase::tls:
      return "agreeing on TLS";
    case FetchPhase::request:
      return "sending the request";
    case FetchPhase::first_byte:
      return "waiting for the answer";
    case FetchPhase::answer:
      return "reading the answer";
  }
  return "working";
}

HTTPClientError::HTTPClientError(int code, std::string message,
                                 std::shared_ptr<const HTTPResponse> response)
    : std::runtime_error(sentence(code, or_usual(code, message))),
      code_(code),
      message_(std::make_shared<const std::string>(or_usual(code, std::move(message)))),
      response_(std::move(response)) {}

HTTPFetchError::HTTPFetchError(const std::string& what, const FetchPlace& place,
                               std::shared_ptr<const HTTPResponse> response)
    : HTTPClientError(599, with_place(what, place), std::move(response)),
      place_(std::make_shared<const FetchPlace>(place)) {}

void HTTPResponse::rethrow() const {
  if (!is_ok()) throw HTTPClientError(code, reason, std::make_shared<const HTTPResponse>(*this));
}

void pass_trace(const HTTPHeaders& from, HTTPHeaders& to) {
  const auto parents = from.get_list("traceparent");
  if (parents.size() != 1 || !is_traceparent(parents.front())) return;
  to.set("traceparent", parents.front());
  to.remove("tracestate");
  const std::string state = from.get("tracestate");
  if (!state.empty() && state.size() <= 512) to.set("tracestate", std::string_view(state));
}

}  // namespace bora::http
