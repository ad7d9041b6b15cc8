#pragma once

#include <exception>

namespace bora::http {
class HTTPMessageDelegate;
class HTTPServerRequest;
}  // namespace bora::http

namespace bora::web {

class RequestHandler;
struct Settings;

/// The additions of the library for development (runtime/devtools) to a program that it is linked
/// to.
class Development {
 public:
  /// An application is being made.
  virtual void prepare(Settings& settings) = 0;
  /// Takes a request that is meant for the library; returns null if it is the application's.
  virtual http::HTTPMessageDelegate* take(http::HTTPServerRequest& request) = 0;
  /// A handler ended with an unexpected exception.
  virtual void failed(RequestHandler& handler, const std::exception_ptr& error) = 0;
  /// Writes the page of an error in debug mode; returns false if it did not.
  virtual bool write_error_page(RequestHandler& handler, const std::exception_ptr& error) = 0;

 protected:
  ~Development() = default;
};

/// Null in every program that is not a development build.
[[nodiscard]] Development* development() noexcept;
/// Must be called before main() begins.
void set_development(Development* library) noexcept;

}  // namespace bora::web
