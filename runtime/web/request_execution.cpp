#include "runtime/web/request_execution.h"

#include <chrono>
#include <ctime>
#include <iterator>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include <bora/core/detail/loop_access.h>
#include <bora/core/escape.h>
#include <bora/core/io_loop.h>
#include <bora/core/locks.h>
#include <bora/core/log.h>
#include <bora/http/httputil.h>
#include <bora/net/error.h>
#include <bora/net/io_stream.h>
#include <bora/version.h>
#include <bora/web/application.h>
#include <bora/web/filter.h>
#include <bora/web/http_error.h>
#include <bora/web/observer.h>
#include <bora/web/request_handler.h>

#include "runtime/text/methods.h"
#include "runtime/web/compression.h"
#include "runtime/web/development.h"
#include "runtime/web/failure.h"
#include "runtime/web/redirects.h"
#include "runtime/web/request_extras.h"
#include "runtime/web/static_files.h"

// A request goes through begin(), prepared(), called(), conclude(). Each calls the next; where a
// coroutine waits, the chain returns to the loop and the Task's end comes back through resume().
// Where the handler streams its request's body, the chain begins with the head, rests after
// prepared() in await_body(), and goes through hand_over() for each piece. An exception anywhere
// ends in answer_error() and then in conclude(), which destroys the handler, this object and, by
// release(), the memory of both.

namespace bora::web {
namespace {

/// Replaces the user's class if there is none: no route matched, or a constructor threw.
class PlainHandler : public RequestHandler {};

thread_local RequestExecution* constructing = nullptr;

/// Tells the handler that is being constructed which request it belongs to.
struct ConstructionMark {
  explicit ConstructionMark(RequestExecution* execution) { constructing = execution; }
  ~ConstructionMark() { constructing = nullptr; }
};

using text::kHandlerMethods;  // in the order of Method
static_assert(std::size(kHandlerMethods) == kMethodCount);

/// kMethodCount for a method that is none of these.
std::size_t method_index(std::string_view method) {
  std::size_t index = 0;
  while (index < kMethodCount && kHandlerMethods[index] != method) ++index;
  return index;
}

constexpr std::size_t index_of(Method method) {
  return static_cast<std::size_t>(method);
}

bool has_percent_or_high_byte(std::string_view text) {
  for (const char c : text) {
    if (c == '%' || static_cast<unsigned char>(c) >= 0x80) return true;
  }
  return false;
}

const Endpoint& endpoint_of_route(const Route& route) {
  if (route.mount != nullptr) {
    return route.endpoint != nullptr ? *route.endpoint : static_file_endpoint();
  }
  if (route.redirect != nullptr) return redirect_endpoint();
  return *route.endpoint;
}

Endpoint::Call find_own_call(const Endpoint& endpoint, std::string_view method) {
  for (const Endpoint::OwnCall& own : endpoint.own_calls) {
    if (own.method == method) return own.call;
  }
  return nullptr;
}

/// Returns the function that answers `method`; null if there is none.
Endpoint::Call find_call(const Endpoint& endpoint, std::string_view method) {
  const std::size_t index = method_index(method);
  if (index == kMethodCount) return find_own_call(endpoint, method);
  const Endpoint::Call call = endpoint.calls[index];
  if (call != nullptr || index != index_of(Method::head)) return call;
  return endpoint.calls[index_of(Method::get)];  // the body is dropped when it is sent
}

void add_method(std::string& list, std::string_view method) {
  if (!list.empty()) list += ", ";
  list += method;
}

/// Runs a hook of the program's; an exception in it must not change the answer.
template <class Hook>
void run_hook(std::string_view name, Hook hook) noexcept {
  try {
    hook();
  } catch (...) {
    app_log.exception(name);
  }
}

}  // namespace

http::HTTPMessageDelegate* RequestExecution::create(Application& application,
                                                    http::HTTPServerRequest& request) {
  void* memory = request.allocate(sizeof(RequestExecution), alignof(RequestExecution));
  auto* const execution = new (memory) RequestExecution(application, request);
  return execution->started();
}

http::HTTPMessageDelegate* RequestExecution::create(Application& application,
                                                    http::HTTPServerRequest& request,
                                                    const Route& route, const PathArgs& arguments) {
  void* memory = request.allocate(sizeof(RequestExecution), alignof(RequestExecution));
  auto* const execution = new (memory) RequestExecution(application, request, route, arguments);
  return execution->started();
}

/// The receiver of the message: this object, or the delegate of a FallbackHandler.
http::HTTPMessageDelegate* RequestExecution::started() {
  if (endpoint_ != nullptr && endpoint_->fallback != nullptr) {
    const Endpoint& endpoint = *endpoint_;
    Application& application = application_;
    http::HTTPServerRequest& request = request_;
    --application.running_requests_;
    this->~RequestExecution();
    return endpoint.fallback(application).start_request(request);
  }
  if (has_filters_) begin_filters();
  // If nobody reads the body (404, 405, OPTIONS), the answer need not wait for it either.
  const bool reads_body = call_ != nullptr;
  if (!reads_body || endpoint_->data_received != nullptr) begin_early();
  return this;
}

void RequestExecution::begin_filters() {
  while (const Filter* const filter = next_filter()) {
    run_hook("a filter's begin() threw", [&] { filter->begin(request_); });
  }
  next_filter_ = 0;
}

RequestExecution::RequestExecution(Application& application, http::HTTPServerRequest& request,
                                   const Route& route, const PathArgs& arguments)
    : application_(application),
      request_(request),
      method_(method_index(request.method())),
      is_decoded_(true) {
  ++application.running_requests_;
  match_.route = &route;
  match_.arguments = arguments;
  choose_route();
  note_rules(route_->rules);
}

RequestExecution::RequestExecution(Application& application, http::HTTPServerRequest& request)
    : application_(application), request_(request), method_(method_index(request.method())) {
  ++application.running_requests_;
  application.find_route(request, match_);
  if (match_.route == nullptr) {
    endpoint_ = application.settings().default_handler_class;
    if (endpoint_ == nullptr) endpoint_ = application.routes().error_endpoint();
    if (endpoint_ != nullptr) call_ = find_call(*endpoint_, request.method());
    note_rules(application.routes().error_rules());
    return;
  }
  choose_route();
  note_rules(route_->rules);
}

void RequestExecution::note_rules(const RouteRules* rules) {
  rules_ = rules;
  has_filters_ = rules != nullptr || !application_.filters_.empty();
}

/// Of the routes with this path, takes the one whose class defines the method; for HEAD, if there
/// is none, the one with GET; else the first, whose page says 405.
void RequestExecution::choose_route() {
  if (take_route(method_)) return;
  if (is_head() && take_route(index_of(Method::get)))
    return;  // the body is dropped when it is sent
  route_ = match_.route;
  endpoint_ = &endpoint_of_route(*route_);
}

bool RequestExecution::take_route(std::size_t method) {
  for (const Route* route = match_.route; route != nullptr; route = route->next) {
    const Endpoint& endpoint = endpoint_of_route(*route);
    call_ =
        method < kMethodCount ? endpoint.calls[method] : find_own_call(endpoint, request_.method());
    if (call_ == nullptr) continue;
    route_ = route;
    endpoint_ = &endpoint;
    return true;
  }
  return false;
}

RequestExecution* RequestExecution::under_construction() {
  return constructing;
}

RequestExecution& RequestExecution::of(const RequestHandler& handler) {
  return handler.execution();
}

void RequestExecution::data_received(std::string_view chunk) {
  if (body_ == Body::awaited) {
    piece_ = chunk;
    received_ += chunk.size();
    resume<&RequestExecution::hand_over>(this);
  } else if (call_ != nullptr) {  // else 404, 405 or 204: nobody reads it
    request_.append_body(chunk);
  }
}

void RequestExecution::finish() {
  if (body_ == Body::gathered) return resume<&RequestExecution::begin>(this);
  body_ = Body::complete;
  if (is_body_waited_for_) return resume<&RequestExecution::body_arrived>(this);
  resume<&RequestExecution::call>(this);
}

void RequestExecution::on_connection_close() {
  if (handler_ == nullptr) return conclude();  // the client left before the whole message was here
  if (handler_->is_finished()) return;
  is_client_gone_ = true;
  const LogTagScope scope(log_tag());
  run_hook("on_connection_close() threw", [this] { handler_->on_connection_close(); });
  if (handler_->extras_ != nullptr) handler_->extras_->tell_closed();
  if (body_ != Body::awaited) return;
  if (is_body_waited_for_) return give_up();
  conclude();  // no code of the handler is running that would do it
}

template <void (RequestExecution::*stage)()>
void RequestExecution::resume(void* self) noexcept {
  auto* execution = static_cast<RequestExecution*>(self);
  const LogTagScope scope(execution->log_tag());
  try {
    (execution->*stage)();
  } catch (...) {
    execution->answer_error(std::current_exception());
    execution->conclude();
  }
}

/// @returns  False when `task` waits; `on_done` is then called at its end.
bool RequestExecution::run(Task<void> task, void (*on_done)(void*)) {
  task_ = std::move(task);
  return task_.start(on_done, this);
}

/// Throws the exception with which prepare() or the method ended, if any.
void RequestExecution::finish_task() {
  task_.take();
  task_ = {};
}

void RequestExecution::begin() {
  create_handler(endpoint_);
  handler_->set_default_headers();
  if (endpoint_ == nullptr) return has_filters_ ? run_filters() : conclude_with(404);
  if (route_ != nullptr && route_->init != nullptr) {
    endpoint_->initialize_with(*handler_, route_->init);
  } else if (endpoint_->initialize != nullptr) {
    endpoint_->initialize(*handler_);
  }
  if (has_filters_) return begin_filtered();
  if (is_method_missing()) return conclude_with(405);
  check_message();
  prepare();
}

/// A fault of the request is answered after the filters: they see each request, and the fields that
/// they set are sent with the refusal.
void RequestExecution::begin_filtered() {
  try {
    if (!is_method_missing()) check_message();
  } catch (...) {
    handler_->extras().refusal = std::current_exception();
  }
  run_filters();
}

bool RequestExecution::is_method_missing() const {
  return call_ == nullptr && match_.route != nullptr && !has_method(Method::options);
}

void RequestExecution::check_message() {
  if (!request_.body().empty()) parse_body();
  if (match_.arguments.size() > 0) decode_path_args();
  if (!is_read()) check_xsrf_cookie();
}

/// Returns the next filter: first the application's, then those of the route; null after the last.
const Filter* RequestExecution::next_filter() {
  const std::vector<Filter>& first = application_.filters_;
  const std::size_t index = next_filter_++;
  if (index < first.size()) return &first[index];
  if (rules_ == nullptr) return nullptr;
  const std::span<const Filter> own = rules_->filters;
  return index - first.size() < own.size() ? &own[index - first.size()] : nullptr;
}

/// @param is_around  Set if the filter itself runs what comes after it.
Task<void> RequestExecution::call_filter(const Filter& filter, bool& is_around) {
  is_around_ = false;
  Task<void> task = filter(*handler_);
  is_around = std::exchange(is_around_, false);
  return task;
}

/// Runs the filters that have not run yet; it is called again when one of them has waited.
void RequestExecution::run_filters() {
  while (true) {
    finish_task();
    if (handler_->is_finished()) return conclude();
    const Filter* const filter = next_filter();
    if (filter == nullptr) break;
    bool is_around = false;
    Task<void> task = call_filter(*filter, is_around);
    if (is_around) {
      // Its Task is kept apart, because data_received() may be at work while it waits.
      Task<void>& around = handler_->extras().around = std::move(task);
      if (around.start(&resume<&RequestExecution::around_ended>, this)) around_ended();
      return;
    }
    if (!run(std::move(task), &resume<&RequestExecution::run_filters>)) return;
  }
  if (is_refused()) return refuse();
  prepare();
}

void RequestExecution::around_ended() {
  handler_->extras().around.take();
  if (!handler_->is_finished()) handler_->finish();
  conclude();
}

/// Whether no handler answers the request, or something is wrong with it.
bool RequestExecution::is_refused() const {
  return endpoint_ == nullptr || is_method_missing() ||
         (handler_->extras_ != nullptr && handler_->extras_->refusal != nullptr);
}

void RequestExecution::refuse() {
  if (endpoint_ == nullptr) return conclude_with(404);
  if (is_method_missing()) return conclude_with(405);
  std::rethrow_exception(std::exchange(handler_->extras().refusal, nullptr));
}

/// Does the work of the stages from run_filters() on, for a filter that waits for them.
Task<void> RequestExecution::run_rest() {
  while (const Filter* const filter = next_filter()) {
    bool is_around = false;
    Task<void> task = call_filter(*filter, is_around);
    co_await task;
    if (is_around || handler_->is_finished()) co_return;
  }
  if (is_refused()) {
    if (endpoint_ == nullptr || is_method_missing()) {
      co_return handler_->send_error(endpoint_ == nullptr ? 404 : 405);
    }
    std::rethrow_exception(std::exchange(handler_->extras().refusal, nullptr));
  }
  if (endpoint_->prepare != nullptr) {
    Task<void> preparing = endpoint_->prepare(*handler_);
    co_await preparing;
    if (handler_->is_finished()) co_return;
  }
  if (call_ == nullptr) {
    if (match_.route == nullptr) co_return handler_->send_error(404);
    co_return set_options();
  }
  if (!is_allowed()) handler_->authenticated(std::string_view());
  if (body_ != Body::gathered) {
    Event arrived;
    handler_->extras().body_is_complete = &arrived;
    is_body_waited_for_ = true;
    if (is_client_gone_) {
      give_up();
    } else {
      await_body();
    }
    Event::Wait waiting = arrived.wait();
    co_await waiting;
    if (is_given_up_) throw net::StreamClosedError();
  }
  Task<void> answering = call_(*handler_, match_.arguments);
  note_work();
  co_await answering;
}

/// The client has left, so the coroutine in run_rest() must end.
void RequestExecution::give_up() {
  is_given_up_ = true;
  body_arrived();
}

/// Lets the coroutine in run_rest() go on.
void RequestExecution::body_arrived() {
  is_body_waited_for_ = false;
  std::exchange(handler_->extras().body_is_complete, nullptr)->set();
}

void RequestExecution::prepare() {
  endpoint_->prepare == nullptr ? go_on() : call_prepare();
}

void RequestExecution::call_prepare() {
  if (run(endpoint_->prepare(*handler_), &resume<&RequestExecution::prepared>)) prepared();
}

void RequestExecution::prepared() {
  finish_task();
  go_on();
}

void RequestExecution::go_on() {
  if (handler_->is_finished()) return conclude();
  if (call_ == nullptr) return answer_without_call();
  if (!is_allowed()) handler_->authenticated(std::string_view());
  if (body_ == Body::gathered) return call();
  await_body();
}

/// A handler that takes its body in pieces, or does not read it, begins before the body is read.
void RequestExecution::begin_early() {
  body_ = Body::held_back;
  request_.connection().pause_reading();
  resume<&RequestExecution::begin>(this);
}

/// Goes on in data_received() or finish(); a client that has left will send neither.
void RequestExecution::await_body() {
  if (is_client_gone_) return conclude();
  body_ = Body::awaited;
  request_.connection().resume_reading();
}

/// Back-pressure: while data_received() waits, nothing more is read.
void RequestExecution::hand_over() {
  body_ = Body::in_work;
  if (endpoint_->is_piece_kept) piece_ = handler_->extras().piece = piece_;
  if (run(endpoint_->data_received(*handler_, piece_), &resume<&RequestExecution::handed_over>)) {
    handed_over();
  } else {
    request_.connection().pause_reading();
  }
}

void RequestExecution::handed_over() {
  finish_task();
  if (handler_->is_finished()) return conclude();
  await_body();
}

void RequestExecution::call() {
  const bool is_done = run(call_(*handler_, match_.arguments), &resume<&RequestExecution::called>);
  note_work();
  if (is_done) called();
}

/// A request whose handler computes, or blocks without co_await, keeps all others waiting.
void RequestExecution::note_work() const noexcept {
  const std::int64_t milliseconds = bora::detail::LoopAccess::end_work(IOLoop::current());
  if (milliseconds != 0) warn_of_work(milliseconds);
}

void RequestExecution::warn_of_work(std::int64_t milliseconds) const noexcept {
  const std::string_view name = route_ == nullptr ? std::string_view() : route_->name;
  app_log.warning("the loop was kept for ", milliseconds, " ms by ", request_.method(), " ",
                  request_.uri(), name.empty() ? "" : " (route ", name, name.empty() ? "" : ")");
}

/// A route for those who are logged in is closed to others.
bool RequestExecution::is_allowed() const {
  return rules_ == nullptr || rules_->has_user == nullptr || rules_->has_user(*handler_);
}

void RequestExecution::called() {
  finish_task();
  if (!handler_->is_finished()) handler_->finish();
  conclude();
}

/// Makes the route's handler; without an endpoint one that can only show error pages.
void RequestExecution::create_handler(const Endpoint* endpoint) {
  const ConstructionMark mark(this);
  release_ = endpoint == nullptr ? nullptr : endpoint->release;
  if (release_ != nullptr) {
    handler_ = endpoint->construct(nullptr);
  } else if (endpoint == nullptr) {
    handler_ = new (request_.allocate(sizeof(PlainHandler), alignof(PlainHandler))) PlainHandler;
  } else {
    handler_ = endpoint->construct(request_.allocate(endpoint->size, endpoint->alignment));
  }
  const Settings& settings = application_.settings();
  if (settings.compress_response || !settings.transforms.empty()) make_transforms();
}

/// A malformed form never reaches prepare().
void RequestExecution::parse_body() const {
  if (const std::string* error = request_.parse_body()) refuse_request(400, *error);
}

/// Captures are decoded only after matching, so that %2F is no separator. Those of a redirect stay
/// as they are, so that %2F does not become one in its location.
void RequestExecution::decode_path_args() {
  PathArgs& arguments = match_.arguments;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!has_percent_or_high_byte(arguments.text(i))) continue;
    const std::string decoded =
        is_decoded_ ? std::string(arguments.text(i)) : url_unescape(arguments.text(i), false);
    const std::string_view kept = request_.keep(handler_->decode_argument(decoded, {}));
    if (route_ == nullptr || route_->redirect == nullptr) arguments.set(i, kept);
  }
}

/// A request that changes something has the cookie's token, or comes from this site.
void RequestExecution::check_xsrf_cookie() const {
  const Settings& settings = application_.settings();
  if (!(settings.xsrf_cookies || settings.cross_origin_protection) || call_ == nullptr) return;
  if (has_method(Method::options)) return;
  handler_->check_xsrf_cookie();
}

void RequestExecution::answer_without_call() {
  if (match_.route == nullptr) return conclude_with(404);
  set_options();
  conclude();
}

void RequestExecution::set_options() {
  handler_->set_status(204);
  handler_->set_header("Allow", allowed_methods());
  handler_->finish();
}

std::string RequestExecution::allowed_methods() const {
  const MethodMask mask = match_.route == nullptr ? MethodMask{} : methods_of(*match_.route);
  // A WebSocket begins with GET, and with nothing else.
  const bool is_websocket =
      match_.route != nullptr && endpoint_of_route(*match_.route).release != nullptr;
  std::string allowed;
  for (std::size_t i = 0; i < kMethodCount; ++i) {
    const bool is_stand_in =
        i == index_of(Method::options) || (i == index_of(Method::head) && !is_websocket &&
                                           (mask & (1U << index_of(Method::get))) != 0);
    if (is_stand_in || (mask & (1U << i)) != 0) add_method(allowed, kHandlerMethods[i]);
  }
  for (const Route* route = match_.route; route != nullptr; route = route->next) {
    for (const Endpoint::OwnCall& own : endpoint_of_route(*route).own_calls)
      add_method(allowed, own.method);
  }
  return allowed;
}

void RequestExecution::conclude_with(int status) {
  handler_->send_error(status);
  conclude();
}

void RequestExecution::answer_error(std::exception_ptr error) noexcept {
  if (is_given_up_) return;
  try {
    if (handler_ == nullptr) create_handler(nullptr);  // its constructor threw
    handle_exception(error);
  } catch (...) {
    app_log.exception("The error page failed");
  }
  if (handler_ != nullptr && !handler_->is_finished()) answer_plain_500();
}

/// What a handler threw becomes the answer: Finish, HTTPError with its page, anything else a 500.
void RequestExecution::handle_exception(std::exception_ptr error) {
  const Failure failure = inspect(error, request_.body());
  const bool is_finished = handler_->is_finished();
  if (failure.kind == Failure::Kind::finish) {
    if (!is_finished) finish_with(*failure.finish);
    return;
  }
  // Nobody is left to read an answer, and a client that leaves is no error of the program.
  const bool is_client_gone =
      failure.kind == Failure::Kind::stream_closed && request_.connection().is_closed();
  if (!is_client_gone) {
    run_hook("log_exception() threw", [&] { handler_->log_exception(error); });
    if (Development* const library = development();
        library != nullptr && failure.kind == Failure::Kind::other) {
      library->failed(*handler_, error);
    }
  }
  if (is_finished) return;
  if (is_client_gone && has_sent_headers_) {
    handler_->finish();
  } else {
    handler_->send_error(failure.status, error);
  }
}

/// The chunk of a Finish is sent, whatever the status is.
void RequestExecution::finish_with(const Finish& thrown) {
  if (thrown.is_json()) handler_->set_header("Content-Type", "application/json; charset=UTF-8");
  handler_->finish(thrown.chunk());
}

/// Sends an answer without a body, when even the error page has failed.
void RequestExecution::answer_plain_500() noexcept {
  try {
    response_.clear();
    handler_->set_status(500);
    send_rest();
  } catch (...) {
    app_log.exception("An answer is given up");
  }
}

void RequestExecution::conclude() noexcept {
  http::HTTPConnection& connection = request_.connection();
  task_ = {};
  if (handler_ != nullptr && handler_->extras_ != nullptr) handler_->extras_->around = {};
  const bool is_unanswered = handler_ == nullptr || !handler_->is_finished();
  if (is_unanswered && has_end_hooks()) tell_end();
  if (release_ != nullptr && handler_ != nullptr) {
    handler_->request_is_over();
    release_(*handler_);
  } else if (handler_ != nullptr) {
    handler_->~RequestHandler();
  }
  application_.request_ended();
  this->~RequestExecution();
  connection.release();
}

/// A small answer without fields gets no Etag, so it can't be conditional.
bool RequestExecution::may_be_conditional() const {
  if (!is_read() || has_sent_headers_) return false;
  return response_.has_headers() || endpoint_ == nullptr || endpoint_->computes_etag ||
         response_.body_text().size() >= application_.settings().etag_min_size;
}

bool RequestExecution::may_have_body() const {
  const int status = handler_->get_status();
  return status >= 200 && status != 204 && status != 304;
}

/// The length that set_header("Content-Length") has promised must be what is sent; for HEAD, it is
/// what GET would send.
void RequestExecution::check_length(std::size_t size) const {
  const std::int64_t promised = response_.content_length();
  if (is_head() || !may_have_body()) return;
  if (static_cast<std::uint64_t>(promised) == size) return;
  throw std::logic_error("Content-Length says " + std::to_string(promised) +
                         " bytes, but the body has " + std::to_string(size));
}

int RequestExecution::status() const {
  return handler_->get_status();
}

void RequestExecution::set_status(int status) {
  handler_->set_status(status);
}

void RequestExecution::send_headers(std::int64_t content_length, std::string_view body) {
  const int status = handler_->get_status();
  if (!may_have_body()) {
    if (!body.empty()) {
      throw std::logic_error("an answer with status " + std::to_string(status) +
                             " can't have a body");
    }
    response_.drop_body_headers();
    content_length = 0;
  } else if (response_.content_length() >= 0) {
    content_length = response_.content_length();
  }
  if (handler_->extras_ != nullptr) complete_head();
  const http::ResponseHead head = response_.head(status, content_length);
  if (is_head()) body = {};
  sent_ += body.size();
  request_.connection().write_headers(head, body);
  has_sent_headers_ = true;
}

void RequestExecution::run_head_hooks() {
  AnswerHead head(*this);
  const auto& hooks = handler_->extras_->head_hooks;
  for (std::size_t i = 0; i < hooks.size(); ++i) {
    run_hook("before_headers() threw", [&] { hooks[i]->run(head); });
  }
}

/// This is done last, so that error pages have it, too.
void RequestExecution::complete_head() {
  if (!std::exchange(are_hooks_run_, false)) run_head_hooks();
  for (const auto& cookie : handler_->extras_->cookies) {
    response_.add_header("Set-Cookie", cookie.line);
  }
}

void RequestExecution::send_body() {
  const std::string_view body = response_.body_text();
  if (body.empty() || is_head()) return;
  sent_ += body.size();
  request_.connection().write(body);
}

void RequestExecution::send_pending() {
  if (has_transforms()) {
    send_transformed(response_.body_text(), false);
  } else if (has_sent_headers_) {
    send_body();
  } else {
    send_headers(-1, response_.body_text());
  }
  response_.clear_body();
}

void RequestExecution::send_rest() {
  if (has_transforms()) {
    send_transformed(response_.body_text(), true);
  } else if (has_sent_headers_) {
    send_body();
  } else {
    if (response_.content_length() >= 0) check_length(response_.body_text().size());
    send_headers(static_cast<std::int64_t>(response_.body_text().size()), response_.body_text());
  }
  end_answer();
}

void RequestExecution::send_whole(std::string_view body) {
  if (has_transforms()) {
    send_transformed(body, true);
    return end_answer();
  }
  if (response_.content_length() >= 0) check_length(body.size());
  send_headers(static_cast<std::int64_t>(body.size()), {});
  if (!is_head()) {
    sent_ += body.size();
    request_.connection().write(body);
  }
  end_answer();
}

bool RequestExecution::has_transforms() const {
  return handler_->extras_ != nullptr && !handler_->extras_->transforms.empty();
}

void RequestExecution::drop_transforms() {
  if (handler_->extras_ != nullptr) handler_->extras_->transforms.clear();
}

/// Makes the transforms that the settings ask for, compression last.
void RequestExecution::make_transforms() {
  const Settings& settings = application_.settings();
  auto& transforms = handler_->extras().transforms;
  for (const TransformFactory& make : settings.transforms) {
    if (auto made = make(request_)) transforms.push_back(std::move(made));
  }
  if (settings.compress_response) transforms.push_back(make_compression(request_));
}

/// A transform that throws ends them all: the error page is sent without them.
std::string RequestExecution::transform(std::string_view body, bool finishing) {
  if (!has_sent_headers_) {
    run_head_hooks();  // so that transforms see what they have set
    are_hooks_run_ = true;
  }
  std::string chunk(body);
  AnswerHead head(*this);
  try {
    for (const auto& each : handler_->extras_->transforms) {
      if (has_sent_headers_) {
        each->transform_chunk(chunk, finishing);
      } else {
        each->transform_first_chunk(head, chunk, finishing);
      }
    }
  } catch (...) {
    are_hooks_run_ = false;
    drop_transforms();
    throw;
  }
  return chunk;
}

void RequestExecution::send_transformed(std::string_view body, bool finishing) {
  const bool is_first = !has_sent_headers_;
  if (is_first && finishing && response_.content_length() >= 0) check_length(body.size());
  const std::string chunk = transform(body, finishing);
  if (is_first) {
    if (finishing && chunk.size() != body.size()) response_.clear_header("Content-Length");
    send_headers(finishing ? static_cast<std::int64_t>(chunk.size()) : -1, chunk);
  } else if (!chunk.empty() && !is_head()) {
    sent_ += chunk.size();
    request_.connection().write(chunk);
  }
}

void RequestExecution::send_file(std::shared_ptr<const net::FileDescriptor> file,
                                 std::uint64_t offset, std::uint64_t size) {
  send_pending();
  sent_ += is_head() ? 0 : size;
  request_.connection().write_file(std::move(file), offset, size);
}

/// The answer is what the program writes to the stream. Nothing of it is known here, so nothing is
/// logged.
net::IOStream RequestExecution::detach() {
  net::IOStream stream = request_.connection().detach();
  handler_->finished_ = true;
  response_.release_buffers();
  return stream;
}

TakenConnection take_connection(RequestHandler& handler, std::string_view fields) {
  return RequestExecution::of(handler).take_connection(fields);
}

TakenConnection RequestExecution::take_connection(std::string_view fields) {
  if (has_sent_headers_ || handler_->is_finished())
    throw std::logic_error("a connection can't be taken when its answer has begun");
  handler_->set_status(101);
  if (handler_->extras_ != nullptr) complete_head();
  const http::ResponseHead answer = response_.head(101, 0);
  TakenConnection taken{request_.connection().detach(), "HTTP/1.1 101 Switching Protocols\r\n"};
  if (answer.server) taken.head += "Server: Bora/" + std::string(version) + "\r\n";
  if (answer.date) taken.head += "Date: " + http::format_timestamp(std::time(nullptr)) + "\r\n";
  taken.head += fields;
  if (const http::HTTPHeaders* const own = answer.headers) {
    for (const auto& [name, value] : *own) {
      taken.head += name;
      taken.head += ": ";
      taken.head += value;
      taken.head += "\r\n";
    }
  }
  taken.head += "\r\n";
  note_end_of_answer();
  return taken;
}

void RequestExecution::end_answer() {
  request_.connection().finish();
  note_end_of_answer();
}

void RequestExecution::note_end_of_answer() {
  handler_->finished_ = true;
  response_.release_buffers();
  log_request();
  if (has_end_hooks()) tell_end();
  run_hook("on_finish() threw", [this] { handler_->on_finish(); });
}

/// Whether tell_end() has somebody to notify.
bool RequestExecution::has_end_hooks() const {
  return application_.settings().observer != nullptr ||
         (handler_ != nullptr && handler_->extras_ != nullptr);
}

/// Notifies the observer, and the functions of after_answer().
void RequestExecution::tell_end() noexcept {
  Observer* const observer = application_.settings().observer;
  const bool has_hooks =
      handler_ != nullptr && handler_->extras_ != nullptr && !handler_->extras_->end_hooks.empty();
  if (observer == nullptr && !has_hooks) return;
  const bool has_answer = handler_ != nullptr && handler_->is_finished();
  const std::chrono::duration<double> duration(request_.request_time());
  const RequestStats stats = {
      .route = route_ == nullptr ? std::string_view() : route_->name,
      .pattern = route_ == nullptr ? std::string_view() : route_->pattern,
      .handler = handler_ == nullptr ? typeid(RequestHandler) : typeid(*handler_),
      .method = request_.method(),
      .uri = request_.uri(),
      .remote_ip = request_.remote_ip(),
      .status = has_answer ? handler_->get_status() : 0,
      .bytes_received = received_ + request_.body().size(),
      .bytes_sent = sent_,
      .duration = std::chrono::duration_cast<std::chrono::nanoseconds>(duration)};
  if (observer != nullptr) run_hook("on_request() threw", [&] { observer->on_request(stats); });
  if (!has_hooks) return;
  for (const auto& hook : handler_->extras_->end_hooks) {
    run_hook("after_answer() threw", [&] { hook->run(stats); });
  }
}

LogTag RequestExecution::log_tag() const {
  if (handler_ == nullptr || handler_->extras_ == nullptr) return {};
  return handler_->extras_->log_tag;
}

void RequestExecution::log_request() noexcept {
  const LogTagScope scope(log_tag());
  run_hook("log_request() threw", [this] { application_.log_request(*handler_); });
}

Next::Next(RequestHandler& handler) : execution_(&RequestExecution::of(handler)) {
  execution_->note_around();
}

Task<void> Next::operator()() {
  RequestExecution* const execution = std::exchange(execution_, nullptr);
  if (execution == nullptr) throw std::logic_error("a filter calls its next() once");
  return execution->run_rest();
}

}  // namespace bora::web
