#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <bora/core/task.h>
#include <bora/http/cookie.h>
#include <bora/http/http_server_request.h>
#include <bora/render/compiled_template.h>
#include <bora/render/markup.h>
#include <bora/render/output.h>
#include <bora/web/http_error.h>
#include <bora/web/route_table.h>

namespace bora {
class Locale;
}

namespace bora::web {

class Application;
class ModuleScope;
struct RawXSRFToken;
class RequestExecution;
struct RequestExtras;
struct Settings;

using http::CookieOptions;

namespace detail {
/// What render_string() says of a page with {% flush %}.
struct a_page_that_flushes_cannot_be_rendered_to_a_string;
}  // namespace detail

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
/// A body is gathered in memory first, unless the class says that it wants it as it comes:
///
///     class Upload : public bora::web::RequestHandler {
///      public:
///       static constexpr bool stream_request_body = true;
///       void prepare() { request().connection().set_max_body_size(1 << 30); }
///       bora::Task<void> data_received(std::string_view piece);   // or void
///       void put();
///     };
///
/// Then prepare() runs before the body is read, data_received() gets one piece after the other
/// (valid until it ends; while it waits nothing more is read, so a fast client is slowed down to
/// what it can do with the data), and the method is called behind the last one. There are no
/// arguments of forms. One that finishes the answer before the end gets no more pieces.
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
  /// Called when the client leaves before the answer is finished. Of a streamed body nothing more
  /// comes then, nor is the method called. A client that only ended its sending side looks the
  /// same: an answer that is given nevertheless is sent.
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

  // Cookies.

  /// The value of the request's cookie, or `missing`.
  [[nodiscard]] std::string_view get_cookie(std::string_view name,
                                            std::string_view missing = {}) const;
  /// Sends a cookie with the answer, also when that becomes an error page. A later call for the
  /// same name replaces it. get_cookie() goes on to tell what the request brought.
  /// @throws std::invalid_argument  A name that is no token, a blank or control character in the
  ///                                value, one or ';' in an option.
  void set_cookie(std::string_view name, std::string_view value, const CookieOptions& options = {});
  /// Makes the browser forget it. `path` and `domain` must be those it was set with; further
  /// options do not matter.
  void clear_cookie(std::string_view name, const CookieOptions& options = {});

  // Users and languages.

  /// Who asks, by name or number; empty: nobody that is known. Asked at most once for a request;
  /// override it.
  virtual std::string get_current_user() { return {}; }
  /// What get_current_user() returned, or set_current_user() set.
  ///
  /// Bora asks it only whether there is a user. A handler whose users are objects defines a
  /// function of this name with a type of its own, `const User* current_user();`, which templates
  /// with
  /// `{% handler shop::Page %}` then see, and get_current_user() besides.
  const std::string& current_user();
  /// For a look-up that must wait: call it in prepare().
  void set_current_user(std::string user);
  /// Where those who are not logged in are sent: Settings::login_url.
  /// @throws std::logic_error  There is none.
  virtual std::string get_login_url();

  /// The language of the user's choice; null: get_browser_locale()'s. Override it.
  virtual const Locale* get_user_locale() { return nullptr; }
  /// The best supported one of the Accept-Language field; without one in it, that of `missing`.
  const Locale& get_browser_locale(std::string_view missing = "en_US");
  /// The language to answer in, found once: get_user_locale()'s, else get_browser_locale()'s.
  const Locale& locale();
  void set_locale(const Locale& locale);

  // Forms.

  /// The token that a form must send back, other bytes for each request. Asking for it sends the
  /// cookie, if the client has none.
  const std::string& xsrf_token();
  /// A hidden input element with the token: `{{ xsrf_form_html() }}` within a form.
  render::Markup xsrf_form_html();
  /// With Settings::xsrf_cookies, called before prepare() for every method but GET, HEAD and
  /// OPTIONS: compares the argument `_xsrf` or the header field X-XSRFToken (or X-CSRFToken) with
  /// the cookie. Override it with an empty function where others may post, too.
  /// @throws HTTPError  403: missing, malformed or different.
  virtual void check_xsrf_cookie();

  // URLs.

  /// The URL of a static file, `static_url("app.css")`: below Settings::static_url_prefix, with
  /// `?v=HASH` for its content, so that browsers may keep it for ever. Without the hash, and with
  /// an error in the log, if the file can't be read.
  /// @param include_host     With protocol and host; by default what include_host() says.
  /// @throws std::logic_error  No static mount has that prefix.
  std::string static_url(std::string_view path, std::optional<bool> include_host = {},
                         bool include_version = true);
  /// Whether static_url() makes absolute URLs.
  [[nodiscard]] virtual bool include_host() const { return false; }

  /// The URL of a route by its name, which is looked for at run time; route::NAME(…) of routes.toml
  /// is checked when the program is built.
  /// @throws std::invalid_argument  As web::reverse_url().
  template <class... Arguments>
  std::string reverse_url(std::string_view name, const Arguments&... arguments) const {
    return make_url(name, {URLArgument(arguments)...});
  }

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
  ///
  /// This and whatever else changes or ends the body belongs to a page while it is rendered: what
  /// its expressions or modules call may not write beside it.
  /// @throws std::logic_error  After finish(). Called by a page that is being rendered.
  void write(std::string_view chunk);

  /// Writes a compiled template, puts in what its modules ask for, and finishes:
  /// `render(views::entry{.slug = slug});`.
  /// @throws std::logic_error  After finish(). The template says `{% handler T %}`, and this is no
  ///                           T. A module has something to put before </head> or </body>, and the
  ///                           page has no such tag.
  template <render::PlainTemplate Page>
  void render(const Page& page) {
    PageStart start = begin_page(Rendering::page);
    page.bora_render(start.out);
    finish_page(start);
  }
  template <render::HandlerTemplate Page>
  void render(const Page& page) {
    PageStart start = begin_page(Rendering::page);
    page.bora_render(start.out, as<typename Page::bora_handler_type>());
    finish_page(start);
  }
  /// A page with `{% flush %}`: `co_await render(views::report{.rows = rows});`. Modules can't put
  /// anything before a tag that was sent already.
  template <render::StreamingTemplate Page>
  [[nodiscard]] Task<void> render(const Page& page) {
    PageStart start = begin_page(Rendering::streaming_page);
    Task<void> writing = page.bora_render(start.out, as<typename Page::bora_handler_type>());
    co_await std::move(writing);
    start.size = 0;  // What stood there was sent.
    finish_page(start);
  }

  /// A page as a string, for a part of another page or a mail. Nothing is written.
  template <render::PlainTemplate Page>
  std::string render_string(const Page& page) {
    return render::render_to_string(page);
  }
  template <render::HandlerTemplate Page>
  std::string render_string(const Page& page) {
    render::Output out;
    page.bora_render(out, as<typename Page::bora_handler_type>());
    return std::string(out.text());
  }
  template <render::StreamingTemplate Page>
  detail::a_page_that_flushes_cannot_be_rendered_to_a_string render_string(const Page&) = delete;

  // How render() puts in what modules ask for; override them to change the elements.

  /// @param paths  URLs, each once.
  virtual std::string render_linked_js(const std::vector<std::string>& paths);
  virtual std::string render_linked_css(const std::vector<std::string>& paths);
  virtual std::string render_embed_js(const std::vector<std::string>& pieces);
  virtual std::string render_embed_css(const std::vector<std::string>& pieces);

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
  friend class ModuleScope;
  friend class RequestExecution;

  /// Who has the body.
  enum class Rendering : std::uint8_t { nothing, page, streaming_page };

  /// Gives the body back to everybody when the page is written or has failed.
  struct PageStart {
    PageStart(RequestHandler& owner, render::Output& body)
        : handler(owner), out(body), size(body.size()) {}
    PageStart(const PageStart&) = delete;
    PageStart& operator=(const PageStart&) = delete;
    ~PageStart() { handler.rendering_ = Rendering::nothing; }

    RequestHandler& handler;
    render::Output& out;
    std::size_t size;  ///< What stood there before.
  };

  PageStart begin_page(Rendering kind);
  void finish_page(PageStart& start);
  void refuse_within_page(const char* caller) const;
  template <class Handler>
  Handler& as() {
    if constexpr (std::is_same_v<Handler, RequestHandler>) {
      return *this;
    } else {
      auto* handler = dynamic_cast<Handler*>(this);
      if (handler == nullptr) fail_handler();
      return *handler;
    }
  }
  [[noreturn]] static void fail_handler();

  render::Output& open_body(const char* caller);
  std::optional<std::string> find_argument(std::string_view name, bool strip);
  [[nodiscard]] std::string make_url(std::string_view name,
                                     std::initializer_list<URLArgument> arguments) const;
  void insert_module_resources(const PageStart& start);
  std::vector<std::string> linked_paths(const std::vector<std::string>& names);
  const RawXSRFToken& raw_xsrf_token();
  RequestExtras& extras();

  RequestExecution& execution_;
  RequestExtras* extras_ = nullptr;  ///< Owned (<memory> is a costly header).
  int status_ = 200;
  bool finished_ = false;
  Rendering rendering_ = Rendering::nothing;
};

}  // namespace bora::web
