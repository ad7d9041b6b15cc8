// Any bytes as a server's answer. The result is the same however they are cut, and llhttp accepts
// all answers that are accepted, and reads them in the same way.

#include <algorithm>
#include <cstring>
#include <string>

#include <llhttp.h>

#include "runtime/http/response_parser.h"
#include "tests/fuzz/invariants.h"

namespace {

using namespace bora;
using http::ResponseParser;
using Step = ResponseParser::Step;

struct Outcome {
  http::ResponseFault fault = http::ResponseFault::none;
  int code = 0;
  int interims = 0;
  bool is_complete = false;
  bool may_keep_alive = false;
  std::string reason;
  std::string fields;
  std::string body;
  std::size_t used = 0;
  bool operator==(const Outcome&) const = default;
};

Outcome parse(std::string_view bytes, std::size_t step) {
  ResponseParser parser;
  parser.begin(ResponseParser::For::request,
               {.max_header_size = 512, .max_header_count = 16, .max_body_size = 300});
  Outcome outcome;
  std::size_t end = 0;
  while (outcome.used < bytes.size() && !parser.is_complete()) {
    if (outcome.used == end) end = std::min(end + step, bytes.size());
    std::size_t taken = 0;
    const Step result = parser.feed(bytes.substr(outcome.used, end - outcome.used), taken);
    if (result == Step::failed) {
      Outcome refused;
      refused.fault = parser.fault();
      refused.interims = outcome.interims;
      return refused;
    }
    fuzz::require(taken > 0 && taken <= end - outcome.used, "it goes on, and not too far");
    outcome.used += taken;
    if (result == Step::interim) ++outcome.interims;
    if (result == Step::data) outcome.body += parser.data();
    if (result != Step::head) continue;
    outcome.code = parser.head().code;
    outcome.reason = parser.head().reason;
    outcome.fields = parser.head().headers.to_string();
    outcome.may_keep_alive = parser.may_keep_alive();
    static_cast<void>(parser.keep_alive_timeout());
  }
  outcome.is_complete = parser.is_complete();
  return outcome;
}

struct Reference {
  int code = 0;
  std::string body;
  std::size_t end = 0;
  bool is_complete = false;
};

// llhttp does not support this: RFC 9110, 2.5 and 8.6, a later minor version, and the same length
// twice. RFC 9112, 6.3, 204 and 304 end with their heads, whatever these announce. RFC 9110, 5.5, a
// tab beside a value is no part of it.
bool is_beyond_llhttp(std::string_view bytes, const Outcome& outcome) {
  const auto fields = http::HTTPHeaders::parse(outcome.fields);
  if (fields.get("Content-Length").find(',') != std::string::npos) return true;
  const bool announces_body =
      fields.contains("Content-Length") || fields.contains("Transfer-Encoding");
  if (announces_body && (outcome.code == 204 || outcome.code == 304)) return true;
  if (announces_body && bytes.find('\t') != std::string_view::npos) return true;
  for (std::size_t at = bytes.find("HTTP/1."); at != std::string_view::npos;
       at = bytes.find("HTTP/1.", at + 1)) {
    if (at + 7 < bytes.size() && bytes[at + 7] > '1') return true;
  }
  return false;
}

Reference parse_by_llhttp(std::string_view bytes, bool& is_refused, bool& is_beyond) {
  static const llhttp_settings_t settings = [] {
    llhttp_settings_t made;
    llhttp_settings_init(&made);
    made.on_body = [](llhttp_t* parser, const char* at, std::size_t size) {
      static_cast<Reference*>(parser->data)->body.append(at, size);
      return 0;
    };
    made.on_message_complete = [](llhttp_t* parser) -> int {
      auto& reference = *static_cast<Reference*>(parser->data);
      reference.code = llhttp_get_status_code(parser);
      if (reference.code < 200 && reference.code != 101) return 0;
      reference.is_complete = true;
      return HPE_PAUSED;
    };
    return made;
  }();
  Reference reference;
  llhttp_t parser;
  llhttp_init(&parser, HTTP_RESPONSE, &settings);
  // Otherwise it would take an interim answer of HTTP/1.0, or with "Connection: close", for the
  // last one.
  llhttp_set_lenient_keep_alive(&parser, 1);
  parser.data = &reference;
  const llhttp_errno_t error = llhttp_execute(&parser, bytes.data(), bytes.size());
  is_refused = error != HPE_OK && !reference.is_complete;
  // RFC 9112, 7.1.1: it does not accept blanks beside ';' and '=', and reads a second extension as
  // a size. RFC 9110, 6.5.1: a field in a trailer does not say where the message ends. All this can
  // only be in a chunked answer.
  const char* const reason = llhttp_get_error_reason(&parser);
  if (is_refused && reason != nullptr) {
    for (const char* const known : {"chunk ext", "Content-Length", "Transfer-Encoding"})
      is_beyond = is_beyond || std::strstr(reason, known) != nullptr;
    const char* const place = llhttp_get_error_pos(&parser);
    const std::string_view read(bytes.data(), place);
    const std::string_view line = read.substr(read.rfind('\n') + 1);
    const bool is_after_size =
        line.find_first_of("; \t") != std::string_view::npos || *place == ' ' || *place == '\t';
    is_beyond = is_beyond || (is_after_size && std::strstr(reason, "chunk size") != nullptr);
  }
  if (reference.is_complete)
    reference.end = static_cast<std::size_t>(llhttp_get_error_pos(&parser) - bytes.data());
  return reference;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  const std::size_t step = 1 + (size == 0 ? 0 : data[size / 2] % 200);
  const Outcome whole = parse(text, std::max<std::size_t>(size, 1));
  fuzz::require(whole.body.size() <= size, "no more comes out than went in");
  fuzz::require(whole == parse(text, 1), "bytewise the same");
  fuzz::require(whole == parse(text, step), "in pieces the same");
  if (!whole.is_complete || whole.code == 101 || is_beyond_llhttp(text, whole)) return 0;
  bool is_refused = false;
  bool is_beyond = false;
  const Reference reference = parse_by_llhttp(text.substr(0, whole.used), is_refused, is_beyond);
  if (is_beyond && http::HTTPHeaders::parse(whole.fields).contains("Transfer-Encoding")) return 0;
  fuzz::require(!is_refused, "llhttp accepts it too");
  fuzz::require(reference.is_complete, "and sees the end at the same place");
  fuzz::require(reference.code == whole.code && reference.body == whole.body, "and reads the same");
  return 0;
}
