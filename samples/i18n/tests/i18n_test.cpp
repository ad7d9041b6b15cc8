#include <string>

#include <bora/core/locale.h>
#include <bora/testing/catch.h>
#include <bora/testing/http_test.h>
#include <bora/web/application.h>

#include "handlers.h"
#include "routes.h"

namespace {

struct Site {
  bora::web::Application app{routes::table};
  bora::testing::HTTPTest http{app};
  Site() { bora::locale::load_gettext_translations(I18N_LOCALE, "inbox"); }
  std::string page(const std::string& path) { return http.fetch(path).body; }
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("i18n: the browser's language decides, and the address keeps it", "[i18n]") {
  Site site;
  const auto german = site.http.fetch("/", {.headers = {{"Accept-Language", "de-AT, en;q=0.5"}}});
  CHECK(german.headers.get("Location") == "/de/");
  CHECK(german.headers.get("Vary") == "Accept-Language");
  CHECK(site.http.fetch("/").headers.get("Location") == "/en/");
  CHECK(site.http.fetch("/fr/").status == 404);
}

TEST_CASE("i18n: each language has its own plurals", "[i18n]") {
  Site site;
  CHECK(contains(site.page("/en/?unread=1"), "1 new message<"));
  CHECK(contains(site.page("/en/?unread=2"), "2 new messages<"));
  CHECK(contains(site.page("/de/?unread=1"), "1 neue Nachricht<"));
  CHECK(contains(site.page("/ru/?unread=21"), "21 новое сообщение<"));
  CHECK(contains(site.page("/ru/?unread=2"), "2 новых сообщения<"));
  CHECK(contains(site.page("/ru/?unread=11"), "11 новых сообщений<"));
  CHECK(contains(site.page("/ar/?unread=2"), "رسالتان جديدتان<"));
}

TEST_CASE("i18n: the same word by its context, dates, direction", "[i18n]") {
  Site site;
  const std::string german = site.page("/de/");
  CHECK(contains(german, ">Öffnen<"));
  CHECK(contains(german, "Zustand: offen"));
  CHECK(contains(german, "vor 3 Minuten"));
  CHECK(contains(german, "Ada, Борис und ليلى"));
  CHECK(contains(german, R"(<html lang="de" dir="ltr">)"));
  CHECK(contains(site.page("/ar/"), R"(<html lang="ar" dir="rtl">)"));
}
