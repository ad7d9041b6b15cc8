#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include <bora/http/http_server_request.h>
#include <bora/web/url_argument.h>

// What can be added to the URLs that routes.h and reverse_url() make.

namespace bora::web {

/// `url` with further arguments in its query, percent-encoded, before a fragment:
/// `url_concat(route::list(), {{"page", 2}, {"q", "a b"}})` is "/list?page=2&q=a+b". A
/// std::optional that is empty is left out.
std::string url_concat(std::string_view url,
                       std::initializer_list<std::pair<std::string_view, URLArgument>> arguments);

/// `url` with scheme and host: those of `request` for a path, its scheme for "//host/path", and
/// nothing where both are there.
std::string absolute_url(const http::HTTPServerRequest& request, std::string_view url);

}  // namespace bora::web
