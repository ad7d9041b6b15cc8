#include <bora/filters/cors.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <bora/web/output_transform.h>
#include <bora/web/request_handler.h>

#include "runtime/http/characters.h"
#include "runtime/web/request_execution.h"
#include "runtime/web/vary.h"

namespace bora::filters {
namespace {

constexpr std::string_view kAnyLabel = "*.";

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return text;
}

[[noreturn]] void refuse(const std::string& what) {
  throw std::invalid_argument("CORS: " + what);
}

/// Checks "https://app.example.com:8443": scheme, host, port, and nothing else.
std::string checked_origin(const std::string& text) {
  const std::size_t colon = text.find("://");
  const std::string host = colon == std::string::npos ? std::string() : text.substr(colon + 3);
  const auto is_of_host = [](char c) {
    return http::is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == ':' || c == '[' || c == ']' || c == '*' || c == '_';
  };
  if (host.empty() || !std::ranges::all_of(host, is_of_host) ||
      host.find('*', host.starts_with(kAnyLabel) ? 1 : 0) != std::string::npos)
    refuse("'" + text +
           "' is not an origin: it is a scheme and a host, with the port if that is not the "
           "scheme's own, such as https://app.example.com");
  // Browsers leave out the scheme's own port.
  std::string origin = lower(text);
  for (const auto& [scheme, port] :
       {std::pair<std::string_view, std::string_view>{"https://", ":443"}, {"http://", ":80"}}) {
    if (origin.starts_with(scheme) && origin.ends_with(port))
      origin.resize(origin.size() - port.size());
  }
  return origin;
}

std::string joined(const std::vector<std::string>& names, const char* what) {
  std::string list;
  for (const std::string& name : names) {
    if (name.empty() || !std::ranges::all_of(name, http::is_token_character))
      refuse("'" + name + "' in " + what + " is not a name");
    if (!list.empty()) list += ", ";
    list += name;
  }
  return list;
}

/// The pieces of a comma-separated field.
std::vector<std::string_view> pieces(std::string_view field) {
  std::vector<std::string_view> result;
  while (!field.empty()) {
    std::string_view one = field.substr(0, field.find(','));
    field.remove_prefix(one.size() == field.size() ? one.size() : one.size() + 1);
    while (one.starts_with(' ') || one.starts_with('\t')) one.remove_prefix(1);
    while (one.ends_with(' ') || one.ends_with('\t')) one.remove_suffix(1);
    if (!one.empty()) result.push_back(one);
  }
  return result;
}

}  // namespace

struct CORS::Rules {
  std::vector<std::string> origins;
  bool takes_all = false;
  bool credentials = false;
  std::vector<std::string> methods;
  std::vector<std::string> headers;
  std::string method_list;
  std::string header_list;
  std::string expose_list;
  std::string max_age;

  /// Whether the origin, as a browser sends it, is allowed.
  [[nodiscard]] bool allows(std::string_view origin) const {
    return takes_all || std::ranges::any_of(origins, [origin](const std::string& own) {
             const std::size_t star = own.find(kAnyLabel);
             if (star == std::string::npos) return origin == own;
             // In "https://*.example.com" the star stands for some labels, and for no other part of
             // a URL.
             const std::string_view scheme = std::string_view(own).substr(0, star);
             const std::string_view rest = std::string_view(own).substr(star + 1);
             if (!origin.starts_with(scheme) || !origin.ends_with(rest) ||
                 origin.size() <= scheme.size() + rest.size())
               return false;
             const std::string_view labels =
                 origin.substr(scheme.size(), origin.size() - scheme.size() - rest.size());
             return !labels.starts_with('.') && std::ranges::all_of(labels, [](char c) {
               return http::is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.' ||
                      c == '_';
             });
           });
  }

  [[nodiscard]] std::string_view answer_for(const std::string& origin) const {
    return takes_all ? std::string_view("*") : std::string_view(origin);
  }

  [[nodiscard]] bool allows_headers(std::string_view asked) const {
    return std::ranges::all_of(pieces(asked), [this](std::string_view name) {
      return std::ranges::any_of(headers, [name](const std::string& own) {
        return http::equals_ignoring_case(own, name);
      });
    });
  }
};

CORS::CORS(Options options) {
  Rules rules;
  if (options.origins.empty()) refuse("no origin is named");
  for (const std::string& origin : options.origins) {
    if (origin != "*") {
      rules.origins.push_back(checked_origin(origin));
      continue;
    }
    if (options.origins.size() > 1) refuse("\"*\" stands alone, or not at all");
    if (options.credentials)
      refuse("\"*\" with credentials would let every site act as the user: name the origins");
    rules.takes_all = true;
  }
  rules.credentials = options.credentials;
  rules.method_list = joined(options.methods, "methods");
  rules.header_list = joined(options.headers, "headers");
  rules.expose_list = joined(options.expose, "expose");
  rules.methods = std::move(options.methods);
  rules.headers = std::move(options.headers);
  rules.max_age = std::to_string(options.max_age.seconds().count());
  rules_ = std::make_shared<const Rules>(std::move(rules));
}

void CORS::operator()(web::RequestHandler& handler) const {
  const http::HTTPHeaders& fields = handler.request().headers();
  const std::string origin = fields.get("Origin");
  const std::string method = fields.get("Access-Control-Request-Method");
  const bool is_preflight =
      handler.request().method() == "OPTIONS" && !origin.empty() && !method.empty();
  const std::shared_ptr<const Rules> rules = rules_;
  const bool is_allowed = !origin.empty() && rules->allows(origin);
  // Vary is set even if nothing is allowed: a cache must not give this answer to a page that is
  // allowed.
  handler.before_headers([rules, origin, is_allowed, is_preflight](web::AnswerHead& head) {
    if (!rules->takes_all) web::add_vary(head, "Origin");
    if (is_preflight) {
      web::add_vary(head, "Access-Control-Request-Method");
      web::add_vary(head, "Access-Control-Request-Headers");
    }
    if (!is_allowed) return;
    head.set_header("Access-Control-Allow-Origin", rules->answer_for(origin));
    if (rules->credentials) head.set_header("Access-Control-Allow-Credentials", "true");
    if (!is_preflight && !rules->expose_list.empty())
      head.set_header("Access-Control-Expose-Headers", rules->expose_list);
  });
  if (!is_preflight) return;
  const std::string allowed = web::RequestExecution::of(handler).allowed_methods();
  const std::string methods = rules->methods.empty() ? allowed : rules->method_list;
  const auto names = pieces(methods);
  const bool is_fine = is_allowed && std::ranges::find(names, method) != names.end() &&
                       rules->allows_headers(fields.get("Access-Control-Request-Headers"));
  handler.set_status(204);
  if (is_fine) {
    handler.set_header("Access-Control-Allow-Methods", methods);
    if (!rules->header_list.empty())
      handler.set_header("Access-Control-Allow-Headers", rules->header_list);
    handler.set_header("Access-Control-Max-Age", rules->max_age);
  }
  handler.finish();
}

}  // namespace bora::filters
