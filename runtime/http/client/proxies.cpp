#include "runtime/http/client/proxies.h"

#include <cstdlib>
#include <stdexcept>

#include "runtime/core/host_name.h"
#include "runtime/http/ip_address.h"

namespace bora::http {

namespace {

std::string variable(const char* name, const char* other = nullptr) {
  const char* value = std::getenv(name);
  if ((value == nullptr || *value == '\0') && other != nullptr) value = std::getenv(other);
  return value == nullptr ? "" : value;
}

}  // namespace

EnvironmentProxies EnvironmentProxies::read() {
  EnvironmentProxies result;
  const std::string all = variable("all_proxy", "ALL_PROXY");
  result.http = variable("http_proxy");
  result.https = variable("https_proxy", "HTTPS_PROXY");
  if (result.http.empty()) result.http = all;
  if (result.https.empty()) result.https = all;
  result.none = variable("no_proxy", "NO_PROXY");
  return result;
}

ProxyRoute parse_proxy(std::string_view text) {
  std::string url(text);
  ProxyRoute proxy;
  proxy.kind = ProxyRoute::Kind::http;
  bool is_socks = false;
  for (const std::string_view scheme : {"socks5://", "socks5h://"}) {
    if (!text.starts_with(scheme)) continue;
    is_socks = true;
    url = "http://" + std::string(text.substr(scheme.size()));
  }
  if (url.find("://") == std::string::npos) url.insert(0, "http://");
  if (!url.starts_with("http://"))
    throw std::invalid_argument("a proxy is http://host:port or socks5://host:port");
  const ClientURL parts = parse_client_url(url);
  const bool names_port =
      parts.host_field.size() > parts.host.size() && parts.host_field.back() != ']';
  proxy.host = parts.host;
  proxy.port = parts.port;
  if (is_socks) {
    proxy.kind = ProxyRoute::Kind::socks5;
    if (!names_port) proxy.port = 1080;
  }
  const std::size_t colon = std::min(parts.credentials.find(':'), parts.credentials.size());
  proxy.username = parts.credentials.substr(0, colon);
  proxy.password = parts.credentials.substr(std::min(colon + 1, parts.credentials.size()));
  return proxy;
}

bool is_excepted(std::string_view exceptions, const ClientURL& url) {
  const auto address = IPAddress::parse(url.host);
  while (!exceptions.empty()) {
    const std::size_t end = std::min(exceptions.find_first_of(", "), exceptions.size());
    std::string_view entry = exceptions.substr(0, end);
    exceptions.remove_prefix(std::min(end + 1, exceptions.size()));
    if (entry.empty()) continue;
    if (entry == "*") return true;
    if (address) {
      if (entry.starts_with('[') && entry.ends_with(']')) entry = entry.substr(1, entry.size() - 2);
      try {
        if (NetworkList({std::string(entry)}).contains(*address)) return true;
      } catch (const std::invalid_argument&) {  // it is a name
      }
      continue;
    }
    const std::string_view host_part = without_port(entry);
    if (host_part.size() < entry.size() &&
        entry.substr(host_part.size() + 1) != std::to_string(url.port))
      continue;
    std::string name = comparable_host(host_part);
    if (name.starts_with("*.")) name.erase(0, 1);
    if (name.starts_with('.')) name.erase(0, 1);
    const bool is_below = url.host.size() > name.size() && url.host.ends_with(name) &&
                          url.host[url.host.size() - name.size() - 1] == '.';
    if (!name.empty() && (url.host == name || is_below)) return true;
  }
  return false;
}

ProxyRoute EnvironmentProxies::proxy_for(const ClientURL& url) const {
  const std::string& proxy = url.is_secure ? https : http;
  if (proxy.empty() || is_excepted(none, url)) return {};
  return parse_proxy(proxy);
}

}  // namespace bora::http
