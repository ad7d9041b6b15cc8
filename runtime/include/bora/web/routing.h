#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <bora/core/detail/function.h>
#include <bora/core/task.h>
#include <bora/http/http_connection.h>
#include <bora/web/route_table.h>
#include <bora/web/url_spec.h>

// Routing at run time, as in tornado.routing: for programs that join several applications, and for
// answers that need no handler. Routes of routes.toml and url<Handler>() do not need it.
//
//     bora::web::RuleRouter router;
//     router.add_rules({
//         {bora::web::HostMatches("api.example.com"), api},           // an Application
//         {bora::web::PathMatches("/ping"), ping},                    // a function
//         {bora::web::AnyMatches(), site},
//     });
//     bora::http::HTTPServer server(router);

namespace bora::web {

class Application;

/// Decides whether a Rule takes a request. It is copied freely; the copies share their data.
class Matcher {
 public:
  virtual ~Matcher() = default;

  /// Returns true if it does; then `arguments` holds the captures, percent-decoded.
  [[nodiscard]] virtual bool match(http::HTTPServerRequest& request, PathArgs& arguments) const = 0;
  /// The URL that leads here; empty where there is none (as for a host).
  /// @throws std::invalid_argument  As reverse_url() in route_table.h.
  [[nodiscard]] virtual std::string reverse(std::initializer_list<URLArgument> arguments) const;
  /// The most arguments that it captures; nullopt if that depends on the request. It is for the
  /// check that a handler takes as many.
  [[nodiscard]] virtual std::optional<std::size_t> capture_count() const { return std::nullopt; }
};

/// Takes every request.
class AnyMatches : public Matcher {
 public:
  [[nodiscard]] std::optional<std::size_t> capture_count() const override { return 0; }
  [[nodiscard]] bool match(http::HTTPServerRequest& request, PathArgs& arguments) const override;
};

/// Takes requests to a host: "api.example.com", or "{tenant}.example.com", in which a label in
/// braces stands for any label. Capitals, a dot at the end and the port make no difference. It
/// captures nothing.
class HostMatches : public Matcher {
 public:
  explicit HostMatches(const std::string& pattern);
  [[nodiscard]] std::optional<std::size_t> capture_count() const override { return 0; }
  [[nodiscard]] bool match(http::HTTPServerRequest& request, PathArgs& arguments) const override;

 private:
  std::string pattern_;
};

/// Takes requests if HostMatches(pattern) would take the host `default_host`, unless they come
/// through a proxy (they have the field X-Real-Ip).
class DefaultHostMatches : public Matcher {
 public:
  DefaultHostMatches(const std::string& default_host, const std::string& pattern);
  [[nodiscard]] std::optional<std::size_t> capture_count() const override { return 0; }
  [[nodiscard]] bool match(http::HTTPServerRequest& request, PathArgs& arguments) const override;

 private:
  bool is_default_;
};

/// Takes requests by their path. Patterns are those of routes.toml, "/users/{id:int}", and match
/// the whole raw path.
class PathMatches : public Matcher {
 public:
  /// @throws std::invalid_argument  The pattern can't be read; the message says why.
  explicit PathMatches(std::string pattern);
  [[nodiscard]] bool match(http::HTTPServerRequest& request, PathArgs& arguments) const override;
  [[nodiscard]] std::string reverse(std::initializer_list<URLArgument> arguments) const override;
  [[nodiscard]] std::optional<std::size_t> capture_count() const override;
  [[nodiscard]] std::string_view pattern() const;

 private:
  std::shared_ptr<const RouteTable> table_;
};

/// Answers one request, whose message is complete, through `request.connection()`; an exception is
/// logged and answered with 500. The arguments live as long as the request.
using RequestCallable =
    std::function<Task<void>(http::HTTPServerRequest& request, const PathArgs& arguments)>;

/// Passes requests to the delegates that should answer them.
class Router : public http::HTTPServerConnectionDelegate {
 public:
  /// Returns the delegate that takes the message; null if no rule here does.
  virtual http::HTTPMessageDelegate* find_handler(http::HTTPServerRequest& request) = 0;

  /// Answers a request that no rule takes with 404 and no body.
  http::HTTPMessageDelegate* start_request(http::HTTPServerRequest& request) final;
};

/// The target of a Rule: another router, which may decline; an Application or another delegate,
/// which may not; a handler class (Application::handler()); or a function. Routers, delegates and
/// applications must outlive the rule.
using RuleTarget =
    std::variant<Router*, http::HTTPServerConnectionDelegate*, HandlerTarget, RequestCallable>;

/// A matcher and its target; the name is for reverse_url().
class Rule {
 public:
  template <class SomeMatcher>
  Rule(SomeMatcher matcher, Router& target, std::string name = {})
      : matcher_(std::make_shared<SomeMatcher>(std::move(matcher))),
        target_(&target),
        name_(std::move(name)) {}
  template <class SomeMatcher>
  Rule(SomeMatcher matcher, http::HTTPServerConnectionDelegate& target, std::string name = {})
      : matcher_(std::make_shared<SomeMatcher>(std::move(matcher))),
        target_(&target),
        name_(std::move(name)) {}
  /// @throws std::invalid_argument  A method of the handler takes another number of arguments than
  ///                                the matcher captures.
  template <class SomeMatcher>
  Rule(SomeMatcher matcher, HandlerTarget target, std::string name = {})
      : matcher_(std::make_shared<SomeMatcher>(std::move(matcher))),
        target_(std::move(target)),
        name_(std::move(name)) {
    make_route();
  }
  template <class SomeMatcher>
  Rule(SomeMatcher matcher, RequestCallable target, std::string name = {})
      : matcher_(std::make_shared<SomeMatcher>(std::move(matcher))),
        target_(std::move(target)),
        name_(std::move(name)) {}

  [[nodiscard]] const Matcher& matcher() const { return *matcher_; }
  [[nodiscard]] const RuleTarget& target() const { return target_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  friend class RuleRouter;

  void make_route();

  std::shared_ptr<const Matcher> matcher_;
  RuleTarget target_;
  std::string name_;
  std::shared_ptr<const Route> route_;  ///< the route to a handler
};

/// Tries its rules in order. A rule whose target declines is skipped. The router must outlive its
/// requests.
class RuleRouter : public Router {
 public:
  RuleRouter() = default;
  explicit RuleRouter(std::initializer_list<Rule> rules) { add_rules(rules); }

  virtual void add_rules(std::initializer_list<Rule> rules);

  http::HTTPMessageDelegate* find_handler(http::HTTPServerRequest& request) override;
  /// Whether one of the targets of its rules does.
  [[nodiscard]] bool supports_method(std::string_view method) override;

 protected:
  [[nodiscard]] const std::vector<Rule>& rules() const { return rules_; }

 private:
  std::vector<Rule> rules_;
};

/// A RuleRouter whose rules have names. If two rules have the same name, the later one wins, and a
/// warning is logged.
class ReversibleRuleRouter : public RuleRouter {
 public:
  ReversibleRuleRouter() = default;
  explicit ReversibleRuleRouter(std::initializer_list<Rule> rules) { add_rules(rules); }

  void add_rules(std::initializer_list<Rule> rules) override;

  /// The URL of the rule called `name`, of this router or one that its rules lead to, or of the
  /// route of that name of an Application that they lead to.
  /// @throws std::invalid_argument  There is no such rule, or `arguments` do not make its URL.
  [[nodiscard]] std::string reverse_url(std::string_view name,
                                        std::initializer_list<URLArgument> arguments = {}) const;

 private:
  [[nodiscard]] const Rule* find_own_rule(std::string_view name) const;
  /// Empty if there is no such rule.
  [[nodiscard]] std::optional<std::string> find_url(
      std::string_view name, std::initializer_list<URLArgument> arguments) const;
};

}  // namespace bora::web
