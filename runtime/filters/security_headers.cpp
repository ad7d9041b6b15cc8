#include <bora/filters/security_headers.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include <bora/web/output_transform.h>
#include <bora/web/request_handler.h>

namespace bora::filters {
namespace {

constexpr std::string_view kNonce = "{nonce}";
constexpr std::string_view kScriptHashes = "{script_hashes}";
constexpr std::string_view kStyleHashes = "{style_hashes}";

/// Checks the value of a field, when the program starts and not with each answer.
const std::string& checked(const std::string& text, const char* name) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (std::ranges::any_of(text, is_control))
    throw std::invalid_argument(std::string("SecurityHeaders: a control character in ") + name);
  return text;
}

std::string strict_transport_security(const SecurityHeaders::Options& options) {
  if (options.hsts.is_zero()) return {};
  std::string text = "max-age=" + std::to_string(options.hsts.seconds().count());
  if (options.hsts_include_subdomains) text += "; includeSubDomains";
  if (!options.hsts_preload) return text;
  if (!options.hsts_include_subdomains || options.hsts.seconds() < std::chrono::hours(24 * 365))
    throw std::invalid_argument(
        "SecurityHeaders: hsts_preload needs hsts_include_subdomains and an hsts of 365d");
  return text + "; preload";
}

/// Returns `policy` with `value` in all places of `name`.
std::string with(const std::string& policy, std::string_view name, const std::string& value) {
  std::string text;
  std::string_view rest = policy;
  for (std::size_t at = rest.find(name); at != std::string_view::npos; at = rest.find(name)) {
    text.append(rest.substr(0, at)).append(value);
    rest.remove_prefix(at + name.size());
  }
  return text.append(rest);
}

}  // namespace

SecurityHeaders::SecurityHeaders() : SecurityHeaders(Options()) {}

SecurityHeaders::SecurityHeaders(Options options)
    : policy_(checked(options.content_security_policy, "content_security_policy")),
      wants_nonce_(policy_.find(kNonce) != std::string::npos),
      wants_hashes_(policy_.find(kScriptHashes) != std::string::npos ||
                    policy_.find(kStyleHashes) != std::string::npos),
      policy_field_(options.report_only ? "Content-Security-Policy-Report-Only"
                                        : "Content-Security-Policy"),
      hsts_(strict_transport_security(options)) {
  if (options.nosniff) fields_.emplace_back("X-Content-Type-Options", "nosniff");
  const std::pair<const char*, const std::string*> texts[] = {
      {"X-Frame-Options", &options.frame_options},
      {"Referrer-Policy", &options.referrer_policy},
      {"Permissions-Policy", &options.permissions_policy},
      {"Cross-Origin-Opener-Policy", &options.cross_origin_opener_policy},
      {"Cross-Origin-Resource-Policy", &options.cross_origin_resource_policy}};
  for (const auto& [name, text] : texts) {
    if (!checked(*text, name).empty()) fields_.emplace_back(name, *text);
  }
}

void SecurityHeaders::operator()(web::RequestHandler& handler) const {
  // The nonce is made now, so that what the page's modules add has it.
  if (wants_nonce_) static_cast<void>(handler.csp_nonce());
  handler.before_headers([this, &handler](web::AnswerHead& head) {
    const auto set = [&head](const char* name, const std::string& value) {
      if (!head.get_header(name)) head.set_header(name, value);
    };
    for (const auto& [name, value] : fields_) set(name, value);
    if (!hsts_.empty() && handler.request().protocol() == "https")
      set("Strict-Transport-Security", hsts_);
    if (policy_.empty()) return;
    if (!wants_nonce_ && !wants_hashes_) return set(policy_field_, policy_);
    std::string policy = policy_;
    if (wants_nonce_) policy = with(policy, kNonce, handler.csp_nonce());
    if (wants_hashes_) {
      policy = with(policy, kScriptHashes, handler.script_hashes());
      policy = with(policy, kStyleHashes, handler.style_hashes());
    }
    set(policy_field_, policy);
  });
}

}  // namespace bora::filters
