// Any bytes as a Set-Cookie field. The jar sends a cookie to no other host, and no cookie splits a
// request.

#include <algorithm>
#include <string>

#include <bora/http/cookie_jar.h>

#include "tests/fuzz/invariants.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bora;
  const std::string_view text = fuzz::as_text(data, size);
  http::CookieJar jar;
  const bool was_taken = jar.set("https://www.example.com/a/b", text);
  fuzz::require(was_taken || jar.entries().empty(), "what is refused is not kept");
  fuzz::require(jar.entries().size() <= 1, "a field is one cookie");
  for (const char* const url : {"https://example.org/", "https://com/",
                                "https://ww.example.com.evil.net/", "https://notexample.com/"})
    fuzz::require(jar.get(url).empty(), "another's cookie");
  for (const http::CookieJar::Entry& entry : jar.entries()) {
    fuzz::require(entry.domain == "www.example.com" || entry.domain == "example.com",
                  "a domain of the server's");
    fuzz::require(entry.path.starts_with('/'), "a path");
    if (entry.is_secure) fuzz::require(jar.get("http://www.example.com/a/b").empty(), "https only");
    if (entry.is_host_only)
      fuzz::require(jar.get("https://example.com/a/b").empty(), "one host only");
  }
  const std::string line = jar.get("https://www.example.com/a/b");
  fuzz::require(std::none_of(line.begin(), line.end(),
                             [](char c) { return c == '\r' || c == '\n' || c == '\0'; }),
                "nothing of a cookie splits the request");
  fuzz::require(line.size() <= 4097, "not too long");
  http::CookieJar other;
  other.set("http://www.example.com/", text);
  fuzz::require(other.entries().empty() || !other.entries().front().is_secure,
                "no secure cookie over http");
  return 0;
}
