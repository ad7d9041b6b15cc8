#include "runtime/web/csrf.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include <bora/http/http_headers.h>
#include <bora/http/http_server_request.h>
#include <bora/http/httputil.h>

#include "runtime/core/host_name.h"
#include "runtime/text/characters.h"

namespace bora::web {
namespace {

using Verdict = Origin::Verdict;

int default_port(std::string_view scheme) {
  return scheme == "https" ? 443 : scheme == "http" ? 80 : 0;
}

/// A site: "https://example.com:8443".
struct Site {
  std::string scheme;
  std::string host;  ///< Lower case, without a final dot.
  int port = 0;
};

void set_host(Site& site, std::string_view netloc, int missing_port) {
  auto [host, port] = http::split_host_and_port(netloc);
  site.host = comparable_host(host);
  site.port = port.value_or(missing_port);
}

/// Returns nothing for "null", and for a text that is no URL of http.
std::optional<Site> parse_site(std::string_view url) {
  const std::size_t end = url.find("://");
  if (end == std::string_view::npos) return std::nullopt;
  Site site{.scheme = text::lowered(url.substr(0, end)), .host = {}, .port = 0};
  if (default_port(site.scheme) == 0) return std::nullopt;
  url.remove_prefix(end + 3);
  set_host(site, url.substr(0, url.find_first_of("/?#")), default_port(site.scheme));
  if (site.host.empty() || site.host.find('@') != std::string::npos) return std::nullopt;
  return site;
}

/// The scheme is not compared, because a proxy may have removed TLS without saying so. A Host
/// without a port means the port that goes with the page's scheme.
bool is_own(const Site& site, std::string_view host) {
  Site own;
  set_host(own, host, default_port(site.scheme));
  return !own.host.empty() && own.host == site.host && own.port == site.port;
}

bool is_trusted(const Site& site, const std::vector<std::string>& trusted) {
  return std::any_of(trusted.begin(), trusted.end(), [&](const std::string& entry) {
    const std::optional<Site> known = parse_site(entry);
    return known && known->scheme == site.scheme && known->host == site.host &&
           known->port == site.port;
  });
}

Origin foreign(std::string_view field, std::string_view value) {
  return {Verdict::foreign, std::string(field) + " is " + std::string(value.substr(0, 100))};
}

}  // namespace

bool is_origin(std::string_view text) {
  return parse_site(text).has_value();
}

Origin judge_origin(const http::HTTPServerRequest& request,
                    const std::vector<std::string>& trusted) {
  const http::HTTPHeaders& headers = request.headers();
  // If a field came twice, its values are joined. They are then no site, and so foreign.
  const std::string fetch_site = headers.get("Sec-Fetch-Site");
  const std::string origin = headers.get("Origin");
  const std::string referer = headers.get("Referer");
  const std::string& page = origin.empty() ? referer : origin;
  const std::string_view field = origin.empty() ? "Referer" : "Origin";
  const std::optional<Site> site = parse_site(page);

  if (fetch_site == "same-origin" || fetch_site == "none") {
    return {Verdict::own, "Sec-Fetch-Site is " + fetch_site};
  }
  if (site && is_trusted(*site, trusted)) {
    return {Verdict::own, std::string(field) + " is a trusted origin"};
  }
  if (!fetch_site.empty()) return foreign("Sec-Fetch-Site", fetch_site);
  if (page.empty()) return {Verdict::unsaid, "no field says where it comes from"};
  if (site && is_own(*site, request.host())) {
    return {Verdict::own, std::string(field) + " is this host"};
  }
  return foreign(field, page);
}

}  // namespace bora::web
