#include "runtime/web/host_pattern.h"

#include <algorithm>

namespace bora::web {
namespace {

/// Removes the label before the next dot from `text` and returns it.
std::string_view next_label(std::string_view& text) {
  const std::size_t dot = text.find('.');
  const std::string_view label = text.substr(0, dot);
  text = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  return label;
}

void put_in_front(const PathArgs& captures, PathArgs& arguments) {
  const std::size_t count = arguments.size();
  for (std::size_t i = 0; i < captures.size(); ++i) arguments.push({});
  for (std::size_t i = count; i-- > 0;) arguments.set(i + captures.size(), arguments.text(i));
  for (std::size_t i = 0; i < captures.size(); ++i) arguments.set(i, captures.text(i));
}

}  // namespace

bool match_host(std::string_view pattern, std::string_view host, PathArgs& captures) {
  if (std::ranges::count(pattern, '.') != std::ranges::count(host, '.')) return false;
  while (!pattern.empty()) {
    const std::string_view wanted = next_label(pattern);
    const std::string_view label = next_label(host);
    const bool is_parameter = wanted.front() == '{';
    if (is_parameter && !label.empty()) {
      captures.push(label);
    } else if (is_parameter || wanted != label) {
      return false;
    }
  }
  return true;
}

void match(const RouteTable& table, std::string_view host, std::string_view path,
           RouteMatch& result) {
  for (const HostRoutes& routes : table.hosts()) {
    PathArgs captures;
    if (!match_host(routes.pattern, host, captures)) continue;
    match(*routes.table, path, result);
    if (result.route == nullptr) continue;
    put_in_front(captures, result.arguments);
    return;
  }
  match(table, path, result);
}

}  // namespace bora::web
