#include <bora/session.h>

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <bora/testing/fake_clock.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "runtime/core/crypto.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

// Cookies that only the server can read: values, sessions, and messages for the next page.

using namespace std::chrono_literals;
using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::web::Application;
using bora::web::CookieSecret;
using bora::web::create_sealed_value;
using bora::web::decode_sealed_value;
using bora::web::RequestHandler;
using bora::web::Session;
using bora::web::Settings;
using bora::web::url;

namespace {

const std::string kKey(32, 'k');

Settings with_secret(CookieSecret secret = kKey) {
  Settings settings;
  settings.cookie_secret = std::move(secret);
  return settings;
}

}  // namespace

TEST_CASE("crypto: what is sealed can't be read, changed or used elsewhere", "[web]") {
  using bora::crypto::open;
  using bora::crypto::seal;
  const std::string sealed = seal(kKey, "the secret text", "context");
  CHECK(sealed.size() == 15 + 12 + 16);
  CHECK(sealed.find("secret") == std::string::npos);
  CHECK(sealed != seal(kKey, "the secret text", "context"));
  CHECK(open(kKey, sealed, "context") == "the secret text");
  CHECK(open(kKey, seal(kKey, "", ""), "") == "");
  CHECK_FALSE(open(kKey, sealed, "contexT"));
  CHECK_FALSE(open(std::string(32, 'x'), sealed, "context"));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_FALSE(open(kKey, changed, "context"));
    CHECK_FALSE(open(kKey, sealed.substr(0, i), "context"));
  }
  CHECK_THROWS_AS(seal("short", "a", ""), std::invalid_argument);
  // A known result: NIST's GCM test case 14 for 256 bits (key and nonce of zeros).
  const std::string zeros(12, '\0');
  const auto known =
      bora::crypto::from_hex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
  CHECK(open(std::string(32, '\0'), zeros + *known, "") == std::string(16, '\0'));
}

TEST_CASE("sealed value: neither under another name nor with another key, nor too old", "[web]") {
  const CookieSecret secret(kKey);
  const CookieSecret keys(std::map<int, std::string>{{1, kKey}, {7, kKey + "7"}});
  const std::string text = create_sealed_value(secret, "name", "value:|\n");
  CHECK(text.starts_with("s1.0."));
  CHECK(decode_sealed_value(secret, "name", text) == "value:|\n");
  CHECK_FALSE(decode_sealed_value(secret, "nam", text));
  CHECK_FALSE(decode_sealed_value(CookieSecret(kKey + "x"), "name", text));
  CHECK_FALSE(decode_sealed_value(secret, "name", text, {.max_age_days = -1}));
  const std::string by_seven = create_sealed_value(keys, "name", "value");
  CHECK(by_seven.starts_with("s1.7."));
  CHECK(decode_sealed_value(keys, "name", by_seven) == "value");
  CHECK(decode_sealed_value(keys, "name",
                            create_sealed_value(keys, "name", "v", {.key_version = 1})) == "v");
  for (std::size_t i = 0; i < text.size(); ++i) {
    CHECK_FALSE(decode_sealed_value(secret, "name", text.substr(0, i)));
  }
  for (const char* bad : {"", "s1", "s1.", "s1.0", "s1.0.", "s1..", "s1.x.AAAA", "s2.0.AAAA",
                          "s1.99999999999.AAAA", "s1.-1.AAAA", "s1.0.====", "s1.0.AAAA"}) {
    CAPTURE(bad);
    CHECK_FALSE(decode_sealed_value(secret, "name", bad));
  }
  CHECK_THROWS_AS(create_sealed_value(CookieSecret(), "name", "v"), std::invalid_argument);
}

namespace {

struct Visit {
  std::string user;
  std::vector<int> basket;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Visit, user, basket)

struct Basket : RequestHandler {
  void get() {
    write(session.is_new() ? "new " : "known ");
    write(session->user + " " + std::to_string(session->basket.size()));
  }
  void post() {
    session->basket.push_back(get_argument<int>("item"));
    session.save();
  }
  void put() {
    session->user = get_argument("user");
    session.renew();
  }
  void delete_() { session.clear(); }
  void patch() {
    session->user = std::string(get_argument<std::size_t>("size"), 'x');
    session.save();
  }
  Session<Visit> session{*this};
};

/// Stands for another version of the program, which reads the same cookie.
struct Other : RequestHandler {
  void get() { write((*session).size()); }
  Session<std::vector<std::string>> session{*this};
};

struct Strict {
  std::string user;
};
void to_json(nlohmann::json& json, const Strict& value) {
  json = value.user;
}
void from_json(const nlohmann::json&, Strict&) {
  throw std::invalid_argument("a user of another kind");
}

/// One whose own reader refuses what is there.
struct Later : RequestHandler {
  void get() { write(session.is_new() ? "new" : "known"); }
  Session<Strict> session{*this};
};

}  // namespace

TEST_CASE("Session: kept from request to request, read by nobody else", "[web]") {
  Application app({url<Basket>("/"), url<Other>("/other"), url<Later>("/later")}, with_secret());
  HTTPTest test(app);
  CHECK(test.fetch("/").body == "new  0");
  CHECK(test.cookies().empty());
  const auto response = test.fetch("/", {.form = {{"item", "7"}}});
  const std::string line = response.headers.get("Set-Cookie");
  CHECK(line.starts_with("session=s1.0."));
  CHECK(line.ends_with("; HttpOnly; Path=/; SameSite=Lax"));
  CHECK(test.fetch("/").body == "known  1");
  CHECK_FALSE(test.fetch("/").headers.contains("Set-Cookie"));
  test.fetch("/", {.method = "PUT", .form = {{"user", "ada"}}});
  test.fetch("/", {.form = {{"item", "8"}}});
  CHECK(test.fetch("/").body == "known ada 2");
  CHECK(test.fetch("/other").body == "0");  // another type: a new one
  CHECK(test.fetch("/later").body == "new");
  test.fetch("/", {.method = "DELETE"});
  CHECK(test.fetch("/").body == "new  0");
  test.set_cookie("session", line.substr(8, line.find(';') - 8) + "A");
  CHECK(test.fetch("/").body == "new  0");
}

TEST_CASE("Session: idle and absolute lifetimes", "[web]") {
  Application app({url<Basket>("/")}, with_secret());
  bora::testing::FakeClock clock;
  HTTPTest test(app);
  test.fetch("/", {.method = "PUT", .form = {{"user", "ada"}}});
  clock.step_wall_clock(23h);
  CHECK(test.fetch("/").body == "known ada 0");  // this visit counts
  clock.step_wall_clock(23h);
  CHECK(test.fetch("/").body == "known ada 0");
  clock.step_wall_clock(25h);
  CHECK(test.fetch("/").body == "new  0");

  test.fetch("/", {.method = "PUT", .form = {{"user", "ada"}}});
  for (int day = 0; day < 15; ++day) {
    clock.step_wall_clock(23h);
    test.fetch("/");
  }
  CHECK(test.fetch("/").body == "new  0");
  test.fetch("/", {.method = "PUT", .form = {{"user", "ada"}}});
  for (int day = 0; day < 15; ++day) {
    clock.step_wall_clock(23h);
    test.fetch("/", {.method = "PUT", .form = {{"user", "ada"}}});  // renewed
  }
  CHECK(test.fetch("/").body == "known ada 0");
}

TEST_CASE("Session: what is too large for a cookie is an error that says so", "[web]") {
  Application app({url<Basket>("/")}, with_secret());
  HTTPTest test(app);
  LogCapture log;
  const auto save = [&](const std::string& size) {
    return test.fetch("/", {.method = "PATCH", .form = {{"size", size}}}).status;
  };
  CHECK(save("2400") == 200);
  CHECK(save("3000") == 500);
  CHECK(log.count(bora::app_log, "the sealed cookie 'session' has 4") == 1);
  CHECK(log.count(bora::app_log, "browsers keep 3,500") == 1);
}

namespace {

struct Flashes : RequestHandler {
  void get() {
    for (const auto& message : take_flashes())
      write("[" + message.category + ": " + message.text + "]");
  }
  void post() {
    flash(get_argument("text"));
    if (get_argument("more", false).empty()) return;
    flash("also", "error");
    redirect("/");
  }
  void put() {
    flash("now");
    get();
  }
};

}  // namespace

TEST_CASE("flash: sentences wait for the next page, and are shown once", "[web]") {
  Application app({url<Flashes>("/")}, with_secret());
  HTTPTest test(app);
  CHECK(test.fetch("/").body.empty());
  const auto shown = test.fetch(
      "/", {.form = {{"text", "Saved: 1:x \u00e9"}, {"more", "1"}}, .follow_redirects = true});
  CHECK(shown.body == "[message: Saved: 1:x \u00e9][error: also]");
  CHECK(test.fetch("/").body.empty());
  test.fetch("/", {.form = {{"text", "a"}, {"more", ""}}});
  test.fetch("/", {.form = {{"text", "b"}, {"more", ""}}});
  CHECK(test.fetch("/", {.method = "PUT"}).body == "[message: a][message: b][message: now]");
  CHECK(test.fetch("/").body.empty());
  test.set_cookie("_flash", "s1.0.AAAA");
  CHECK(test.fetch("/").body.empty());
}
