#pragma once

#include <exception>

namespace bora::http {
class HTTPMessageDelegate;
class HTTPServerRequest;
}  // namespace bora::http

namespace bora::web {

class RequestHandler;
struct Settings;

/// What the library for development (runtime/devtools) adds to a program that it is linked to.
class Development {
 public:
  /// An application is being made.
  virtual void prepare(Settings& settings) = 0;
  /// Takes a request that is meant for the library; null: it is the application's.
  virtual http::HTTPMessageDelegate* take(http::HTTPServerRequest& request) = 0;
  /// A handler ended with an exception that nobody expected.
  virtual void failed(RequestHandler& handler, const std::exception_ptr& error) = 0;
  /// Writes the page of an error in debug mode. False: it does not, this time.
  virtual bool write_error_page(RequestHandler& handler, const std::exception_ptr& error) = 0;

 protected:
  ~Development() = default;
};

/// Null in every program that is not a development build.
[[nodiscard]] Development* development() noexcept;
/// Before main() begins.
void set_development(Development* library) noexcept;

}  // namespace bora::web
