#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include <bora/http/http_server_request.h>
#include <bora/web/url_argument.h>

// Additions to the URLs that routes.h and reverse_url() make.

namespace bora::web {

/// Adds arguments to the query of `url`, percent-encoded, before a fragment:
/// `url_concat(route::list(), {{"page", 2}, {"q", "a b"}})` is "/list?page=2&q=a+b". An empty
/// std::optional is left out.
std::string url_concat(std::string_view url,
                       std::initializer_list<std::pair<std::string_view, URLArgument>> arguments);

/// Completes `url` with the scheme and host of `request`: a path gets both, "//host/path" gets the
/// scheme, and a URL that has both stays as it is.
std::string absolute_url(const http::HTTPServerRequest& request, std::string_view url);

}  // namespace bora::web
