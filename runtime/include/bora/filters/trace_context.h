#pragma once

#include <string>
#include <string_view>

namespace bora::web {
class RequestHandler;
}

namespace bora::filters {

/// A request's place in a distributed trace, as in the field traceparent (W3C Trace Context).
struct Trace {
  std::string trace_id{};   ///< 32 hexadecimal digits.
  std::string parent_id{};  ///< 16 digits; empty if the trace begins here.
  std::string span_id{};    ///< 16 digits: this request's own.
  bool is_sampled = false;
  std::string state{};  ///< The field tracestate, as it came.

  /// The field for requests to other services: "00-TRACE-SPAN-01".
  [[nodiscard]] std::string traceparent() const;
};

/// Reads traceparent and tracestate, or begins a trace. Handlers get it by trace_of().
class TraceContext {
 public:
  struct Options {
    /// Whether traces that begin here are marked as sampled.
    bool sample = false;
    /// Whether the trace's id is the tag of the request's log lines.
    bool log = false;
  };

  TraceContext();
  explicit TraceContext(Options options);

  void operator()(web::RequestHandler& handler) const;

 private:
  Options options_;
};

/// @throws std::logic_error  The route does not have the filter.
[[nodiscard]] const Trace& trace_of(const web::RequestHandler& handler);

}  // namespace bora::filters
