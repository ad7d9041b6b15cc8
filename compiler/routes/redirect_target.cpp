#include "compiler/routes/redirect_target.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "compiler/routes/codes.h"

namespace bora::compiler {
namespace {

/// Whether a URL can't have the character as it is.
bool is_forbidden(char c) {
  return static_cast<unsigned char>(c) <= ' ' || c == '\x7f' ||
         std::string_view("\"<>\\^`|").find(c) != std::string_view::npos;
}

using Routes = std::map<std::string, const Route*>;

class TargetReader {
 public:
  TargetReader(const Routes& routes, const Route& redirect, const lang::SourcePtr& source,
               lang::DiagnosticSink& sink)
      : routes_(routes),
        redirect_(redirect),
        captures_(redirect.captures()),
        target_(redirect.target.text),
        source_(source),
        sink_(sink) {}

  std::string read() {
    std::string location = target_.starts_with('/') || target_.find("://") != std::string::npos
                               ? from_url()
                               : from_name();
    return has_errors_ ? std::string() : location;
  }

 private:
  std::string from_name() {
    const auto found = routes_.find(target_);
    if (found == routes_.end() || found->second->kind != Route::Kind::handler) {
      report_unknown_name();
      return {};
    }
    const Route* route = found->second;
    std::string location = host_of(*route);
    for (const PathSegment& segment : route->path.segments) {
      location += '/';
      if (segment.is_parameter) {
        location += capture_for(route->path.parameters[segment.parameter]);
      } else {
        location += segment.literal;
      }
    }
    if (route->path.ends_with_slash) location += '/';
    return location;
  }

  /// Returns "//api.{0}.example.com" for a route of another host than the redirect's own.
  std::string host_of(const Route& route) {
    if (route.host.empty() || route.host.text == redirect_.host.text) return {};
    std::string host;
    std::size_t parameter = 0;
    for (const HostPattern::Label& label : route.host.labels) {
      host += host.empty() ? "//" : ".";
      host += label.is_parameter ? capture_for(route.host.parameters[parameter++]) : label.literal;
    }
    return host;
  }

  void report_unknown_name() {
    std::vector<std::string> names;
    const bool is_shown = sink_.diagnostics().size() < lang::DiagnosticSink::kMaxDiagnostics;
    for (const auto& [name, route] : routes_) {
      if (is_shown && route->kind == Route::Kind::handler) names.push_back(name);
    }
    const std::string nearest = lang::nearest_name(target_, names);
    report(codes::kUnknownTarget, 0, target_.size(), "there is no route '" + printable() + "'",
           nearest.empty() ? "a path begins with '/'" : "did you mean '" + nearest + "'?");
  }

  /// Returns the placeholder of the capture that fills `parameter`. A capture of several segments
  /// can't fill one segment.
  std::string capture_for(const PathParameter& parameter) {
    const auto capture = std::ranges::find(captures_, parameter.name, &PathParameter::name);
    if (capture == captures_.end()) {
      report(codes::kTargetCapture, 0, target_.size(),
             "route '" + target_ + "' needs '" + parameter.name +
                 "', which the redirect's path does not capture",
             "add '{" + parameter.name + "}' to the path");
    } else if (!fits(*capture, parameter)) {
      report(codes::kTargetCapture, 0, target_.size(),
             "'" + parameter.name + "' of the redirect's path does not fit '" + parameter.name +
                 "' of route '" + target_ + "'",
             "use the same converter in both");
    }
    return "{" + std::to_string(capture - captures_.begin()) + "}";
  }

  /// Whether every value of `capture` fits `parameter`.
  static bool fits(const PathParameter& capture, const PathParameter& parameter) {
    if (capture.converter == parameter.converter) return capture.argument == parameter.argument;
    const bool takes_any_text =
        parameter.converter == Converter::string || parameter.converter == Converter::path;
    return takes_any_text && capture.converter != Converter::path;
  }

  std::string from_url() {
    const std::size_t scheme = target_.find("://");
    std::size_t path = 0;
    if (scheme != std::string::npos && !target_.starts_with('/')) {
      const std::string name = target_.substr(0, scheme);
      path = std::min(target_.find_first_of("/?#", scheme + 3), target_.size());
      if (name != "http" && name != "https") {
        report(codes::kBadTarget, 0, scheme, "a redirect leads to http or https", "");
        return {};
      }
      if (path == scheme + 3 || target_.substr(0, path).find_first_of("{}@") != std::string::npos) {
        report(codes::kBadTarget, 0, path, "the URL's host must be written out",
               "such as 'https://example.com/{page}'");
        return {};
      }
    } else if (target_.starts_with("//")) {
      report(codes::kBadTarget, 0, 2, "browsers take what follows '//' for a host",
             "begin a path with one '/'");
      return {};
    }
    return target_.substr(0, path) + filled_in(path);
  }

  std::string filled_in(std::size_t begin) {
    std::string location;
    for (std::size_t i = begin; i < target_.size() && !has_errors_; ++i) {
      const char c = target_[i];
      if (c == '{') {
        const std::size_t end = target_.find('}', i);
        location += placeholder(i, end);
        i = end == std::string::npos ? i : end;
      } else if (c == '}') {
        report(codes::kUnbalancedBrace, i, i + 1, "'}' closes nothing",
               "captures are written '{name}'");
      } else if (is_forbidden(c)) {
        report(codes::kBadPathCharacter, i, i + 1, "a URL can't hold this character",
               "write it percent-encoded");
      } else {
        location += static_cast<unsigned char>(c) < 0x80
                        ? std::string(1, c)
                        : canonical_literal(std::string_view(&c, 1));
      }
    }
    return location;
  }

  std::string placeholder(std::size_t begin, std::size_t end) {
    if (end == std::string::npos) {
      report(codes::kUnbalancedBrace, begin, begin + 1, "'{' is never closed", "add '}'");
      return {};
    }
    const std::string name = target_.substr(begin + 1, end - begin - 1);
    const auto capture = std::ranges::find(captures_, name, &PathParameter::name);
    if (capture == captures_.end()) {
      std::vector<std::string> names;
      for (const PathParameter& parameter : captures_) names.push_back(parameter.name);
      const std::string nearest = lang::nearest_name(name, names);
      report(codes::kTargetCapture, begin, end + 1, "the redirect's path does not capture this",
             nearest.empty() ? "captures are carried over by name"
                             : "did you mean '{" + nearest + "}'?");
      return {};
    }
    return "{" + std::to_string(capture - captures_.begin()) + "}";
  }

  [[nodiscard]] std::string printable() const {
    std::string text = target_;
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, '?');
    return text;
  }

  void report(const char* code, std::size_t begin, std::size_t end, std::string message,
              std::string help) {
    has_errors_ = true;
    lang::Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.source = source_;
    diagnostic.span = redirect_.target.part(begin, end);
    diagnostic.message = std::move(message);
    diagnostic.help = std::move(help);
    sink_.report(std::move(diagnostic));
  }

  const Routes& routes_;
  const Route& redirect_;
  const std::vector<PathParameter> captures_;
  const std::string& target_;
  const lang::SourcePtr& source_;
  lang::DiagnosticSink& sink_;
  bool has_errors_ = false;
};

}  // namespace

std::string redirect_location(const std::map<std::string, const Route*>& routes,
                              const Route& redirect, const lang::SourcePtr& source,
                              lang::DiagnosticSink& sink) {
  return TargetReader(routes, redirect, source, sink).read();
}

}  // namespace bora::compiler
