#pragma once

#include <memory>
#include <string>
#include <vector>

#include <bora/http/http_server.h>

#include "tests/conformance/http/case_file.h"

namespace bora::test {

/// Answers as README.md says, and keeps the requests that it gets.
class WireDelegate final : public http::HTTPServerConnectionDelegate {
 public:
  WireDelegate();
  ~WireDelegate() override;
  WireDelegate(const WireDelegate&) = delete;
  WireDelegate& operator=(const WireDelegate&) = delete;

  http::HTTPMessageDelegate* start_request(http::HTTPServerRequest& request) override;

  std::vector<SeenRequest> seen;  ///< whole requests, and heads that were answered early

 private:
  class Files;
  std::unique_ptr<Files> files_;  ///< made for the first request for a file
};

/// An answer as the client received it.
struct Answer {
  int status = 0;
  std::vector<Field> headers;
  std::string body;

  [[nodiscard]] const std::string* field(std::string_view name) const;
};

/// Parses the answers that a client received.
/// @param without_body  Of each final answer, in order: it is HEAD's, so its length is of nothing.
/// @param is_ended      The connection is closed: the last answer may end with it.
/// @throws std::runtime_error  They are not well-formed.
std::vector<Answer> read_answers(std::string_view text, const std::vector<bool>& without_body,
                                 bool is_ended);

}  // namespace bora::test
