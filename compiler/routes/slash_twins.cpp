#include "compiler/routes/slash_twins.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace bora::compiler {
namespace {

std::string shape_of(const Route& route) {
  return route.host.shape() + route.path.shape();
}

bool has_twin(const Route& route) {
  if (route.kind != Route::Kind::handler || route.slash == SlashPolicy::strict) return false;
  const PathPattern& path = route.path;
  return !path.segments.empty() && !path.has_optional() &&
         (path.parameters.empty() || path.parameters.back().converter != Converter::path);
}

Route twin_of(const Route& route) {
  Route twin = route;
  twin.kind = Route::Kind::redirect;
  twin.groups.clear();
  twin.name.text.clear();
  twin.path.ends_with_slash = !route.path.ends_with_slash;
  if (twin.path.ends_with_slash) {
    twin.path.text += '/';
  } else {
    twin.path.text.pop_back();
  }
  twin.location = route.own_location();
  twin.target = {route.path.text, route.path.span, false};
  twin.permanent = true;
  twin.is_slash_twin = true;
  twin.is_authenticated = false;
  twin.init.clear();
  return twin;
}

}  // namespace

void add_slash_twins(RouteManifest& manifest) {
  std::set<std::string> taken;
  for (const Route& route : manifest.routes) {
    for (const std::string& shape : route.path.shapes()) taken.insert(route.host.shape() + shape);
  }
  std::vector<Route> twins;
  for (const Route& route : manifest.routes) {
    if (!has_twin(route)) continue;
    Route twin = twin_of(route);
    if (taken.insert(shape_of(twin)).second) twins.push_back(std::move(twin));
  }
  for (Route& twin : twins) manifest.routes.push_back(std::move(twin));
}

}  // namespace bora::compiler
