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

/// What holds for a whole application. Names are Tornado's.
struct Settings {
  /// Error pages show the exception; the 404 page lists the routes; a line of the log names every
  /// value that a template could not write where it stands. Never in production.
  bool debug = false;

  /// Called instead of writing the default access line; see Application::log_request().
  std::function<void(RequestHandler& handler)> log_function{};

  /// Run for every request, before those of its route, in this order, and also where no route
  /// matches: see docs/filters.md. (`[app] filters` of routes.toml does the same.)
  std::vector<AnyFilter> filters{};

  /// Told of each request's route, status, bytes and duration; see <bora/web/observer.h>. Must
  /// outlive the application.
  Observer* observer = nullptr;

  /// Answers where no route matches, `error_handler<NotFound>()`: its prepare() usually throws
  /// HTTPError(404), so that its write_error() makes the page. A method that it lacks is a 404 too.
  /// Default: a plain 404 page.
  const Endpoint* default_handler_class = nullptr;

  /// Directory that relative static mounts are looked for in. Where the routes are written in C++
  /// it is such a mount itself: its files are found below static_url_prefix, and its favicon.ico
  /// and robots.txt at the root. Default: the program's own directory, wherever it is started from.
  /// If relative itself, it is looked for there too.
  std::string static_path{};

  /// Directories outside of a mount's own to which its symbolic links may lead; relative ones as
  /// for static_path. Any other link out of it is refused (403).
  std::vector<std::string> allowed_symlink_directory{};

  /// The static mount that RequestHandler::static_url() makes URLs for.
  std::string static_url_prefix = "/static/";

  /// Where no group of add_handlers() has the request's host, nor any other route its path, the
  /// groups of this host answer; not for requests through a proxy (they have X-Real-Ip).
  std::string default_host{};

  /// What RequestHandler::get_login_url() returns.
  std::string login_url{};

  /// What signs cookies: see RequestHandler::set_signed_cookie(). At least 32 bytes; `bora secret`
  /// makes some. Empty: the environment's BORA_COOKIE_SECRET, or the content of the file that
  /// BORA_COOKIE_SECRET_FILE names, is taken; see CookieSecret::parse().
  CookieSecret cookie_secret{};
  /// Which key of a cookie_secret with versions signs. Default: the highest.
  std::optional<int> key_version{};

  /// Refuse what a browser sends from the page of another site: see
  /// RequestHandler::check_xsrf_cookie().
  bool cross_origin_protection = false;
  /// Sites whose pages may send forms, "https://accounts.example.com": scheme, host, and port if it
  /// is not the scheme's own.
  std::vector<std::string> trusted_origins{};
  /// Refuse forms that do not send a token back: see RequestHandler::check_xsrf_cookie().
  bool xsrf_cookies = false;
  /// The version of the tokens that are sent: 2, which looks different on each page, or 1. Both are
  /// understood.
  int xsrf_cookie_version = 2;
  std::string xsrf_cookie_name = "_xsrf";
  /// The attributes of the token's cookie. Unless something here says when it expires, it lasts 30
  /// days for a user and as long as the browser for others.
  http::CookieOptions xsrf_cookie_kwargs{};

  /// Answers are sent compressed, as gzip or, where libbrotlienc is installed, brotli, to clients
  /// that want it: text, JavaScript, JSON, XML and SVG of at
  /// least 1,024 bytes, or whatever is flushed piece by piece. Not what has a Content-Encoding, nor
  /// what says `Cache-Control: no-transform`.
  bool compress_response = false;
  /// What else changes answers on their way out, before they are compressed: see OutputTransform.
  std::vector<TransformFactory> transforms{};
  /// The size from which on RequestHandler::compute_etag() hashes what was written; 0: always.
  std::size_t etag_min_size = 1024;

  /// WebSocketHandler::websocket_options(): how often a ping is sent (zero: never), how long its
  /// pong is waited for (not set: as long as the interval), and the longest message that is taken,
  /// in bytes.
  std::chrono::seconds websocket_ping_interval{0};
  std::optional<std::chrono::seconds> websocket_ping_timeout{};
  std::size_t websocket_max_message_size = 10 * 1024 * 1024;

  /// How deeply arrays and objects of a JSON body may be nested: see
  /// RequestHandler::get_json_body().
  int max_json_depth = 512;

  /// Writes the page of an error.
  /// @param error  Null: nothing was thrown, or no HTTPError.
  using ErrorPage = std::function<void(RequestHandler& handler, const HTTPError* error)>;
  /// Pages by status; 0 is the one of all others. Not for clients that want JSON; in debug mode not
  /// for exceptions that nobody expected.
  ///
  ///     {.error_pages = {{404, [](auto& handler, auto*) { handler.render(views::not_found{}); }}}}
  std::vector<std::pair<int, ErrorPage>> error_pages{};
};

/// For Settings::default_handler_class.
template <class Handler>
const Endpoint* error_handler() {
  return &endpoint_of<Handler>;
}

/// The routes of a program and its settings: what a server serves.
///
///     bora::web::Application app(routes::table);                        // from routes.toml
///     bora::web::Application app({bora::web::url<MainHandler>("/")});   // written here
///     app.listen(8888);
///     bora::IOLoop::current().start();
class Application : public http::HTTPServerConnectionDelegate {
 public:
  /// @param table  Must outlive the application; the generated one does.
  explicit Application(const RouteTable& table, Settings settings = {});
  /// @throws std::invalid_argument  A pattern that cannot be read; the message says where.
  Application(std::initializer_list<URLSpec> handlers, Settings settings = {});
  explicit Application(std::vector<URLSpec> handlers, Settings settings = {});
  ~Application() override;

  /// Adds routes for one host, "api.example.com" or "{tenant}.example.com" (a label in braces
  /// stands for any one and is not captured). Groups are tried in the order in which they were
  /// added, before the routes of the constructor. Not while requests run.
  /// @throws std::invalid_argument  As for the constructor.
  void add_handlers(std::string_view host_pattern, std::vector<URLSpec> handlers);

  /// A handler for a Rule of a RuleRouter, which then chooses by other things than paths. It is a
  /// handler of this application, with its settings, and must not outlive it:
  ///
  ///     router.add_rules({{PathMatches("/users/{id:int}"), app.handler<User>(), "user"}});
  template <class Handler>
  [[nodiscard]] HandlerTarget handler() {
    note_methods(&endpoint_of<Handler>);
    return {this, &endpoint_of<Handler>};
  }
  /// The same with what the handler's `initialize(const Init&)` gets; copied once.
  template <class Handler>
  [[nodiscard]] HandlerTarget handler(typename Handler::Init init) {
    static_assert(
        detail::TakesInit<Handler>,
        "a handler with an Init needs a public initialize(const Init&) that returns void");
    note_methods(&endpoint_of<Handler>);
    return {this, &endpoint_of<Handler>,
            std::make_shared<const typename Handler::Init>(std::move(init))};
  }

  /// The URL of the route called `name`, of the constructor's or of add_handlers().
  /// @throws std::invalid_argument  There is none, or its URL can't be made of `arguments`.
  [[nodiscard]] std::string reverse_url(std::string_view name,
                                        std::initializer_list<URLArgument> arguments = {}) const;

  /// Makes a server for this application, listening; see http::HTTPServer::listen. It lives as long
  /// as the application. Serving begins when the loop runs.
  http::HTTPServer& listen(int port, std::string_view address = {},
                           http::HTTPServerOptions options = {});

  /// Requests whose handler has not ended, also those whose client has left. A graceful stop of the
  /// loop (SIGTERM) waits for them, no longer than HTTPServerOptions::drain_timeout. The
  /// application must outlive them.
  [[nodiscard]] std::size_t running_requests() const { return running_requests_; }

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] const RouteTable& routes() const { return *table_; }

  /// Keeps an object that handlers share, one for each type: a pool of connections, a counter. It
  /// lives as long as the application; one of the same type that is there already is replaced.
  template <class T>
  T& set_state(T object) {
    auto made = std::make_unique<Held<T>>(std::move(object));
    T& result = made->object;
    keep_state(&state_key<T>, std::move(made));
    return result;
  }
  /// `application().state<Pool>()`
  /// @throws std::logic_error  set_state() was not called for this type.
  template <class T>
  [[nodiscard]] T& state() const {
    return static_cast<Held<T>&>(get_state(&state_key<T>)).object;
  }
  /// The same; null: there is none.
  template <class T>
  [[nodiscard]] T* find_state() const {
    State* const found = look_for_state(&state_key<T>);
    return found == nullptr ? nullptr : &static_cast<Held<T>*>(found)->object;
  }

  /// Writes the access line of a request whose answer is finished: "200 GET / (127.0.0.1) 0.31ms",
  /// or calls Settings::log_function. Override it for another line, or none.
  virtual void log_request(RequestHandler& handler);

  /// The sum of what its servers have done.
  [[nodiscard]] http::HTTPServerStatistics statistics() const;

  http::HTTPMessageDelegate* start_request(http::HTTPServerRequest& request) override;
  /// One of its handlers has it among its SupportedMethods.
  [[nodiscard]] bool supports_method(std::string_view method) override;
  /// A handler may go on when its client has left.
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
  static inline char state_key = 0;  // Not const, so that no linker merges them.
  void keep_state(const void* key, std::unique_ptr<State> state);
  [[nodiscard]] State& get_state(const void* key) const;
  [[nodiscard]] State* look_for_state(const void* key) const;

  [[nodiscard]] bool has_route(std::string_view name) const;
  void find_route(http::HTTPServerRequest& request, RouteMatch& result) const;
  void find_route_of_host(http::HTTPServerRequest& request, RouteMatch& result) const;
  /// Makes the filters that the manifest tells how to make: what is wrong with them is known now.
  void make_filters();
  void begin();
  void request_ended() noexcept;
  void note_methods(const RouteTable& table);
  void note_methods(const Endpoint* endpoint);

  Settings settings_;
  OwnRouteTable own_table_;
  const RouteTable* table_;
  std::vector<HostGroup> host_groups_;
  std::vector<std::string_view> own_methods_;  ///< Of all routes, sorted.
  std::vector<const Endpoint*> fallbacks_;     ///< Of FallbackHandlers' routes.
  std::unique_ptr<StaticFiles> static_files_;
  std::unique_ptr<crypto::Tagger> tagger_;  ///< Of entity tags; null: there is no cookie_secret.
  std::vector<std::pair<const void*, std::unique_ptr<State>>> states_;
  std::vector<std::unique_ptr<http::HTTPServer>> servers_;
  std::vector<Filter> filters_;  ///< Of the settings.
  std::size_t running_requests_ = 0;
  std::unique_ptr<Event> idle_;  ///< Set when no request runs; made by drain().
};

}  // namespace bora::web
