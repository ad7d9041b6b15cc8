#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/http/http_server.h>

namespace bora::test {

using Field = std::pair<std::string, std::string>;

/// A request as the handler saw it.
struct SeenRequest {
  std::string method;
  std::string uri;
  std::string body;
  std::string host;
  std::vector<Field> headers;
};

struct ExpectedAnswer {
  int status = 0;
  std::optional<SeenRequest> request;  ///< none if the server answers by itself
  std::vector<Field> has;
  std::vector<std::string> lacks;
  std::optional<std::string> body;
  std::vector<std::string> holds;  ///< pieces of the body
  bool is_optional = false;        ///< whether it is an interim answer that depends on how the
                                   ///< request is cut
};

enum class End { open, closed, waiting };

/// One case of cases/*.http; README.md describes the text.
struct WireCase {
  std::string claim;
  std::string place;  ///< file:line
  std::string rule;
  std::string bytes;
  std::vector<ExpectedAnswer> answers;
  std::vector<Field> saw;
  std::vector<std::string> unseen;
  std::optional<std::string> host;
  std::optional<End> end;
  http::HTTPServerOptions options;

  [[nodiscard]] End expected_end() const;
};

/// Returns the cases of a text. @throws std::runtime_error  file:line: what is wrong there.
std::vector<WireCase> parse_cases(std::string_view file_name, std::string_view text);

/// Returns the bytes of a line; README.md lists the escapes. @throws std::runtime_error
std::string unescape_case_text(std::string_view text);

}  // namespace bora::test
