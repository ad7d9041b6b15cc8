#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include <bora/render/markup.h>
#include <bora/web/url_argument.h>

// The names that a template may use without a prefix because a handler renders it. Generated code
// makes one of these objects for each name that a page uses. This header is small because every
// such page includes it.

namespace bora::web {

class RequestHandler;

/// `static_url("app.css")`: see RequestHandler::static_url().
class StaticURL {
 public:
  explicit StaticURL(RequestHandler& handler) : handler_(handler) {}
  std::string operator()(std::string_view path) const;
  std::string operator()(std::string_view path, bool include_host,
                         bool include_version = true) const;

 private:
  RequestHandler& handler_;
};

/// `csp_nonce()`: see RequestHandler::csp_nonce().
class CSPNonce {
 public:
  explicit CSPNonce(RequestHandler& handler) : handler_(handler) {}
  const std::string& operator()() const;

 private:
  RequestHandler& handler_;
};

/// `xsrf_form_html()`: see RequestHandler::xsrf_form_html().
class XSRFFormHTML {
 public:
  explicit XSRFFormHTML(RequestHandler& handler) : handler_(handler) {}
  render::Markup operator()() const;

 private:
  RequestHandler& handler_;
};

/// `_("Welcome")`, `_("one entry", "many entries", count)`: see Locale::translate(). The result is
/// valid as long as `message` and `plural` are.
class Translate {
 public:
  explicit Translate(RequestHandler& handler) : handler_(handler) {}
  std::string_view operator()(std::string_view message) const;
  std::string_view operator()(std::string_view message, std::string_view plural,
                              std::int64_t count) const;

 private:
  RequestHandler& handler_;
};

/// `pgettext("menu", "Open")`: see Locale::pgettext(). The result is valid as long as `message` and
/// `plural` are.
class TranslateInContext {
 public:
  explicit TranslateInContext(RequestHandler& handler) : handler_(handler) {}
  std::string_view operator()(std::string_view context, std::string_view message) const;
  std::string_view operator()(std::string_view context, std::string_view message,
                              std::string_view plural, std::int64_t count) const;

 private:
  RequestHandler& handler_;
};

/// `reverse_url(name, 7)`: see RequestHandler::reverse_url().
class ReverseURL {
 public:
  explicit ReverseURL(RequestHandler& handler) : handler_(handler) {}
  template <class... Arguments>
  std::string operator()(std::string_view name, const Arguments&... arguments) const {
    return make(name, {URLArgument(arguments)...});
  }

 private:
  [[nodiscard]] std::string make(std::string_view name,
                                 std::initializer_list<URLArgument> arguments) const;

  RequestHandler& handler_;
};

}  // namespace bora::web
