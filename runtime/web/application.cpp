#include <bora/web/application.h>

#include <utility>

#include <bora/core/io_loop.h>

#include "runtime/web/host_pattern.h"
#include "runtime/web/request_execution.h"
#include "runtime/web/static_files.h"

namespace bora::web {
namespace {

void destroy_nothing(const RouteTable*) {}

}  // namespace

Application::Application(const RouteTable& table, Settings settings)
    : settings_(std::move(settings)),
      own_table_(nullptr, destroy_nothing),
      table_(&table),
      static_files_(std::make_unique<StaticFiles>(table, settings_)) {}

Application::Application(std::initializer_list<URLSpec> handlers, Settings settings)
    : Application(std::vector<URLSpec>(handlers), std::move(settings)) {}

Application::Application(std::vector<URLSpec> handlers, Settings settings)
    : settings_(std::move(settings)),
      own_table_(make_route_table(handlers)),
      table_(own_table_.get()),
      static_files_(std::make_unique<StaticFiles>(*table_, settings_)) {}

Application::~Application() = default;

void Application::add_handlers(std::string_view host_pattern, std::vector<URLSpec> handlers) {
  std::string pattern(host_pattern);
  for (char& c : pattern) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  host_groups_.push_back({std::move(pattern), make_route_table(handlers)});
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

/// The groups of the host, the constructor's routes, the groups of the default host: WEB-088,
/// WEB-089.
void Application::find_route(http::HTTPServerRequest& request, RouteMatch& result) const {
  if (host_groups_.empty() && table_->hosts().empty())
    return match(*table_, request.path(), result);
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
    match_groups(settings_.default_host);
}

http::HTTPServer& Application::listen(int port, std::string_view address,
                                      http::HTTPServerOptions options) {
  auto server = std::make_unique<http::HTTPServer>(*this, options);
  server->listen(port, address);
  return *servers_.emplace_back(std::move(server));
}

Task<void> Application::drain() {
  constexpr std::chrono::milliseconds kPause{10};
  while (running_requests_ > 0) co_await sleep(kPause);
}

http::HTTPMessageDelegate* Application::start_request(http::HTTPServerRequest& request) {
  return RequestExecution::create(*this, request);
}

StaticFiles& StaticFiles::of(const Application& application) {
  return *application.static_files_;
}

}  // namespace bora::web
