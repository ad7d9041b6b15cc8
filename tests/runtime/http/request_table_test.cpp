// Raw requests and what the server makes of them. Each is sent whole and byte by byte, followed by
// a second request: a refused one must never let anything behind it through.

#include <string>
#include <string_view>

#include "tests/runtime/http/http_fixture.h"
#include "tests/support/log_capture.h"

using namespace bora::test;

namespace {

struct Case {
  std::string_view request;
  int status;
  bool keeps;             ///< The connection takes the next request.
  std::string_view rule;  ///< Section that decides.
};

constexpr Case kCases[] = {
    // Request line: RFC 9112, 3.
    {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200, true, "9112 3"},
    {"POST / HTTP/1.1\r\nHost: a\r\n\r\n", 200, true, "9112 6.3: no length, no body"},
    {"HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n", 200, true, "9110 9.3.2"},
    {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 200, true, "9112 3.2.4"},
    {"OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n", 200, true, "9110 9.3.7"},
    {"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 200, true, "9110 9.3.8: the delegate decides"},
    {"PATCH / HTTP/1.1\r\nHost: a\r\n\r\n", 200, true, "5789"},
    {"M-SEARCH / HTTP/1.1\r\nHost: a\r\n\r\n", 200, true, "9110 9.1: a known token"},
    {"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 200, true, "9112 2.2: one empty line before"},
    {"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9112 2.2: not two"},
    {"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9112 2.2"},
    {"\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9112 2.2: bare CR"},
    {" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9112 2.2: blank before the line"},
    {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9112 3: one SP"},
    {"GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9112 3: one SP"},
    {"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9112 3: SP, not HTAB"},
    {"GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9112 3: SP, not HTAB"},
    {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400, false, "9112 3: blank at the end"},
    {"GET / HTTP/1.1\nHost: a\r\n\r\n", 400, false, "9112 2.2: bare LF"},
    {"GET / HTTP/1.1\rHost: a\r\n\r\n", 400, false, "9112 2.2: bare CR"},
    {"GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400, false, "9112 2.2: CR CR LF"},
    {"GET HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9112 3: no target"},
    {"GET\r\nHost: a\r\n\r\n", 400, false, "9112 3"},
    {"GET /\r\nHost: a\r\n\r\n", 400, false, "9112 3: no version (HTTP/0.9)"},
    {"GET /\r\n\r\n", 400, false, "9112 3: no version"},
    {"/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9112 3: no method"},
    {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, false, "9112 3: a TLS hello"},
    // Methods: RFC 9110, 9.1.
    {"FOO / HTTP/1.1\r\nHost: a\r\n\r\n", 501, false, "9110 9.1, 15.6.2"},
    {"get / HTTP/1.1\r\nHost: a\r\n\r\n", 501, false, "9110 9.1: case-sensitive"},
    {"GETX / HTTP/1.1\r\nHost: a\r\n\r\n", 501, false, "9110 9.1"},
    {"PLAY / HTTP/1.1\r\nHost: a\r\n\r\n", 501, false, "9110 9.1: RTSP's"},
    {"DESCRIBE / HTTP/1.1\r\nHost: a\r\n\r\n", 501, false, "9110 9.1: RTSP's"},
    {"G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9110 5.6.2: no token"},
    {"GE\"T / HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9110 5.6.2"},
    {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA / HTTP/1.1\r\nHost: a\r\n\r\n", 400, false,
     "9112 3: longer than any method"},
    {"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 501, false, "9110 9.3.6: no proxy"},
    {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, false, "9113 3.4"},
    // Versions: RFC 9112, 2.3.
    {"GET / HTTP/1.0\r\n\r\n", 200, false, "9112 2.3"},
    {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200, true, "9112 9.3"},
    {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", 200, true, "9112 9.3"},
    {"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", 200, false, "9112 9.3"},
    {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505, false, "9110 15.6.6"},
    {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505, false, "9110 15.6.6"},
    {"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505, false, "9110 15.6.6"},
    {"GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505, false, "9110 15.6.6"},
    {"GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400, false, "9112 2.3: one digit"},
    {"GET / HTTP/11\r\nHost: a\r\n\r\n", 400, false, "9112 2.3"},
    {"GET / HTTP/1.x\r\nHost: a\r\n\r\n", 400, false, "9112 2.3"},
    {"GET / HTTP/+1.1\r\nHost: a\r\n\r\n", 400, false, "9112 2.3"},
    {"GET / http/1.1\r\nHost: a\r\n\r\n", 400, false, "9112 2.3: case-sensitive"},
    {"GET / HTTPS/1.1\r\nHost: a\r\n\r\n", 400, false, "9112 2.3"},
    {"GET / RTSP/1.0\r\nHost: a\r\n\r\n", 400, false, "9112 2.3"},
    {"SOURCE / ICE/1.0\r\nHost: a\r\n\r\n", 400, false, "9112 2.3"},
    // Targets: RFC 9112, 3.2.
    {"GET /a%20b?c=d&e=%zz HTTP/1.1\r\nHost: a\r\n\r\n", 200, true, "9112 3.2.1"},
    {"GET /a?b?c HTTP/1.1\r\nHost: a\r\n\r\n", 200, true, "3986 3.4: '?' in a query"},
    {"GET //a HTTP/1.1\r\nHost: a\r\n\r\n", 200, true, "3986 3.3"},
    {"GET /a|b?c={d} HTTP/1.1\r\nHost: a\r\n\r\n", 200, true, "browsers send them so"},
    {"GET http://a/x HTTP/1.1\r\nHost: a\r\n\r\n", 200, true, "9112 3.2.2"},
    {"GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", 200, true, "9112 3.2.2: empty path"},
    {"GET http://a?x HTTP/1.1\r\nHost: a\r\n\r\n", 200, true, "9112 3.2.2"},
    {"GET HTTP://A:80/x HTTP/1.1\r\nHost: a\r\n\r\n", 200, true, "3986 3.1, 3.2.3"},
    {"GET http://b/x HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9112 3.2.2: not the Host"},
    {"GET http://a/x HTTP/1.1\r\n\r\n", 400, false, "9112 3.2: Host is still needed"},
    {"GET http://u@a/x HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9110 4.2.4: userinfo"},
    {"GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9110 4.2.1: empty host"},
    {"GET ftp://a/x HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9110 7.4: scheme"},
    {"GET a/x HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9112 3.2"},
    {"GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9112 3.2.4"},
    {"GET ?a HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9112 3.2.1"},
    {"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9112 3.2.1: fragment"},
    {"GET /a?b#c HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9112 3.2.1: fragment"},
    {"GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "3986 3.3"},
    {"GET /a\"b HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "3986 3.3"},
    {"GET /<a> HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "3986 3.3"},
    {"GET /a?<b> HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "3986 3.4"},
    {"GET /\x80 HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "3986 2: octets need encoding"},
    {"GET /\x7f HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "3986 2"},
    {"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "3986 2"},
    {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400, false, "9112 3.2: blank"},
    // Host: RFC 9112, 3.2.
    {"GET / HTTP/1.1\r\n\r\n", 400, false, "9112 3.2: missing"},
    {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, false, "9112 3.2: doubled"},
    {"GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", 400, false, "9112 3.2: doubled"},
    {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, false, "9110 4.2.1: empty"},
    {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, false, "9110 7.2"},
    {"GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400, false, "9112 3.2: a list"},
    {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, false, "9110 7.2"},
    {"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400, false, "9110 7.2"},
    {"GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400, false, "3986 3.2.3"},
    {"GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", 400, false, "3986 3.2.3"},
    {"GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n", 400, false, "3986 3.2.3"},
    {"GET / HTTP/1.1\r\nHost: :80\r\n\r\n", 400, false, "9110 4.2.1"},
    {"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400, false, "3986 3.2.2"},
    {"GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n", 400, false, "3986 3.2.2"},
    {"GET / HTTP/1.1\r\nHost: [::g]\r\n\r\n", 400, false, "3986 3.2.2"},
    {"GET / HTTP/1.1\r\nHost: [::1]:8888\r\n\r\n", 200, true, "3986 3.2.2"},
    {"GET / HTTP/1.1\r\nHost: EXAMPLE.com:8888\r\n\r\n", 200, true, "9110 7.2"},
    {"GET / HTTP/1.1\r\nHost: a:\r\n\r\n", 200, true, "3986 3.2.3: empty port"},
    {"GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400, false, "9112 3.2: of 1.0 too"},
    // Fields: RFC 9112, 5.
    {"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n", 200, true, "9112 5"},
    {"GET / HTTP/1.1\r\nHost:a\r\nX:\r\nY: \t z \t\r\n\r\n", 200, true, "9112 5: OWS"},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: \x80\xff\r\n\r\n", 200, true, "9110 5.5: obs-text"},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", 400, false, "9112 5.2: obs-fold"},
    {"GET / HTTP/1.1\r\nHost: a\r\nX:\r\n z\r\n\r\n", 400, false, "9112 5.2: obs-fold"},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\tz\r\n\r\n", 400, false, "9112 5.2: obs-fold"},
    {"GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400, false, "9112 2.2: blank first"},
    {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400, false, "9112 5.1: blank before ':'"},
    {"GET / HTTP/1.1\r\nHost: a\r\nX Y: z\r\n\r\n", 400, false, "9110 5.1"},
    {"GET / HTTP/1.1\r\nHost: a\r\n: z\r\n\r\n", 400, false, "9110 5.1: empty name"},
    {"GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400, false, "9112 5: no colon"},
    {"GET / HTTP/1.1\r\nHost: a\r\nX(: z\r\n\r\n", 400, false, "9110 5.1: no token"},
    {"GET / HTTP/1.1\r\nHost: a\r\nX\x80: z\r\n\r\n", 400, false, "9110 5.1: no token"},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: y\nZ: 1\r\n\r\n", 400, false, "9112 2.2: bare LF"},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: y\rZ: 1\r\n\r\n", 400, false, "9112 2.2: bare CR"},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n", 400, false, "9110 5.5"},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n", 400, false, "9110 5.5"},
    {"GET / HTTP/1.1\r\nHost: a\r\n\n", 400, false, "9112 2.2: bare LF at the end"},
    {"GET / HTTP/1.1\r\nHost: a\n\n", 400, false, "9112 2.2: bare LF"},
    // Connection: RFC 9112, 9.
    {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200, false, "9112 9.3"},
    {"GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n", 200, false, "9110 7.6.1"},
    {"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\n", 200, false,
     "9110 7.6.1"},
    {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x\r\nConnection: close\r\n\r\n", 200, false,
     "9110 5.3"},
    {"GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n", 200, true, "9110 7.6.1: another"},
    {"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", 200, true,
     "9110 7.8: may be ignored"},
    // Content-Length: RFC 9112, 6.3.
    {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 200, true, "9112 6.3"},
    {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 200, true, "9112 6.3"},
    {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 003\r\n\r\nabc", 200, true, "9110 8.6"},
    {"POST /echo HTTP/1.0\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\nabc", 200, true,
     "9112 9.3"},
    {"POST /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200, false,
     "no length from a 1.0 client"},
    {"GET /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 200, true, "9110 9.3.1"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400, false, "9112 6.3"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc", 400, false, "9110 8.6"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\nabc", 400, false, "9110 8.6"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc", 400, false, "9110 8.6"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 2\r\n\r\nabc", 400, false, "9110 8.6"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3,3\r\n\r\nabc", 400, false,
     "9112 6.3: a list"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400, false,
     "9112 6.3: doubled"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400, false,
     "9112 6.3"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n 3\r\n\r\nabc", 400, false, "9112 5.2"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\nabc", 400, false, "9112 5.1"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551616\r\n\r\n", 400, false,
     "9112 6.3: overflow"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n", 413, false,
     "9110 15.5.14"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10485761\r\n\r\n", 413, false, "9110 15.5.14"},
    // Transfer-Encoding: RFC 9112, 6.1.
    {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
     200, true, "9112 7.1"},
    {"POST /echo HTTP/1.1\r\nHost: a\r\ntransfer-encoding: CHUNKED\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
     200, true, "9112 7: case-insensitive"},
    {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, true,
     "9112 7.1"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n0\r\n\r\n", 400, false, "9112 6.1"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400, false,
     "9112 5.2"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, false,
     "9112 6.1"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n", 501, false,
     "9112 6.1"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501, false,
     "9112 6.1"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400,
     false, "9112 6.1"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 400, false,
     "9112 6.3"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n", 400, false,
     "9112 6.1"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
     "chunked\r\n\r\n0\r\n\r\n",
     400, false, "9112 6.1"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: "
     "3\r\n\r\n0\r\n\r\n",
     400, false, "9112 6.3"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: "
     "chunked\r\n\r\n0\r\n\r\n",
     400, false, "9112 6.3"},
    {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, false, "9112 6.1"},
// Chunks: RFC 9112, 7.1. The head has been accepted.
#define CHUNKED "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    {CHUNKED "03\r\nabc\r\n2\r\nde\r\n00\r\n\r\n", 200, true, "9112 7.1: zeros"},
    {CHUNKED "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", 200, true, "9112 7.1: hex"},
    {CHUNKED "3;a=b\r\nabc\r\n0;c\r\n\r\n", 200, true, "9112 7.1.1"},
    {CHUNKED "3;a=\"b;c\"\r\nabc\r\n0\r\n\r\n", 200, true, "9112 7.1.1"},
    {CHUNKED "0\r\nX: y\r\nContent-Length: 5\r\n\r\n", 200, true, "9112 7.1.2: trailers"},
    {CHUNKED "\r\nabc\r\n0\r\n\r\n", 400, false, "9112 7.1: no size"},
    {CHUNKED "g\r\nabc\r\n0\r\n\r\n", 400, false, "9112 7.1"},
    {CHUNKED "0x3\r\nabc\r\n0\r\n\r\n", 400, false, "9112 7.1"},
    {CHUNKED "-3\r\nabc\r\n0\r\n\r\n", 400, false, "9112 7.1"},
    {CHUNKED " 3\r\nabc\r\n0\r\n\r\n", 400, false, "9112 7.1"},
    {CHUNKED "3 \r\nabc\r\n0\r\n\r\n", 400, false, "9112 7.1"},
    {CHUNKED "3\nabc\r\n0\r\n\r\n", 400, false, "9112 7.1: bare LF"},
    {CHUNKED "3\rabc\r\n0\r\n\r\n", 400, false, "9112 7.1: bare CR"},
    {CHUNKED "3\r\nabcd\r\n0\r\n\r\n", 400, false, "9112 7.1: longer than it says"},
    {CHUNKED "3\r\nabc0\r\n\r\n", 400, false, "9112 7.1: no CRLF behind the data"},
    {CHUNKED "3\r\nabc\n0\r\n\r\n", 400, false, "9112 7.1"},
    {CHUNKED "3;\r\nabc\r\n0\r\n\r\n", 400, false, "9112 7.1.1: no name"},
    {CHUNKED "3;a\nb\r\nabc\r\n0\r\n\r\n", 400, false, "9112 7.1.1: bare LF"},
    {CHUNKED "11112222333344445\r\nabc\r\n0\r\n\r\n", 400, false, "9112 7.1: overflow"},
    {CHUNKED "ffffffffffffffff\r\nabc\r\n", 413, false, "9110 15.5.14"},
    {CHUNKED "0\r\nX: y\n\r\n", 400, false, "9112 2.2: bare LF in a trailer"},
    {CHUNKED "0\r\nX: y\r\n\n", 400, false, "9112 2.2: bare LF at the end"},
    {CHUNKED "0\r\nX: y\r\n z\r\n\r\n", 400, false, "9112 5.2: folded trailer"},
    {CHUNKED "0\r\nX y: z\r\n\r\n", 400, false, "9110 5.1"},
    {CHUNKED "0\r\n: z\r\n\r\n", 400, false, "9110 5.1"},
    {CHUNKED "0\r\nX\r\n\r\n", 400, false, "9112 5"},
#undef CHUNKED
    // Expect: RFC 9110, 10.1.1.
    {"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", 200, true,
     "10.1.1: no body, no 100"},
    {"POST / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417, false, "9110 15.5.18"},
    {"GET / HTTP/1.0\r\nExpect: 100-continue\r\nConnection: keep-alive\r\n\r\n", 200, true,
     "10.1.1: of 1.0 it is ignored"},
};

constexpr std::string_view kNext = "GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

struct Outcome {
  std::vector<int> statuses;
  bool has_ended;
  std::size_t requests;
  bool operator==(const Outcome&) const = default;
};

Outcome outcome_of(std::string_view request, bool is_bytewise) {
  ServerFixture fixture;
  Client client(fixture.server);
  const std::string bytes = std::string(request) + std::string(kNext);
  if (is_bytewise) {
    client.send_bytewise(bytes);
  } else {
    client.send(bytes);
  }
  std::string answer = client.receive();
  // Answers to HEAD have a length and no body: spell the one there is as if it had.
  if (request.starts_with("HEAD")) answer.insert(answer.find("\r\n\r\n") + 4, "/hello");
  return {statuses_of(answer), client.has_ended(), fixture.delegate.seen.size()};
}

}  // namespace

TEST_CASE("requests: each is answered or refused as the RFCs say, however it is cut", "[http]") {
  const bora::testing::LogCapture quiet;
  for (const Case& each : kCases) {
    for (const bool is_bytewise : {false, true}) {
      CAPTURE(each.request, each.rule, is_bytewise);
      const Outcome outcome = outcome_of(each.request, is_bytewise);
      CHECK(outcome.has_ended);
      if (each.keeps) {
        CHECK(outcome.statuses == std::vector<int>{each.status, 200});
        CHECK(outcome.requests == 2);
      } else {
        CHECK(outcome.statuses == std::vector<int>{each.status});
        CHECK(outcome.requests == (each.status == 200 ? 1 : 0));
      }
    }
  }
}

TEST_CASE("requests: NUL is refused wherever it stands", "[http]") {
  const bora::testing::LogCapture quiet;
  const std::string good = "GET /abc HTTP/1.1\r\nHost: a\r\nX: yz\r\n\r\n";
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const bool is_insertion : {false, true}) {
      std::string bad = good;
      if (is_insertion) {
        bad.insert(i, 1, '\0');
      } else {
        bad[i] = '\0';
      }
      CAPTURE(i, is_insertion);
      CHECK(outcome_of(bad, false).requests == 0);
      CHECK(outcome_of(bad, true).requests == 0);
    }
  }
}

TEST_CASE("requests: a pipeline gives the same answers wherever it is cut", "[http]") {
  const std::string pipeline =
      "GET /one HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4;x\r\nwiki\r\n0\r\nT: "
      "u\r\n\r\n"
      "\r\nHEAD /h HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /last?x=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  const auto run = [&](std::size_t cut) {
    ServerFixture fixture;
    Client client(fixture.server);
    client.send(std::string_view(pipeline).substr(0, cut));
    client.send(std::string_view(pipeline).substr(cut));
    std::string answer = client.receive();
    CHECK(client.has_ended());
    REQUIRE(fixture.delegate.seen.size() == 5);
    CHECK(fixture.delegate.seen[1].body == "hello");
    CHECK(fixture.delegate.seen[2].body == "wiki");
    CHECK(fixture.delegate.seen[4].uri == "/last?x=1");
    // The second may turn between the two sends.
    for (std::size_t at = answer.find("Date: "); at != std::string::npos;
         at = answer.find("Date: ")) {
      answer.erase(at, answer.find('\n', at) + 1 - at);
    }
    return answer;
  };
  const std::string expected = run(0);
  CHECK(expected.find("\r\n\r\n/oneHTTP/1.1 200 OK\r\n") != std::string::npos);
  for (std::size_t cut = 1; cut < pipeline.size(); ++cut) {
    CAPTURE(cut);
    CHECK(run(cut) == expected);
  }
}
