#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bora/core/task.h>
#include <bora/http/http_server_request.h>
#include <bora/render/compiled_template.h>
#include <bora/render/output.h>
#include <bora/web/http_error.h>
#include <bora/web/route_table.h>

namespace bora::web {

class Application;
struct Settings;
class RequestExecution;

/// Answers one request. Derive from it, define the methods that the route should answer, each plain
/// or a coroutine, with the path's captures as typed arguments:
///
///     class Entry : public bora::web::RequestHandler {
///      public:
///       void get(std::string_view slug) { render(views::entry{.slug = slug}); }
///       bora::Task<void> post(std::string_view slug);
///     };
///
/// A fresh object serves each request: constructor, set_default_headers(), initialize(), prepare(),
/// the method, finish() if it was not called, on_finish(). `initialize()` (void) and `prepare()`
/// (void or Task<void>) are not virtual: define them in the class, and they are found. When
/// prepare() has finished the answer, the method is not called.
///
/// What a method throws decides the answer: HTTPError its status, Finish what was written so far,
/// anything else a 500 page and a line in the application's log.
///
/// A method that the class lacks is answered with 405 and the Allow field. HEAD without a `head()`
/// runs `get()` and sends no body; OPTIONS without an `options()` is 204 with Allow, after
/// prepare().
///
/// When the client leaves while a coroutine is suspended, on_connection_close() is called and the
/// coroutine goes on; what it writes then is dropped, flush() throws StreamClosedError. The object
/// lives until its last coroutine has ended.
class RequestHandler {
 public:
  RequestHandler(const RequestHandler&) = delete;
  RequestHandler& operator=(const RequestHandler&) = delete;
  virtual ~RequestHandler();

  [[nodiscard]] http::HTTPServerRequest& request() const;
  [[nodiscard]] Application& application() const;
  [[nodiscard]] const Settings& settings() const;
  /// The path's captures, decoded; from prepare() on.
  [[nodiscard]] const PathArgs& path_args() const;

  // Hooks.

  /// Called before anything else and again when an error page replaces what was set.
  virtual void set_default_headers() {}
  /// Called once, when the answer was handed to the connection and the access line is written. It
  /// may not write. It runs inside finish(), so also when the client has left.
  virtual void on_finish() {}
  /// Called when the client leaves before the answer is finished.
  virtual void on_connection_close() {}
  /// Writes the body of an error page; the status is set already, get_reason() tells its phrase.
  /// `error` is what was thrown; null where nothing was (404 without a route, 405, send_error()).
  /// The default page is small HTML; in debug mode it shows what happened.
  virtual void write_error(int status, std::exception_ptr error);
  /// Logs what a handler threw: an HTTPError with a message as a warning, anything else as an
  /// error.
  virtual void log_exception(std::exception_ptr error);

  // Input.

  /// The argument `name` of the query string or the form; of several the last. Control characters
  /// become spaces, and the ends are stripped of blanks unless `strip` is false.
  /// @throws MissingArgumentError  (400) There is none.
  /// @throws HTTPError             (400) It is not UTF-8.
  std::string get_argument(std::string_view name, bool strip = true);
  /// As above, but `missing` when there is none.
  std::string get_argument(std::string_view name, std::string_view missing, bool strip = true);
  // A literal must not become the bool of the first form.
  std::string get_argument(std::string_view name, const char* missing, bool strip = true) {
    return get_argument(name, std::string_view(missing), strip);
  }
  /// Every argument of that name: the query's, then the form's.
  std::vector<std::string> get_arguments(std::string_view name, bool strip = true);
  std::optional<std::string> get_query_argument(std::string_view name, bool strip = true);
  std::vector<std::string> get_query_arguments(std::string_view name, bool strip = true);
  std::optional<std::string> get_body_argument(std::string_view name, bool strip = true);
  std::vector<std::string> get_body_arguments(std::string_view name, bool strip = true);

  // Output.

  /// Sets the status; `reason` defaults to the standard phrase. A reason with characters outside
  /// the grammar, or '<', becomes "Unknown".
  /// @throws std::invalid_argument  `status` is not within 100 to 999.
  void set_status(int status, std::string_view reason = {});
  [[nodiscard]] int get_status() const { return status_; }
  /// The phrase that goes with the status: set_status()'s, else the standard one.
  [[nodiscard]] std::string_view get_reason() const;

  /// Replaces the header `name`.
  /// @throws std::invalid_argument  CR, LF or another control character in either;
  /// Transfer-Encoding,
  ///         which is the server's; a Content-Length that is no number.
  void set_header(std::string_view name, std::string_view value);
  void set_header(std::string_view name, std::int64_t value);
  /// Adds one more header of that name.
  void add_header(std::string_view name, std::string_view value);
  /// Removes it, the default ones (Server, Date, Content-Type) too.
  void clear_header(std::string_view name);

  /// Appends to the body. Nothing is sent before flush() or finish().
  /// @throws std::logic_error  After finish().
  void write(std::string_view chunk);

  /// Writes a compiled template and finishes: `render(views::entry{.slug = slug});`.
  template <render::PlainTemplate Page>
  void render(const Page& page) {
    page.bora_render(begin_render());
    finish();
  }

  /// Sends headers and what was written so far, at once; awaiting the Task is flow control. Without
  /// a Content-Length set before, the body is then sent chunked.
  /// @throws net::StreamClosedError  The client left.
  /// @throws std::logic_error        After finish().
  Task<void> flush();

  /// Ends the answer, after appending `chunk`. Called by itself when the method ends.
  /// @throws std::logic_error  When called twice, or when a 204 or 304 has a body.
  void finish(std::string_view chunk = {});
  [[nodiscard]] bool is_finished() const { return finished_; }

  /// Sends the client elsewhere and finishes: 302, or 301 if `permanent`, or `status` (300 to 399).
  /// `url` goes into Location as it is; it may be relative.
  /// @throws std::logic_error       Headers were already sent.
  /// @throws std::invalid_argument  Another status, or a control character in `url`.
  void redirect(std::string_view url, bool permanent = false, std::optional<int> status = {});

  /// Drops what was written and answers with an error page. After headers were sent it only ends
  /// the answer.
  void send_error(int status = 500, std::exception_ptr error = {});

  /// Forgets headers, status and body set so far.
  void clear();

 protected:
  /// Only the framework makes handlers; a derived class needs no constructor of its own, but one
  /// without parameters may use everything here.
  /// @throws std::logic_error  Made by anyone else.
  RequestHandler();

 private:
  friend class RequestExecution;

  render::Output& begin_render();
  render::Output& open_body(const char* caller);
  std::optional<std::string> find_argument(std::string_view name, bool strip);

  RequestExecution& execution_;
  int status_ = 200;
  bool finished_ = false;
};

}  // namespace bora::web
