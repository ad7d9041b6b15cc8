#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <bora/core/detail/function.h>
#include <bora/core/task.h>
#include <bora/filters/period.h>
#include <bora/filters/rate_limit_store.h>

namespace bora::web {
class RequestHandler;
}

namespace bora::filters {

/// Whom a RateLimit counts: "address", "user", or the value of a field, "header:X-Api-Key".
class RateLimitKey {
 public:
  enum class Kind : unsigned char { address, user, header };

  constexpr RateLimitKey() = default;
  consteval RateLimitKey(std::string_view text) {  // NOLINT
    if (text == "user") {
      kind_ = Kind::user;
    } else if (text.starts_with("header:") && text.size() > 7) {
      kind_ = Kind::header;
      header_ = text.substr(7);
    } else if (text != "address") {
      throw "a rate limit counts by address, user or header:NAME";
    }
  }
  consteval RateLimitKey(const char* text) : RateLimitKey(std::string_view(text)) {}  // NOLINT

  [[nodiscard]] constexpr Kind kind() const { return kind_; }
  [[nodiscard]] constexpr std::string_view header() const { return header_; }

 private:
  Kind kind_ = Kind::address;
  std::string_view header_{};
};

/// Refuses those who ask too often: 429 with Retry-After, as a page or problem+json.
///
///     filters = [{ filter = "bora::filters::RateLimit", limit = 100, per = "1m" }]
///
/// Every place where it stands in routes.toml, or object in C++, counts for itself, and so does
/// every Application, unless they share a store. By address means by
/// HTTPServerRequest::remote_ip(), of IPv6 by its /64 network; behind a proxy set
/// HTTPServerOptions::xheaders or forwarded. By user means by RequestHandler::current_user(); those
/// who are not logged in, or lack the field, are counted by address.
class RateLimit {
 public:
  struct Options {
    std::int64_t limit = 60;  ///< Requests …
    Period per = "1m";        ///< … in this time.
    std::int64_t burst = 0;   ///< How many of them may come at once; 0: all.
    RateLimitKey by{};
    /// For what `by` can't say: whom the request is counted for. Empty text: it is not counted.
    std::function<std::string(web::RequestHandler& handler)> key{};
    /// In front of the keys in a store that others use too. Default: nothing in a store of its own,
    /// else the route's name or pattern.
    std::string name{};
    /// Must outlive the application. Default: one of its own, in memory.
    RateLimitStore* store = nullptr;
    std::size_t max_keys = std::size_t{1} << 15;  ///< Of the one in memory.
    bool refuse_on_failure = false;  ///< 503 where the store fails; else the request goes on.
    /// Sends RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset.
    bool headers = true;
  };

  RateLimit();
  /// @throws std::invalid_argument  A limit, time or burst that is not positive.
  explicit RateLimit(Options options);

  Task<void> operator()(web::RequestHandler& handler);

 private:
  [[nodiscard]] std::string key_of(web::RequestHandler& handler) const;

  Options options_;
  Rate rate_;
};

}  // namespace bora::filters
