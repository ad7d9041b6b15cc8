#include <bora/web/application.h>

#include <utility>

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
      static_files_(std::make_unique<StaticFiles>(table, settings_.static_path)) {}

Application::Application(std::initializer_list<URLSpec> handlers, Settings settings)
    : Application(std::vector<URLSpec>(handlers), std::move(settings)) {}

Application::Application(std::vector<URLSpec> handlers, Settings settings)
    : settings_(std::move(settings)),
      own_table_(make_route_table(handlers)),
      table_(own_table_.get()),
      static_files_(std::make_unique<StaticFiles>(*table_, settings_.static_path)) {}

Application::~Application() = default;

http::HTTPServer& Application::listen(int port, std::string_view address,
                                      http::HTTPServerOptions options) {
  auto server = std::make_unique<http::HTTPServer>(*this, options);
  server->listen(port, address);
  return *servers_.emplace_back(std::move(server));
}

http::HTTPMessageDelegate* Application::start_request(http::HTTPServerRequest& request) {
  return RequestExecution::create(*this, request);
}

StaticFiles& StaticFiles::of(const Application& application) {
  return *application.static_files_;
}

}  // namespace bora::web
