#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <bora/core/detail/function.h>

namespace bora::http {

/// Keeps the cookies that servers set, and sends each server its own, by the rules of browsers (RFC
/// 6265bis). It is kept in memory only, and belongs to one loop.
///
///     request.cookie_jar = std::make_shared<bora::http::CookieJar>();
///
/// It holds at most 50 cookies of one host and 3,000 in all, of 4,096 bytes each; the ones that
/// were not used for the longest time are dropped first. No cookie is accepted for all hosts of a
/// suffix under which anybody can have a name, such as "co.uk": the suffixes are those of the
/// Public Suffix List where libpsl is installed, otherwise names without a dot; and those of
/// `is_public_suffix`.
class CookieJar {
 public:
  /// A cookie of the jar.
  struct Entry {
    std::string name{};
    std::string value{};
    std::string domain{};  ///< In lower case, without a leading dot.
    std::string path = "/";
    std::int64_t expires = INT64_MAX;  ///< In seconds since the Epoch; INT64_MAX means: with the
                                       ///< jar.
    bool is_host_only = true;          ///< Whether hosts below `domain` do not get it.
    bool is_secure = false;            ///< Whether it is for https only.
  };

  CookieJar() = default;

  /// Takes a Set-Cookie field of an answer from `url`. A cookie that breaks a rule is dropped.
  /// @returns  Whether the cookie was accepted (the deletion of a cookie counts).
  bool set(std::string_view url, std::string_view field);

  /// The Cookie field for a request to `url`; empty if there are no cookies for it.
  /// @throws std::invalid_argument  `url` is not a URL of http or https.
  [[nodiscard]] std::string get(std::string_view url);

  /// The cookies that have not expired, for tests and for keeping them elsewhere.
  [[nodiscard]] std::vector<Entry> entries() const;
  void clear() { entries_.clear(); }

  /// Tells whether `domain` is another suffix under which anybody can have a name.
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
