#include "runtime/web/content_type.h"

#include "tests/support/catch.h"

using bora::web::content_type_of;

TEST_CASE("content type: by the last ending, whatever its case", "[web]") {
  CHECK(content_type_of("a.html") == "text/html; charset=utf-8");
  CHECK(content_type_of("dir.js/a.CSS") == "text/css; charset=utf-8");
  CHECK(content_type_of("a.min.js") == "text/javascript; charset=utf-8");
  CHECK(content_type_of("a.woff2") == "font/woff2");
  CHECK(content_type_of("a.tar.gz") == "application/gzip");
  CHECK(content_type_of("site.webmanifest") == "application/manifest+json");
  CHECK(content_type_of("a.7z") == "application/x-7z-compressed");
  CHECK(content_type_of("a.zst") == "application/zstd");
}

TEST_CASE("content type: octets where nothing is known", "[web]") {
  for (const char* name :
       {"", "a", "a.", ".", "dir.html/a", "a.htmlx", "a.unknown-long-ending", "a.\xff"}) {
    CAPTURE(name);
    CHECK(content_type_of(name) == "application/octet-stream");
  }
}
