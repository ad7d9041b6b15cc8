#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

#include <bora/core/escape.h>
#include <bora/web/application.h>
#include <bora/web/request_handler.h>

#include "runtime/http/url_query.h"
#include "runtime/web/request_execution.h"

// The places to which a handler sends a client that can't be answered here: the login page, the
// page that it came from, the path with a slash.

namespace bora::web {
namespace {

bool is_read(std::string_view method) {
  return method == "GET" || method == "HEAD";
}

}  // namespace

bool is_local_url(std::string_view url) {
  if (!url.starts_with('/') || url.starts_with("//")) return false;
  return std::none_of(url.begin(), url.end(), [](char c) {
    // Browsers take a backslash for a slash, and drop tabs and line ends.
    return c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

std::string RequestHandler::get_next_url(std::string_view missing) {
  std::string next = get_argument("next", missing);
  return is_local_url(next) ? next : std::string(missing);
}

void RequestHandler::redirect_local(std::string_view url, std::string_view missing) {
  redirect(is_local_url(url) ? url : missing);
}

void RequestHandler::authenticated() {
  authenticated(current_user());
}

/// A request that reads is sent to the login page, which can lead back; one that writes is refused.
void RequestHandler::refuse_stranger() {
  if (!is_read(request().method())) throw HTTPError(403);
  std::string url = get_login_url();
  if (!http::has_query(url)) {
    const bool is_absolute = url.substr(0, url.find('#')).find("://") != std::string::npos;
    const std::string next = is_absolute ? request().full_url() : std::string(request().uri());
    url = http::with_query(url, "next=" + url_escape(next));
  }
  redirect(url);
  throw Finish();
}

/// A browser would take "//host" for another site.
void RequestHandler::end_with_redirect(std::string_view path) {
  if (!is_read(request().method()) || !is_local_url(path)) throw HTTPError(404);
  redirect(http::with_query(path, request().query()), true);
  throw Finish();
}

void RequestHandler::addslash() {
  const std::string_view path = request().path();
  if (!path.ends_with('/')) end_with_redirect(std::string(path) + "/");
}

void RequestHandler::removeslash() {
  std::string_view path = request().path();
  if (!path.ends_with('/')) return;
  while (path.ends_with('/')) path.remove_suffix(1);
  if (!path.empty()) end_with_redirect(path);
}

void RequestHandler::require_setting(std::string_view name, std::string_view feature) const {
  const Settings& all = settings();
  bool is_set = false;
  if (name == "cookie_secret") {
    is_set = !all.cookie_secret.empty();
  } else if (name == "login_url") {
    is_set = !all.login_url.empty();
  } else if (name == "static_path") {
    is_set = !all.static_path.empty();
  } else if (name == "default_host") {
    is_set = !all.default_host.empty();
  } else {
    throw std::invalid_argument("require_setting(): there is no setting '" + std::string(name) +
                                "' that may be empty");
  }
  if (is_set) return;
  std::string text =
      "Settings::" + std::string(name) + " is not set, and is needed for " + std::string(feature);
  if (name == "cookie_secret") text += "; `bora secret` makes one";
  throw std::logic_error(text);
}

}  // namespace bora::web
