// The parts of the client that need no connection.

#include <stdexcept>
#include <string>
#include <vector>

#include <bora/http/cookie_jar.h>
#include <bora/http/http_client_message.h>
#include <bora/testing/catch.h>
#include <bora/testing/fake_clock.h>

#include "runtime/http/client/client_url.h"
#include "runtime/http/client/digest_auth.h"
#include "runtime/http/client/proxies.h"
#include "runtime/http/client/public_suffix.h"

using namespace bora::http;

TEST_CASE("client urls: what is taken apart", "[http_client]") {
  const ClientURL url = parse_client_url("https://us%65r:p%3Aw@Example.COM:8443/a?b#c");
  CHECK(url.is_secure);
  CHECK(url.host == "example.com");
  CHECK(url.port == 8443);
  CHECK(url.host_field == "example.com:8443");
  CHECK(url.target == "/a?b");
  CHECK(url.credentials == "user:p:w");
  CHECK(url.text() == "https://example.com:8443/a?b");
  CHECK(parse_client_url("http://a?x").target == "/?x");
  CHECK(parse_client_url("HTTP://a").target == "/");
  CHECK(parse_client_url("http://a:80/").host_field == "a");
  CHECK(parse_client_url("http://a:/").port == 80);
  CHECK(parse_client_url("http://[::1]:8080/x").host == "::1");
  CHECK(parse_client_url("http://[::1]:8080/x").host_field == "[::1]:8080");
  CHECK(parse_client_url("http://a./").host == "a");
}

TEST_CASE("client urls: what is refused", "[http_client]") {
  for (const char* const url : {"",
                                "/x",
                                "ftp://a/",
                                "http:/a",
                                "http://",
                                "http:///x",
                                "http://a b/",
                                "http://a/\r\nX: y",
                                "http://a/\tb",
                                "http://a/é",
                                "http://a:0/",
                                "http://a:65536/",
                                "http://a:x/",
                                "http://a:+1/",
                                "http://a:80x/",
                                "http://[::1",
                                "http://[x]/",
                                "http://[::1]x/",
                                "http://u%0d%0a@a/",
                                "http://a%41/",
                                "http://a,b/",
                                "javascript:alert(1)",
                                "http//a"}) {
    INFO(url);
    CHECK_THROWS_AS(parse_client_url(url), std::invalid_argument);
  }
}

TEST_CASE("client urls: where a redirect leads, RFC 3986, 5.4", "[http_client]") {
  const ClientURL base = parse_client_url("http://u:p@a/b/c/d;p?q");
  const std::pair<const char*, const char*> cases[] = {{"g", "http://a/b/c/g"},
                                                       {"./g", "http://a/b/c/g"},
                                                       {"g/", "http://a/b/c/g/"},
                                                       {"/g", "http://a/g"},
                                                       {"//g", "http://g/"},
                                                       {"?y", "http://a/b/c/d;p?y"},
                                                       {"g?y", "http://a/b/c/g?y"},
                                                       {"#s", "http://a/b/c/d;p?q"},
                                                       {"g#s", "http://a/b/c/g"},
                                                       {";x", "http://a/b/c/;x"},
                                                       {".", "http://a/b/c/"},
                                                       {"..", "http://a/b/"},
                                                       {"../g", "http://a/b/g"},
                                                       {"../..", "http://a/"},
                                                       {"../../../g", "http://a/g"},
                                                       {"/./g", "http://a/g"},
                                                       {"/../g", "http://a/g"},
                                                       {"g/../h", "http://a/b/c/h"},
                                                       {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
                                                       {"https://b:444/x", "https://b:444/x"},
                                                       {"/a b/\xc3\xa9", "http://a/a%20b/%C3%A9"},
                                                       {"HTTP://B", "http://b/"}};
  for (const auto& [location, expected] : cases) {
    INFO(location);
    const ClientURL url = resolve_location(base, location);
    CHECK(url.text() == expected);
    CHECK(url.credentials.empty());
  }
  CHECK(url_join("http://example.com/a/b?c", "../d") == "http://example.com/d");
  for (const char* const location :
       {"javascript:x", "file:///etc/passwd", "http://", "/a\rb", "mailto:a@b"}) {
    INFO(location);
    CHECK_THROWS_AS(resolve_location(base, location), std::invalid_argument);
  }
}

TEST_CASE("digest: RFC 7616, 3.9.1", "[http_client]") {
  const HTTPHeaders headers{
      {"WWW-Authenticate",
       "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=MD5, "
       "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
       "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""}};
  auto challenge = read_digest_challenge(headers, "WWW-Authenticate");
  REQUIRE(challenge);
  DigestLogin login;
  login.username = "Mufasa";
  login.password = "Circle of Life";
  login.method = "GET";
  login.target = "/dir/index.html";
  login.client_nonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
  CHECK(digest_authorization(*challenge, login)
            .find("response=\"8ca523f5e9506fed4657c9700eebdbec\"") != std::string::npos);
  challenge->is_sha256 = true;
  const std::string strong = digest_authorization(*challenge, login);
  CHECK(strong.find(
            "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\"") !=
        std::string::npos);
  CHECK(strong.find("algorithm=SHA-256, cnonce=") != std::string::npos);
  CHECK(strong.find("qop=auth, nc=00000001, opaque=") != std::string::npos);
}

TEST_CASE("digest: challenges among others", "[http_client]") {
  const HTTPHeaders several{
      {"WWW-Authenticate",
       "Basic realm=\"a, Digest b\", Digest realm=c, nonce=\"n\\\"1\", stale=TRUE"},
      {"WWW-Authenticate",
       "Digest realm=\"c\", nonce=\"2\", algorithm=SHA-256-sess, qop=\"auth\""}};
  const auto best = read_digest_challenge(several, "WWW-Authenticate");
  REQUIRE(best);
  CHECK((best->is_sha256 && best->is_session && best->has_qop));
  CHECK(best->nonce == "2");
  for (const char* const none :
       {"Basic realm=x", "Digest realm=x", "Digest nonce=x, algorithm=SHA-512-256",
        "Digest nonce=x, qop=auth-int", "", "Digest nonce=\"open"}) {
    INFO(none);
    const HTTPHeaders headers{{"WWW-Authenticate", none}};
    CHECK_FALSE(read_digest_challenge(headers, "WWW-Authenticate"));
  }
}

TEST_CASE("proxies: by environment and by exception", "[http_client]") {
  EnvironmentProxies proxies;
  proxies.http = "http://u%40x:p@proxy:3128";
  proxies.https = "socks5://[::1]";
  proxies.none = "localhost, .internal example.org:8080,10.0.0.0/8,[::2]";
  const auto host_for = [&](const char* url) {
    return proxies.proxy_for(parse_client_url(url)).host;
  };
  const ProxyRoute route = proxies.proxy_for(parse_client_url("http://example.com/"));
  CHECK(route.host == "proxy");
  CHECK(route.port == 3128);
  CHECK(route.username == "u@x");
  CHECK(route.password == "p");
  CHECK(proxies.proxy_for(parse_client_url("https://a/")).kind == ProxyRoute::Kind::socks5);
  CHECK(proxies.proxy_for(parse_client_url("https://a/")).port == 1080);
  for (const char* const direct : {"http://localhost/", "http://a.internal/", "http://internal/",
                                   "http://example.org:8080/", "http://www.example.org:8080/",
                                   "http://10.1.2.3/", "http://[::2]/", "http://LOCALHOST./"}) {
    INFO(direct);
    CHECK(host_for(direct).empty());
  }
  for (const char* const by_proxy :
       {"http://example.org/", "http://notinternal/", "http://11.1.2.3/"}) {
    INFO(by_proxy);
    CHECK(host_for(by_proxy) == "proxy");
  }
  proxies.none = "*";
  CHECK(host_for("http://example.com/").empty());
  CHECK_THROWS_AS(parse_proxy("ftp://a"), std::invalid_argument);
}

namespace {

struct CookieCase {
  const char* url;
  const char* field;
  const char* asked;
  const char* sent;  ///< What goes to `asked`.
};

}  // namespace

TEST_CASE("cookie jar: what goes where, RFC 6265bis", "[http_client]") {
  const bora::testing::FakeClock clock;
  const CookieCase cases[] = {
      {"http://a.com/x/y", "n=v", "http://a.com/x/z", "n=v"},
      {"http://a.com/x/y", "n=v", "http://a.com/other", ""},
      {"http://a.com/x/y", "n=v", "http://b.a.com/x/", ""},
      {"http://a.com/", "n=v; Path=/p", "http://a.com/p", "n=v"},
      {"http://a.com/", "n=v; Path=/p", "http://a.com/p/q", "n=v"},
      {"http://a.com/", "n=v; Path=/p", "http://a.com/pq", ""},
      {"http://a.com/", "n=v; Path=relative", "http://a.com/", "n=v"},
      {"http://b.a.com/", "n=v; Domain=a.com", "http://c.a.com/", "n=v"},
      {"http://b.a.com/", "n=v; Domain=.A.com", "http://a.com/", "n=v"},
      {"http://b.a.com/", "n=v; Domain=c.a.com", "http://c.a.com/", ""},
      {"http://a.com/", "n=v; Domain=com", "http://b.com/", ""},
      {"http://a.com/", "n=v; Domain=evil.com", "http://evil.com/", ""},
      {"http://xa.com/", "n=v; Domain=a.com", "http://a.com/", ""},
      {"http://10.0.0.1/", "n=v; Domain=0.0.1", "http://10.0.0.1/", ""},
      {"http://localhost/", "n=v; Domain=localhost", "http://localhost/", "n=v"},
      {"https://a.com/", "n=v; Secure", "https://a.com/", "n=v"},
      {"https://a.com/", "n=v; Secure", "http://a.com/", ""},
      {"http://a.com/", "n=v; Secure", "https://a.com/", ""},
      {"http://a.com/", "n=v; Max-Age=60", "http://a.com/", "n=v"},
      {"http://a.com/", "n=v; Max-Age=0", "http://a.com/", ""},
      {"http://a.com/", "n=v; Max-Age=-1", "http://a.com/", ""},
      {"http://a.com/", "n=v; Max-Age=x", "http://a.com/", "n=v"},
      {"http://a.com/", "n=v; Max-Age=99999999999999999999", "http://a.com/", "n=v"},
      {"http://a.com/", "n=v; Expires=Sun, 06 Nov 1994 08:49:37 GMT", "http://a.com/", ""},
      {"http://a.com/", "n=v; Expires=Wed, 09-Jun-2032 10:18:14 GMT", "http://a.com/", "n=v"},
      {"http://a.com/", "n=v; Expires=06 Nov 94 8:49:37", "http://a.com/", ""},
      {"http://a.com/", "n=v; Expires=nonsense", "http://a.com/", "n=v"},
      {"http://a.com/", "n=v; Expires=Sun, 31 Feb 1994 08:49:37", "http://a.com/", "n=v"},
      {"http://a.com/", "n=v; Max-Age=60; Expires=Sun, 06 Nov 1994 08:49:37 GMT", "http://a.com/",
       "n=v"},
      {"https://a.com/", "__Secure-n=v; Secure", "https://a.com/", "__Secure-n=v"},
      {"https://a.com/", "__Secure-n=v", "https://a.com/", ""},
      {"https://a.com/", "__Host-n=v; Secure; Path=/", "https://a.com/", "__Host-n=v"},
      {"https://a.com/", "__Host-n=v; Secure", "https://a.com/", ""},
      {"https://a.com/", "__HOST-n=v; Secure; Path=/; Domain=a.com", "https://a.com/", ""},
      {"https://a.com/", "=__Host-n=v; Secure; Path=/", "https://a.com/", ""},
      {"http://a.com/", "v", "http://a.com/", "v"},
      {"http://a.com/", "=v", "http://a.com/", "v"},
      {"http://a.com/", "n=", "http://a.com/", "n="},
      {"http://a.com/", " n = v = w ; Path=/", "http://a.com/", "n=v = w"},
      {"http://a.com/", "n=\"a b\"", "http://a.com/", "n=\"a b\""},
      {"http://a.com/", "", "http://a.com/", ""},
      {"http://a.com/", ";Path=/", "http://a.com/", ""},
      {"http://a.com/",
       "n=a\x01"
       "b",
       "http://a.com/", ""},
      {"nonsense", "n=v", "http://a.com/", ""},
  };
  for (const CookieCase& test : cases) {
    INFO(test.url << " sets " << test.field << ", asked for " << test.asked);
    CookieJar jar;
    jar.set(test.url, test.field);
    CHECK(jar.get(test.asked) == test.sent);
  }
}

TEST_CASE("cookie jar: order, change, end and limits", "[http_client]") {
  bora::testing::FakeClock clock;
  CookieJar jar;
  jar.set("http://a.com/", "a=1");
  jar.set("http://a.com/", "b=2; Path=/x");
  jar.set("http://a.com/", "c=3; Max-Age=60");
  CHECK(jar.get("http://a.com/x") == "b=2; a=1; c=3");
  jar.set("http://a.com/", "a=4");
  CHECK(jar.get("http://a.com/x") == "b=2; a=4; c=3");
  clock.advance(std::chrono::seconds(61));
  CHECK(jar.get("http://a.com/") == "a=4");
  jar.set("http://a.com/", "a=; Max-Age=0");
  CHECK(jar.entries().size() == 1);

  // A cookie that came over https is not replaced over http.
  jar.set("https://a.com/", "s=secret; Secure; Path=/");
  CHECK_FALSE(jar.set("http://a.com/", "s=forged"));
  CHECK_FALSE(jar.set("http://a.com/x", "s=forged; Path=/x"));

  jar.clear();
  for (int i = 0; i < 60; ++i) jar.set("http://a.com/", "n" + std::to_string(i) + "=v");
  CHECK(jar.entries().size() == 50);
  CHECK_FALSE(jar.set("http://a.com/", "n=" + std::string(5000, 'v')));
  jar.is_public_suffix = [](std::string_view domain) { return domain == "co.uk"; };
  CHECK_FALSE(jar.set("http://a.co.uk/", "n=v; Domain=co.uk"));
  CHECK(jar.set("http://a.co.uk/", "n=v; Domain=a.co.uk"));
  CHECK_FALSE(jar.set("http://a.com/", "n=v; Domain=com"));
  if (knows_public_suffixes()) {
    CookieJar other;
    for (const char* const suffix : {"co.uk", "github.io", "com.au", "xn--p1ai", "foo.ck"}) {
      INFO(suffix);
      const std::string url = "http://a." + std::string(suffix) + "/";
      CHECK_FALSE(other.set(url, "n=v; Domain=" + std::string(suffix)));
      CHECK(other.set(url, "n=v; Domain=a." + std::string(suffix)));
      CHECK(other.get("http://b.a." + std::string(suffix) + "/") == "n=v");
      // The suffix's own host may set a cookie for itself.
      CHECK(
          other.set("http://" + std::string(suffix) + "/", "own=v; Domain=" + std::string(suffix)));
      CHECK(other.get(url) == "n=v");
    }
    CHECK(other.set("http://127.0.0.1/", "n=v; Domain=127.0.0.1"));
  } else {
    WARN("libpsl is not installed");
  }
}

TEST_CASE("errors: one sentence says what, where and when", "[http_client]") {
  FetchPlace place{.host = "example.com:443",
                   .address = "192.0.2.1:443",
                   .phase = FetchPhase::tls,
                   .elapsed = std::chrono::milliseconds(1500)};
  const HTTPTimeoutError timeout("Timeout while connecting", place);
  CHECK(timeout.code() == 599);
  CHECK(std::string(timeout.what()) ==
        "HTTP 599: Timeout while connecting (example.com:443 at 192.0.2.1:443, while agreeing on "
        "TLS, "
        "after 1.500 s)");
  CHECK(std::string(HTTPClientError(404, "").what()) == "HTTP 404: Not Found");
  CHECK(std::string(HTTPClientError(404, "Gone away").what()) == "HTTP 404: Gone away");
}

TEST_CASE("traces: a valid one is handed on", "[http_client]") {
  const std::string valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const HTTPHeaders from{{"traceparent", valid}, {"tracestate", "a=b"}};
  HTTPHeaders to;
  pass_trace(from, to);
  CHECK(to.get("traceparent") == valid);
  CHECK(to.get("tracestate") == "a=b");
  for (const std::string& bad : std::vector<std::string>{
           valid + "x", "ff" + valid.substr(2), std::string("x"), valid.substr(0, 54),
           "00-00000000000000000000000000000000-b7ad6b7169203331-01",
           "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}) {
    INFO(bad);
    HTTPHeaders headers;
    const HTTPHeaders incoming{{"traceparent", bad}};
    pass_trace(incoming, headers);
    CHECK(headers.empty());
  }
}
