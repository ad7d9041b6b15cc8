#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include <bora/core/task.h>
#include <bora/web/route_table.h>

// Filters: what Tornado's users put into a base class's prepare(), and others call middleware. A
// filter is a function, or an object that is called like a function, in one of these forms:
//
//   void f(RequestHandler& handler);                      // before prepare()
//   Task<void> f(RequestHandler& handler);                // the same, and it may wait
//   Task<void> f(RequestHandler& handler, Next next);     // around it and the method
//
// A filter that finishes the answer, or throws HTTPError, keeps the rest from running.
// docs/filters.md tells how filters are ordered and what they may do.

namespace bora::web {

class RequestExecution;
class RequestHandler;

/// The rest of the request, for a filter that runs around it: the further filters, prepare() and
/// the method.
///
///     Task<void> in_transaction(RequestHandler& handler, Next next) {
///       Transaction transaction = co_await begin();
///       co_await next();                              // throws what the method throws
///       co_await transaction.commit();
///     }
///
/// The answer may be finished when the call returns (render() does that), so its fields are set by
/// RequestHandler::before_headers(). A filter that does not call it must have finished the answer,
/// or the text that it has written is the answer.
class Next {
 public:
  /// Only the framework makes one.
  explicit Next(RequestHandler& handler);
  Next(Next&& other) noexcept : execution_(std::exchange(other.execution_, nullptr)) {}
  Next& operator=(Next&&) = delete;

  /// @throws std::logic_error  It is the second call.
  [[nodiscard]] Task<void> operator()();

 private:
  RequestExecution* execution_;
};

namespace detail {

template <class F>
concept FiltersAround = requires(F& filter, RequestHandler& handler) {
  { filter(handler, Next(handler)) } -> std::same_as<Task<void>>;
};
template <class F>
concept FiltersBefore =
    requires(F& filter, RequestHandler& handler) { filter(handler); } &&
    (std::is_void_v<decltype(std::declval<F&>()(std::declval<RequestHandler&>()))> ||
     std::is_same_v<decltype(std::declval<F&>()(std::declval<RequestHandler&>())), Task<void>>);
/// A filter that also acts when the request's head was read and its body was not: it has a function
/// `void begin(http::HTTPServerRequest& request)`.
template <class F>
concept FiltersEarly =
    requires(F& filter, http::HTTPServerRequest& request) { filter.begin(request); };

template <class F>
Task<void> call_filter(F& filter, RequestHandler& handler) {
  if constexpr (FiltersAround<F>) {
    return filter(handler, Next(handler));
  } else if constexpr (std::is_void_v<decltype(filter(handler))>) {
    filter(handler);
    return {};
  } else {
    return filter(handler);
  }
}

}  // namespace detail

}  // namespace bora::web
