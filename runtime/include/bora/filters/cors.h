#pragma once

#include <memory>
#include <string>
#include <vector>

#include <bora/filters/period.h>

namespace bora::web {
class RequestHandler;
}

namespace bora::filters {

/// Lets pages of other sites read answers (CORS), and answers the questions that browsers ask
/// before they send (preflight). It runs before everything else of the route.
///
///     filters = [{ filter = "bora::filters::CORS", origins = ["https://app.example.com"] }]
///
/// It permits and does not protect: requests of other sites reach the handler as before.
/// Settings::cross_origin_protection refuses them.
class CORS {
 public:
  struct Options {
    /// "https://app.example.com", with the port if it is not the scheme's own;
    /// "https://*.example.com" for all names below that one; "*" alone for everybody.
    std::vector<std::string> origins{};
    /// Whether pages may use the user's cookies.
    bool credentials = false;
    std::vector<std::string> methods{};  ///< The default is the methods that the route answers.
    std::vector<std::string> headers{};  ///< Fields that pages may set: "X-Request-ID".
    std::vector<std::string> expose{};   ///< Fields of the answer that pages may read.
    Period max_age = "10m";              ///< How long browsers keep a preflight's answer.
  };

  /// @throws std::invalid_argument  There is no origin, or one is invalid ("null", a path at its
  ///                                end), "*" stands beside others or with credentials, or a field
  ///                                is not a name.
  explicit CORS(Options options);

  void operator()(web::RequestHandler& handler) const;

 private:
  struct Rules;
  std::shared_ptr<const Rules> rules_;
};

}  // namespace bora::filters
