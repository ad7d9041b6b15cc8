#pragma once

#include <coroutine>
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

#include <bora/core/detail/await_by_name.h>
#include <bora/core/log_tag.h>
#include <bora/core/moment.h>
#include <bora/core/task.h>
#include <bora/http/cookie.h>
#include <bora/http/http_server_request.h>
#include <bora/render/compiled_template.h>
#include <bora/render/markup.h>
#include <bora/render/output.h>
#include <bora/web/argument.h>
#include <bora/web/http_error.h>
#include <bora/web/route_table.h>
#include <bora/web/signed_value.h>

namespace bora::net {
class IOStream;  // <bora/net/io_stream.h>
}

namespace bora {
class Locale;
}

namespace bora::web {

class AnswerHead;
class Application;
class ModuleScope;
class OutputTransform;
struct RawXSRFToken;
class RequestExecution;
struct RequestExtras;
struct RequestStats;
struct Settings;

using http::CookieOptions;

/// A message for the next page: see RequestHandler::flash().
struct FlashMessage {
  std::string text{};
  std::string category{};  ///< "error", for the page's style.
};

/// Whether a browser takes `url` for a page of the site that it is on: a path with exactly one
/// slash at its start, without backslashes and control characters. Use it for URLs that come from
/// outside, such as `next`.
[[nodiscard]] bool is_local_url(std::string_view url);

namespace detail {
/// The name of this type is the compiler's message when render_string() gets a page with
/// {% flush %}.
struct a_page_that_flushes_cannot_be_rendered_to_a_string;

/// A value that write() turns into JSON: neither a text nor a number.
template <class T>
concept JSONValue = !std::is_convertible_v<const T&, std::string_view> && !std::is_arithmetic_v<T>;
/// Whether <bora/render/json.h>, which <bora/json.h> includes, was included.
template <class T>
concept JSONIsIncluded =
    requires(render::Output& out, const T& value) { bora_write_json(out, value); };
/// The type that get_json_body() makes; an argument of the function that <bora/json.h> has for it.
template <class T>
struct JSONTarget {};
template <class T>
concept JSONBodyIsIncluded =
    requires(RequestHandler& handler) { bora_read_json(JSONTarget<T>{}, handler); };

/// Holds an object of set_state().
struct RequestState {
  virtual ~RequestState() = default;
};
template <class T>
struct RequestStateOf : RequestState {
  explicit RequestStateOf(T value) : object(std::move(value)) {}
  T object;
};
template <class T>
inline char request_state_key = 0;  // It is not const, so that no linker merges several.

/// Holds a hook of before_headers() or after_answer().
template <class Argument>
struct AnswerHook {
  virtual ~AnswerHook() = default;
  virtual void run(Argument argument) = 0;
};
template <class Argument, class Function>
struct AnswerHookOf : AnswerHook<Argument> {
  explicit AnswerHookOf(Function function) : function_(std::move(function)) {}
  void run(Argument argument) override { function_(argument); }
  Function function_;
};

/// The result type of authenticated(): a reference to an object that lives on, a value otherwise.
template <class T>
using Given = std::conditional_t<std::is_lvalue_reference_v<T>, T, std::remove_cvref_t<T>>;
}  // namespace detail

/// The result of finish(): an answer that is on its way. Await it, before the method ends, to know
/// when the answer has left; otherwise ignore it.
///
///     co_await finish(report);
///     delete_report();   // the client, or its system, has it
///
/// @throws net::StreamClosedError  (at the co_await) The client left first.
class FinishedAnswer {
 public:
  /// It has the Task that waits.
  class Awaiter {
   public:
    explicit Awaiter(Task<void> sending) noexcept : sending_(std::move(sending)) {}
    [[nodiscard]] bool await_ready() const noexcept { return sending_.done(); }
    template <class Caller>
    bool await_suspend(std::coroutine_handle<Caller> caller) {
      return sending_.operator co_await().await_suspend(caller);
    }
    void await_resume() { sending_.take(); }

   private:
    Task<void> sending_;
  };

  explicit FinishedAnswer(RequestHandler& handler) noexcept : handler_(&handler) {}
  Awaiter operator co_await() const { return wait(); }

 private:
  [[nodiscard]] Awaiter wait() const;

  RequestHandler* handler_;
};

namespace detail {
/// The same for a temporary that g++ before 13 would lose in a co_await (docs/coroutines.md).
class UnawaitableAnswer {
 public:
  explicit UnawaitableAnswer(FinishedAnswer) noexcept {}
  template <class Never = void>
  FinishedAnswer::Awaiter operator co_await() const {
    static_assert(
        !std::is_void_v<Never>,
        "g++ before 13 miscompiles this co_await, because an object made by braces stands "
        "in it: give the object a name, and then co_await finish(name); (or use clang, or "
        "g++ 13)");
    return FinishedAnswer::Awaiter(Task<void>());
  }
};
template <bool kIsLost>
using FinishedAnswerIf = std::conditional_t<kIsLost, UnawaitableAnswer, FinishedAnswer>;
}  // namespace detail

/// Answers one request. Derive from it and define the methods that the route should answer. Each
/// may be plain or a coroutine, and takes the path's captures as typed arguments:
///
///     class Entry : public bora::web::RequestHandler {
///      public:
///       void get(std::string_view slug) { render(views::entry{.slug = slug}); }
///       bora::Task<void> post(std::string_view slug);
///     };
///
/// A new object serves each request. The order is: constructor, set_default_headers(),
/// initialize(), prepare(), the method, finish() if it was not called, on_finish(). `initialize()`
/// (void) and `prepare()` (void or Task<void>) are not virtual: define them in the class, and they
/// are found. When prepare() has finished the answer, the method is not called.
///
/// A body is gathered in memory first, unless the class asks for it piece by piece:
///
///     class Upload : public bora::web::RequestHandler {
///      public:
///       static constexpr bool stream_request_body = true;
///       void prepare() { request().connection().set_max_body_size(1 << 30); }
///       bora::Task<void> data_received(std::string_view piece);   // or void
///       void put();
///     };
///
/// In such a class prepare() runs before the body is read, data_received() gets one piece after the
/// other, and the method is called after the last one. A piece is valid until data_received() ends;
/// while that waits, nothing more is read, so a fast client is slowed down. There are no arguments
/// of forms. A handler that finishes the answer before the end gets no more pieces.
///
/// An exception of a method decides the answer: HTTPError gives its status, Finish what was written
/// so far, anything else a 500 page and a line in the application's log.
///
/// A method that the class lacks is answered with 405 and the Allow field. HEAD without a `head()`
/// runs `get()` and sends no body; OPTIONS without an `options()` is 204 with Allow, after
/// prepare().
///
/// When the client leaves while a coroutine is suspended, on_connection_close() is called and the
/// coroutine goes on; its output is then dropped, and flush() throws StreamClosedError. The object
/// lives until its last coroutine has ended.
class RequestHandler {
 public:
  RequestHandler(const RequestHandler&) = delete;
  RequestHandler& operator=(const RequestHandler&) = delete;
  virtual ~RequestHandler();

  [[nodiscard]] http::HTTPServerRequest& request() const;
  [[nodiscard]] Application& application() const;
  [[nodiscard]] const Settings& settings() const;
  /// Throws unless the setting `name` ("cookie_secret", "login_url", "static_path") has a value.
  /// @param feature  The feature that needs it, for the message: "the shop's basket".
  /// @throws std::logic_error       It has no value; the message names both.
  /// @throws std::invalid_argument  There is no such setting, or it always has a value.
  void require_setting(std::string_view name, std::string_view feature = "this feature") const;
  /// The path's captures, decoded. They are available from prepare() on.
  [[nodiscard]] const PathArgs& path_args() const;

  // Hooks.

  /// Sets headers that every answer has. It is called before anything else, and again when an error
  /// page replaces what was set.
  virtual void set_default_headers() {}
  /// Called once, when the answer was handed to the connection and the access line is written. It
  /// may not write. It runs inside finish(), even when the client has left.
  virtual void on_finish() {}
  /// Called when the client leaves before the answer is finished. A streamed body then gets no more
  /// pieces, and the method is not called. A client that only ended its sending side looks the
  /// same: an answer that is given nevertheless is sent.
  virtual void on_connection_close() {}
  /// Writes the body of an error page; the status is set already, and get_reason() returns its
  /// phrase. `error` is the exception; it is null where nothing was thrown (404 without a route,
  /// 405, send_error()).
  ///
  /// The default writes problem+json (RFC 9457) for a client that prefers JSON to HTML by its
  /// Accept field; else the page of Settings::error_pages; else a small one. In debug mode it shows
  /// what happened. The texts of HTTPError::with_detail() and with_field() are in each of them.
  virtual void write_error(int status, std::exception_ptr error);
  /// Logs an exception of a handler: an HTTPError with a message as a warning, anything else as an
  /// error.
  virtual void log_exception(std::exception_ptr error);

  // For filters (docs/filters.md) and other code that takes part in a request.

  /// Keeps an object until the request's end, one for each type: a filter stores it and the handler
  /// uses it. It replaces an earlier one of the same type.
  template <class T>
  T& set_state(T object) {
    auto* const made = new detail::RequestStateOf<T>(std::move(object));
    own_state(&detail::request_state_key<T>, made);
    return made->object;
  }
  /// @throws std::logic_error  set_state() was not called for this type.
  template <class T>
  [[nodiscard]] T& state() const {
    detail::RequestState* const found = look_for_state(&detail::request_state_key<T>);
    if (found == nullptr) fail_state();
    return static_cast<detail::RequestStateOf<T>&>(*found).object;
  }
  /// The same; null if there is none.
  template <class T>
  [[nodiscard]] T* find_state() const {
    detail::RequestState* const found = look_for_state(&detail::request_state_key<T>);
    return found == nullptr ? nullptr : &static_cast<detail::RequestStateOf<T>*>(found)->object;
  }

  /// Calls `hook(AnswerHead& head)` when status and fields are about to be sent, whatever the
  /// answer is: a page, a file, an error page, a WebSocket's 101. Hooks are called in the order in
  /// which they were added. An exception of a hook is logged, and changes nothing. Include
  /// <bora/web/output_transform.h> to call this.
  template <class Hook>
  void before_headers(Hook hook) {
    own_hook(new detail::AnswerHookOf<AnswerHead&, Hook>(std::move(hook)));
  }
  /// Calls `hook(const RequestStats& request)` when the answer is finished, or can no longer be
  /// given (status 0). An exception of it is logged. Include <bora/web/observer.h> to call this.
  template <class Hook>
  void after_answer(Hook hook) {
    own_hook(new detail::AnswerHookOf<const RequestStats&, Hook>(std::move(hook)));
  }

  /// Makes every line that is logged for this request from now on carry the tag.
  void set_log_tag(LogTag tag);

  /// A word that nobody can guess, different for each request, for the Content-Security-Policy and
  /// for `<script nonce="{{ csp_nonce() }}">`; see the filter SecurityHeaders.
  const std::string& csp_nonce();
  /// The hashes of the literal scripts and styles in the pages that were rendered for this answer
  /// so far, as a Content-Security-Policy names them: "'sha256-…' 'sha256-…'". It is empty if there
  /// are none. `bora` computes them while the pages are compiled; see the filter SecurityHeaders.
  /// They are for hooks of before_headers(): without a hook they are not gathered.
  [[nodiscard]] std::string script_hashes() const;
  [[nodiscard]] std::string style_hashes() const;

  // Input.

  // The argument `name` of the query string or the form: the last one of that name, the form's
  // before the query's. Control characters become spaces, and blanks at the ends are removed unless
  // `strip` is false. get_query_argument() and get_body_argument(), which look at one of the two,
  // have the same forms. All of them can throw
  //
  // - HTTPError (400): the value is not UTF-8; see decode_argument().
  // - MissingArgumentError (400): there is no such argument, and no value to replace it.
  // - BadArgumentError (400): it does not have the type that is asked for.
  //
  // Python's None is std::nullopt here: a null pointer would be taken for a text, and is refused.

  /// @throws MissingArgumentError
  std::string get_argument(std::string_view name, bool strip = true) {
    return require_argument(Source::any, name, strip);
  }
  /// Returns `missing` when there is no such argument.
  std::string get_argument(std::string_view name, std::string_view missing, bool strip = true) {
    return find_argument(Source::any, name, strip).value_or(std::string(missing));
  }
  // This overload keeps a literal from becoming the bool of the first form.
  std::string get_argument(std::string_view name, const char* missing, bool strip = true) {
    return get_argument(name, std::string_view(missing), strip);
  }
  /// `get_argument("page", std::nullopt)` returns an empty optional when there is no such argument.
  std::optional<std::string> get_argument(std::string_view name, std::nullopt_t,
                                          bool strip = true) {
    return find_argument(Source::any, name, strip);
  }
  std::string get_argument(std::string_view name, std::nullptr_t, bool strip = true) = delete;
  /// `get_argument<int>("page")` converts the argument: to integers, floating-point numbers, bool
  /// ("true", "on", "yes", "1" and their opposites), std::string, types with a PathValue, and
  /// std::optional of these, which is empty when there is no such argument.
  /// @throws MissingArgumentError, BadArgumentError
  template <class T>
  T get_argument(std::string_view name) {
    return typed_argument<T>(Source::any, name);
  }
  /// `get_argument("page", 1)` and `get_argument<double>("price", 0)` return `missing` when there
  /// is no such argument.
  /// @throws BadArgumentError
  template <class T>
  T get_argument(std::string_view name, T missing) {
    return typed_argument<T>(Source::any, name, std::move(missing));
  }
  /// Every argument of that name: the query's, then the form's.
  std::vector<std::string> get_arguments(std::string_view name, bool strip = true) {
    return find_arguments(Source::any, name, strip);
  }
  /// @throws BadArgumentError
  template <class T>
  std::vector<T> get_arguments(std::string_view name) {
    return typed_arguments<T>(Source::any, name);
  }

  std::string get_query_argument(std::string_view name, bool strip = true) {
    return require_argument(Source::query, name, strip);
  }
  std::string get_query_argument(std::string_view name, std::string_view missing,
                                 bool strip = true) {
    return find_argument(Source::query, name, strip).value_or(std::string(missing));
  }
  std::string get_query_argument(std::string_view name, const char* missing, bool strip = true) {
    return get_query_argument(name, std::string_view(missing), strip);
  }
  std::optional<std::string> get_query_argument(std::string_view name, std::nullopt_t,
                                                bool strip = true) {
    return find_argument(Source::query, name, strip);
  }
  std::string get_query_argument(std::string_view name, std::nullptr_t, bool strip = true) = delete;
  template <class T>
  T get_query_argument(std::string_view name) {
    return typed_argument<T>(Source::query, name);
  }
  template <class T>
  T get_query_argument(std::string_view name, T missing) {
    return typed_argument<T>(Source::query, name, std::move(missing));
  }
  std::vector<std::string> get_query_arguments(std::string_view name, bool strip = true) {
    return find_arguments(Source::query, name, strip);
  }
  template <class T>
  std::vector<T> get_query_arguments(std::string_view name) {
    return typed_arguments<T>(Source::query, name);
  }

  std::string get_body_argument(std::string_view name, bool strip = true) {
    return require_argument(Source::body, name, strip);
  }
  std::string get_body_argument(std::string_view name, std::string_view missing,
                                bool strip = true) {
    return find_argument(Source::body, name, strip).value_or(std::string(missing));
  }
  std::string get_body_argument(std::string_view name, const char* missing, bool strip = true) {
    return get_body_argument(name, std::string_view(missing), strip);
  }
  std::optional<std::string> get_body_argument(std::string_view name, std::nullopt_t,
                                               bool strip = true) {
    return find_argument(Source::body, name, strip);
  }
  std::string get_body_argument(std::string_view name, std::nullptr_t, bool strip = true) = delete;
  template <class T>
  T get_body_argument(std::string_view name) {
    return typed_argument<T>(Source::body, name);
  }
  template <class T>
  T get_body_argument(std::string_view name, T missing) {
    return typed_argument<T>(Source::body, name, std::move(missing));
  }
  std::vector<std::string> get_body_arguments(std::string_view name, bool strip = true) {
    return find_arguments(Source::body, name, strip);
  }
  template <class T>
  std::vector<T> get_body_arguments(std::string_view name) {
    return typed_arguments<T>(Source::body, name);
  }

  /// Turns the bytes of an argument, which are percent-decoded, or of a capture of the path (then
  /// `name` is empty) into text. The default refuses bytes that are not UTF-8. It is not called for
  /// captures that are ASCII and have no escape.
  /// @throws HTTPError  400
  virtual std::string decode_argument(std::string_view value, std::string_view name);

  /// The request's body, which must be JSON, as a value: `get_json_body()` gives a JSONBody, which
  /// checks whatever is taken out of it, and `get_json_body<Bookmark>()` gives a type that
  /// nlohmann/json can read. It needs `#include <bora/json.h>`.
  /// @throws HTTPError  400: the Content-Type is another, the body is not JSON, is nested deeper
  ///                    than Settings::max_json_depth, or has another shape. The message says where
  ///                    and why.
  template <class T = void>
  auto get_json_body() {
    static_assert(detail::JSONBodyIsIncluded<T>, "get_json_body() needs #include <bora/json.h>");
    if constexpr (detail::JSONBodyIsIncluded<T>) {
      return bora_read_json(detail::JSONTarget<T>{}, *this);
    } else {
      return detail::JSONTarget<T>{};  // One error is enough.
    }
  }
  /// The text of that body, not parsed.
  /// @throws HTTPError  400: the Content-Type is neither application/json nor another that ends in
  ///                    "+json", or it is not UTF-8.
  [[nodiscard]] std::string_view json_text() const;

  // Cookies.

  /// The value of the request's cookie, or `missing`.
  [[nodiscard]] std::string_view get_cookie(std::string_view name,
                                            std::string_view missing = {}) const;
  [[nodiscard]] std::string_view get_cookie(std::string_view name, std::nullptr_t) const = delete;
  /// Sends a cookie with the answer, even when that becomes an error page. A later call for the
  /// same name replaces it. get_cookie() still returns the request's value.
  ///
  /// Attributes that `options` leaves open have these defaults: scripts can't read it (HttpOnly),
  /// other sites' forms do not send it (SameSite=Lax), and it is Secure if the request came by
  /// https, SameSite is "None", or its name begins with "__Secure-" or "__Host-".
  /// @throws std::invalid_argument  The name is not a token; the value has a blank or control
  ///                                character; an option has a control character or ';'; or a
  ///                                Domain, another Path than "/" or `secure = false` stands beside
  ///                                a name that forbids it.
  void set_cookie(std::string_view name, std::string_view value, const CookieOptions& options = {});
  /// Makes the browser delete a cookie. `path` and `domain` must be those with which it was set;
  /// other options do not matter.
  void clear_cookie(std::string_view name, const CookieOptions& options = {});
  /// The same for every cookie of the request.
  void clear_all_cookies(const CookieOptions& options = {});

  /// Sends a cookie that nobody can make or change without Settings::cookie_secret. It is signed,
  /// not encrypted, in Tornado's format (each can read the other's).
  ///
  /// @param expires_days  std::nullopt means until the browser is closed. An expiry in `options`
  ///                      wins.
  /// @param version       2, or 1 for programs that can't read version 2.
  /// @throws std::logic_error  There is no cookie_secret.
  void set_signed_cookie(std::string_view name, std::string_view value,
                         std::optional<int> expires_days = 30, const CookieOptions& options = {},
                         int version = 2);
  /// The value of a signed cookie; nothing if the request has no such cookie, it was changed or
  /// signed with an unknown key, or is too old.
  /// @throws std::logic_error  There is no cookie_secret.
  std::optional<std::string> get_signed_cookie(std::string_view name,
                                               const SignedCookieOptions& options = {}) const;
  /// The version of the key with which the cookie was signed, without checking the signature;
  /// nothing for a cookie of version 1, or none.
  std::optional<int> get_signed_cookie_key_version(
      std::string_view name, std::optional<std::string_view> value = {}) const;
  // Tornado's older names.
  void set_secure_cookie(std::string_view name, std::string_view value,
                         std::optional<int> expires_days = 30, const CookieOptions& options = {},
                         int version = 2) {
    set_signed_cookie(name, value, expires_days, options, version);
  }
  std::optional<std::string> get_secure_cookie(std::string_view name,
                                               const SignedCookieOptions& options = {}) const {
    return get_signed_cookie(name, options);
  }
  /// A signed value for another place than a cookie, such as a link in a mail. `name` says what it
  /// is for; decode_signed_value() reads it.
  [[nodiscard]] std::string create_signed_value(std::string_view name, std::string_view value,
                                                int version = 2) const;

  /// Sends a cookie that nobody can read, make or change without Settings::cookie_secret: it is
  /// sealed with AES-256-GCM. It may have at most 3,500 bytes once encoded.
  /// @param expires_days  std::nullopt means until the browser is closed. An expiry in `options`
  ///                      wins.
  /// @throws std::logic_error   There is no cookie_secret.
  /// @throws std::length_error  Browsers would drop it: keep large values elsewhere.
  void set_sealed_cookie(std::string_view name, std::string_view value,
                         std::optional<int> expires_days = std::nullopt,
                         const CookieOptions& options = {});
  /// The value of a sealed cookie; nothing if there is no such cookie, it was not sealed with our
  /// secret, or it is too old.
  /// @throws std::logic_error  There is no cookie_secret.
  std::optional<std::string> get_sealed_cookie(std::string_view name,
                                               double max_age_days = 31) const;

  /// Keeps a message for the next page, after a redirect: `flash("Saved.")`. It is stored in a
  /// sealed cookie, "_flash".
  void flash(std::string text, std::string category = "message");
  /// The messages of this request and of earlier ones that were not shown yet. The call removes
  /// them.
  std::vector<FlashMessage> take_flashes();

  // Users and languages.

  /// The user who sent the request, by name or number; empty if that is not known. It is called at
  /// most once for a request; override it.
  virtual std::string get_current_user() { return {}; }
  /// The result of get_current_user(), or the argument of set_current_user().
  ///
  /// Bora only asks it whether there is a user. A handler whose users are objects defines a
  /// function of this name with a type of its own, `const User* current_user();`, which templates
  /// with `{% handler shop::Page %}` then see, and get_current_user() as well.
  const std::string& current_user();
  /// Sets the user, for a look-up that must wait: call it in prepare().
  void set_current_user(std::string user);
  /// The URL to which users who are not logged in are sent: Settings::login_url.
  /// @throws std::logic_error  There is none.
  virtual std::string get_login_url();
  /// Ends the request here unless somebody is logged in: GET and HEAD are redirected to
  /// get_login_url(), with the argument `next` that leads back; any other method gets 403. It is
  /// Tornado's decorator, as the first line of a method, or of prepare() for all of them:
  ///
  ///     void post() {
  ///       authenticated();
  ///       …
  void authenticated();
  /// The same for a user of any type: a pointer, a std::optional, or a string, which is empty where
  /// there is no user. Returns the user: `const User& user = authenticated(current_user());`
  template <class User>
  decltype(auto) authenticated(User&& user) {
    using Plain = std::remove_cvref_t<User>;
    if constexpr (requires { user.empty(); }) {
      if (user.empty()) refuse_stranger();
      return detail::Given<User>(std::forward<User>(user));
    } else {
      if (!user) refuse_stranger();
      if constexpr (std::is_pointer_v<Plain> || std::is_lvalue_reference_v<User>) {
        return detail::Given<decltype(*user)>(*user);
      } else {
        return std::remove_cvref_t<decltype(*user)>(*std::forward<User>(user));
      }
    }
  }
  /// The argument `next`, the page to go to after logging in, if it is a page of this site (see
  /// is_local_url()), else `missing`.
  std::string get_next_url(std::string_view missing = "/");

  /// The language that the user has chosen; null means get_browser_locale()'s. Override it.
  virtual const Locale* get_user_locale() { return nullptr; }
  /// The best supported language of the Accept-Language field; without one, that of `missing`.
  const Locale& get_browser_locale(std::string_view missing = "en_US");
  /// The language to answer in: get_user_locale()'s, else get_browser_locale()'s. It is found once
  /// for a request.
  const Locale& locale();
  void set_locale(const Locale& locale);

  // Forms.

  /// The token that a form must send back; its bytes differ for each request. The first call sends
  /// the cookie, if the client has none.
  const std::string& xsrf_token();
  /// A hidden input element with the token: write `{{ xsrf_form_html() }}` within a form.
  render::Markup xsrf_form_html();
  /// Called before prepare() for every method except GET, HEAD and OPTIONS if one of these settings
  /// is on. Override it with an empty function in a handler that other sites may post to.
  ///
  /// With Settings::cross_origin_protection, the browser's own fields decide: Sec-Fetch-Site, else
  /// Origin (or Referer) compared with Host. Where none of them is there, or if only xsrf_cookies
  /// is on, the token decides: the argument `_xsrf` or the header field X-XSRFToken (or
  /// X-CSRFToken) is compared with the cookie. Without xsrf_cookies a request that has none of the
  /// fields is accepted: no browser sends it. The log tells at level debug what decided.
  /// @throws HTTPError  403: the request came from another site; or the token is missing, malformed
  ///                    or different.
  virtual void check_xsrf_cookie();

  // URLs.

  /// The URL of a static file, `static_url("app.css")`: below Settings::static_url_prefix, with
  /// `?v=HASH` for its content, so that browsers may keep it without end. The hash is missing, and
  /// an error is logged, if the file can't be read. It is also missing while a larger file is being
  /// hashed.
  /// @param path  It may go on with a query and a fragment, "icons.svg#arrow", unless there is a
  ///              file of that whole name.
  /// @param include_host     Whether protocol and host are included; the default is the result of
  ///                         include_host().
  /// @throws std::logic_error  No static mount has that prefix.
  std::string static_url(std::string_view path, std::optional<bool> include_host = {},
                         bool include_version = true);
  /// Whether static_url() makes absolute URLs.
  [[nodiscard]] virtual bool include_host() const { return false; }

  /// The URL of a route by its name, which is looked up at run time; route::NAME(…) of routes.toml
  /// is checked when the program is built.
  /// @throws std::invalid_argument  As web::reverse_url().
  template <class... Arguments>
  std::string reverse_url(std::string_view name, const Arguments&... arguments) const {
    return make_url(name, {URLArgument(arguments)...});
  }

  // Output.

  /// Sets the status; `reason` defaults to the standard phrase. A reason with '<' or characters
  /// outside the grammar becomes "Unknown".
  /// @throws std::invalid_argument  `status` is not between 100 and 999.
  void set_status(int status, std::string_view reason = {});
  [[nodiscard]] int get_status() const { return status_; }
  /// The phrase of the status: the one of set_status(), else the standard one.
  [[nodiscard]] std::string_view get_reason() const;

  /// Replaces the header `name`.
  /// @throws std::invalid_argument  Name or value has CR, LF or another control character; or the
  ///                                header is Transfer-Encoding, which the server sets, or a
  ///                                Content-Length that is no number.
  void set_header(std::string_view name, std::string_view value);
  /// The same for a whole number, which is written in digits, and a time point of the system's
  /// clock, which is written as a date of HTTP.
  template <class Value>
    requires(!std::is_convertible_v<const Value&, std::string_view>)
  void set_header(std::string_view name, const Value& value) {
    set_header(name, std::string_view(header_text(value)));
  }
  /// Adds another header of that name.
  void add_header(std::string_view name, std::string_view value);
  template <class Value>
    requires(!std::is_convertible_v<const Value&, std::string_view>)
  void add_header(std::string_view name, const Value& value) {
    add_header(name, std::string_view(header_text(value)));
  }
  /// Removes a header, even a default one (Server, Date, Content-Type).
  void clear_header(std::string_view name);

  /// Appends to the body. Nothing is sent before flush() or finish().
  ///
  /// While a page is being rendered, the body belongs to it: functions that its expressions or
  /// modules call may not call this, nor anything else that changes or ends the body.
  /// @throws std::logic_error  finish() was called, or a page is being rendered.
  void write(std::string_view chunk);
  /// Writes a number as a template does: `write(42)`; a bool is "true" or "false".
  template <class Number>
    requires std::is_arithmetic_v<Number>
  void write(Number number) {
    append_number(open_body("write"), number);
  }
  /// Writes any other value as JSON, with the Content-Type of JSON: a map, a value of
  /// nlohmann/json, a type with a to_json(). The JSON must be an object; for other values there is
  /// write_json(). It needs `#include <bora/json.h>`, or, without nlohmann/json,
  /// `<bora/render/json.h>`.
  /// @throws std::logic_error  As above; or the JSON is not an object.
  template <detail::JSONValue T>
  void write(const T& value) {
    write_value(value, true);
  }
  /// Writes any value as JSON, including lists, texts and numbers.
  template <class T>
  void write_json(const T& value) {
    write_value(value, false);
  }

  /// Writes a compiled template, adds what its modules ask for, and finishes the answer:
  /// `render(views::entry{.slug = slug});`.
  /// @throws std::logic_error  finish() was called; or the template says `{% handler T %}`, and
  ///                           this is no T; or a module has something to put before `</head>` or
  ///                           `</body>`, and the page has no such tag.
  template <render::PlainTemplate Page>
  void render(const Page& page) {
    PageStart start = begin_page(Rendering::page);
    note_hashes<Page>();
    page.bora_render(start.out);
    finish_page(start);
  }
  template <render::HandlerTemplate Page>
  void render(const Page& page) {
    PageStart start = begin_page(Rendering::page);
    note_hashes<Page>();
    page.bora_render(start.out, as<typename Page::bora_handler_type>());
    finish_page(start);
  }
  /// The same for a page with `{% flush %}`: `co_await render(views::report{.rows = rows});`.
  /// Modules can't put anything before a tag that was sent already.
  template <render::StreamingTemplate Page>
  [[nodiscard]] Task<void> render(const Page& page) {
    PageStart start = begin_page(Rendering::streaming_page);
    note_hashes<Page>();
    Task<void> writing = page.bora_render(start.out, as<typename Page::bora_handler_type>());
    co_await std::move(writing);
    start.size = 0;  // The text before it was sent.
    finish_page(start);
  }
  /// g++ before 13 can't await a page that is made in place if a parameter with a default needs a
  /// destructor: it refuses this, see docs/coroutines.md.
  template <class Page>
    requires(bora::detail::kLosesTemporaries && render::StreamingTemplate<Page> &&
             !std::is_trivially_destructible_v<Page>)
  [[nodiscard]] Task<void> render(Page&& page) {
    static_assert(std::is_reference_v<Page>,
                  "g++ before 13 miscompiles a co_await in which a page is made: write "
                  "const views::name page{...}; and then co_await render(page); "
                  "(or use clang, or g++ 13)");
    return render(static_cast<const Page&>(page));
  }

  /// Returns a page as a string, for a part of another page or a mail. Nothing is written.
  template <render::PlainTemplate Page>
  std::string render_string(const Page& page) {
    note_hashes<Page>();
    return render::render_to_string(page);
  }
  template <render::HandlerTemplate Page>
  std::string render_string(const Page& page) {
    note_hashes<Page>();
    render::Output out;
    page.bora_render(out, as<typename Page::bora_handler_type>());
    return std::string(out.text());
  }
  template <render::StreamingTemplate Page>
  detail::a_page_that_flushes_cannot_be_rendered_to_a_string render_string(const Page&) = delete;

  // These make the elements that render() adds for modules; override them to change the elements.

  /// @param paths  URLs, each of them once.
  virtual std::string render_linked_js(const std::vector<std::string>& paths);
  virtual std::string render_linked_css(const std::vector<std::string>& paths);
  virtual std::string render_embed_js(const std::vector<std::string>& pieces);
  virtual std::string render_embed_css(const std::vector<std::string>& pieces);

  /// Sends headers and what was written so far, at once; awaiting the Task is flow control. If no
  /// Content-Length was set before, the body is sent chunked.
  /// @throws net::StreamClosedError  The client left.
  /// @throws std::logic_error        finish() was called.
  Task<void> flush();

  /// Takes the connection away from HTTP, to speak another protocol on it; include
  /// <bora/net/io_stream.h>. There is no HTTP answer: write to the stream what the client should
  /// get, such as "HTTP/1.1 101 Switching Protocols". The stream may outlive the handler. See
  /// HTTPConnection::detach().
  ///
  ///     Task<void> get() {
  ///       net::IOStream stream = detach();
  ///       co_await stream.write("HTTP/1.1 101 Switching Protocols\r\n…\r\n\r\n");
  ///       const std::string line = co_await stream.read_until("\n");
  ///     }
  ///
  /// @throws std::logic_error  The answer has begun, or is finished.
  net::IOStream detach();

  /// Ends the answer, after appending `chunk`. It is called automatically when the method ends.
  ///
  /// `co_await finish();` resumes when the system has taken all of the answer, which with a slow
  /// client takes a while; see FinishedAnswer.
  /// @throws std::logic_error  It was called before, or a 204 or 304 has a body.
  FinishedAnswer finish(std::string_view chunk = {});
  /// The same after write(value): `finish(42)`, or an object as JSON.
  template <class T>
    requires(!std::is_convertible_v<const T&, std::string_view>)
  auto finish(T&& value) {
    write(std::as_const(value));
    return detail::FinishedAnswerIf<bora::detail::LostTemporary<T>>(finish());
  }
  [[nodiscard]] bool is_finished() const { return finished_; }

  // Conditional requests (docs/files.md). finish() calls these for GET and HEAD, if the status is
  // 200, nothing was flushed and the handler has set no Etag: a body that the client has already is
  // not sent again (304).

  /// The entity tag of what was written so far, including its quotes: a hash, keyed if there is a
  /// Settings::cookie_secret. It is empty for less than Settings::etag_min_size bytes. Override it
  /// to return something cheaper, or nothing.
  virtual std::string compute_etag();
  /// Sets Etag to compute_etag(), if that is not empty.
  void set_etag_header();
  /// Whether the request's If-None-Match names the Etag that was set: then the answer is 304.
  [[nodiscard]] bool check_etag_header() const;
  /// For a resource whose version is known before anything is written or changed: evaluates
  /// If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since in the order of RFC 9110,
  /// 13.2.2, and sets Etag and Last-Modified of an answer to GET or HEAD.
  ///
  ///     void put() {
  ///       check_preconditions(version());   // 412 if the client has seen another
  ///       …
  ///
  /// @param etag  With its quotes; empty if the resource has none.
  /// @returns  False if the client has this version; the answer, 304, is finished.
  /// @throws HTTPError  412: the client has seen another version.
  bool check_preconditions(std::string_view etag, std::optional<Moment> modified = {});

  /// Adds a transform of the output, after those of the settings: a std::unique_ptr to a class
  /// derived from OutputTransform (<bora/web/output_transform.h>). Call it in prepare() or before
  /// the first flush().
  /// @throws std::logic_error  The headers were sent.
  template <class Owner>
  void add_transform(Owner transform) {
    own_transform(transform.release());
  }

  /// Redirects the client and finishes: 302, or 301 if `permanent`, or `status` (300 to 399). `url`
  /// goes into Location as it is; it may be relative.
  /// @throws std::logic_error       Headers were already sent.
  /// @throws std::invalid_argument  The status is another, or `url` has a control character.
  void redirect(std::string_view url, bool permanent = false, std::optional<int> status = {});
  /// `redirect("/done", 303)`: a number is a status, and not a bool.
  void redirect(std::string_view url, int status) { redirect(url, false, status); }

  /// The same with a URL that came from outside: `missing` replaces one that is not a page of this
  /// site (see is_local_url()).
  void redirect_local(std::string_view url, std::string_view missing = "/");

  /// Ends the request if the path has no slash at its end: for GET and HEAD with a redirect (301)
  /// to the path with a slash and the same query, for any other method with 404. It is Tornado's
  /// decorator, as the first line of a method or of prepare().
  void addslash();
  /// Redirects in the same way to the path without the slashes at its end. "/" stays.
  void removeslash();

  /// Drops what was written and answers with an error page. If headers were sent already, it only
  /// ends the answer.
  void send_error(int status = 500, std::exception_ptr error = {});

  /// Drops the headers, status and body that were set so far.
  void clear();

 protected:
  /// Only the framework makes handlers. A derived class needs no constructor of its own; one
  /// without parameters may use everything here.
  /// @throws std::logic_error  Other code made the object.
  RequestHandler();

 private:
  friend class EventStream;
  friend class ModuleScope;
  friend class RequestExecution;

  /// What the body belongs to.
  enum class Rendering : std::uint8_t { nothing, page, streaming_page };

  /// Ends the page's hold on the body when the page is written or has failed.
  struct PageStart {
    PageStart(RequestHandler& owner, render::Output& body)
        : handler(owner), out(body), size(body.size()) {}
    PageStart(const PageStart&) = delete;
    PageStart& operator=(const PageStart&) = delete;
    ~PageStart() { handler.rendering_ = Rendering::nothing; }

    RequestHandler& handler;
    render::Output& out;
    std::size_t size;  ///< The size of the text before the page.
  };

  PageStart begin_page(Rendering kind);
  template <class Page>
  void note_hashes() {
    if constexpr (requires { Page::bora_script_hashes; })
      add_hashes(true, Page::bora_script_hashes, std::size(Page::bora_script_hashes));
    if constexpr (requires { Page::bora_style_hashes; })
      add_hashes(false, Page::bora_style_hashes, std::size(Page::bora_style_hashes));
  }
  void add_hashes(bool are_scripts, const std::string_view* hashes, std::size_t count);
  void finish_page(PageStart& start);
  /// A page holds the end of the body in a register, so the body's memory must stay.
  void refuse_within_page(const char* caller) const {
    if (rendering_ != Rendering::nothing) fail_within_page(caller);
  }
  [[noreturn]] static void fail_within_page(const char* caller);
  [[noreturn]] static void fail_finished(const char* caller);
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
  void set_headers_of(const HTTPError& error);
  [[noreturn]] void refuse_stranger();
  [[noreturn]] void end_with_redirect(std::string_view path);

  /// @throws std::logic_error  The request is over.
  [[nodiscard]] RequestExecution& execution() const;
  void request_is_over() noexcept;
  render::Output& open_body(const char* caller);
  /// The body's Output; sets the Content-Type of JSON.
  render::Output& open_json();
  /// Called when a value was written after `size` bytes of the body.
  void check_is_object(std::size_t size);
  template <class T>
  void write_value([[maybe_unused]] const T& value, [[maybe_unused]] bool is_object) {
    static_assert(detail::JSONIsIncluded<T>,
                  "write() makes JSON of this value: #include <bora/json.h>, or "
                  "<bora/render/json.h> if nlohmann/json is not needed");
    if constexpr (detail::JSONIsIncluded<T>) {
      render::Output& out = open_json();
      const std::size_t size = out.size();
      bora_write_json(out, value);
      if (is_object) check_is_object(size);
    }
  }
  template <class Number>
  static void append_number(render::Output& out, Number number) {
    if constexpr (std::is_same_v<Number, bool>) {
      out.append(std::string_view(number ? "true" : "false"));
    } else if constexpr (std::is_same_v<Number, char>) {
      out.append(std::string_view(&number, 1));
    } else if constexpr (std::is_same_v<Number, float>) {
      out.append_float(number);
    } else if constexpr (std::is_floating_point_v<Number>) {
      out.append_float(static_cast<double>(number));
    } else if constexpr (std::is_signed_v<Number>) {
      out.append_integer(static_cast<std::int64_t>(number));
    } else {
      out.append_unsigned(static_cast<std::uint64_t>(number));
    }
  }
  template <class Value>
  static std::string header_text(const Value& value) {
    constexpr bool is_integer = std::is_integral_v<Value> && !std::is_same_v<Value, bool>;
    constexpr bool is_time = !std::is_arithmetic_v<Value> && std::is_convertible_v<Value, Moment>;
    static_assert(is_integer || is_time,
                  "the value of a header is a text, a whole number or a time point of the system's "
                  "clock");
    if constexpr (is_integer) {
      return std::to_string(value);
    } else if constexpr (is_time) {
      return date_text(value);
    } else {
      return {};
    }
  }
  static std::string date_text(Moment moment);

  /// Where an argument is looked for.
  enum class Source : std::uint8_t { any, query, body };
  std::optional<std::string> find_argument(Source source, std::string_view name, bool strip);
  std::vector<std::string> find_arguments(Source source, std::string_view name, bool strip);
  std::string require_argument(Source source, std::string_view name, bool strip);
  std::string argument_text(std::string_view name, std::string_view value, bool strip);
  template <class T>
  T typed_argument(Source source, std::string_view name) {
    if constexpr (detail::is_optional_argument<T>) {
      const std::optional<std::string> text = find_argument(source, name, true);
      if (!text) return std::nullopt;
      return detail::parse_argument<typename T::value_type>(name, *text);
    } else {
      return detail::parse_argument<T>(name, require_argument(source, name, true));
    }
  }
  template <class T>
  T typed_argument(Source source, std::string_view name, T missing) {
    const std::optional<std::string> text = find_argument(source, name, true);
    if (!text) return missing;
    return detail::parse_argument<T>(name, *text);
  }
  template <class T>
  std::vector<T> typed_arguments(Source source, std::string_view name) {
    std::vector<T> values;
    for (const std::string& text : find_arguments(source, name, true)) {
      values.push_back(detail::parse_argument<T>(name, text));
    }
    return values;
  }
  [[nodiscard]] std::string make_url(std::string_view name,
                                     std::initializer_list<URLArgument> arguments) const;
  bool answer_conditionally();
  void own_transform(OutputTransform* transform);
  void own_hook(detail::AnswerHook<AnswerHead&>* hook);
  void own_hook(detail::AnswerHook<const RequestStats&>* hook);
  void own_state(const void* key, detail::RequestState* state);
  [[nodiscard]] detail::RequestState* look_for_state(const void* key) const;
  [[noreturn]] static void fail_state();
  [[nodiscard]] std::string nonce_attribute() const;
  void insert_module_resources(const PageStart& start);
  std::vector<std::string> linked_paths(const std::vector<std::string>& names);
  const RawXSRFToken& raw_xsrf_token();
  void read_flashes();
  RequestExtras& extras();

  RequestExecution* execution_;      ///< Null when the request is over; see WebSocketHandler.
  RequestExtras* extras_ = nullptr;  ///< Owned (<memory> is a costly header).
  int status_ = 200;
  bool finished_ = false;
  Rendering rendering_ = Rendering::nothing;
};

}  // namespace bora::web
