// The parser compared with another one, and its limits. What the RFCs say of each form is in
// tests/conformance/http.

#include "runtime/http/request_parser.h"

#include <algorithm>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/parser_agreement.h"

using namespace bora::http;
using bora::test::parser_disagreement;

namespace {

constexpr std::string_view kHeads[] = {
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "\r\nGET /plaintext HTTP/1.1\r\nHost: 127.0.0.1:8003\r\n\r\nGET /next",
    "POST /form?a=b&c=%20d HTTP/1.1\r\nhost: [::1]:80\r\nContent-Length: 12\r\n\r\nhello, world",
    "PUT /x HTTP/1.1\r\nHost: www.example.com\r\nTransfer-Encoding: chunked\r\n"
    "Expect: 100-continue\r\n\r\n0\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\n",
    "GET http://Example.org:80/path?q HTTP/1.1\r\nHost: example.org\r\n\r\n",
    "HEAD /h HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
    "DELETE /a_b~c/(d)/e;f=g HTTP/1.1\r\nHOST:h\r\nX-Empty:\r\nX-Blanks: \t v w \t\r\n"
    "X_1!#$%&'*+.^`|~: \x80\xff,\"\\\r\n\r\n",
    "GET /browser HTTP/1.1\r\nHost: localhost:8888\r\nConnection: keep-alive\r\n"
    "sec-ch-ua: \"Chromium\";v=\"130\", \"Not?A_Brand\";v=\"99\"\r\nsec-ch-ua-mobile: ?0\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)\r\n"
    "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\nCookie: a=b; c=\"d\"\r\n\r\n",
};

// Pieces at which a parser must decide something.
constexpr std::string_view kPieces[] = {
    "\r",
    "\n",
    "\r\n",
    " ",
    "\t",
    ":",
    ",",
    "?",
    "#",
    "/",
    "[",
    "]",
    "@",
    "_",
    "\\",
    "HTTP/1.1",
    "HTTP/2.0",
    " HTTP/1.0\r\n",
    "Host: a\r\n",
    "Content-Length: 5\r\n",
    "Content-Length: 05 \r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: gzip\r\n",
    "Connection: close\r\n",
    "Connection: ,keep-alive ,\r\n",
    "Expect: x\r\n",
    "Expect: 100-CONTINUE\r\n",
    "X: y\r\n z\r\n",
    "\r\n\r\n",
    "http://a",
    "https://a:443",
    "PRI",
    "CONNECT",
    "SOURCE",
    "M-SEARCH",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
};

class Mutator {
 public:
  std::string next() {
    std::string text(kHeads[random_() % std::size(kHeads)]);
    for (std::size_t i = random_() % 4; i > 0; --i) change(text);
    return text;
  }

 private:
  void change(std::string& text) {
    const std::size_t at = random_() % (text.size() + 1);
    const std::size_t count = std::min<std::size_t>(random_() % 4, text.size() - at);
    switch (random_() % 6) {
      case 0:
        text.erase(at, count);
        break;
      case 1:
        text.insert(at, kPieces[random_() % std::size(kPieces)]);
        break;
      case 2:
        text.replace(at, count, kPieces[random_() % std::size(kPieces)]);
        break;
      case 3:
        if (at < text.size()) text[at] = static_cast<char>(random_() % 256);
        break;
      case 4:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ 0x20);
        break;
      default:
        insert_line(text, at);
    }
  }

  // Puts a piece at the beginning of a line, where chance alone would seldom put one.
  void insert_line(std::string& text, std::size_t from) {
    const std::size_t line_end = text.find("\r\n", from);
    if (line_end == std::string::npos) return;
    text.insert(line_end + 2, kPieces[random_() % std::size(kPieces)]);
  }

  std::mt19937 random_{20240607};
};

struct Reading {
  Error error = Error::none;
  bool is_complete = false;
};

Reading read(std::string_view bytes, const RequestParser::Limits& limits, std::size_t piece) {
  HTTPHeaders headers;
  RequestParser parser;
  parser.begin(headers, limits);
  Reading reading;
  while (!bytes.empty() && reading.error == Error::none && !parser.is_complete()) {
    bytes.remove_prefix(parser.feed(bytes.substr(0, piece), reading.error));
  }
  reading.is_complete = parser.is_complete() && reading.error == Error::none;
  return reading;
}

}  // namespace

TEST_CASE("request parser: agrees with llhttp and a second look, however a head is cut", "[http]") {
  for (const std::string_view head : kHeads) {
    CAPTURE(head);
    CHECK(parser_disagreement(head, 1) == "");
  }
  Mutator mutator;
  for (std::uint32_t i = 0; i < 30'000; ++i) {
    const std::string text = mutator.next();
    const std::string disagreement = parser_disagreement(text, i);
    if (disagreement.empty()) continue;
    CAPTURE(i, text);
    CHECK(disagreement == "");
  }
}

TEST_CASE("request parser: every byte at every place of a head is judged alike", "[http]") {
  const std::string_view good =
      "GET /a?b HTTP/1.1\r\nHost: a.b:80\r\nX-Y: z\r\nConnection: close\r\n\r\n";
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text(good);
      text[i] = static_cast<char>(byte);
      const std::string disagreement = parser_disagreement(text, 7);
      if (disagreement.empty()) continue;
      CAPTURE(i, byte);
      CHECK(disagreement == "");
    }
  }
}

TEST_CASE("request parser: limits hold at the byte, however a head is cut", "[http]") {
  const std::string_view target = "/123456789";
  const std::string head = "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";
  for (const std::size_t piece : {head.size(), std::size_t{1}, std::size_t{7}}) {
    const auto error = [&](std::size_t size, std::size_t count, std::size_t uri) {
      return read(head, {size, count, uri}, piece).error;
    };
    CAPTURE(piece);
    CHECK(read(head, {head.size(), 2, target.size()}, piece).is_complete);
    CHECK(error(head.size() - 1, 2, target.size()) == Error::headers_too_large);
    CHECK(error(head.size(), 1, target.size()) == Error::headers_too_large);
    CHECK(error(head.size(), 2, target.size() - 1) == Error::target_too_long);
  }
}

TEST_CASE("request parser: what can't become a request is refused without waiting for more",
          "[http]") {
  const RequestParser::Limits limits{1000, 10, 20};
  const auto error = [&](std::string_view begin) { return read(begin, limits, 1).error; };
  CHECK(error("\x16\x03\x01") == Error::bad_request_line);
  CHECK(error("GET  ") == Error::bad_request_line);
  CHECK(error("BREW ") == Error::unknown_method);
  CHECK(error("CONNECT ") == Error::unknown_method);
  CHECK(error(std::string(33, 'A')) == Error::bad_request_line);
  CHECK(error("GET /\x01") == Error::bad_target);
  CHECK(error("GET /" + std::string(20, 'a')) == Error::target_too_long);
  CHECK(error("GET / FTP") == Error::bad_request_line);
  CHECK(error("GET / HTTP/2.0") == Error::unsupported_version);
  CHECK(error("GET / HTTP/1.1\n") == Error::bad_request_line);
  CHECK(error("GET / HTTP/1.1\r\n ") == Error::bad_header);
  CHECK(error("GET / HTTP/1.1\r\nX Y") == Error::bad_header);
  CHECK(error("GET / HTTP/1.1\r\nX: \x01") == Error::bad_header);
  CHECK(error("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n") == Error::bad_host);
  CHECK(error("GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n") ==
        Error::bad_content_length);
}

// Each byte is looked at a bounded number of times, so a head that comes byte by byte costs no more
// than its size: the block is never scanned again.
TEST_CASE("request parser: long heads in single bytes are read", "[http]") {
  const std::size_t size = 1'000'000;
  const RequestParser::Limits limits{size + 100, 10, size};
  const std::string begin = "GET / HTTP/1.1\r\nHost: a\r\n";
  const std::string run(size - 100, 'x');
  const std::string blanks(size - 100, ' ');
  const std::string tabs(size - 100, '\t');
  CHECK(read("GET /" + run + " HTTP/1.1\r\nHost: a\r\n\r\n", limits, 1).is_complete);
  CHECK(read(begin + run + ": y\r\n\r\n", limits, 1).is_complete);
  CHECK(read(begin + "X: " + run + "\r\n\r\n", limits, 1).is_complete);
  CHECK(read(begin + "X:" + blanks + "\r\n\r\n", limits, 1).is_complete);
  CHECK(read(begin + "X: y" + tabs + "\r\n\r\n", limits, 1).is_complete);
}
