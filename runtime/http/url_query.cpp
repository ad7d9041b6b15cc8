#include "runtime/http/url_query.h"

#include <algorithm>

namespace bora::http {

URLParts split_url(std::string_view url) {
  const std::size_t fragment = std::min(url.find('#'), url.size());
  const std::string_view base = url.substr(0, fragment);
  const std::size_t question = std::min(base.find('?'), base.size());
  return {base.substr(0, question), base.substr(std::min(question + 1, base.size())),
          url.substr(fragment)};
}

bool has_query(std::string_view url) {
  return url.substr(0, url.find('#')).find('?') != std::string_view::npos;
}

std::string with_query(std::string_view url, std::string_view query) {
  if (query.empty()) return std::string(url);
  const std::string_view base = url.substr(0, url.find('#'));
  std::string result(base);
  if (base.find('?') == std::string_view::npos) {
    result += '?';
  } else if (!base.ends_with('?') && !base.ends_with('&')) {
    result += '&';
  }
  return result.append(query).append(url.substr(base.size()));
}

}  // namespace bora::http
