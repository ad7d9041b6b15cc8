#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/core/task.h>
#include <bora/http/async_http_client.h>

#include "runtime/auth/json_text.h"

namespace bora::auth {

/// Whether an endpoint may be asked: https, or http on this machine where that is allowed; no
/// fragment, no user in it.
bool is_usable_endpoint(std::string_view url, bool allow_http_loopback);

/// "a=b&c=d", encoded.
std::string form_text(const std::vector<std::pair<std::string, std::string>>& fields);

/// Adds the client's name and secret to a request: RFC 6749, 2.3.1.
void add_credentials(http::HTTPRequest& request,
                     std::vector<std::pair<std::string, std::string>>& fields,
                     const std::string& client_id, const std::string& client_secret,
                     bool secret_in_body);

/// A request to a provider: no redirects, 64 KiB at most, and within a time limit.
http::HTTPRequest provider_request(std::string url, http::TimeLimit timeout);

/// What it answers, a JSON object.
/// @param what  For the log: "the token endpoint".
/// @throws AuthError
Task<nlohmann::json> ask_for_json(http::AsyncHTTPClient client, http::HTTPRequest request,
                                  std::string what);

}  // namespace bora::auth
