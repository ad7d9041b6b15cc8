#pragma once

#include <string>
#include <string_view>

namespace bora::http {

/// A URL, or a part of one, in three pieces.
struct URLParts {
  std::string_view path;      ///< What stands before the query: also scheme and host, if there.
  std::string_view query;     ///< Without its '?'.
  std::string_view fragment;  ///< With its '#'.
};
[[nodiscard]] URLParts split_url(std::string_view url);

/// Whether `url` has a '?' of its own; one in its fragment is none.
[[nodiscard]] bool has_query(std::string_view url);

/// `url` with `query` behind the query that it has, before its fragment (RFC 3986, 3). The query is
/// encoded already and has no '?' of its own; an empty one changes nothing. Whoever adds to a URL
/// does it by this function.
[[nodiscard]] std::string with_query(std::string_view url, std::string_view query);

}  // namespace bora::http
