// Any text as header lines, as start lines and as an authority. What was read can be written, and
// reading that gives the same.

#include <string>

#include <bora/http/httputil.h>

#include "tests/fuzz/invariants.h"

namespace {

using namespace bora;
using namespace bora::http;

bool is_clean(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

void check_headers(std::string_view text) try {
  const HTTPHeaders headers = HTTPHeaders::parse(text);
  for (const auto [name, value] : headers.get_all()) {
    fuzz::require(is_token(name), "a name is a token");
    fuzz::require(is_clean(value), "a value has no line end");
    fuzz::require(!headers.get_list(name).empty(), "what is there is found");
  }
  const std::string written = headers.to_string();
  fuzz::require(HTTPHeaders::parse(written).to_string() == written, "written and read again");
} catch (const HTTPInputError&) {
}

void check_request_line(std::string_view text) try {
  const RequestStartLine line = parse_request_start_line(text);
  fuzz::require(line.method + " " + line.path + " " + line.version == text, "a request line");
} catch (const HTTPInputError&) {
}

void check_response_line(std::string_view text) try {
  const ResponseStartLine line = parse_response_start_line(text);
  const std::string written = line.version + " " + std::to_string(line.code + 1000).substr(1);
  fuzz::require(text.starts_with(written) && text.ends_with(line.reason), "a status line");
} catch (const HTTPInputError&) {
}

void check_authority(std::string_view text) {
  const auto [host, port] = split_host_and_port(text);
  if (port) {
    fuzz::require(*port >= 0 && text.starts_with(host + ":"), "a host and its port");
  } else {
    fuzz::require(host == text, "a host alone");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  check_headers(text);
  const std::string_view line = text.substr(0, text.find('\n'));
  check_request_line(line);
  check_response_line(line);
  check_authority(line);
  return 0;
}
