#include <chrono>
#include <string>
#include <vector>

#include <bora/testing/http_test.h>
#include <bora/web.h>
#include <bora/web/template_names.h>

#include "tests/runtime/web/routes_by_hand.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

// What render() does around a page: the three kinds of pages, modules and what they put in. The
// pages are written here as `bora compile` would write them.

using bora::Task;
using bora::render::Markup;
using bora::render::Output;
using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::testing::OneRouteTable;
using bora::web::Application;
using bora::web::ModuleResources;
using bora::web::ModuleScope;
using bora::web::RequestHandler;
using bora::web::Route;
using bora::web::SetResources;
using bora::web::StaticMount;
using bora::web::UIModule;
using bora::web::url;

namespace {

struct PlainPage {
  std::string_view text;
  void bora_render(Output& out) const {
    out.append("<");
    out.append(text);
    out.append(">");
  }
};

struct HandlerPage {
  using bora_handler_type = RequestHandler;
  void bora_render(Output& out, RequestHandler& handler) const {
    out.append(handler.request().path());
  }
};

struct Shop;
struct ShopPage {
  using bora_handler_type = Shop;
  void bora_render(Output& out, Shop& handler) const;
};

struct StreamingPage {
  using bora_handler_type = RequestHandler;
  int rows;
  Task<void> bora_render(Output& out, RequestHandler& handler) const {
    for (int i = 0; i < rows; ++i) {
      out.append_integer(i);
      co_await handler.flush();
    }
    out.append("end");
  }
};

struct Shop : RequestHandler {
  int items = 3;
  void get() { render(ShopPage{}); }
  void post() { write(render_string(ShopPage{}) + render_string(PlainPage{"p"})); }
};

void ShopPage::bora_render(Output& out, Shop& handler) const {
  out.append_integer(handler.items);
}

struct Pages : RequestHandler {
  void get() { render(HandlerPage{}); }
  void post() { render(ShopPage{}); }
  Task<void> put() { co_await render(StreamingPage{3}); }
  void patch() {
    write("before ");
    render(PlainPage{"x"});
  }
  void delete_() {
    render(PlainPage{"x"});
    render(PlainPage{"y"});
  }
};

}  // namespace

TEST_CASE("render: plain pages, pages with a handler, and with one class of handler", "[web]") {
  Application app({url<Pages>("/"), url<Shop>("/shop")});
  HTTPTest test(app);
  CHECK(test.fetch("/").body == "/");
  CHECK(test.fetch("/shop").body == "3");
  CHECK(test.fetch("/shop", {.method = "POST"}).body == "3<p>");
  CHECK(test.fetch("/", {.method = "PATCH"}).body == "before <x>");
}

TEST_CASE("render: of a page for another class of handler is an error that says so", "[web]") {
  Application app({url<Pages>("/")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/", {.method = "POST"}).status == 500);
  CHECK(log.count(bora::app_log, "{% handler T %}") == 1);
}

TEST_CASE("render: twice is an error (WEB-075)", "[web]") {
  Application app({url<Pages>("/")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/", {.method = "DELETE"}).body == "<x>");
  CHECK(log.count(bora::app_log, "render() after the answer was finished") == 1);
}

TEST_CASE("render: a page with flush is sent piece by piece", "[web]") {
  Application app({url<Pages>("/")});
  HTTPTest test(app);
  const auto response = test.fetch("/", {.method = "PUT"});
  CHECK(response.body == "012end");
  CHECK(response.headers.get("Transfer-Encoding") == "chunked");
}

namespace {

struct Counting : UIModule {
  int calls = 0;
  std::string render(int step) {
    calls += step;
    return "<i>" + std::to_string(calls) + "</i>";
  }
  std::string embedded_javascript() override { return "js_of_counting()"; }
  std::vector<std::string> javascript_files() override { return {"/c.js", "http://x/a&b.js"}; }
  std::string embedded_css() override { return ".counting {}"; }
  std::vector<std::string> css_files() override { return {"/c.css", "/c.css"}; }
  std::string html_head() override { return "<meta>"; }
  std::string html_body() override { return "<b></b>"; }
};

struct Writing : UIModule {
  void render(std::string_view text) {
    write("[");
    write(text);
    write(handler().request().path());
    write("]");
  }
  std::string embedded_javascript() override { return "js_of_writing()"; }
  std::vector<std::string> javascript_files() override { return {"/w.js", "/c.js"}; }
};

struct Nothing : UIModule {
  Markup render() { return Markup("<hr>"); }
};

constexpr std::string_view kHead = "<head></head><body></body>";
constexpr std::string_view kTail = "</body>";

struct ModulesPage {
  using bora_handler_type = RequestHandler;
  void bora_render(Output& out, RequestHandler& handler) const {
    const ModuleScope modules(out, handler);
    out.append(kHead);
    modules.render<Writing>("&");
    modules.render<Counting>(1);
    modules.render<Counting>(2);
    out.append(modules.markup<Nothing>());
    out.append(modules.markup<Writing>(std::string("m")));
    out.append(kTail);
  }
};

struct NoTagsPage {
  using bora_handler_type = RequestHandler;
  bool is_asking;
  void bora_render(Output& out, RequestHandler& handler) const {
    const ModuleScope modules(out, handler);
    modules.render<Nothing>();
    if (is_asking) modules.render<Counting>(1);
  }
};

struct TemplateModulesPage {
  using bora_handler_type = RequestHandler;
  std::string_view css;
  void bora_render(Output& out, RequestHandler& handler) const {
    const SetResources first(out, handler, "a.html");
    const SetResources second(out, handler, "b.html");
    out.append(kHead);
    out.append(first({.embedded_javascript = "a1", .embedded_css = "a {}"}));
    out.append(second({.embedded_javascript = "b1", .css_files = {"/b.css"}, .html_head = "<x>"}));
    out.append(first({.embedded_javascript = "a1", .embedded_css = std::string(css)}));
    out.append(kTail);
  }
};

struct Modules : RequestHandler {
  void get() { render(ModulesPage{}); }
  void post() { render(NoTagsPage{get_query_argument("ask", std::nullopt).has_value()}); }
  void put() { render(TemplateModulesPage{"a {}"}); }
  void patch() { render(TemplateModulesPage{"other {}"}); }
  void delete_() { write(render_string(ModulesPage{})); }
};

}  // namespace

TEST_CASE(
    "modules: their HTML stands raw, one object a request, resources once (WEB-077 to WEB-080)",
    "[web]") {
  Application app({url<Modules>("/")});
  HTTPTest test(app);
  CHECK(test.fetch("/").body ==
        R"(<head><link href="/c.css" type="text/css" rel="stylesheet"/>
<style type="text/css">
.counting {}
</style>
<meta>
</head><body><b></b>
</body>[&/]<i>1</i><i>3</i><hr>[m/])"
        R"(<script src="/w.js" type="text/javascript"></script>)"
        R"(<script src="/c.js" type="text/javascript"></script>)"
        R"(<script src="http://x/a&amp;b.js" type="text/javascript"></script>
<script type="text/javascript">
//<![CDATA[
js_of_writing()
js_of_counting()
//]]>
</script>
</body>)");
}

TEST_CASE("modules: in render_string nothing is inserted", "[web]") {
  Application app({url<Modules>("/")});
  HTTPTest test(app);
  CHECK(test.fetch("/", {.method = "DELETE"}).body ==
        "<head></head><body></body>[&/]<i>1</i><i>3</i><hr>[m/]</body>");
}

TEST_CASE("modules: a missing tag is an error only if something goes there (WEB-077)", "[web]") {
  Application app({url<Modules>("/")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/", {.method = "POST"}).body == "<hr>");
  CHECK(test.fetch("/?ask=1", {.method = "POST"}).status == 500);
  CHECK(log.count(bora::app_log, "before </body>, but the page has no such tag") == 1);
}

TEST_CASE("set_resources: one set for each template (WEB-081)", "[web]") {
  Application app({url<Modules>("/")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/", {.method = "PUT"}).body ==
        R"(<head><link href="/b.css" type="text/css" rel="stylesheet"/>
<style type="text/css">
a {}
</style>
<x>
</head><body></body><script type="text/javascript">
//<![CDATA[
a1
b1
//]]>
</script>
</body>)");
  CHECK(test.fetch("/", {.method = "PATCH"}).status == 500);
  CHECK(log.count(bora::app_log, "'a.html': set_resources() called with different") == 1);
}

namespace {

struct Number : UIModule {
  int render() { return 1; }
};

}  // namespace

TEST_CASE("modules: a call that does not fit is distinguished from one of something else",
          "[web]") {
  namespace detail = bora::web::detail;
  STATIC_REQUIRE(detail::is_module_call<Counting, int>);
  STATIC_REQUIRE(detail::is_module_call<Writing, std::string>);
  STATIC_REQUIRE(detail::is_module_call<Nothing>);
  STATIC_REQUIRE(detail::has_wrong_arguments<Counting>);
  STATIC_REQUIRE(detail::has_wrong_arguments<Counting, const char*>);
  STATIC_REQUIRE(detail::is_no_module<PlainPage>);
  STATIC_REQUIRE(detail::has_wrong_result<Number>);
}

namespace {

struct Scripts : RequestHandler {
  void get() { render(ModulesPage{}); }
  void post() {
    render_string(ModulesPage{});
    throw bora::web::HTTPError(404);
  }
  std::string render_linked_js(const std::vector<std::string>& paths) override {
    return std::to_string(paths.size()) + " scripts";
  }
  std::string render_linked_css(const std::vector<std::string>&) override { return ""; }
  std::string render_embed_js(const std::vector<std::string>&) override { return ""; }
  std::string render_embed_css(const std::vector<std::string>&) override { return ""; }
  void write_error(int, std::exception_ptr) override { render(PlainPage{"error"}); }
};

}  // namespace

TEST_CASE("modules: a handler may say how resources are linked (WEB-078)", "[web]") {
  Application app({url<Scripts>("/")});
  HTTPTest test(app);
  CHECK(
      test.fetch("/").body ==
      "<head><meta>\n</head><body><b></b>\n</body>[&/]<i>1</i><i>3</i><hr>[m/]3 scripts\n</body>");
}

TEST_CASE("modules: an error page has none of the page's that failed", "[web]") {
  Application app({url<Scripts>("/")});
  HTTPTest test(app);
  CHECK(test.fetch("/", {.method = "POST"}).body == "<error>");
}

namespace {

struct URLPage {
  using bora_handler_type = RequestHandler;
  void bora_render(Output& out, RequestHandler& handler) const {
    const bora::web::StaticURL static_url(handler);
    const bora::web::ReverseURL reverse_url(handler);
    const bora::web::XSRFFormHTML xsrf_form_html(handler);
    const bora::web::Translate _(handler);
    const bora::web::TranslateInContext pgettext(handler);
    out.append(reverse_url("post", 7, "x y"));
    out.append(_("one", "many", 2));
    out.append(_("text"));
    out.append(pgettext("menu", "open"));
    out.append(pgettext("menu", "entry", "entries", 1));
    if (xsrf_form_html().text().empty()) out.append("no token");
  }
};

struct URLs : RequestHandler {
  void get() { render(URLPage{}); }
  void put() {
    write(static_url("a b.css") + "\n" + static_url("a b.css", true, false) + "\n" +
          static_url("missing.css"));
  }
};

struct Post : RequestHandler {
  void get(int, std::string_view) {}
};

}  // namespace

TEST_CASE("templates: names that lead to the handler (WEB-076, WEB-085)", "[web]") {
  Application app({url<URLs>("/"), url<Post>("/post/{id:int}/{x}", "post")});
  HTTPTest test(app);
  CHECK(test.fetch("/").body == "/post/7/x%20ymanytextopenentry");
}

TEST_CASE("static_url: without a mount an error that names the setting", "[web]") {
  Application app({url<URLs>("/")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/", {.method = "PUT"}).status == 500);
  CHECK(log.count(bora::app_log, "Settings::static_url_prefix") == 1);
}
