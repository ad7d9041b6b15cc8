#include "tests/support/parser_agreement.h"

#include <random>
#include <utility>
#include <vector>

#include "runtime/http/request_parser.h"
#include "tests/support/reference_parser.h"

namespace bora::test {

namespace {

using http::Error;
using http::RequestHead;
using http::RequestParser;

// Small, so that short inputs reach them.
constexpr RequestParser::Limits kLimits{600, 12, 80};

struct Reading {
  bool is_complete = false;
  Error error = Error::none;
  std::size_t used = 0;  ///< Of a complete head: how many bytes it has.
  std::string head;
  bool operator==(const Reading&) const = default;
};

template <class Fields>
std::string spell(const RequestHead& head, const Fields& fields) {
  std::string text;
  const auto add = [&](std::string_view part) {
    text.append(std::to_string(part.size())).append(":").append(part).append(";");
  };
  for (const std::string_view part :
       {head.method, head.uri, head.path, head.query, head.version, head.host}) {
    add(part);
  }
  add(std::to_string(head.content_length));
  for (const bool flag : {head.has_content_length, head.is_chunked, head.is_http_1_1,
                          head.keep_alive, head.expects_continue}) {
    add(flag ? "yes" : "no");
  }
  for (const auto& [name, value] : fields) {
    add(name);
    add(value);
  }
  return text;
}

// `size_of_piece` is called before each piece. Each piece is a copy of exactly its size, so that a
// sanitizer sees reads outside of it.
template <class Parser, class SizeOfPiece>
Reading read(Parser& parser, std::string_view bytes, SizeOfPiece size_of_piece) {
  Reading reading;
  while (reading.used < bytes.size() && !parser.is_complete() && reading.error == Error::none) {
    const std::string_view rest = bytes.substr(reading.used);
    const std::string_view view = rest.substr(0, size_of_piece());
    const std::vector<char> piece(view.begin(), view.end());
    const std::size_t used = parser.feed({piece.data(), piece.size()}, reading.error);
    reading.used += used;
    if (used < piece.size()) break;
  }
  reading.is_complete = parser.is_complete() && reading.error == Error::none;
  if (!reading.is_complete) reading.used = 0;
  return reading;
}

template <class SizeOfPiece>
Reading read_new(std::string_view bytes, SizeOfPiece size_of_piece) {
  http::HTTPHeaders headers;
  RequestParser parser;
  parser.begin(headers, kLimits);
  Reading reading = read(parser, bytes, size_of_piece);
  if (!reading.is_complete) return reading;
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  for (const auto [name, value] : headers) fields.emplace_back(name, value);
  reading.head = spell(parser.head(), fields);
  return reading;
}

// llhttp knows no HTTP/1.2, which is served as HTTP/1.1 (RFC 9110, 2.5).
std::string with_known_version(std::string_view bytes) {
  constexpr std::string_view kPrefix = " HTTP/1.";
  std::string text(bytes);
  const std::size_t line_end = text.find("\r\n", text.starts_with("\r\n") ? 2 : 0);
  if (line_end == std::string::npos || line_end < kPrefix.size() + 1) return text;
  const std::size_t at = line_end - kPrefix.size() - 1;
  const char minor = text[line_end - 1];
  if (text.compare(at, kPrefix.size(), kPrefix) == 0 && minor >= '2' && minor <= '9') {
    text[line_end - 1] = '1';
  }
  return text;
}

Reading read_reference(std::string_view original) {
  const std::string bytes = with_known_version(original);
  ReferenceParser parser(kLimits);
  Reading reading = read(parser, bytes, [&] { return bytes.size(); });
  if (reading.is_complete) reading.head = spell(parser.head(), parser.fields());
  return reading;
}

std::string describe(const Reading& reading) {
  if (reading.is_complete) {
    return "accepts " + std::to_string(reading.used) + " bytes: " + reading.head;
  }
  if (reading.error == Error::none) return "waits for more";
  return "refuses: " + make_error_code(reading.error).message();
}

}  // namespace

std::string parser_disagreement(std::string_view bytes, std::uint32_t seed) {
  const Reading whole = read_new(bytes, [&] { return bytes.size(); });
  const Reading bytewise = read_new(bytes, [] { return std::size_t{1}; });
  std::minstd_rand random(seed);
  const Reading cut = read_new(bytes, [&] { return std::size_t{1} + random() % 40; });
  for (const Reading& other : {bytewise, cut}) {
    if (other != whole) return "whole: " + describe(whole) + "\nin pieces: " + describe(other);
  }
  const Reading reference = read_reference(bytes);
  const std::string both =
      "RequestParser " + describe(whole) + "\nreference " + describe(reference);
  const bool is_same = whole.is_complete == reference.is_complete && whole.used == reference.used &&
                       whole.head == reference.head;
  return is_same ? "" : both;
}

}  // namespace bora::test
