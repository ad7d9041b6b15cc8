#include <bora/filters/rate_limit.h>

#include <arpa/inet.h>

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>

#include <bora/core/log.h>
#include <bora/web/application.h>
#include <bora/web/http_error.h>
#include <bora/web/output_transform.h>
#include <bora/web/request_handler.h>

#include "runtime/core/crypto.h"
#include "runtime/web/request_execution.h"

namespace bora::filters {
namespace {

/// Returns the address, or the /64 network of an IPv6 address: a client that has one has all
/// addresses in it.
std::string network_of(std::string_view address) {
  std::string text(address);
  if (text.find(':') == std::string::npos) return text;
  unsigned char bytes[16];
  if (::inet_pton(AF_INET6, text.c_str(), bytes) != 1) return text;
  constexpr std::size_t kNetwork = 8;
  return crypto::to_hex({reinterpret_cast<const char*>(bytes), kNetwork}) + "::";
}

/// The counts in memory. Each application has its own, even if all use the same filter (as with
/// those of the manifest), so that the tests of a program do not use up the counts of one another.
struct OwnStores {
  std::map<const RateLimit*, std::unique_ptr<MemoryRateLimitStore>> by_filter;
};

MemoryRateLimitStore& own_store(web::Application& application, const RateLimit* filter,
                                std::size_t max_keys) {
  OwnStores* stores = application.find_state<OwnStores>();
  if (stores == nullptr) stores = &application.set_state(OwnStores());
  auto& store = stores->by_filter[filter];
  if (store == nullptr) store = std::make_unique<MemoryRateLimitStore>(max_keys);
  return *store;
}

std::string route_of(const web::RequestHandler& handler) {
  const web::Route* route = web::RequestExecution::of(handler).route();
  if (route == nullptr) return "none";
  return std::string(route->name.empty() ? route->pattern : route->name);
}

std::string seconds_of(std::chrono::nanoseconds time) {
  return std::to_string(
      std::max<std::int64_t>(std::chrono::ceil<std::chrono::seconds>(time).count(), 0));
}

void add_fields(web::RequestHandler& handler, std::int64_t limit, const RateVerdict& verdict) {
  handler.before_headers([limit, verdict](web::AnswerHead& head) {
    head.set_header("RateLimit-Limit", std::to_string(limit));
    head.set_header("RateLimit-Remaining", std::to_string(verdict.remaining));
    head.set_header("RateLimit-Reset", seconds_of(verdict.reset_after));
  });
}

[[noreturn]] void refuse(const RateVerdict& verdict) {
  const std::string seconds =
      seconds_of(std::max(verdict.retry_after, std::chrono::nanoseconds(1)));
  throw web::HTTPError(429)
      .with_detail("Too many requests: try again in " + seconds +
                   (seconds == "1" ? " second." : " seconds."))
      .with_header("Retry-After", seconds);
}

}  // namespace

RateLimit::RateLimit() : RateLimit(Options()) {}

RateLimit::RateLimit(Options options)
    : options_(std::move(options)),
      rate_{options_.limit, options_.per.time(),
            options_.burst == 0 ? options_.limit : options_.burst} {
  if (rate_.limit < 1 || rate_.burst < 1 || rate_.period <= std::chrono::nanoseconds::zero())
    throw std::invalid_argument("RateLimit: limit, per and burst must be above zero");
}

std::string RateLimit::key_of(web::RequestHandler& handler) const {
  if (options_.key) return options_.key(handler);
  if (options_.by.kind() == RateLimitKey::Kind::user) {
    if (const std::string& user = handler.current_user(); !user.empty()) return "user:" + user;
  } else if (options_.by.kind() == RateLimitKey::Kind::header) {
    const std::string value = handler.request().headers().get(options_.by.header());
    // The value is hashed, because it may be a secret, and as long as a client likes.
    if (!value.empty()) return "key:" + crypto::to_hex(crypto::sha256(value).substr(0, 16));
  }
  return "address:" + network_of(handler.request().remote_ip());
}

Task<void> RateLimit::operator()(web::RequestHandler& handler) {
  std::string key = key_of(handler);
  if (key.empty()) co_return;
  RateVerdict verdict;
  if (options_.store == nullptr) {
    verdict = own_store(handler.application(), this, options_.max_keys).take_now(key, rate_);
  } else {
    key.insert(0, (options_.name.empty() ? route_of(handler) : options_.name) + " ");
    bool has_failed = false;
    try {
      Task<RateVerdict> taking = options_.store->take(std::move(key), rate_);
      verdict = co_await taking;
    } catch (const std::exception&) {
      app_log.exception("The store of a rate limit failed");
      has_failed = true;
    }
    if (has_failed && options_.refuse_on_failure) throw web::HTTPError(503);
    if (has_failed) co_return;
  }
  if (options_.headers) add_fields(handler, rate_.limit, verdict);
  if (!verdict.is_allowed) refuse(verdict);
}

}  // namespace bora::filters
