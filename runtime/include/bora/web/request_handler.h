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
/// A fresh object serves each request: constructor, set_default_headers(), initialize(), prepare(), the
/// method, finish() if it was not called, on_finish(). `initialize()` (void) and `prepare()` (void or
/// Task<void>) are not virtual: define them in the class, and they are found.
///
/// When the client leaves while a coroutine is suspended, on_connection_close() is called and the
/// coroutine goes on; what it writes then is dropped, flush() throws StreamClosedError.
class RequestHandler {
 public:
  RequestHandler(const RequestHandler&) = delete;
  RequestHandler& operator=(const RequestHandler&) = delete;
  virtual ~RequestHandler();

  [[nodiscard]] http::HTTPServerRequest& request() const;
  [[nodiscard]] Application& application() const;
  [[nodiscard]] const Settings& settings() const;
  /// The path's captures, decoded.
  [[nodiscard]] const PathArgs& path_args() const;

  // Hooks.

  /// Called before anything else and again when an error page replaces what was set.
  virtual void set_default_headers() {}
  /// Called once, after the answer was handed to the connection; must not write.
  virtual void on_finish() {}
  /// Called when the client leaves before the answer is finished.
  virtual void on_connection_close() {}
  /// Writes the body of an error page; the status is set already. `error` is what was thrown, or null.
  /// The default page is small HTML; in debug mode it shows what happened.
  virtual void write_error(int status, std::exception_ptr error);
  /// Logs what a handler threw: an HTTPError with a message as a warning, anything else as an error.
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

  /// Sets the status; `reason` defaults to the standard phrase. A reason with characters outside the
  /// grammar, or '<', becomes "Unknown".
  void set_status(int status, std::string_view reason = {});
  [[nodiscard]] int get_status() const { return status_; }

  /// Replaces the header `name`.
  /// @throws std::invalid_argument  CR, LF or another control character in either.
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
  template <render::CompiledTemplate Page>
  void render(const Page& page) {
    page.bora_render(begin_render());
    finish();
  }

  /// Sends headers and what was written so far. Awaiting it is flow control.
  /// @throws net::StreamClosedError  The client left.
  Task<void> flush();

  /// Ends the answer, after appending `chunk`. Called by itself when the method ends.
  /// @throws std::logic_error  When called twice.
  void finish(std::string_view chunk = {});
  [[nodiscard]] bool is_finished() const { return finished_; }

  /// Sends the client elsewhere and finishes: 302, or 301 if `permanent`, or `status` (300 to 399).
  /// @throws std::logic_error  Headers were already sent.
  void redirect(std::string_view url, bool permanent = false, std::optional<int> status = {});

  /// Drops what was written and answers with an error page. After headers were sent it only ends the
  /// answer.
  void send_error(int status = 500, std::exception_ptr error = {});

  /// Forgets headers, status and body set so far.
  void clear();

 protected:
  /// Only the framework makes handlers; a derived class needs no constructor of its own.
  RequestHandler();

 private:
  friend class RequestExecution;

  render::Output& begin_render();

  RequestExecution* execution_ = nullptr;
  int status_ = 200;
  bool finished_ = false;
};

}  // namespace bora::web
