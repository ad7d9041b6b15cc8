#include "compiler/routes/route_match.h"

#include <algorithm>
#include <tuple>

#include "runtime/paths/segment_values.h"
#include "runtime/text/percent.h"
#include "templates-lang/characters.h"

namespace bora::compiler {
namespace {

std::string decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && text::is_escape(text, i)) {
      result += static_cast<char>(text::escaped_byte(text, i));
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// Returns "of type int", or "what 'date' takes".
std::string wanted_value(const PathParameter& parameter) {
  const std::string_view name = paths::converter_name(parameter.converter);
  return name.empty() ? "what '" + parameter.argument + "' takes" : "of type " + std::string(name);
}

class Trial {
 public:
  Trial(const Route& route, const TriedRequest& request) : request_(request) {
    result_.route = &route;
  }

  RouteTrial run() {
    result_.matches = fits_host() && fits_path() && fits_method();
    return std::move(result_);
  }

 private:
  const Route& route() const { return *result_.route; }

  bool fail(std::string reason) {
    result_.reason = std::move(reason);
    return false;
  }

  bool fits_host() {
    const HostPattern& pattern = route().host;
    result_.ranks.push_back(pattern.empty() ? 1 : 0);
    if (pattern.empty()) return true;
    const std::vector<std::string> labels = split(request_.host, '.');
    bool fits = labels.size() == pattern.labels.size();
    for (std::size_t i = 0; fits && i < labels.size(); ++i) {
      const HostPattern::Label& label = pattern.labels[i];
      fits = label.is_parameter ? !labels[i].empty() : label.literal == labels[i];
      if (label.is_parameter) result_.captures.push_back(labels[i]);
    }
    for (std::size_t i = pattern.labels.size(); i-- > 0;)
      result_.ranks.push_back(pattern.labels[i].is_parameter ? 1 : 0);
    return fits || fail("only for the host " + pattern.text);
  }

  bool fits_path() {
    const PathPattern& path = route().path;
    std::vector<std::string> segments = split(std::string_view(request_.path).substr(1), '/');
    const bool ends_with_slash = segments.back().empty();
    if (ends_with_slash) segments.pop_back();
    for (std::size_t i = 0; i < path.segments.size(); ++i) {
      const PathSegment& segment = path.segments[i];
      const bool is_parameter = segment.is_parameter;
      const PathParameter* parameter = is_parameter ? &path.parameters[segment.parameter] : nullptr;
      if (is_parameter && parameter->converter == Converter::path) return take_rest(segments, i);
      if (i >= segments.size()) {
        if (is_parameter && parameter->is_optional && !ends_with_slash) return true;
        return fail("the path ends before '" + written(segment) + "'");
      }
      if (!fits_segment(segment, segments[i])) return false;
      ++result_.fitting;
    }
    if (segments.size() > path.segments.size())
      return fail("the path goes on with '" + segments[path.segments.size()] + "'");
    if (ends_with_slash == path.ends_with_slash || request_.path == "/") return true;
    return fail(path.ends_with_slash ? "its path ends with '/'" : "its path does not end with '/'");
  }

  bool take_rest(const std::vector<std::string>& segments, std::size_t begin) {
    const std::string_view path = request_.path;
    std::size_t at = 0;
    for (std::size_t i = 0; i <= begin; ++i) {
      at = path.find('/', at);
      if (at == std::string_view::npos)
        return fail("the path ends before '" + written(route().path.segments[begin]) + "'");
      ++at;
    }
    result_.fitting = segments.size();
    result_.ranks.push_back(static_cast<int>(Converter::path) + 1);
    result_.captures.emplace_back(path.substr(at));
    return true;
  }

  bool fits_segment(const PathSegment& segment, const std::string& text) {
    if (!segment.is_parameter) {
      result_.ranks.push_back(0);
      return canonical_literal(text) == segment.literal ||
             fail("'" + text + "' is not '" + segment.literal + "'");
    }
    const PathParameter& parameter = route().path.parameters[segment.parameter];
    result_.ranks.push_back(static_cast<int>(parameter.converter) + 1);
    result_.captures.push_back(text);
    if (text.empty()) return fail("a segment is empty");
    return takes(parameter, text) || fail("'" + text + "' is not " + wanted_value(parameter));
  }

  static bool takes(const PathParameter& parameter, const std::string& text) {
    if (parameter.converter == Converter::custom) return true;
    if (parameter.converter == Converter::regex)
      return paths::takes(
          reinterpret_cast<const unsigned char*>(parameter.automaton->bytes().data()), text);
    return paths::is_value(parameter.converter, decoded(text));
  }

  bool fits_method() {
    if (route().kind != Route::Kind::handler || route().methods.empty()) return true;
    std::string listed;
    for (const Text& method : route().methods) {
      if (method.text == request_.method) return true;
      listed += (listed.empty() ? "" : ", ") + method.text;
    }
    return fail("only for " + listed);
  }

  std::string written(const PathSegment& segment) const {
    return segment.is_parameter ? "{" + route().path.parameters[segment.parameter].name + "}"
                                : segment.literal;
  }

  const TriedRequest& request_;
  RouteTrial result_;
};

}  // namespace

bool parse_request(std::string_view text, TriedRequest& request) {
  const std::size_t blank = text.find(' ');
  request.method = "GET";
  if (blank != std::string_view::npos) {
    request.method = text.substr(0, blank);
    text.remove_prefix(blank + 1);
  }
  const std::size_t scheme = text.find("://");
  if (scheme != std::string_view::npos && !text.starts_with('/')) {
    text.remove_prefix(scheme + 3);
    const std::size_t slash = std::min(text.find('/'), text.size());
    for (const char c : text.substr(0, std::min(text.find(':'), slash)))
      request.host += lang::to_lower(c);
    if (request.host.size() > 1 && request.host.ends_with('.')) request.host.pop_back();
    text.remove_prefix(slash);
  }
  request.path = text.substr(0, text.find_first_of("?#"));
  return request.path.starts_with('/') && request.path.find(' ') == std::string::npos;
}

std::optional<RouteTrial> best_trial(std::span<const Route* const> routes,
                                     const TriedRequest& request) {
  std::optional<RouteTrial> best;
  for (const Route* route : routes) {
    RouteTrial trial = Trial(*route, request).run();
    if (trial.matches && (!best || trial.ranks < best->ranks)) best = std::move(trial);
  }
  return best;
}

std::vector<RouteTrial> try_routes(const RouteManifest& manifest, const TriedRequest& request) {
  std::vector<RouteTrial> trials;
  for (const Route& route : manifest.routes) trials.push_back(Trial(route, request).run());
  const auto answering = [](const RouteTrial& trial) {
    return std::tuple(!trial.matches, trial.ranks);
  };
  const auto best = std::ranges::min_element(trials, {}, answering);
  if (best == trials.end()) return trials;
  for (RouteTrial& trial : trials) {
    if (trial.matches && &trial != &*best) {
      trial.matches = false;
      trial.reason = "'" + best->route->path.text + "' is more particular";
    }
  }
  // This is a stable sort. std::stable_sort is not used, because clang 19 warns of a deprecated
  // function in it.
  std::vector<std::size_t> order(trials.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&trials](std::size_t i) {
    return std::tuple(!trials[i].matches, -static_cast<std::ptrdiff_t>(trials[i].fitting), i);
  });
  std::vector<RouteTrial> sorted;
  for (const std::size_t i : order) sorted.push_back(std::move(trials[i]));
  return sorted;
}

}  // namespace bora::compiler
