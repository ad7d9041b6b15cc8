#pragma once

#include <string>

#include <bora/web/http_error.h>

namespace bora::auth {

/// A login is refused. In a handler it is an answer like any HTTPError: the visitor reads that the
/// login failed, and the log has one line with the reason. No session was made.
class AuthError : public web::HTTPError {
 public:
  /// @param status  400: the browser's request does not belong to a login. 403: the provider or its
  ///                token refuses. 502: the provider does not work.
  AuthError(int status, const std::string& reason)
      : HTTPError(status, "login refused: " + reason), refusal_(reason) {}

  /// The reason, for the log only.
  [[nodiscard]] const std::string& refusal() const noexcept { return refusal_; }

 private:
  std::string refusal_;
};

}  // namespace bora::auth
