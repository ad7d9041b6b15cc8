#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

#include <bora/core/log_tag.h>
#include <bora/core/task.h>
#include <bora/http/http_connection.h>
#include <bora/http/http_server_request.h>
#include <bora/web/route_table.h>

#include "runtime/web/response.h"
#include "runtime/web/upgrade.h"

namespace bora::web {

class Application;
class Finish;
class RequestHandler;

/// The way of one request through the web layer: finds the route, makes the handler, calls it,
/// turns exceptions into an answer, and destroys everything when its last coroutine has ended.
///
/// It lives, like the handler, in the request's own memory. It follows Tornado's order: the method
/// is checked, the form is read, captures are decoded, XSRF, prepare(), the method, finish().
///
/// A function that few requests need is [[gnu::noinline]]: this keeps it out of the stages that all
/// requests run.
class RequestExecution final : public http::HTTPMessageDelegate {
 public:
  /// Makes one in `request`'s memory; it destroys itself. For a FallbackHandler's route it returns
  /// the other delegate.
  static http::HTTPMessageDelegate* create(Application& application,
                                           http::HTTPServerRequest& request);
  /// The same for a route that a rule has found, with its captures decoded. The route must outlive
  /// the request.
  static http::HTTPMessageDelegate* create(Application& application,
                                           http::HTTPServerRequest& request, const Route& route,
                                           const PathArgs& arguments);

  RequestExecution(const RequestExecution&) = delete;
  RequestExecution& operator=(const RequestExecution&) = delete;

  // HTTPMessageDelegate.
  void data_received(std::string_view chunk) override;
  void finish() override;
  void on_connection_close() override;

  /// The one of the handler that is being constructed on this thread; null otherwise.
  static RequestExecution* under_construction();
  static RequestExecution& of(const RequestHandler& handler);

  [[nodiscard]] Application& application() const { return application_; }
  [[nodiscard]] http::HTTPServerRequest& request() const { return request_; }
  [[nodiscard]] const PathArgs& path_args() const { return match_.arguments; }
  /// Null when no route matched.
  [[nodiscard]] const Route* route() const { return route_; }
  [[nodiscard]] Response& response() { return response_; }
  /// False for 1xx, 204 and 304.
  [[nodiscard]] bool may_have_body() const;
  [[nodiscard]] bool has_sent_headers() const { return has_sent_headers_; }
  /// Whether finish() evaluates the conditions of the request.
  [[nodiscard]] bool may_be_conditional() const;
  [[nodiscard]] int status() const;
  void set_status(int status);

  /// A filter that runs around the rest is being called: see run_filter().
  void note_around() { is_around_ = true; }
  /// For Next: runs what comes after the filter that calls this.
  Task<void> run_rest();

  /// For the Allow field: "GET, HEAD, OPTIONS".
  [[nodiscard]] std::string allowed_methods() const;

  /// Sends what was written so far, headers first; for HEAD only these.
  void send_pending();
  /// Sends the rest and ends the answer; then the access line and on_finish().
  void send_rest();
  /// The same with a body that is elsewhere.
  void send_whole(std::string_view body);
  /// From now on nothing changes the output.
  void drop_transforms();
  /// See take_connection().
  TakenConnection take_connection(std::string_view fields);
  /// Sends the headers, and a part of a file after them. The length is set, the answer not ended.
  net::IOStream detach();
  void send_file(std::shared_ptr<const net::FileDescriptor> file, std::uint64_t offset,
                 std::uint64_t size);

 private:
  RequestExecution(Application& application, http::HTTPServerRequest& request);
  RequestExecution(Application& application, http::HTTPServerRequest& request, const Route& route,
                   const PathArgs& arguments);
  http::HTTPMessageDelegate* started();
  ~RequestExecution() = default;

  // The stages; each goes on to the next at once, or comes back through resume() when its Task
  // ends.
  void begin();
  [[gnu::noinline]] void begin_filtered();
  void check_message();
  void note_rules(const RouteRules* rules);
  void begin_filters();
  [[nodiscard]] const Filter* next_filter();
  Task<void> call_filter(const Filter& filter, bool& is_around);
  [[gnu::noinline]] void run_filters();
  void around_ended();
  [[nodiscard]] bool is_method_missing() const;
  [[nodiscard]] bool is_refused() const;
  void refuse();
  void give_up();
  void body_arrived();
  void prepare();
  [[gnu::noinline]] void call_prepare();
  void prepared();
  void go_on();
  void hand_over();
  void handed_over();
  void call();
  void called();
  /// The last stage: destroys the handler and this object, and frees their memory.
  void conclude() noexcept;

  template <void (RequestExecution::*stage)()>
  static void resume(void* self) noexcept;
  bool run(Task<void> task, void (*on_done)(void*));
  void finish_task();
  void note_work() const noexcept;
  [[gnu::noinline]] void warn_of_work(std::int64_t milliseconds) const noexcept;

  [[gnu::noinline]] void begin_early();
  [[gnu::noinline]] void await_body();
  void choose_route();
  [[nodiscard]] bool is_allowed() const;
  bool take_route(std::size_t method);
  void create_handler(const Endpoint* endpoint);
  [[nodiscard]] bool has_method(Method method) const {
    return method_ == static_cast<std::size_t>(method);
  }
  [[nodiscard]] bool is_head() const { return has_method(Method::head); }
  [[nodiscard]] bool is_read() const { return is_head() || has_method(Method::get); }
  [[gnu::noinline]] void parse_body() const;
  [[gnu::noinline]] void decode_path_args();
  [[gnu::noinline]] void check_xsrf_cookie() const;

  [[gnu::noinline]] void answer_without_call();
  void set_options();
  [[gnu::noinline]] void conclude_with(int status);
  void answer_error(std::exception_ptr error) noexcept;
  void handle_exception(std::exception_ptr error);
  void finish_with(const Finish& thrown);
  void answer_plain_500() noexcept;

  void check_length(std::size_t size) const;
  void send_headers(std::int64_t content_length, std::string_view body);
  [[nodiscard]] bool has_transforms() const;
  void make_transforms();
  std::string transform(std::string_view body, bool finishing);
  void send_transformed(std::string_view body, bool finishing);
  void complete_head();
  void run_head_hooks();
  void send_body();
  void end_answer();
  void note_end_of_answer();
  void log_request() noexcept;
  [[nodiscard]] bool has_end_hooks() const;
  void tell_end() noexcept;
  [[nodiscard]] LogTag log_tag() const;

  /// How the request's body is read: it is gathered before the handler is made, or the handler gets
  /// it piece by piece.
  enum class Body : std::uint8_t {
    gathered,
    held_back,  ///< prepare() is at work; nothing is read.
    awaited,    ///< The next piece, or the end.
    in_work,    ///< data_received() works; nothing is read if it waits.
    complete,
  };

  Application& application_;
  http::HTTPServerRequest& request_;
  const Endpoint* endpoint_ = nullptr;                   ///< Null: no route and no default handler.
  const Route* route_ = nullptr;                         ///< the one for the method, of those with
                                                         ///< this path
  RequestHandler* handler_ = nullptr;                    ///< made when the whole message was read
  void (*release_)(RequestHandler&) noexcept = nullptr;  ///< The handler's, once there is one.
  Endpoint::Call call_ = nullptr;                        ///< Null: the method is not defined.
  const RouteRules* rules_ = nullptr;                    ///< The route's, or those of no route.
  Task<void> task_;           ///< prepare() or the method, while it waits.
  const std::size_t method_;  ///< its Method; kMethodCount if it is none of these
  bool is_decoded_ = false;   ///< whether the path's captures are
  bool has_filters_ = false;  ///< The application's or the route's.
  bool has_sent_headers_ = false;
  bool is_client_gone_ = false;  ///< on_connection_close() came.
  Body body_ = Body::gathered;
  std::string_view piece_;      ///< For data_received().
  std::uint64_t received_ = 0;  ///< Of a streamed body.
  std::uint64_t sent_ = 0;      ///< Of the answer's body.
  std::size_t next_filter_ = 0;
  bool is_around_ = false;           ///< the last filter that was called runs around the rest
  bool are_hooks_run_ = false;       ///< those of before_headers(), and the head must still be sent
  bool is_given_up_ = false;         ///< No answer is made any more.
  bool is_body_waited_for_ = false;  ///< By a coroutine, in run_rest().
  Response response_;
  RouteMatch match_;
};

}  // namespace bora::web
