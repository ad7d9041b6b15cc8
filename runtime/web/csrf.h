#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bora::http {
class HTTPServerRequest;
}

namespace bora::web {

/// The origin of a request, as far as its browser tells it.
struct Origin {
  enum class Verdict {
    own,      ///< A page of this site, a trusted one, or the user.
    foreign,  ///< Another site.
    unsaid,   ///< No field tells it: the client is an old browser, or none at all.
  };
  Verdict verdict = Verdict::unsaid;
  std::string reason;  ///< For the log.
};

/// Whether `text` can be the origin of a page: "https://accounts.example.com".
[[nodiscard]] bool is_origin(std::string_view text);

/// Evaluates Sec-Fetch-Site, which pages can't set; without it Origin, and without that Referer,
/// which are compared with Host. The last two work over plain http too.
/// @param trusted  For example "https://accounts.example.com".
[[nodiscard]] Origin judge_origin(const http::HTTPServerRequest& request,
                                  const std::vector<std::string>& trusted);

}  // namespace bora::web
