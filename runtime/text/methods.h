#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

// The names of HTTP's methods, for the server, routes and the compiler.

namespace bora::text {

/// The methods for which a handler has functions of its own, in the order of web::Method.
inline constexpr std::string_view kHandlerMethods[] = {"GET",   "HEAD", "POST",   "DELETE",
                                                       "PATCH", "PUT",  "OPTIONS"};

/// The names of those functions. `delete` is a keyword of C++.
inline constexpr std::string_view kHandlerFunctions[] = {"get",   "head", "post",   "delete_",
                                                         "patch", "put",  "options"};
static_assert(std::size(kHandlerFunctions) == std::size(kHandlerMethods));

/// Other methods of resources: RFC 9110, WebDAV (RFC 4918, 3253, 3744, 4791, 5323, 5842),
/// UPnP, and some that only caches and old clients know. CONNECT is not among them: Bora is no
/// proxy (RFC 9110, 9.3.6). PRI begins HTTP/2 (RFC 9113, 3.4).
inline constexpr std::string_view kFurtherMethods[] = {
    "TRACE",      "COPY",       "LOCK",  "MKCOL",    "MOVE",   "PROPFIND",  "PROPPATCH",
    "SEARCH",     "UNLOCK",     "BIND",  "REBIND",   "UNBIND", "ACL",       "REPORT",
    "MKACTIVITY", "CHECKOUT",   "MERGE", "M-SEARCH", "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE",
    "PURGE",      "MKCALENDAR", "LINK",  "UNLINK",   "SOURCE", "PRI"};

/// Methods are compared as they are spelled (RFC 9110, 9.1).
constexpr bool is_handler_method(std::string_view name) {
  return std::find(std::begin(kHandlerMethods), std::end(kHandlerMethods), name) !=
         std::end(kHandlerMethods);
}
constexpr bool is_registered_method(std::string_view name) {
  return is_handler_method(name) ||
         std::find(std::begin(kFurtherMethods), std::end(kFurtherMethods), name) !=
             std::end(kFurtherMethods);
}

}  // namespace bora::text
