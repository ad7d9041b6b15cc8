#include <bora/web/routing.h>

#include <algorithm>
#include <exception>
#include <new>
#include <stdexcept>
#include <utility>

#include <fmt/core.h>

#include <bora/core/escape.h>
#include <bora/core/log.h>
#include <bora/web/application.h>

#include "runtime/core/host_name.h"
#include "runtime/web/host_pattern.h"
#include "runtime/web/request_execution.h"
#include "runtime/web/route_builder.h"

namespace bora::web {
namespace {

constexpr Endpoint kNoHandler{};

std::string comparable(std::string_view host) {
  return comparable_host(without_port(host));
}

bool host_matches(std::string_view pattern, std::string_view host) {
  PathArgs ignored;
  return match_host(pattern, host, ignored);
}

void answer_without_body(http::HTTPConnection& connection, int status) {
  http::ResponseHead head;
  head.status = status;
  head.content_length = 0;
  connection.write_headers(head, {});
  connection.finish();
}

/// Answers 404 when the whole message has arrived.
class NobodyDelegate final : public http::HTTPMessageDelegate {
 public:
  explicit NobodyDelegate(http::HTTPServerRequest& request) : request_(request) {}
  void data_received(std::string_view) override {}
  void finish() override {
    http::HTTPConnection& connection = request_.connection();
    answer_without_body(connection, 404);
    connection.release();
  }
  void on_connection_close() override { request_.connection().release(); }

 private:
  http::HTTPServerRequest& request_;
};

/// Gathers the message, then calls a function. Lives in the request's memory; destroys itself.
class CallableDelegate final : public http::HTTPMessageDelegate {
 public:
  CallableDelegate(http::HTTPServerRequest& request, const RequestCallable& callable,
                   const PathArgs& arguments)
      : request_(request), callable_(callable), arguments_(arguments) {}

  void data_received(std::string_view chunk) override { request_.append_body(chunk); }

  void finish() override {
    is_running_ = true;
    try {
      task_ = callable_(request_, arguments_);
      if (task_.start(&CallableDelegate::task_done, this)) conclude();
    } catch (...) {
      failed_ = true;
      app_log.exception("A routed function failed");
      conclude();
    }
  }

  void on_connection_close() override {
    if (!is_running_) conclude();
  }

 private:
  static void task_done(void* self) { static_cast<CallableDelegate*>(self)->conclude(); }

  void conclude() noexcept {
    http::HTTPConnection& connection = request_.connection();
    try {
      if (is_running_ && !failed_) task_.take();
    } catch (...) {
      failed_ = true;
      app_log.exception("A routed function failed");
    }
    if (failed_) answer_failure(connection);
    this->~CallableDelegate();
    connection.release();
  }

  /// If a part of the answer was sent, only its end is missing, and the connection notices that.
  static void answer_failure(http::HTTPConnection& connection) noexcept {
    try {
      answer_without_body(connection, 500);
    } catch (...) {
      app_log.exception("An answer is given up");
    }
  }

  http::HTTPServerRequest& request_;
  const RequestCallable& callable_;
  PathArgs arguments_;
  Task<void> task_;
  bool is_running_ = false;
  bool failed_ = false;
};

template <class Delegate, class... Arguments>
http::HTTPMessageDelegate* make(http::HTTPServerRequest& request, Arguments&&... arguments) {
  void* memory = request.allocate(sizeof(Delegate), alignof(Delegate));
  return new (memory) Delegate(request, std::forward<Arguments>(arguments)...);
}

}  // namespace

std::string Matcher::reverse(std::initializer_list<URLArgument>) const {
  return {};
}

bool AnyMatches::match(http::HTTPServerRequest&, PathArgs&) const {
  return true;
}

HostMatches::HostMatches(const std::string& pattern) : pattern_(comparable(pattern)) {}

bool HostMatches::match(http::HTTPServerRequest& request, PathArgs&) const {
  return host_matches(pattern_, request.host_name());
}

DefaultHostMatches::DefaultHostMatches(const std::string& default_host, const std::string& pattern)
    : is_default_(host_matches(comparable(pattern), comparable(default_host))) {}

bool DefaultHostMatches::match(http::HTTPServerRequest& request, PathArgs&) const {
  return is_default_ && !request.headers().contains("X-Real-Ip");
}

PathMatches::PathMatches(std::string pattern) {
  const URLSpec spec{std::move(pattern), &kNoHandler, {}};
  table_ = make_route_table({&spec, 1});
}

bool PathMatches::match(http::HTTPServerRequest& request, PathArgs& arguments) const {
  RouteMatch result;
  web::match(*table_, request.path(), result);
  if (result.route == nullptr) return false;
  arguments.clear();
  arguments.take_names(*result.route);
  for (std::size_t i = 0; i < result.arguments.size(); ++i)
    arguments.push(request.keep(url_unescape(result.arguments.text(i), false)));
  return true;
}

std::string PathMatches::reverse(std::initializer_list<URLArgument> arguments) const {
  return web::reverse_url(routes(*table_).front(), arguments);
}

std::string_view PathMatches::pattern() const {
  return routes(*table_).front().pattern;
}

std::optional<std::size_t> PathMatches::capture_count() const {
  const std::string_view text = pattern();
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find("/{", at)) != std::string_view::npos; ++at) ++count;
  return count;
}

namespace {

/// A route with the texts that it points to.
struct RuleRoute : Route {
  std::string kept_name;
  std::string kept_pattern;
  std::shared_ptr<const void> kept_init;
};

}  // namespace

void Rule::make_route() {
  const auto& target = std::get<HandlerTarget>(target_);
  const std::optional<std::size_t> captures = matcher_->capture_count();
  const auto* path = dynamic_cast<const PathMatches*>(matcher_.get());
  auto made = std::make_shared<RuleRoute>();
  if (path != nullptr) made->kept_pattern = path->pattern();
  if (captures) {
    const std::string what =
        path != nullptr ? fmt::format("route pattern '{}'", made->kept_pattern) : "a rule";
    check_arguments(what, *target.endpoint, *captures);
  }
  made->kept_name = name_;
  made->kept_init = target.init;
  made->name = made->kept_name;
  made->pattern = made->kept_pattern;
  made->endpoint = target.endpoint;
  made->init = made->kept_init.get();
  route_ = std::move(made);
}

http::HTTPMessageDelegate* Router::start_request(http::HTTPServerRequest& request) {
  http::HTTPMessageDelegate* found = find_handler(request);
  return found != nullptr ? found : make<NobodyDelegate>(request);
}

void RuleRouter::add_rules(std::initializer_list<Rule> rules) {
  rules_.insert(rules_.end(), rules.begin(), rules.end());
}

http::HTTPMessageDelegate* RuleRouter::find_handler(http::HTTPServerRequest& request) {
  for (const Rule& rule : rules_) {
    PathArgs arguments;
    if (!rule.matcher().match(request, arguments)) continue;
    if (auto* const* router = std::get_if<Router*>(&rule.target())) {
      if (auto* found = (*router)->find_handler(request)) return found;
    } else if (auto* const* delegate =
                   std::get_if<http::HTTPServerConnectionDelegate*>(&rule.target())) {
      return (*delegate)->start_request(request);
    } else if (const auto* handler = std::get_if<HandlerTarget>(&rule.target())) {
      if (!rule.matcher().capture_count())
        check_arguments("a rule", *handler->endpoint, arguments.size());
      return RequestExecution::create(*handler->application, request, *rule.route_, arguments);
    } else {
      return make<CallableDelegate>(request, std::get<RequestCallable>(rule.target()), arguments);
    }
  }
  return nullptr;
}

bool RuleRouter::supports_method(std::string_view method) {
  for (const Rule& rule : rules_) {
    http::HTTPServerConnectionDelegate* delegate = nullptr;
    if (auto* const* router = std::get_if<Router*>(&rule.target())) {
      delegate = *router;
    } else if (auto* const* other =
                   std::get_if<http::HTTPServerConnectionDelegate*>(&rule.target())) {
      delegate = *other;
    } else if (const auto* handler = std::get_if<HandlerTarget>(&rule.target())) {
      delegate = handler->application;
    }
    if (delegate != nullptr && delegate->supports_method(method)) return true;
  }
  return false;
}

void ReversibleRuleRouter::add_rules(std::initializer_list<Rule> rules) {
  for (const Rule& rule : rules) {
    if (!rule.name().empty() && find_own_rule(rule.name()) != nullptr)
      app_log.warning("There are two rules named '", rule.name(), "'; the later one counts");
    RuleRouter::add_rules({rule});
  }
}

const Rule* ReversibleRuleRouter::find_own_rule(std::string_view name) const {
  const auto found = std::find_if(rules().rbegin(), rules().rend(),
                                  [name](const Rule& rule) { return rule.name() == name; });
  return found != rules().rend() ? &*found : nullptr;
}

/// Searches this router, then the routers of its rules.
std::optional<std::string> ReversibleRuleRouter::find_url(
    std::string_view name, std::initializer_list<URLArgument> arguments) const {
  if (const Rule* own = find_own_rule(name)) return own->matcher().reverse(arguments);
  for (const Rule& rule : rules()) {
    if (auto* const* router = std::get_if<Router*>(&rule.target())) {
      const auto* nested = dynamic_cast<const ReversibleRuleRouter*>(*router);
      if (nested == nullptr) continue;
      if (auto url = nested->find_url(name, arguments)) return url;
    } else if (auto* const* delegate =
                   std::get_if<http::HTTPServerConnectionDelegate*>(&rule.target())) {
      const auto* application = dynamic_cast<const Application*>(*delegate);
      if (application != nullptr && application->has_route(name))
        return application->reverse_url(name, arguments);
    }
  }
  return std::nullopt;
}

std::string ReversibleRuleRouter::reverse_url(std::string_view name,
                                              std::initializer_list<URLArgument> arguments) const {
  std::optional<std::string> url;
  if (!name.empty()) url = find_url(name, arguments);
  if (!url) throw std::invalid_argument(fmt::format("there is no rule '{}'", name));
  return std::move(*url);
}

}  // namespace bora::web
