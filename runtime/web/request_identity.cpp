#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include <bora/core/escape.h>
#include <bora/core/io_loop.h>
#include <bora/core/locale.h>
#include <bora/core/log.h>
#include <bora/web/application.h>
#include <bora/web/request_handler.h>

#include "runtime/core/crypto.h"
#include "runtime/text/weighted_list.h"
#include "runtime/web/csrf.h"
#include "runtime/web/request_extras.h"
#include "runtime/web/xsrf.h"

// What a handler knows from cookies and header fields: the user, the language, and whether the form
// is one of ours.

namespace bora::web {
namespace {

constexpr int kXSRFCookieDays = 30;
constexpr std::string_view kHostPrefix = "__Host-";
constexpr std::string_view kSecurePrefix = "__Secure-";

std::int64_t now_seconds() {
  return IOLoop::current().clock().since_epoch().count() / 1'000'000'000;
}

[[noreturn]] void refuse_prefix(std::string_view name, std::string_view why) {
  throw std::invalid_argument("cookie '" + std::string(name) + "': by its name " +
                              std::string(why));
}

/// Fills in what the program leaves open, in the safe way.
CookieOptions complete(std::string_view name, CookieOptions options,
                       const http::HTTPServerRequest& request) {
  const bool is_host = name.starts_with(kHostPrefix);
  const bool is_for_all_sites = http::equals_ignoring_case(options.samesite, "None");
  const bool needs_secure = is_host || name.starts_with(kSecurePrefix) || is_for_all_sites;
  if (is_host && (options.path != "/" || !options.domain.empty())) {
    refuse_prefix(name, "it has the path \"/\" and no domain");
  }
  if (needs_secure && !is_for_all_sites && options.secure == false) {
    refuse_prefix(name, "it is Secure");
  }
  if (!options.secure) options.secure = needs_secure || request.protocol() == "https";
  if (!options.httponly) options.httponly = true;
  if (options.samesite.empty()) options.samesite = "Lax";
  return options;
}

/// The languages that the client accepts, best first.
std::vector<std::string_view> accepted_languages(std::string_view field) {
  std::vector<std::string_view> codes;
  for (const text::WeightedItem& item : text::by_weight(field)) codes.push_back(item.name);
  return codes;
}

}  // namespace

// Cookies.

std::string_view RequestHandler::get_cookie(std::string_view name, std::string_view missing) const {
  return request().cookie(name, missing);
}

void RequestHandler::set_cookie(std::string_view name, std::string_view value,
                                const CookieOptions& options) {
  std::string line =
      http::format_set_cookie(name, value, complete(name, options, request()), now_seconds());
  auto& cookies = extras().cookies;
  const auto same = std::find_if(cookies.begin(), cookies.end(),
                                 [&](const auto& cookie) { return cookie.name == name; });
  if (same != cookies.end()) cookies.erase(same);
  cookies.push_back({std::string(name), std::move(line)});
}

void RequestHandler::clear_cookie(std::string_view name, const CookieOptions& options) {
  CookieOptions past = options;
  past.expires = std::nullopt;
  past.expires_days = -365;
  past.max_age = std::nullopt;
  set_cookie(name, {}, past);
}

void RequestHandler::clear_all_cookies(const CookieOptions& options) {
  const std::string field(request().headers().get("Cookie"));
  for (const http::Cookie& cookie : http::parse_cookie(std::string_view(field))) {
    if (!http::is_token(cookie.name)) continue;
    // Clients choose the names, so options that a name's prefix forbids must not be an error: such a
    // cookie was set without them.
    CookieOptions allowed = options;
    const bool is_host = cookie.name.starts_with(kHostPrefix);
    if (is_host) {
      allowed.path = "/";
      allowed.domain.clear();
    }
    if (is_host || cookie.name.starts_with(kSecurePrefix)) allowed.secure.reset();
    clear_cookie(cookie.name, allowed);
  }
}

// Signed cookies.

void RequestHandler::set_signed_cookie(std::string_view name, std::string_view value,
                                       std::optional<int> expires_days,
                                       const CookieOptions& options, int version) {
  CookieOptions all = options;
  if (!all.expires && !all.expires_days && !all.max_age) all.expires_days = expires_days;
  set_cookie(name, create_signed_value(name, value, version), all);
}

std::string RequestHandler::create_signed_value(std::string_view name, std::string_view value,
                                                int version) const {
  require_setting("cookie_secret", "signed cookies");
  const CookieSecret& secret = settings().cookie_secret;
  SignOptions options{.version = version, .clock = &IOLoop::current().clock()};
  if (secret.is_rotated()) {
    options.key_version = settings().key_version.value_or(secret.latest_version());
  }
  return web::create_signed_value(secret, name, value, options);
}

std::optional<std::string> RequestHandler::get_signed_cookie(
    std::string_view name, const SignedCookieOptions& options) const {
  require_setting("cookie_secret", "signed cookies");
  return decode_signed_value(settings().cookie_secret, name,
                             options.value ? *options.value : get_cookie(name),
                             {.max_age_days = options.max_age_days,
                              .min_version = options.min_version,
                              .clock = &IOLoop::current().clock()});
}

std::optional<int> RequestHandler::get_signed_cookie_key_version(
    std::string_view name, std::optional<std::string_view> value) const {
  require_setting("cookie_secret", "signed cookies");
  return get_signature_key_version(value ? *value : get_cookie(name));
}

// Users and languages.

const std::string& RequestHandler::current_user() {
  std::optional<std::string>& user = extras().current_user;
  if (!user) user = get_current_user();
  return *user;
}

void RequestHandler::set_current_user(std::string user) {
  extras().current_user = std::move(user);
}

std::string RequestHandler::get_login_url() {
  require_setting("login_url", "get_login_url()");
  return settings().login_url;
}

const Locale& RequestHandler::get_browser_locale(std::string_view missing) {
  const std::string field = request().headers().get("Accept-Language");
  const std::vector<std::string_view> codes = accepted_languages(field);
  return codes.empty() ? locale::get(missing) : Locale::get_closest(codes);
}

const Locale& RequestHandler::locale() {
  if (extras().locale == nullptr) {
    const Locale* of_user = get_user_locale();
    extras().locale = of_user != nullptr ? of_user : &get_browser_locale();
  }
  return *extras().locale;
}

void RequestHandler::set_locale(const Locale& locale) {
  extras().locale = &locale;
}

// Forms.

/// The token of the client's cookie, or a new one.
const RawXSRFToken& RequestHandler::raw_xsrf_token() {
  std::optional<RawXSRFToken>& token = extras().raw_xsrf_token;
  if (token) return *token;
  token = decode_xsrf_token(get_cookie(settings().xsrf_cookie_name), now_seconds());
  if (token) {
    token->is_from_cookie = true;
  } else {
    token = make_xsrf_token(now_seconds());
  }
  return *token;
}

const std::string& RequestHandler::xsrf_token() {
  std::string& text = extras().xsrf_token;
  if (!text.empty()) return text;
  const RawXSRFToken& token = raw_xsrf_token();
  text = encode_xsrf_token(token, settings().xsrf_cookie_version);
  if (token.is_from_cookie) return text;
  CookieOptions options = settings().xsrf_cookie_kwargs;
  if (!options.httponly) options.httponly = false;  // Scripts send it in a header.
  const bool expires = options.expires || options.expires_days || options.max_age;
  if (!expires && !current_user().empty()) options.expires_days = kXSRFCookieDays;
  set_cookie(settings().xsrf_cookie_name, text, options);
  return text;
}

render::Markup RequestHandler::xsrf_form_html() {
  return render::Markup("<input type=\"hidden\" name=\"_xsrf\" value=\"" +
                        xhtml_escape(xsrf_token()) + "\"/>");
}

void RequestHandler::check_xsrf_cookie() {
  if (settings().cross_origin_protection) {
    const Origin origin = judge_origin(request(), settings().trusted_origins);
    gen_log.debug("cross_origin_protection: ", request().method(), " ", request().uri(), ": ",
                  origin.reason);
    if (origin.verdict == Origin::Verdict::foreign) {
      throw HTTPError(403, "sent from another site: " + origin.reason);
    }
    if (origin.verdict == Origin::Verdict::own || !settings().xsrf_cookies) return;
  }
  std::string sent = get_argument("_xsrf", "");
  if (sent.empty()) sent = request().headers().get("X-XSRFToken");
  if (sent.empty()) sent = request().headers().get("X-CSRFToken");
  if (sent.empty()) throw HTTPError(403, "'_xsrf' argument missing from POST");
  const std::optional<RawXSRFToken> token = decode_xsrf_token(sent, now_seconds());
  if (!token) throw HTTPError(403, "'_xsrf' argument has invalid format");
  if (!crypto::equal_in_constant_time(token->bytes, raw_xsrf_token().bytes)) {
    throw HTTPError(403, "XSRF cookie does not match POST argument");
  }
  gen_log.debug("xsrf_cookies: ", request().method(), " ", request().path(),
                ": the token is that of the cookie");
}

}  // namespace bora::web
