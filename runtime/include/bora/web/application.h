#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/core/detail/chrono.h>
#include <bora/core/detail/function.h>
#include <bora/http/http_connection.h>
#include <bora/http/http_server.h>
#include <bora/web/any_filter.h>
#include <bora/web/output_transform.h>
#include <bora/web/request_handler.h>
#include <bora/web/route_table.h>
#include <bora/web/url_spec.h>

namespace bora {
class Event;
namespace crypto {
class Tagger;
}
}  // namespace bora

namespace bora::web {

class Observer;
class StaticFiles;

/// The settings of a whole application. Their names are Tornado's.
struct Settings {
  /// In debug mode, error pages show the exception, the 404 page lists the routes, and a line of
  /// the log names every value that a template could not write where it stands. Never use it in
  /// production.
  bool debug = false;

  /// Called instead of writing the default access line; see Application::log_request().
  std::function<void(RequestHandler& handler)> log_function{};

  /// Filters that run for every request, before those of its route, in this order, and also where
  /// no route matches: see docs/filters.md. (`[app] filters` of routes.toml does the same.)
  std::vector<AnyFilter> filters{};

  /// Gets each request's route, status, bytes and duration; see <bora/web/observer.h>. It must
  /// outlive the application.
  Observer* observer = nullptr;

  /// The handler of requests that no route matches, such as `error_handler<NotFound>()`: its
  /// prepare() usually throws HTTPError(404), so that its write_error() makes the page. A method
  /// that it lacks is a 404 too. Default: a plain 404 page.
  const Endpoint* default_handler_class = nullptr;

  /// The directory in which relative static mounts are looked for. Where the routes are written in
  /// C++ it is such a mount itself: its files are served below static_url_prefix, and its
  /// favicon.ico and robots.txt at the root. Default: the program's own directory, wherever it is
  /// started from. If it is relative itself, it is looked for there too.
  std::string static_path{};

  /// Directories outside of a mount's own to which its symbolic links may lead; relative ones work
  /// as for static_path. Any other link out of the mount is refused (403).
  std::vector<std::string> allowed_symlink_directory{};

  /// The static mount that RequestHandler::static_url() makes URLs for.
  std::string static_url_prefix = "/static/";

  /// The host whose groups answer where no group of add_handlers() has the request's host, nor any
  /// other route its path. It does not apply to requests through a proxy (they have X-Real-Ip).
  std::string default_host{};

  /// The result of RequestHandler::get_login_url().
  std::string login_url{};

  /// The secret that signs cookies: see RequestHandler::set_signed_cookie(). It has at least 32
  /// bytes; `bora secret` makes one. If it is empty, the environment's BORA_COOKIE_SECRET, or the
  /// content of the file that BORA_COOKIE_SECRET_FILE names, is used; see CookieSecret::parse().
  CookieSecret cookie_secret{};
  /// The version of the key that signs, for a cookie_secret with versions. Default: the highest.
  std::optional<int> key_version{};

  /// If true, requests that a browser sends from the page of another site are refused: see
  /// RequestHandler::check_xsrf_cookie().
  bool cross_origin_protection = false;
  /// The sites whose pages may send forms, such as "https://accounts.example.com": scheme, host,
  /// and the port if it is not the scheme's own.
  std::vector<std::string> trusted_origins{};
  /// If true, forms that do not send a token back are refused: see
  /// RequestHandler::check_xsrf_cookie().
  bool xsrf_cookies = false;
  /// The version of the tokens that are sent: 2, which looks different on each page, or 1. Both are
  /// accepted.
  int xsrf_cookie_version = 2;
  std::string xsrf_cookie_name = "_xsrf";
  /// The attributes of the token's cookie. Unless one of them sets its expiry, it lasts 30 days for
  /// a user and until the browser closes for others.
  http::CookieOptions xsrf_cookie_kwargs{};

  /// If true, answers are compressed, with gzip or, where libbrotlienc is installed, brotli, for
  /// clients that accept it: text, JavaScript, JSON, XML and SVG of at least 1,024 bytes, or
  /// whatever is flushed piece by piece. Answers with a Content-Encoding or
  /// `Cache-Control: no-transform` are not compressed.
  bool compress_response = false;
  /// Further changes of answers on their way out, before they are compressed: see OutputTransform.
  std::vector<TransformFactory> transforms{};
  /// The size, in bytes, from which on RequestHandler::compute_etag() hashes the body; 0 means
  /// always.
  std::size_t etag_min_size = 1024;

  /// The defaults of WebSocketHandler::websocket_options(): how often a ping is sent (zero means
  /// never), how long its pong is waited for (if not set, as long as the interval), and the longest
  /// message that is accepted, in bytes.
  std::chrono::seconds websocket_ping_interval{0};
  std::optional<std::chrono::seconds> websocket_ping_timeout{};
  std::size_t websocket_max_message_size = 10 * 1024 * 1024;

  /// How deeply arrays and objects of a JSON body may be nested: see
  /// RequestHandler::get_json_body().
  int max_json_depth = 512;

  /// Writes the page of an error.
  /// @param error  Null if nothing was thrown, or no HTTPError.
  using ErrorPage = std::function<void(RequestHandler& handler, const HTTPError* error)>;
  /// Error pages by status; 0 is the page of all others. They are not used for clients that want
  /// JSON, nor, in debug mode, for unexpected exceptions.
  ///
  ///     {.error_pages = {{404, [](auto& handler, auto*) { handler.render(views::not_found{}); }}}}
  std::vector<std::pair<int, ErrorPage>> error_pages{};
};

/// The endpoint of a handler, for Settings::default_handler_class.
template <class Handler>
const Endpoint* error_handler() {
  return &endpoint_of<Handler>;
}

/// The routes of a program and its settings. This is what a server serves.
///
///     bora::web::Application app(routes::table);                        // from routes.toml
///     bora::web::Application app({bora::web::url<MainHandler>("/")});   // written here
///     app.listen(8888);
///     bora::IOLoop::current().start();
class Application : public http::HTTPServerConnectionDelegate {
 public:
  /// @param table  It must outlive the application; the generated one does.
  explicit Application(const RouteTable& table, Settings settings = {});
  /// @throws std::invalid_argument  A pattern cannot be read; the message says where.
  Application(std::initializer_list<URLSpec> handlers, Settings settings = {});
  explicit Application(std::vector<URLSpec> handlers, Settings settings = {});
  ~Application() override;

  /// Adds routes for one host, "api.example.com" or "{tenant}.example.com" (a label in braces
  /// stands for any label and is not captured). Groups are tried in the order in which they were
  /// added, before the routes of the constructor. It must not be called while requests run.
  /// @throws std::invalid_argument  As the constructor.
  void add_handlers(std::string_view host_pattern, std::vector<URLSpec> handlers);

  /// A handler for a Rule of a RuleRouter, which chooses by other things than paths. It is a
  /// handler of this application, with its settings, and must not outlive it:
  ///
  ///     router.add_rules({{PathMatches("/users/{id:int}"), app.handler<User>(), "user"}});
  template <class Handler>
  [[nodiscard]] HandlerTarget handler() {
    note_methods(&endpoint_of<Handler>);
    return {this, &endpoint_of<Handler>};
  }
  /// The same with the argument of the handler's `initialize(const Init&)`; it is copied once.
  template <class Handler>
  [[nodiscard]] HandlerTarget handler(typename Handler::Init init) {
    static_assert(
        detail::TakesInit<Handler>,
        "a handler with an Init needs a public initialize(const Init&) that returns void");
    note_methods(&endpoint_of<Handler>);
    return {this, &endpoint_of<Handler>,
            std::make_shared<const typename Handler::Init>(std::move(init))};
  }

  /// The URL of the route called `name`, from the constructor or from add_handlers().
  /// @throws std::invalid_argument  There is no such route, or `arguments` do not make its URL.
  [[nodiscard]] std::string reverse_url(std::string_view name,
                                        std::initializer_list<URLArgument> arguments = {}) const;

  /// Makes a server for this application that listens on `port`; see http::HTTPServer::listen. It
  /// lives as long as the application. It serves when the loop runs.
  http::HTTPServer& listen(int port, std::string_view address = {},
                           http::HTTPServerOptions options = {});

  /// The number of requests whose handler has not ended, including those whose client has left. A
  /// graceful stop of the loop (SIGTERM) waits for them, no longer than
  /// HTTPServerOptions::drain_timeout. The application must outlive them.
  [[nodiscard]] std::size_t running_requests() const { return running_requests_; }

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] const RouteTable& routes() const { return *table_; }

  /// Keeps an object that handlers share, one for each type: a pool of connections, a counter. It
  /// lives as long as the application and replaces an earlier one of the same type.
  template <class T>
  T& set_state(T object) {
    auto made = std::make_unique<Held<T>>(std::move(object));
    T& result = made->object;
    keep_state(&state_key<T>, std::move(made));
    return result;
  }
  /// The object of that type: `application().state<Pool>()`
  /// @throws std::logic_error  set_state() was not called for this type.
  template <class T>
  [[nodiscard]] T& state() const {
    return static_cast<Held<T>&>(get_state(&state_key<T>)).object;
  }
  /// The same; null if there is none.
  template <class T>
  [[nodiscard]] T* find_state() const {
    State* const found = look_for_state(&state_key<T>);
    return found == nullptr ? nullptr : &static_cast<Held<T>*>(found)->object;
  }

  /// Writes the access line of a request whose answer is finished: "200 GET / (127.0.0.1) 0.31ms",
  /// or calls Settings::log_function. Override it for another line, or none.
  virtual void log_request(RequestHandler& handler);

  /// The sums of the statistics of all its servers.
  [[nodiscard]] http::HTTPServerStatistics statistics() const;

  http::HTTPMessageDelegate* start_request(http::HTTPServerRequest& request) override;
  /// Whether one of its handlers has `method` among its SupportedMethods.
  [[nodiscard]] bool supports_method(std::string_view method) override;
  /// Waits for handlers, which may go on when their client has left.
  Task<void> drain() override;

 private:
  friend class RequestExecution;
  friend class RequestHandler;
  friend class ReversibleRuleRouter;
  friend class StaticFiles;

  /// Routes of one host.
  struct HostGroup {
    std::string pattern;
    OwnRouteTable table;
  };

  struct State {
    virtual ~State() = default;
  };
  template <class T>
  struct Held : State {
    explicit Held(T value) : object(std::move(value)) {}
    T object;
  };
  template <class T>
  static inline char state_key = 0;  // It is not const, so that no linker merges several.
  void keep_state(const void* key, std::unique_ptr<State> state);
  [[nodiscard]] State& get_state(const void* key) const;
  [[nodiscard]] State* look_for_state(const void* key) const;

  [[nodiscard]] bool has_route(std::string_view name) const;
  void find_route(http::HTTPServerRequest& request, RouteMatch& result) const;
  void find_route_of_host(http::HTTPServerRequest& request, RouteMatch& result) const;
  /// Makes the filters that the manifest describes, so that a mistake in them shows now.
  void make_filters();
  void begin();
  void request_ended() noexcept;
  void note_methods(const RouteTable& table);
  void note_methods(const Endpoint* endpoint);

  Settings settings_;
  OwnRouteTable own_table_;
  const RouteTable* table_;
  std::vector<HostGroup> host_groups_;
  std::vector<std::string_view> own_methods_;  ///< those of all routes, sorted
  std::vector<const Endpoint*> fallbacks_;     ///< those of FallbackHandlers' routes
  std::unique_ptr<StaticFiles> static_files_;
  std::unique_ptr<crypto::Tagger> tagger_;  ///< for entity tags; null if there is no cookie_secret
  std::vector<std::pair<const void*, std::unique_ptr<State>>> states_;
  std::vector<std::unique_ptr<http::HTTPServer>> servers_;
  std::vector<Filter> filters_;  ///< those of the settings
  std::size_t running_requests_ = 0;
  std::unique_ptr<Event> idle_;  ///< set when no request runs; made by drain()
};

}  // namespace bora::web
