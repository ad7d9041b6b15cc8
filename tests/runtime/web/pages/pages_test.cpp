#include <string>
#include <string_view>
#include <vector>

#include <bora/core/locks.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "handlers.h"
#include "routes.h"
#include "tests/runtime/web/raw_client.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"
#include "views/clears.h"
#include "views/fails_with.h"
#include "views/finishes.h"
#include "views/flushes.h"
#include "views/form.h"
#include "views/leaves.h"
#include "views/long_module.h"
#include "views/module_writes.h"
#include "views/modules.h"
#include "views/names.h"
#include "views/nested.h"
#include "views/parts.h"
#include "views/renders.h"
#include "views/resources.h"
#include "views/stream.h"
#include "views/stream_try.h"
#include "views/titled.h"
#include "views/typed.h"
#include "views/writes.h"

// Pages that use their request, as `bora` compiles them, rendered by a handler and fetched.

using bora::Task;
using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::testing::RawClient;
using bora::testing::run_until;
using bora::web::Application;

namespace {

struct Streams {
  bora::Event go;
  bool has_ended = false;
};
Streams* streams = nullptr;

}  // namespace

namespace pages {

std::string Nested::render(int depth) {
  return render_string(views::nested{.depth = depth});
}

std::string Page::renders() {
  render(views::form{});
  return "never";
}

Task<void> Page::get(std::string_view name) {
  const std::vector<int> rows{1, 2, 3};
  if (name == "modules") render(views::modules{.text = "a & b"});
  if (name == "resources") render(views::resources{});
  if (name == "names") render(views::names{.name = "entry"});
  if (name == "form") render(views::form{});
  if (name == "titled") render(views::titled{});
  if (name == "typed") render(views::typed{});
  if (name == "parts") render(views::parts{});
  if (name == "long") render(views::long_module{});
  if (name == "string") write("[" + render_string(views::modules{.text = "s"}) + "]");
  if (name == "stream") co_await render(views::stream{.rows = rows, .go = &streams->go});
  if (name == "writes") render(views::writes{});
  if (name == "finishes") render(views::finishes{});
  if (name == "clears") render(views::clears{});
  if (name == "leaves") render(views::leaves{});
  if (name == "fails_with") render(views::fails_with{});
  if (name == "flushes") render(views::flushes{});
  if (name == "renders") render(views::renders{});
  if (name == "module_writes") render(views::module_writes{});
  if (name == "stream_try") {
    try {
      co_await render(views::stream_try{.go = &streams->go});
    } catch (const std::logic_error& error) {
      seen += std::string(": ") + error.what();
    }
    streams->has_ended = true;
  }
}

}  // namespace pages

namespace {

/// The site. Its static files are missing, so their URLs have no hash.
struct Site {
  Site() : app(routes::table), test(app) {}
  std::string body(std::string_view name) { return test.fetch("/page/" + std::string(name)).body; }
  Application app;
  HTTPTest test;
};

const std::string kLong(pages::Long::kSize, 'x');

}  // namespace

TEST_CASE("pages: modules are written raw, one object a request, and in expressions", "[web]") {
  Site site;
  CHECK(site.body("modules") == "<p><b>a & b</b><b>in braces</b><b>raw</b>\n12[[[3]\n]\n]\n</p>\n");
  CHECK(site.body("string").starts_with("[<p><b>s</b>"));
}

TEST_CASE("pages: a base's parameter can be fixed by a module", "[web]") {
  Site site;
  CHECK(site.body("titled") == "<h1><b>x</b></h1><b>y</b>\n");
}

TEST_CASE("pages: what modules and set_resources() ask for is put in", "[web]") {
  Site site;
  CHECK(
      site.body("resources") ==
      R"(<html><head><title>t</title><link href="/static/part.css" type="text/css" rel="stylesheet"/>)"
      R"(<link href="/ask.css" type="text/css" rel="stylesheet"/>
<style type="text/css">
.part {}
.ask {}
</style>
<meta>
</head><body><i>a&lt;b</i>
ada<i>c</i>
<script src="/static/ask.js" type="text/javascript"></script>)"
      R"(<script src="/ask.js" type="text/javascript"></script>
<script type="text/javascript">
//<![CDATA[
ask()
//]]>
</script>
<hr>
</body></html>
)");
}

TEST_CASE("pages: names of the request", "[web]") {
  Site site;
  CHECK(site.body("names") == R"(<p>/entry/1/a%20b /admin/users /entry/2/x /admin/users
<link href="/static/a.css"><a href="/static/a.css">
Welcome many Open en_US
ada /page/names 200</p>
)");
}

TEST_CASE("pages: xsrf_form_html and linkify, by name and as modules (WEB-082)", "[web]") {
  Site site;
  const std::string body = site.body("form");
  const std::string kTail = R"(<a href="http://www.a.com">www.a.com</a> &lt;b&gt;)"
                            R"(<a href="http://www.a.com">www.a.com</a> &lt;b&gt;)"
                            "\n";
  REQUIRE(body.ends_with(kTail));
  const std::string forms = body.substr(0, body.size() - kTail.size());
  CHECK(forms.starts_with(R"(<form><input type="hidden" name="_xsrf" value=")"));
  CHECK(forms.substr(0, forms.size() / 2) == forms.substr(forms.size() / 2));
}

TEST_CASE("pages: the class that the template's handler names, in base and include", "[web]") {
  Site site;
  CHECK(site.body("typed") ==
        "<title>Ada &lt;L&gt;</title>Ada &lt;L&gt; is 36 &lt;Ada &lt;L&gt;\n\n");
}

TEST_CASE("pages: modules in blocks, components, apply and try", "[web]") {
  Site site;
  CHECK(site.body("parts") ==
        "<body>1GET<h2>t&lt;</h2>2ada<footer><b>foot</b>x</footer>\n"
        "\na<b>b</b>3!\nkept <b>c</b>caught, 4</body>\n");
}

TEST_CASE("pages: the page goes on after what a module wrote, also if it threw", "[web]") {
  Site site;
  CHECK(site.body("long") == "<p>a" + kLong + "bc" + kLong + "de" + kLong + "</p>\n");
}

TEST_CASE("pages: while one is rendered nobody else changes the body", "[web]") {
  const auto [name, function] = GENERATE(table<const char*, const char*>({
      {"writes", "write"},
      {"module_writes", "write"},
      {"finishes", "finish"},
      {"clears", "clear"},
      {"leaves", "redirect"},
      {"fails_with", "send_error"},
      {"flushes", "flush"},
      {"renders", "render"},
  }));
  Site site;
  LogCapture log;
  const auto response = site.test.fetch("/page/" + std::string(name));
  CHECK(response.status == 500);
  CHECK(response.body.find("<p>") == std::string::npos);
  CHECK(log.count(bora::app_log, std::string(function) + "() while a page is rendered") == 1);
}

TEST_CASE("pages: a flush sends what is there, in order", "[web]") {
  Streams state;
  streams = &state;
  Site site;
  RawClient client(site.test.port());
  REQUIRE(client.send("GET /page/stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
  REQUIRE(client.receive_until("<p>ada\r\n"));
  for (const char* chunk : {"11", "22"}) {
    state.go.set();
    REQUIRE(client.receive_until("\r\n2\r\n" + std::string(chunk) + "\r\n"));
  }
  state.go.set();
  REQUIRE(client.receive_all());
  CHECK(client.received.ends_with("\r\n2\r\n33\r\n8\r\nend</p>\n\r\n0\r\n\r\n"));
}

TEST_CASE("pages: a client that leaves a flushing page ends it", "[web]") {
  Streams state;
  streams = &state;
  Site site;
  RawClient client(site.test.port());
  REQUIRE(client.send("GET /page/stream_try HTTP/1.1\r\nHost: a\r\n\r\n"));
  REQUIRE(client.receive_until("one\r\n"));
  client.leave(true);
  // The server notices with the next event.
  (void)site.body("form");
  state.go.set();
  REQUIRE(run_until([&] { return state.has_ended; }));
  CHECK(pages::Page::seen.starts_with("closed: write() while a page is rendered"));
}
