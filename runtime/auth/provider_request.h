#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/core/task.h>
#include <bora/http/async_http_client.h>

#include "runtime/auth/json_text.h"
#include "runtime/auth/login_cookie.h"

namespace bora::auth {

/// Whether requests may be sent to an endpoint: https, or http on this machine where that is
/// allowed; no fragment and no user in it.
bool is_usable_endpoint(std::string_view url, bool allow_http_loopback);

/// Returns "a=b&c=d", encoded.
std::string form_text(const std::vector<std::pair<std::string, std::string>>& fields);

/// Adds the client's name and secret to a request: RFC 6749, 2.3.1.
void add_credentials(http::HTTPRequest& request,
                     std::vector<std::pair<std::string, std::string>>& fields,
                     const std::string& client_id, const std::string& client_secret,
                     bool secret_in_body);

/// The request with which a browser is sent to a provider (RFC 6749, 4.1.1; RFC 7636).
struct AuthorizationRequest {
  std::string_view endpoint;
  std::string_view client_id;
  std::string_view redirect_uri;
  std::string_view scope;  ///< if empty, it is left out, and so is the nonce
  std::string_view nonce;
  const std::vector<std::pair<std::string, std::string>>& parameters;  ///< further ones
};

/// Redirects the browser, with PKCE's challenge and the login's state.
void send_to_provider(web::RequestHandler& handler, const LoginState& login,
                      const AuthorizationRequest& request);

/// A request to a provider: no redirects, 64 KiB at most, and within a time limit.
http::HTTPRequest provider_request(std::string url, http::TimeLimit timeout);

/// Sends it and returns the answer, which must be a JSON object.
/// @param what  The name of the endpoint for the log: "the token endpoint".
/// @throws AuthError
Task<nlohmann::json> ask_for_json(http::AsyncHTTPClient client, http::HTTPRequest request,
                                  std::string what);

}  // namespace bora::auth
