#include <optional>
#include <string>
#include <string_view>

#include <bora/web/application.h>
#include <bora/web/http_error.h>
#include <bora/web/request_handler.h>

#include "runtime/core/crypto.h"
#include "runtime/web/conditional.h"
#include "runtime/web/http_date.h"
#include "runtime/web/request_execution.h"

// Entity tags of what handlers write, and the conditions of requests.

namespace bora::web {

std::string RequestHandler::compute_etag() {
  const std::string_view body = execution().response().body_text();
  if (body.size() < settings().etag_min_size) return {};
  // docs/decisions/0014-entity-tags.md
  crypto::Tagger* const tagger = application().tagger_.get();
  return '"' + crypto::to_hex(tagger != nullptr ? tagger->tag(body) : crypto::sha1(body)) + '"';
}

void RequestHandler::set_etag_header() {
  const std::string etag = compute_etag();
  if (!etag.empty()) set_header("Etag", etag);
}

bool RequestHandler::check_etag_header() const {
  const std::optional<std::string> etag = execution().response().find_header("Etag");
  const http::HTTPHeaders& asked = request().headers();
  if (!etag || etag->empty() || !asked.contains("If-None-Match")) return false;
  return if_none_match(asked.get("If-None-Match"), *etag);
}

bool RequestHandler::check_preconditions(std::string_view etag, std::optional<Moment> modified) {
  Validators current{etag, {}};
  if (modified) current.modified = modified->seconds();
  switch (web::check_preconditions(request().headers(), request().method(), current)) {
    case Precondition::failed:
      throw HTTPError(412);
    case Precondition::holds:
      break;
    case Precondition::not_modified:
      set_status(304);
  }
  if (request().method() == "GET" || request().method() == "HEAD") {
    if (!etag.empty()) set_header("Etag", etag);
    if (modified) set_header("Last-Modified", format_http_date(*current.modified));
  }
  if (get_status() != 304) return true;
  finish();
  return false;
}

/// Gives an answer 200 its tag, and makes it a 304 if the client has it. A handler that sets a tag
/// decides by itself.
/// @returns  False if the answer is finished.
[[gnu::noinline]] bool RequestHandler::answer_conditionally() {
  Response& response = execution().response();
  const bool has_headers = response.has_headers();
  if (has_headers && response.has_header("Etag")) return true;
  const std::string etag = compute_etag();
  if (etag.empty() && !has_headers) return true;
  if (!etag.empty()) response.set_header("Etag", etag);
  Validators current{etag, {}};
  if (const auto modified = response.find_header("Last-Modified")) {
    current.modified = parse_http_date(*modified);
  }
  if (etag.empty() && !current.modified) return true;
  switch (web::check_preconditions(request().headers(), request().method(), current)) {
    case Precondition::holds:
      break;
    case Precondition::failed:
      send_error(412);
      return false;
    case Precondition::not_modified:
      response.clear_body();
      set_status(304);
  }
  return true;
}

}  // namespace bora::web
