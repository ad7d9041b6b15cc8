#include <bora/web/application.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include <bora/core/io_loop.h>
#include <bora/core/locks.h>
#include <bora/core/log.h>
#include <bora/render/refused_values.h>

#include "runtime/core/crypto.h"
#include "runtime/core/host_name.h"
#include "runtime/web/csrf.h"
#include "runtime/web/development.h"
#include "runtime/web/host_pattern.h"
#include "runtime/web/request_execution.h"
#include "runtime/web/static_files.h"

namespace bora::web {
namespace {

constexpr std::size_t kMinSecretBytes = 32;

void destroy_nothing(const RouteTable*) {}

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

/// Takes the secret from the environment if there is none, and refuses what is unsafe or can't
/// work.
Settings checked(Settings settings) {
  if (Development* const library = development()) library->prepare(settings);
  for (const std::string& origin : settings.trusted_origins) {
    if (!is_origin(origin)) {
      throw std::invalid_argument("Settings::trusted_origins has '" + origin +
                                  "', which is no origin, such as https://accounts.example.com");
    }
  }
  std::string from = "Settings::cookie_secret";
  CookieSecret& secret = settings.cookie_secret;
  if (secret.empty()) {
    from = "BORA_COOKIE_SECRET";
    secret = CookieSecret::parse(environment("BORA_COOKIE_SECRET"));
  }
  if (const std::string_view path = environment("BORA_COOKIE_SECRET_FILE");
      secret.empty() && !path.empty()) {
    from = "BORA_COOKIE_SECRET_FILE";
    secret = CookieSecret::from_file(std::string(path));
  }
  if (secret.empty()) return settings;
  if (secret.shortest() < kMinSecretBytes) {
    throw std::invalid_argument(from + " has a key of " + std::to_string(secret.shortest()) +
                                " bytes, and needs 32 at least: `bora secret` makes one");
  }
  if (secret.is_rotated() && settings.key_version &&
      secret.find(*settings.key_version) == nullptr) {
    throw std::invalid_argument("Settings::key_version is " +
                                std::to_string(*settings.key_version) + ", and " + from +
                                " has no such key");
  }
  return settings;
}

}  // namespace

Application::Application(const RouteTable& table, Settings settings)
    : settings_(checked(std::move(settings))),
      own_table_(nullptr, destroy_nothing),
      table_(&table),
      static_files_(std::make_unique<StaticFiles>(table, settings_)) {
  begin();
}

Application::Application(std::initializer_list<URLSpec> handlers, Settings settings)
    : Application(std::vector<URLSpec>(handlers), std::move(settings)) {}

Application::Application(std::vector<URLSpec> handlers, Settings settings)
    : settings_(checked(std::move(settings))),
      own_table_(make_route_table(handlers, settings_.static_path.empty()
                                                ? std::string_view()
                                                : settings_.static_url_prefix)),
      table_(own_table_.get()),
      static_files_(std::make_unique<StaticFiles>(*table_, settings_)) {
  begin();
}

Application::~Application() = default;

void Application::make_filters() {
  for (const AnyFilter& filter : settings_.filters) filters_.push_back(filter.entry());
  const auto make_all = [](const RouteRules* rules) {
    if (rules == nullptr) return;
    for (const Filter& filter : rules->filters) filter.make();
  };
  for (const Route& route : web::routes(*table_)) make_all(route.rules);
  make_all(table_->error_rules());
}

void Application::begin() {
  if (settings_.debug) render::log_refused_values(true);
  const CookieSecret& secret = settings_.cookie_secret;
  if (!secret.empty()) {
    tagger_ = std::make_unique<crypto::Tagger>(*secret.find(secret.latest_version()));
  }
  make_filters();
  note_methods(*table_);
  note_methods(table_->error_endpoint());
  note_methods(settings_.default_handler_class);
}

void Application::note_methods(const RouteTable& table) {
  for (const Route& route : web::routes(table)) note_methods(route.endpoint);
}

void Application::note_methods(const Endpoint* endpoint) {
  if (endpoint == nullptr) return;
  if (endpoint->fallback != nullptr) fallbacks_.push_back(endpoint);
  for (const Endpoint::OwnCall& own : endpoint->own_calls) {
    const auto at = std::ranges::lower_bound(own_methods_, own.method);
    if (at == own_methods_.end() || *at != own.method) own_methods_.insert(at, own.method);
  }
}

bool Application::supports_method(std::string_view method) {
  return std::ranges::binary_search(own_methods_, method) ||
         std::ranges::any_of(fallbacks_, [&](const Endpoint* endpoint) {
           return endpoint->fallback(*this).supports_method(method);
         });
}

void Application::add_handlers(std::string_view host_pattern, std::vector<URLSpec> handlers) {
  host_groups_.push_back({comparable_host(without_port(host_pattern)), make_route_table(handlers)});
  note_methods(*host_groups_.back().table);
}

bool Application::has_route(std::string_view name) const {
  const auto is_there = [name](const RouteTable& table) {
    return std::ranges::any_of(web::routes(table),
                               [name](const Route& route) { return route.name == name; });
  };
  return !name.empty() &&
         (is_there(*table_) || std::ranges::any_of(host_groups_, [&](const HostGroup& group) {
            return is_there(*group.table);
          }));
}

std::string Application::reverse_url(std::string_view name,
                                     std::initializer_list<URLArgument> arguments) const {
  for (const HostGroup& group : host_groups_) {
    for (const Route& route : web::routes(*group.table)) {
      if (route.name == name && !name.empty()) return web::reverse_url(route, arguments);
    }
  }
  return web::reverse_url(*table_, name, arguments);
}

void Application::find_route(http::HTTPServerRequest& request, RouteMatch& result) const {
  const bool asks_host = !host_groups_.empty() || !table_->hosts().empty();
  if (asks_host) return find_route_of_host(request, result);
  match(*table_, request.path(), result);
}

/// Tries the groups of the host, the constructor's routes, the groups of the default host. It is
/// not inlined, since most applications don't depend on the host.
[[gnu::noinline]] void Application::find_route_of_host(http::HTTPServerRequest& request,
                                                       RouteMatch& result) const {
  const std::string_view host = request.keep(request.host_name());
  const auto match_groups = [&](std::string_view wanted) {
    for (const HostGroup& group : host_groups_) {
      PathArgs ignored;
      if (!match_host(group.pattern, wanted, ignored)) continue;
      match(*group.table, request.path(), result);
      if (result.route != nullptr) return;
    }
  };
  result.route = nullptr;
  match_groups(host);
  if (result.route == nullptr) match(*table_, host, request.path(), result);
  const bool is_behind_proxy = request.headers().contains("X-Real-Ip");
  if (result.route == nullptr && !settings_.default_host.empty() && !is_behind_proxy)
    match_groups(comparable_host(without_port(settings_.default_host)));
}

http::HTTPServer& Application::listen(int port, std::string_view address,
                                      http::HTTPServerOptions options) {
  auto server = std::make_unique<http::HTTPServer>(*this, options);
  server->listen(port, address);
  return *servers_.emplace_back(std::move(server));
}

http::HTTPServerStatistics Application::statistics() const {
  http::HTTPServerStatistics sum;
  for (const auto& server : servers_) {
    const http::HTTPServerStatistics one = server->statistics();
    sum.connections += one.connections;
    sum.accepted += one.accepted;
    sum.requests += one.requests;
    sum.bytes_received += one.bytes_received;
    sum.bytes_sent += one.bytes_sent;
    sum.malformed += one.malformed;
    sum.too_large += one.too_large;
    sum.timed_out += one.timed_out;
    sum.turned_away += one.turned_away;
    for (std::size_t i = 0; i < sum.by_reason.size(); ++i) sum.by_reason[i] += one.by_reason[i];
  }
  return sum;
}

void Application::log_request(RequestHandler& handler) {
  if (settings_.log_function) return settings_.log_function(handler);
  const int status = handler.get_status();
  const LogLevel level = status < 400   ? LogLevel::info
                         : status < 500 ? LogLevel::warning
                                        : LogLevel::error;
  if (!access_log.is_enabled(level)) return;
  const http::HTTPServerRequest& request = handler.request();
  const auto hundredths = static_cast<std::int64_t>(request.request_time() * 1e5 + 0.5);
  access_log.write(level, status, " ", request.method(), " ", request.uri(), " (",
                   request.remote_ip(), ") ", hundredths / 100, ".", hundredths / 10 % 10,
                   hundredths % 10, "ms");
}

/// Each of the application's servers may call this.
Task<void> Application::drain() {
  if (idle_ == nullptr) idle_ = std::make_unique<Event>();
  while (running_requests_ > 0) {
    idle_->clear();
    co_await idle_->wait();
  }
}

void Application::request_ended() noexcept {
  if (--running_requests_ == 0 && idle_ != nullptr) idle_->set();
}

void Application::keep_state(const void* key, std::unique_ptr<State> state) {
  for (auto& [known, object] : states_) {
    if (known == key) {
      object = std::move(state);
      return;
    }
  }
  states_.emplace_back(key, std::move(state));
}

Application::State* Application::look_for_state(const void* key) const {
  for (const auto& [known, object] : states_) {
    if (known == key) return object.get();
  }
  return nullptr;
}

Application::State& Application::get_state(const void* key) const {
  State* const found = look_for_state(key);
  if (found != nullptr) return *found;
  throw std::logic_error(
      "Application::state(): set_state() was not called for an object of this type");
}

http::HTTPMessageDelegate* Application::start_request(http::HTTPServerRequest& request) {
  if (Development* const library = development()) {
    if (http::HTTPMessageDelegate* const taken = library->take(request)) return taken;
  }
  return RequestExecution::create(*this, request);
}

namespace {
Development* development_library = nullptr;
}  // namespace

Development* development() noexcept {
  return development_library;
}

void set_development(Development* library) noexcept {
  development_library = library;
}

StaticFiles& StaticFiles::of(const Application& application) {
  return *application.static_files_;
}

}  // namespace bora::web
