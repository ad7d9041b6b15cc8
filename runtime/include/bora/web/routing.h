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

// Routing at run time, as tornado.routing has it: for programs that join several applications, and
// for answers that need no handler. What routes.toml and url<Handler>() say needs nothing of it.
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

/// Whether a Rule takes a request. Copied freely; the copies share what they hold.
class Matcher {
 public:
  virtual ~Matcher() = default;

  /// True if it does; then `arguments` holds what was captured, percent-decoded.
  [[nodiscard]] virtual bool match(http::HTTPServerRequest& request, PathArgs& arguments) const = 0;
  /// The URL that leads here; empty where there is none (as for a host).
  /// @throws std::invalid_argument  As reverse_url() in route_table.h.
  [[nodiscard]] virtual std::string reverse(std::initializer_list<URLArgument> arguments) const;
  /// How many arguments it captures, at most; nullopt: that depends on the request. For the check
  /// that a handler takes as many.
  [[nodiscard]] virtual std::optional<std::size_t> capture_count() const { return std::nullopt; }
};

/// Takes every request.
class AnyMatches : public Matcher {
 public:
  [[nodiscard]] std::optional<std::size_t> capture_count() const override { return 0; }
  [[nodiscard]] bool match(http::HTTPServerRequest& request, PathArgs& arguments) const override;
};

/// Takes requests to a host: "api.example.com", or "{tenant}.example.com", in which a label in
/// braces stands for any one. Capitals, a dot at the end and the port make no difference. Captures
/// nothing.
class HostMatches : public Matcher {
 public:
  explicit HostMatches(const std::string& pattern);
  [[nodiscard]] std::optional<std::size_t> capture_count() const override { return 0; }
  [[nodiscard]] bool match(http::HTTPServerRequest& request, PathArgs& arguments) const override;

 private:
  std::string pattern_;
};

/// Takes requests where the host `default_host` would be taken by HostMatches(pattern), unless they
/// come through a proxy (they have the field X-Real-Ip).
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
  /// @throws std::invalid_argument  The pattern can't be read; says why.
  explicit PathMatches(std::string pattern);
  [[nodiscard]] bool match(http::HTTPServerRequest& request, PathArgs& arguments) const override;
  [[nodiscard]] std::string reverse(std::initializer_list<URLArgument> arguments) const override;
  [[nodiscard]] std::optional<std::size_t> capture_count() const override;
  [[nodiscard]] std::string_view pattern() const;

 private:
  std::shared_ptr<const RouteTable> table_;
};

/// Answers one request, whose message is complete, through `request.connection()`; what it throws
/// is logged and answered with 500. The arguments live as long as the request.
using RequestCallable =
    std::function<Task<void>(http::HTTPServerRequest& request, const PathArgs& arguments)>;

/// Hands requests to whom they belong.
class Router : public http::HTTPServerConnectionDelegate {
 public:
  /// Who takes the message; null if no rule here does.
  virtual http::HTTPMessageDelegate* find_handler(http::HTTPServerRequest& request) = 0;

  /// A request that no rule takes is a 404 without a body.
  http::HTTPMessageDelegate* start_request(http::HTTPServerRequest& request) final;
};

/// What a Rule leads to: another router, which may decline; an Application or another delegate,
/// which may not; a handler class (Application::handler()); or a function. Routers, delegates and
/// applications must outlive the rule.
using RuleTarget =
    std::variant<Router*, http::HTTPServerConnectionDelegate*, HandlerTarget, RequestCallable>;

/// A matcher and what it leads to; the name is for reverse_url().
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
  std::shared_ptr<const Route> route_;  ///< To a handler.
};

/// Tries its rules in order. One whose target declines is passed over. Must outlive its requests.
class RuleRouter : public Router {
 public:
  RuleRouter() = default;
  explicit RuleRouter(std::initializer_list<Rule> rules) { add_rules(rules); }

  virtual void add_rules(std::initializer_list<Rule> rules);

  http::HTTPMessageDelegate* find_handler(http::HTTPServerRequest& request) override;
  /// One of those that its rules lead to does.
  [[nodiscard]] bool supports_method(std::string_view method) override;

 protected:
  [[nodiscard]] const std::vector<Rule>& rules() const { return rules_; }

 private:
  std::vector<Rule> rules_;
};

/// A RuleRouter whose rules have names. If two rules have one name, the later wins, and a warning
/// is logged.
class ReversibleRuleRouter : public RuleRouter {
 public:
  ReversibleRuleRouter() = default;
  explicit ReversibleRuleRouter(std::initializer_list<Rule> rules) { add_rules(rules); }

  void add_rules(std::initializer_list<Rule> rules) override;

  /// The URL of the rule called `name`, of this router or one that its rules lead to, or of the
  /// route of that name of an Application that they lead to.
  /// @throws std::invalid_argument  There is none, or its URL can't be made of `arguments`.
  [[nodiscard]] std::string reverse_url(std::string_view name,
                                        std::initializer_list<URLArgument> arguments = {}) const;

 private:
  [[nodiscard]] const Rule* find_own_rule(std::string_view name) const;
  /// Empty: there is no such rule.
  [[nodiscard]] std::optional<std::string> find_url(
      std::string_view name, std::initializer_list<URLArgument> arguments) const;
};

}  // namespace bora::web
