#include "service.h"

#include <bora/json.h>
#include <bora/web/http_error.h>
#include <bora/web/request_handler.h>

#include "routes.h"

namespace app {
namespace {

// Every client gets errors as problem+json (RFC 9457). Bora alone would send HTML to clients whose
// Accept field does not prefer JSON.
void write_problem(bora::web::RequestHandler& handler, const bora::web::HTTPError* error) {
  nlohmann::ordered_json problem{
      {"type", "about:blank"}, {"title", handler.get_reason()}, {"status", handler.get_status()}};
  if (error != nullptr && !error->detail().empty()) problem["detail"] = error->detail();
  if (error != nullptr) {
    for (const auto& [field, text] : error->fields()) problem["errors"][field] = text;
  }
  handler.set_header("Content-Type", "application/problem+json");
  handler.finish(problem.dump());
}

bora::web::Settings service_settings() {
  bora::web::Settings settings;
  settings.error_pages = {{0, write_problem}};  // 0: for every status
  settings.cross_origin_protection = true;      // Pages of other sites can't change anything.
  return settings;
}

}  // namespace

Service::Service() : Application(routes::table, service_settings()) {}

}  // namespace app
