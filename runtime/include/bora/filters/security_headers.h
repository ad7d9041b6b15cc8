#pragma once

#include <string>
#include <utility>
#include <vector>

#include <bora/filters/period.h>

namespace bora::web {
class RequestHandler;
}

namespace bora::filters {

/// Sends the fields that tell browsers what a page may do, with every answer. What a handler has
/// set itself stays.
///
///     filters = [{ filter = "bora::filters::SecurityHeaders", frame_options = "SAMEORIGIN" }]
///
/// An empty text leaves a field out.
class SecurityHeaders {
 public:
  struct Options {
    /// `{nonce}` becomes RequestHandler::csp_nonce(), which pages write as
    /// `<script nonce="{{ csp_nonce() }}">`; scripts and styles of UI modules have it by
    /// themselves.
    ///
    /// `{script_hashes}` becomes RequestHandler::script_hashes(), and `{style_hashes}`
    /// RequestHandler::style_hashes(): with `script-src 'self' {script_hashes}` the scripts that
    /// are written out in the page's templates run, and no others. Attributes such as `onclick`
    /// have no hash and do not run.
    std::string content_security_policy =
        "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'";
    /// Browsers only report what is against the policy: Content-Security-Policy-Report-Only.
    bool report_only = false;
    /// Strict-Transport-Security: for so long browsers come by https only. Sent with answers over
    /// https alone; zero: never.
    Period hsts = "365d";
    bool hsts_include_subdomains = false;
    bool hsts_preload = false;
    bool nosniff = true;                 ///< X-Content-Type-Options
    std::string frame_options = "DENY";  ///< X-Frame-Options
    std::string referrer_policy = "strict-origin-when-cross-origin";
    std::string permissions_policy = "camera=(), geolocation=(), microphone=()";
    std::string cross_origin_opener_policy = "same-origin";
    std::string cross_origin_resource_policy = "same-origin";
  };

  SecurityHeaders();
  /// @throws std::invalid_argument  A control character in a text; preload without what browsers
  ///                                ask of it (a year, with subdomains).
  explicit SecurityHeaders(Options options);

  void operator()(web::RequestHandler& handler) const;

 private:
  std::string policy_;
  bool wants_nonce_ = false;
  bool wants_hashes_ = false;
  const char* policy_field_ = nullptr;
  std::string hsts_;
  std::vector<std::pair<const char*, std::string>> fields_;  ///< Without those two.
};

}  // namespace bora::filters
