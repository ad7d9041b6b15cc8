#include <bora/filters/trace_context.h>

#include <algorithm>
#include <utility>

#include <bora/core/log_tag.h>
#include <bora/web/request_handler.h>

#include "runtime/core/crypto.h"
#include "runtime/text/hex.h"

namespace bora::filters {
namespace {

constexpr std::size_t kTraceDigits = 32;
constexpr std::size_t kSpanDigits = 16;
constexpr std::size_t kMaxState = 512;

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text,
                             [](char c) { return text::is_hex_digit(c) && !text::is_upper(c); });
}

bool is_id(std::string_view text) {
  return is_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

/// "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"; a later version may go on after it.
bool read(std::string_view field, Trace& trace) {
  constexpr std::size_t kSize = 2 + 1 + kTraceDigits + 1 + kSpanDigits + 1 + 2;
  if (field.size() < kSize || field[2] != '-' || field[35] != '-' || field[52] != '-') return false;
  const std::string_view version = field.substr(0, 2);
  if (!is_hex(version) || version == "ff") return false;
  if (field.size() > kSize && (version == "00" || field[kSize] != '-')) return false;
  const std::string_view trace_id = field.substr(3, kTraceDigits);
  const std::string_view parent_id = field.substr(36, kSpanDigits);
  const std::string_view flags = field.substr(53, 2);
  if (!is_id(trace_id) || !is_id(parent_id) || !is_hex(flags)) return false;
  trace.trace_id = trace_id;
  trace.parent_id = parent_id;
  trace.is_sampled = std::string_view("13579bdf").find(flags[1]) != std::string_view::npos;
  return true;
}

}  // namespace

std::string Trace::traceparent() const {
  return "00-" + trace_id + "-" + span_id + (is_sampled ? "-01" : "-00");
}

TraceContext::TraceContext() = default;
TraceContext::TraceContext(Options options) : options_(options) {}

void TraceContext::operator()(web::RequestHandler& handler) const {
  const http::HTTPHeaders& fields = handler.request().headers();
  Trace trace;
  if (read(fields.get("traceparent"), trace)) {
    trace.state = fields.get("tracestate");
    if (trace.state.size() > kMaxState) trace.state.clear();
  } else {
    trace.trace_id = crypto::to_hex(crypto::random_bytes(kTraceDigits / 2));
    trace.is_sampled = options_.sample;
  }
  trace.span_id = crypto::to_hex(crypto::random_bytes(kSpanDigits / 2));
  if (options_.log) handler.set_log_tag(LogTag(trace.trace_id));
  handler.set_state(std::move(trace));
}

const Trace& trace_of(const web::RequestHandler& handler) {
  return handler.state<Trace>();
}

}  // namespace bora::filters
