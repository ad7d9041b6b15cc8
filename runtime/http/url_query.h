#pragma once

#include <string>
#include <string_view>

namespace bora::http {

/// A URL, or a part of one, in three pieces.
struct URLParts {
  std::string_view path;      ///< everything before the query, including scheme and host if there
                              ///< are any
  std::string_view query;     ///< Without its '?'.
  std::string_view fragment;  ///< With its '#'.
};
[[nodiscard]] URLParts split_url(std::string_view url);

/// Whether `url` has a '?' of its own; one in its fragment does not count.
[[nodiscard]] bool has_query(std::string_view url);

/// `url` with `query` after its own query, before its fragment (RFC 3986, 3). The query is encoded
/// already and has no '?' of its own; an empty one changes nothing. All code that adds to a URL
/// uses this function.
[[nodiscard]] std::string with_query(std::string_view url, std::string_view query);

}  // namespace bora::http
