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

/// What a RateLimit counts requests by: "address", "user", or the value of a field,
/// "header:X-Api-Key".
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

/// Refuses clients that send too many requests: 429 with Retry-After, as a page or problem+json.
///
///     filters = [{ filter = "bora::filters::RateLimit", limit = 100, per = "1m" }]
///
/// Every place where it stands in routes.toml, or object in C++, counts for itself, and so does
/// every Application, unless they share a store. "address" uses HTTPServerRequest::remote_ip(), of
/// IPv6 the /64 network; behind a proxy set HTTPServerOptions::xheaders or forwarded. "user" uses
/// RequestHandler::current_user(); requests without a user, or without the field, are counted by
/// address.
class RateLimit {
 public:
  struct Options {
    std::int64_t limit = 60;  ///< The number of requests …
    Period per = "1m";        ///< … in this time.
    std::int64_t burst = 0;   ///< How many of them may come at once; 0 means all.
    RateLimitKey by{};
    /// Returns the key that the request is counted by, where `by` does not suffice. A request with
    /// an empty key is not counted.
    std::function<std::string(web::RequestHandler& handler)> key{};
    /// A prefix of the keys in a store that others use too. The default is nothing for a store of
    /// its own, else the route's name or pattern.
    std::string name{};
    /// It must outlive the application. The default is a store of its own, in memory.
    RateLimitStore* store = nullptr;
    std::size_t max_keys = std::size_t{1} << 15;  ///< For the store in memory.
    bool refuse_on_failure = false;  ///< If the store fails, answer 503; else the request goes on.
    /// Whether to send RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset.
    bool headers = true;
  };

  RateLimit();
  /// @throws std::invalid_argument  A limit, time or burst is not positive.
  explicit RateLimit(Options options);

  Task<void> operator()(web::RequestHandler& handler);

 private:
  [[nodiscard]] std::string key_of(web::RequestHandler& handler) const;

  Options options_;
  Rate rate_;
};

}  // namespace bora::filters
