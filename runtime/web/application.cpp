#include <bora/web/application.h>

#include <utility>

#include <bora/core/io_loop.h>

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

Application::~Application() {
  IOLoop* loop = IOLoop::current_if_any();
  if (drain_key_ != 0 && loop != nullptr) loop->remove_drain(drain_key_);
}

http::HTTPServer& Application::listen(int port, std::string_view address,
                                      http::HTTPServerOptions options) {
  auto server = std::make_unique<http::HTTPServer>(*this, options);
  server->listen(port, address);
  if (drain_key_ == 0) {
    const auto limit = options.drain_timeout;
    drain_key_ = IOLoop::current().add_drain([this, limit] { return finish_requests(limit); });
  }
  return *servers_.emplace_back(std::move(server));
}

/// The servers' own drains wait for connections; a handler may go on when its client has left.
Task<void> Application::finish_requests(std::chrono::seconds limit) {
  constexpr std::chrono::milliseconds kPause{10};
  for (std::chrono::nanoseconds waited{}; running_requests_ > 0 && waited < limit;
       waited += kPause) {
    co_await sleep(kPause);
  }
}

http::HTTPMessageDelegate* Application::start_request(http::HTTPServerRequest& request) {
  return RequestExecution::create(*this, request);
}

StaticFiles& StaticFiles::of(const Application& application) {
  return *application.static_files_;
}

}  // namespace bora::web
