#pragma once

#include <string>
#include <vector>

namespace bora::http {
class HTTPServerRequest;
}

namespace bora::web {

/// Where a request comes from, as far as its browser says so.
struct Origin {
  enum class Verdict {
    own,      ///< A page of this site, a trusted one, or the user.
    foreign,  ///< Another site.
    unsaid,   ///< No field says anything: no browser of today, or none at all.
  };
  Verdict verdict = Verdict::unsaid;
  std::string reason;  ///< For the log.
};

/// Looks at Sec-Fetch-Site, which pages can't set; without it at Origin, and without that at
/// Referer, which are compared with Host. The last two work over plain http too.
/// @param trusted  "https://accounts.example.com"
[[nodiscard]] Origin judge_origin(const http::HTTPServerRequest& request,
                                  const std::vector<std::string>& trusted);

}  // namespace bora::web
