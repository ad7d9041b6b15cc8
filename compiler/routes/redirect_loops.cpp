#include "compiler/routes/redirect_loops.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/routes/codes.h"
#include "compiler/routes/route_match.h"
#include "runtime/text/percent.h"
#include "templates-lang/characters.h"

namespace bora::compiler {
namespace {

constexpr std::size_t kMaxSteps = 20;          // for one request; browsers stop there, too
constexpr std::size_t kMaxTrials = 2'000'000;  // in total, so that a hostile manifest ends, too

std::string encoded(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (text::is_unreserved(c)) {
      result += c;
    } else {
      text::append_escaped(result, c);
    }
  }
  return result;
}

/// Returns one of the shortest texts that the automaton accepts.
std::optional<std::string> shortest_text(const paths::Automaton& automaton) {
  std::map<std::uint8_t, std::string> texts = {{std::uint8_t{1}, ""}};
  std::deque<std::uint8_t> states = {std::uint8_t{1}};
  while (!states.empty()) {
    const std::uint8_t state = states.front();
    states.pop_front();
    // Printable characters come first, because reports show the text.
    for (int i = 0; i < 256; ++i) {
      const auto byte = static_cast<unsigned char>(i + 'a');
      const std::uint8_t target = automaton.step(state, byte);
      const auto next = static_cast<std::uint8_t>(target & ~paths::Automaton::kEnd);
      std::string text = texts[state] + static_cast<char>(byte);
      if ((target & paths::Automaton::kEnd) != 0) return text;
      if (next != 0 && texts.try_emplace(next, std::move(text)).second) states.push_back(next);
    }
  }
  return std::nullopt;
}

std::optional<std::string> sample_of(const PathParameter& parameter) {
  switch (parameter.converter) {
    case Converter::boolean:
      return "true";
    case Converter::uint:
    case Converter::integer:
    case Converter::real:
      return "7";
    case Converter::uuid:
      return "01234567-89ab-cdef-0123-456789abcdef";
    case Converter::slug:
    case Converter::string:
    case Converter::path:
      return parameter.name;
    case Converter::regex: {
      const auto text = shortest_text(*parameter.automaton);
      return text ? std::optional(encoded(*text)) : std::nullopt;
    }
    case Converter::custom:
      break;
  }
  return std::nullopt;
}

/// Returns a request that the route may answer.
/// @param is_short  Whether the path is without its optional parameter.
std::optional<TriedRequest> sample_request(const Route& route, bool is_short) {
  TriedRequest request;
  request.method = "GET";
  for (const HostPattern::Label& label : route.host.labels) {
    if (!request.host.empty()) request.host += '.';
    request.host += label.is_parameter ? "host" : label.literal;
  }
  const PathPattern& path = route.path;
  const std::size_t count = path.segments.size() - (is_short ? 1 : 0);
  for (std::size_t i = 0; i < count; ++i) {
    const PathSegment& segment = path.segments[i];
    const auto text =
        segment.is_parameter ? sample_of(path.parameters[segment.parameter]) : segment.literal;
    if (!text) return std::nullopt;
    request.path += "/" + *text;
  }
  if (path.ends_with_slash || count == 0) request.path += '/';
  return request;
}

/// Returns the next request after a redirect has answered. Empty if it goes to another program.
std::optional<TriedRequest> follow(const RouteTrial& trial, const TriedRequest& request) {
  std::string location;
  const std::string& pattern = trial.route->location;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '{') {
      location += pattern[i];
      continue;
    }
    std::size_t index = 0;
    for (++i; i < pattern.size() && pattern[i] != '}'; ++i)
      index = index * 10 + static_cast<std::size_t>(pattern[i] - '0');
    if (index < trial.captures.size()) location += trial.captures[index];
  }
  TriedRequest next = request;
  if (location.starts_with("//")) {
    const std::size_t slash = std::min(location.find('/', 2), location.size());
    next.host = location.substr(2, slash - 2);
    location.erase(0, slash);
  }
  if (!location.starts_with('/')) return std::nullopt;
  next.path = location.substr(0, location.find_first_of("?#"));
  return next;
}

class LoopFinder {
 public:
  LoopFinder(const RouteManifest& manifest, lang::DiagnosticSink& sink)
      : manifest_(manifest), sink_(sink) {
    for (const Route& route : manifest.routes) {
      const auto& segments = route.path.segments;
      const bool is_literal = !segments.empty() && !segments.front().is_parameter;
      (is_literal ? by_first_[segments.front().literal] : others_).push_back(&route);
    }
  }

  void run() {
    for (const Route& route : manifest_.routes) {
      if (route.kind != Route::Kind::redirect || route.location.empty()) continue;
      if (route.location == route.own_location()) {
        report(route, {}, "the redirect leads to its own path");
        continue;
      }
      start_at(route, false);
      if (route.path.has_optional()) start_at(route, true);
    }
  }

 private:
  void start_at(const Route& route, bool is_short) {
    const auto request = sample_request(route, is_short);
    if (!request || reported_.contains(&route)) return;
    std::vector<RouteTrial> way;
    std::vector<std::string> visited;
    std::optional<TriedRequest> at = request;
    while (at && way.size() < kMaxSteps) {
      auto trial = answer(*at);
      if (!trial || trial->route->kind != Route::Kind::redirect || is_guessed(*trial->route))
        return;
      if (way.empty() && trial->route != &route) return;  // another route answers this sample
      const std::string place = (at->host.empty() ? "" : "//" + at->host) + at->path;
      const auto again = std::ranges::find(visited, place);
      if (again != visited.end()) {
        way.erase(way.begin(), way.begin() + (again - visited.begin()));
        visited.erase(visited.begin(), again);
        if (std::ranges::find(way, &route, &RouteTrial::route) != way.end())
          report_circle(way, visited);
        return;
      }
      visited.push_back(place);
      at = follow(*trial, *at);
      way.push_back(std::move(*trial));
    }
    // The redirects never end if the request comes back to this route again and again.
    if (at && std::ranges::count(way, &route, &RouteTrial::route) > 1)
      report_endless(route, visited);
  }

  std::optional<RouteTrial> answer(const TriedRequest& request) {
    const std::size_t end = std::min(request.path.find('/', 1), request.path.size());
    const auto found = by_first_.find(canonical_literal(request.path.substr(1, end - 1)));
    std::vector<const Route*> candidates = others_;
    if (found != by_first_.end())
      candidates.insert(candidates.end(), found->second.begin(), found->second.end());
    trials_ += candidates.size();
    if (trials_ > kMaxTrials) return std::nullopt;
    return best_trial(candidates, request);
  }

  /// Whether the route has a converter of the program: trials accept every text as its value.
  static bool is_guessed(const Route& route) {
    return std::ranges::find(route.path.parameters, Converter::custom, &PathParameter::converter) !=
           route.path.parameters.end();
  }

  void report_circle(const std::vector<RouteTrial>& way, const std::vector<std::string>& visited) {
    const Route& first = *way.front().route;
    if (reported_.contains(&first)) return;
    if (way.size() == 1) return report(first, way, "the redirect leads to its own path");
    std::string places;
    for (const std::string& place : visited) places += "'" + place + "' to ";
    report(first, way, "redirects lead in a circle: " + places + "'" + visited.front() + "'");
  }

  void report_endless(const Route& route, const std::vector<std::string>& visited) {
    report(route, {},
           "the redirect leads on and on: '" + visited[0] + "' to '" + visited[1] + "' to '" +
               visited[2] + "' …");
  }

  void report(const Route& route, const std::vector<RouteTrial>& circle, std::string message) {
    reported_.insert(&route);
    lang::Diagnostic diagnostic = lang::error_at(codes::kRedirectsToItself, route.source,
                                                 route.target.span, std::move(message), "");
    for (const RouteTrial& trial : circle) {
      if (!reported_.insert(trial.route).second) continue;
      diagnostic.notes.push_back(
          {trial.route->source, trial.route->target.span, "this one is part of it"});
    }
    sink_.report(std::move(diagnostic));
  }

  const RouteManifest& manifest_;
  lang::DiagnosticSink& sink_;
  std::map<std::string, std::vector<const Route*>> by_first_;
  std::vector<const Route*> others_;
  std::set<const Route*> reported_;
  std::size_t trials_ = 0;
};

}  // namespace

void report_redirect_loops(const RouteManifest& manifest, lang::DiagnosticSink& sink) {
  LoopFinder(manifest, sink).run();
}

}  // namespace bora::compiler
