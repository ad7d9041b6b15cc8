#pragma once

#include <string>
#include <utility>
#include <vector>

#include <bora/filters/period.h>

namespace bora::web {
class RequestHandler;
}

namespace bora::filters {

/// Sends the fields that tell browsers what a page may do, with every answer. A field that the
/// handler has set itself stays.
///
///     filters = [{ filter = "bora::filters::SecurityHeaders", frame_options = "SAMEORIGIN" }]
///
/// An empty text leaves a field out.
class SecurityHeaders {
 public:
  struct Options {
    /// `{nonce}` is replaced by RequestHandler::csp_nonce(), which pages write as
    /// `<script nonce="{{ csp_nonce() }}">`; scripts and styles of UI modules have it
    /// automatically.
    ///
    /// `{script_hashes}` is replaced by RequestHandler::script_hashes(), and `{style_hashes}` by
    /// RequestHandler::style_hashes(): with `script-src 'self' {script_hashes}` the scripts that
    /// are written out in the page's templates run, and no others. Attributes such as `onclick`
    /// have no hash and do not run.
    std::string content_security_policy =
        "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'";
    /// If true, browsers only report violations of the policy: the field is
    /// Content-Security-Policy-Report-Only.
    bool report_only = false;
    /// Strict-Transport-Security: how long browsers use only https for this site. It is sent only
    /// with answers over https; zero means never.
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
  /// @throws std::invalid_argument  A text has a control character; or preload is set without what
  ///                                browsers require for it (a year, with subdomains).
  explicit SecurityHeaders(Options options);

  void operator()(web::RequestHandler& handler) const;

 private:
  std::string policy_;
  bool wants_nonce_ = false;
  bool wants_hashes_ = false;
  const char* policy_field_ = nullptr;
  std::string hsts_;
  std::vector<std::pair<const char*, std::string>> fields_;  ///< without those two
};

}  // namespace bora::filters
