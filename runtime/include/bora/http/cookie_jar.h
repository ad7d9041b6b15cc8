#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <bora/core/detail/function.h>

namespace bora::http {

/// Keeps the cookies that servers set, and gives each server its own back, by the rules of browsers
/// (RFC 6265bis). In memory only; belongs to one loop.
///
///     request.cookie_jar = std::make_shared<bora::http::CookieJar>();
///
/// Holds 50 cookies of one host and 3,000 in all at most, of 4,096 bytes each; the ones that were
/// not used for longest go first. No cookie is for all hosts of a suffix under which anybody can
/// have a name, such as "co.uk": those of the Public Suffix List where libpsl is installed,
/// otherwise names without a dot; and those of `is_public_suffix`.
class CookieJar {
 public:
  struct Entry {
    std::string name{};
    std::string value{};
    std::string domain{};  ///< In lower case, without a dot before it.
    std::string path = "/";
    std::int64_t expires = INT64_MAX;  ///< Seconds since the Epoch; the largest: with the jar.
    bool is_host_only = true;          ///< Not for hosts below `domain`.
    bool is_secure = false;            ///< For https only.
  };

  CookieJar() = default;

  /// Takes a Set-Cookie field of an answer from `url`. What breaks a rule is dropped.
  /// @returns  Whether it was taken (a cookie that is deleted counts).
  bool set(std::string_view url, std::string_view field);

  /// The Cookie field for a request to `url`; empty: there is none.
  /// @throws std::invalid_argument  It is no URL of http or https.
  [[nodiscard]] std::string get(std::string_view url);

  /// For tests and for keeping them elsewhere: those that have not expired.
  [[nodiscard]] std::vector<Entry> entries() const;
  void clear() { entries_.clear(); }

  /// Tells of further domains under which anybody can have a name.
  std::function<bool(std::string_view domain)> is_public_suffix{};

 private:
  struct Kept {
    Entry entry;
    std::uint64_t used = 0;
    std::uint64_t created = 0;
  };
  void keep(Entry entry);

  std::vector<Kept> entries_;
  std::uint64_t clock_ = 0;
};

}  // namespace bora::http
