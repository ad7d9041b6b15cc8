#include "runtime/auth/provider_request.h"

#include <stdexcept>

#include <bora/auth/auth_error.h>
#include <bora/core/escape.h>
#include <bora/web/request_handler.h>

#include "runtime/core/crypto.h"
#include "runtime/http/client/client_url.h"
#include "runtime/http/url_query.h"

namespace bora::auth {

bool is_usable_endpoint(std::string_view url, bool allow_http_loopback) {
  try {
    const http::ClientURL parts = http::parse_client_url(url);
    if (!parts.credentials.empty() || url.find('#') != std::string_view::npos) return false;
    if (parts.is_secure) return true;
    const bool is_loopback =
        parts.host == "localhost" || parts.host == "127.0.0.1" || parts.host == "::1";
    return allow_http_loopback && is_loopback;
  } catch (const std::invalid_argument&) {
    return false;
  }
}

std::string form_text(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    if (!text.empty()) text += '&';
    text.append(url_escape(name)).append("=").append(url_escape(value));
  }
  return text;
}

void send_to_provider(web::RequestHandler& handler, const LoginState& login,
                      const AuthorizationRequest& request) {
  std::vector<std::pair<std::string, std::string>> fields;
  const auto add = [&](const char* name, std::string_view value) {
    if (!value.empty()) fields.emplace_back(name, value);
  };
  add("response_type", "code");
  add("client_id", request.client_id);
  add("redirect_uri", request.redirect_uri);
  add("scope", request.scope);
  add("state", login.state);
  add("nonce", request.nonce);
  add("code_challenge", challenge_of(login.verifier));
  add("code_challenge_method", "S256");
  fields.insert(fields.end(), request.parameters.begin(), request.parameters.end());
  handler.set_header("Cache-Control", "no-store");
  handler.redirect(http::with_query(request.endpoint, form_text(fields)));
}

void add_credentials(http::HTTPRequest& request,
                     std::vector<std::pair<std::string, std::string>>& fields,
                     const std::string& client_id, const std::string& client_secret,
                     bool secret_in_body) {
  if (client_secret.empty() || secret_in_body) {
    fields.emplace_back("client_id", client_id);
    if (!client_secret.empty()) fields.emplace_back("client_secret", client_secret);
    return;
  }
  const std::string pair = url_escape(client_id) + ":" + url_escape(client_secret);
  request.headers.set("Authorization", std::string_view("Basic " + crypto::to_base64(pair)));
}

http::HTTPRequest provider_request(std::string url, http::TimeLimit timeout) {
  http::HTTPRequest request;
  request.url = std::move(url);
  request.raise_error = false;
  request.follow_redirects = false;
  request.max_body_size = kMaxJSON;
  request.total_timeout = timeout;
  request.headers.set("Accept", "application/json");
  return request;
}

Task<nlohmann::json> ask_for_json(http::AsyncHTTPClient client, http::HTTPRequest request,
                                  std::string what) {
  http::HTTPResponse response;
  try {
    Task<http::HTTPResponse> fetching = client.fetch(request);
    response = co_await fetching;
  } catch (const http::HTTPFetchError& error) {
    throw AuthError(502, what + ": " + error.message());
  }
  if (response.code >= 300 && response.code < 400)
    throw AuthError(502, what + " redirects, which is not followed");
  auto object = parse_object(response.body);
  if (response.code != 200) {
    std::string reason = what + " answers with " + std::to_string(response.code);
    if (object) {
      if (const auto error = text_of(*object, "error")) reason += ": " + shortened(*error);
      if (const auto text = text_of(*object, "error_description"))
        reason += " (" + shortened(*text) + ")";
    }
    throw AuthError(response.code >= 500 ? 502 : 403, reason);
  }
  if (!object) throw AuthError(502, what + " answers with something else than a JSON object");
  co_return std::move(*object);
}

}  // namespace bora::auth
