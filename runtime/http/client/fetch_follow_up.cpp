// What follows an answer: the same request again, for a challenge, or another one, for a redirect.

#include <stdexcept>

#include "runtime/http/client/fetch.h"

namespace bora::http {

namespace {

bool is_redirect(int code) {
  return code == 301 || code == 302 || code == 303 || code == 307 || code == 308;
}

}  // namespace

bool Fetch::may_send_again() const {
  const HTTPRequest& request = *request_;
  if (request.retry_safe) return true;
  if (request.body_producer && hop_.has_body) return false;
  return traits_of(hop_.method).is_idempotent || hop_.headers.contains("Idempotency-Key");
}

bool Fetch::will_follow() const {
  return follows_ && redirects_ < max_redirects_ && is_redirect(response_.code) &&
         !response_.headers.get("Location").empty();
}

bool Fetch::is_digest() const {
  return text_of(request_->auth_mode, core_->options.defaults.auth_mode) == "digest";
}

bool Fetch::may_answer_challenge() const {
  return response_.code == 401 && is_digest() && hop_.is_at_home && !hop_.has_answered_challenge &&
         read_digest_challenge(response_.headers, "WWW-Authenticate").has_value();
}

bool Fetch::may_answer_proxy() const {
  if (response_.code != 407 || !way_.asks_proxy() || !way_.proxy.digest ||
      way_.proxy.username.empty() || hop_.has_answered_proxy)
    return false;
  return read_digest_challenge(response_.headers, "Proxy-Authenticate").has_value();
}

bool Fetch::answer_challenge() {
  if (may_answer_proxy()) {
    *way_.proxy.digest = read_digest_challenge(response_.headers, "Proxy-Authenticate");
    hop_.has_answered_proxy = true;
    return true;
  }
  // Credentials that were refused are not tried again by later fetches, because many attempts lock
  // accounts.
  if (response_.code == 407 && hop_.has_answered_proxy) way_.proxy.digest->reset();
  if (!may_answer_challenge()) return false;
  hop_.challenge = read_digest_challenge(response_.headers, "WWW-Authenticate");
  hop_.has_answered_challenge = true;
  return true;
}

// RFC 9110, 15.4.
bool Fetch::follow_redirect() {
  if (!will_follow()) return false;
  const std::vector<std::string_view> locations = response_.headers.get_list("Location");
  ClientURL next;
  try {
    if (locations.size() > 1) refuse("a redirect to two places");
    next = resolve_location(hop_.url, locations.front());
  } catch (const std::invalid_argument& error) {
    throw HTTPRedirectError(std::string("a redirect leads to no URL of http: ") + error.what(),
                            place(), shared_response());
  }
  if (hop_.url.is_secure && !next.is_secure && !request_->allow_insecure_redirects) {
    throw HTTPRedirectError("a redirect leads from https to http (see allow_insecure_redirects)",
                            place(), shared_response());
  }
  ++redirects_;
  const int code = response_.code;
  const bool becomes_get = (code == 303 && hop_.method != "HEAD" && hop_.method != "GET") ||
                           ((code == 301 || code == 302) && hop_.method == "POST");
  if (becomes_get) {
    hop_.method = "GET";
    hop_.has_body = false;
    for (const std::string_view name :
         {"Content-Type", "Content-Encoding", "Content-Language", "Content-Location", "Digest",
          "Content-Digest", "Repr-Digest"})
      hop_.headers.remove(name);
  }
  hop_.headers.remove("Host");
  if (!hop_.url.is_same_origin(next)) {
    hop_.is_at_home = false;
    for (const std::string_view name : {"Authorization", "Cookie", "Proxy-Authorization"})
      hop_.headers.remove(name);
  }
  // Credentials in a Location are the server's, not the caller's.
  const std::string credentials = hop_.is_at_home ? hop_.url.credentials : std::string();
  hop_.url = std::move(next);
  hop_.url.credentials = credentials;
  hop_.challenge.reset();
  hop_.has_answered_challenge = hop_.has_answered_proxy = false;
  time_.redirect = now() - started_;
  return true;
}

std::shared_ptr<const HTTPResponse> Fetch::shared_response() const {
  return std::make_shared<const HTTPResponse>(response_);
}

}  // namespace bora::http
