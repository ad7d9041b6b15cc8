#include <bora/web/signed_value.h>

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <bora/testing/fake_clock.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "tests/support/catch.h"
#include "tests/support/has_text.h"
#include "tests/support/log_capture.h"

// Signed cookies: Tornado's own known values, values that must be refused, and the real Tornado.

using namespace std::chrono_literals;
using bora::testing::HTTPTest;
using bora::testing::LogCapture;
using bora::web::Application;
using bora::web::CookieSecret;
using bora::web::create_signed_value;
using bora::web::decode_signed_value;
using bora::web::DecodeOptions;
using bora::web::get_signature_key_version;
using bora::web::RequestHandler;
using bora::web::Settings;
using bora::web::SignOptions;
using bora::web::url;

namespace {

class Fixed final : public bora::Clock {
 public:
  explicit Fixed(std::int64_t seconds) : now_(std::chrono::seconds(seconds)) {}
  std::chrono::nanoseconds monotonic() const noexcept override { return now_; }
  std::chrono::nanoseconds since_epoch() const noexcept override { return now_; }

 private:
  std::chrono::nanoseconds now_;
};

constexpr char kSecret[] = "It's a secret to everybody";
constexpr std::int64_t kDay = 86400;

const Fixed kPast(1300000000);
const Fixed kPresent(1300000001);
const Fixed kNextMonth(1300000000 + 32 * kDay);

std::optional<std::string> decode(const CookieSecret& secret, std::string_view name,
                                  std::string_view text, int min_version = 1,
                                  const Fixed& clock = kPresent) {
  return decode_signed_value(secret, name, text, {.min_version = min_version, .clock = &clock});
}

std::string create(const CookieSecret& secret, std::string_view name, std::string_view value,
                   int version = 2, std::optional<int> key_version = {}) {
  return create_signed_value(secret, name, value,
                             {.version = version, .key_version = key_version, .clock = &kPresent});
}

constexpr char kV1[] = "dmFsdWU=|1300000000|31c934969f53e48164c50768b40cbd7e2daaaa4f";
constexpr char kV2[] =
    "2|1:0|10:1300000000|3:key|8:dmFsdWU=|"
    "3d4e60b996ff9c5d5788e333a0cba6f238a22c6c0f94788870e1a9ecd482e152";

}  // namespace

TEST_CASE("signed value: Tornado's known values (WEB-058, WEB-059)", "[web]") {
  const CookieSecret secret(kSecret);
  CHECK(create_signed_value(secret, "key", "value", {.version = 1, .clock = &kPast}) == kV1);
  CHECK(create_signed_value(secret, "key", "value", {.clock = &kPast}) == kV2);
  CHECK(decode(secret, "key", kV1) == "value");
  CHECK(decode(secret, "key", kV2) == "value");
  CHECK(decode(secret, "key", kV1, 2) == std::nullopt);
  CHECK(decode(secret, "key", kV2, 2) == "value");
  CHECK_THROWS_AS(decode(secret, "key", kV2, 3), std::invalid_argument);
  CHECK_THROWS_AS(create(secret, "key", "value", 3), std::invalid_argument);
  CHECK_THROWS_AS(create(CookieSecret(), "key", "value"), std::invalid_argument);
}

TEST_CASE("signed value: neither another name, nor too old, nor changed (WEB-057, WEB-062)",
          "[web]") {
  const CookieSecret secret(kSecret);
  for (const std::string& text : {std::string(kV1), std::string(kV2)}) {
    CAPTURE(text);
    CHECK(decode(secret, "key2", text) == std::nullopt);
    CHECK(decode(secret, "ke", text) == std::nullopt);
    CHECK(decode(CookieSecret("another secret"), "key", text) == std::nullopt);
    CHECK(decode(CookieSecret(), "key", text) == std::nullopt);
    CHECK(decode(secret, "key", text, 1, kNextMonth) == std::nullopt);
    CHECK(decode_signed_value(secret, "key", text, {.max_age_days = 33, .clock = &kNextMonth}) ==
          "value");
    CHECK(decode_signed_value(secret, "key", text, {.max_age_days = 0, .clock = &kPresent}) ==
          std::nullopt);
    for (std::size_t i = 0; i < text.size(); ++i) {
      std::string changed = text;
      changed[i] = changed[i] == '1' ? '2' : '1';
      CHECK(decode(secret, "key", changed) == std::nullopt);
      CHECK(decode(secret, "key", text.substr(0, i)) == std::nullopt);
      CHECK(decode(secret, "key", text.substr(i + 1)) == std::nullopt);
    }
    CHECK(decode(secret, "key", text + "0") == std::nullopt);
    CHECK(decode(secret, "key", text + "|") == std::nullopt);
    CHECK(decode(secret, "key", text + "\n") == std::nullopt);
  }
}

TEST_CASE("signed value: digits that moved between value and time (WEB-059)", "[web]") {
  // Version 1 signs the fields without separators.
  const CookieSecret secret(kSecret);
  const std::string text =
      create_signed_value(secret, "foo", "12345678", {.version = 1, .clock = &kPast});
  const std::size_t bar = text.find('|');
  const std::string value = text.substr(0, bar);
  const std::string rest = text.substr(bar + 1);
  // "MTIzNDU2Nzg=" ends in '=', so take a value whose base64 ends in digits.
  const std::string digits = create_signed_value(
      secret, "foo", "\xd7\x6d\xf8\xe7\xae\xfc\xd7\x6d\xf8", {.version = 1, .clock = &kPast});
  REQUIRE(digits.starts_with("1234"));
  const std::string moved = digits.substr(0, digits.find('|') - 4) + "|" +
                            digits.substr(digits.find('|') - 4, 4) +
                            digits.substr(digits.find('|') + 1);
  CHECK(decode(secret, "foo", digits).has_value());
  CHECK(decode(secret, "foo", moved) == std::nullopt);
  CHECK(decode(secret, "foo", value + "0|" + rest) == std::nullopt);
}

TEST_CASE("signed value: whatever is sent is nothing, and never an error (WEB-062)", "[web]") {
  const CookieSecret secret(kSecret);
  const std::string long_text(64 * 1024, '2');
  for (const std::string& text : {std::string(),
                                  std::string("|"),
                                  std::string("||"),
                                  std::string("|||"),
                                  std::string("2"),
                                  std::string("2|"),
                                  std::string("2|1:0"),
                                  std::string("2|1:0|"),
                                  std::string("2|1:0|10:1300000000|3:key|8:dmFsdWU=|"),
                                  std::string("2|99999999999999999999:0|x"),
                                  std::string("2|18446744073709551615:0|x"),
                                  std::string("2|-1:0|x"),
                                  std::string("2|1:x|10:1300000000|3:key|8:dmFsdWU=|00"),
                                  std::string("3|1:0|10:1300000000|3:key|8:dmFsdWU=|00"),
                                  std::string("1000|1300000000|00"),
                                  std::string("0|1|2"),
                                  std::string("a|b|c"),
                                  std::string("\0|\0|\0", 5),
                                  long_text,
                                  long_text + "|" + long_text + "|" + long_text,
                                  "2|" + long_text + ":0|",
                                  std::string(10'000, '|')}) {
    CHECK(decode(secret, "key", text) == std::nullopt);
    CHECK(get_signature_key_version(text).value_or(0) == 0);
  }
}

TEST_CASE("signed value: any bytes in value and name (D-22)", "[web]") {
  const CookieSecret secret(kSecret);
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  for (const std::string name : {"key", "\u00e9", "a|b", "a:b", "", "1"}) {
    CAPTURE(name);
    CHECK(decode(secret, name, create(secret, name, all)) == all);
    CHECK(decode(secret, name, create(secret, name, "")) == "");
    CHECK(decode(secret, name, create(secret, name, all, 1)) == all);
  }
}

TEST_CASE("signed value: keys with versions (WEB-061)", "[web]") {
  const CookieSecret both(std::map<int, std::string>{{0, "zero zero zero"}, {3, "three three"}});
  const CookieSecret only_new(std::map<int, std::string>{{3, "three three"}});
  const std::string by_old = create(both, "key", "value", 2, 0);
  const std::string by_new = create(both, "key", "value", 2, 3);
  CHECK(by_new.starts_with("2|1:3|"));
  CHECK(decode(both, "key", by_old) == "value");
  CHECK(decode(both, "key", by_new) == "value");
  CHECK(decode(only_new, "key", by_old) == std::nullopt);
  CHECK(decode(only_new, "key", by_new) == "value");
  CHECK(decode(CookieSecret("zero zero zero"), "key", by_old) == "value");
  CHECK(get_signature_key_version(by_new) == 3);
  CHECK(get_signature_key_version(by_old) == 0);
  CHECK(get_signature_key_version(kV1) == std::nullopt);
  std::string swapped = by_new;
  swapped[4] = '0';
  CHECK(decode(both, "key", swapped) == std::nullopt);
  CHECK_THROWS_AS(create(both, "key", "value"), std::invalid_argument);  // with which?
  CHECK_THROWS_AS(create(both, "key", "value", 2, 1), std::invalid_argument);
  CHECK_THROWS_AS(create(both, "key", "value", 1, 3), std::invalid_argument);
}

TEST_CASE("CookieSecret: as a text or a file", "[web]") {
  CHECK(CookieSecret::parse("").empty());
  CHECK(CookieSecret::parse(" \n ").empty());
  CHECK(*CookieSecret::parse(" abc\n").find(0) == "abc");
  const CookieSecret keys = CookieSecret::parse("2: new \n\n1:older:one\r\n");
  REQUIRE(keys.is_rotated());
  CHECK(*keys.find(2) == "new");
  CHECK(*keys.find(1) == "older:one");
  CHECK(keys.latest_version() == 2);
  CHECK(keys.shortest() == 3);
  CHECK(keys.find(0) == nullptr);
  CHECK(*CookieSecret::parse("1:a\nb").find(0) == "1:a\nb");  // one key with a line end
  CHECK_THROWS_AS(CookieSecret::from_file("/nonexistent/secret"), std::runtime_error);
}

// Comparisons with Python.
namespace {

/// Returns what `code` prints; `arguments` are its sys.argv[1:].
std::string python(const std::string& code, const std::vector<std::string>& arguments) {
  std::string command = "/usr/bin/python3 -c '" + code + "'";
  for (const std::string& argument : arguments) command += " '" + argument + "'";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string text;
  std::array<char, 4096> piece;
  std::size_t size = 0;
  while ((size = std::fread(piece.data(), 1, piece.size(), pipe)) > 0)
    text.append(piece.data(), size);
  CHECK(::pclose(pipe) == 0);
  return text;
}

bool has_tornado() {
  return std::system("/usr/bin/python3 -c 'import tornado.web' 2>/dev/null") == 0;
}

}  // namespace

TEST_CASE("signed value: the real Tornado reads it, and the reverse (WEB-056 to WEB-061)",
          "[web]") {
  if (!has_tornado()) {
    WARN("python3-tornado is not installed");
    return;
  }
  const std::string key = "0123456789abcdef0123456789abcdef";
  const CookieSecret secret(key);
  const CookieSecret keys(std::map<int, std::string>{{1, "old" + key}, {2, "new" + key}});
  const std::string import = "import sys\nfrom tornado.web import *\na = sys.argv\n";
  for (const std::string value : {"ada", "", "\u00e9 \u20ac|:;=", "1300000000"}) {
    CAPTURE(value);
    const auto tornado_reads = [&](const std::string& secrets, const std::string& text) {
      return python(import + "v = decode_signed_value(" + secrets +
                        ", \"user\", a[1])\nsys.stdout.buffer.write(b\"none\" if v is None else v)",
                    {text});
    };
    const auto tornado_makes = [&](const std::string& secrets, const std::string& more) {
      return python(import + "v = create_signed_value(" + secrets + ", \"user\", a[1]" + more +
                        ")\nsys.stdout.buffer.write(v)",
                    {value});
    };
    const std::string one = "\"" + key + "\"";
    const std::string two = "{1: \"old" + key + "\", 2: \"new" + key + "\"}";
    CHECK(tornado_reads(one, create_signed_value(secret, "user", value)) == value);
    CHECK(tornado_reads(one, create_signed_value(secret, "user", value, {.version = 1})) == value);
    CHECK(tornado_reads(two, create_signed_value(keys, "user", value, {.key_version = 1})) ==
          value);
    CHECK(tornado_reads(one, create_signed_value(secret, "other", value)) == "none");
    CHECK(decode_signed_value(secret, "user", tornado_makes(one, "")) == value);
    CHECK(decode_signed_value(secret, "user", tornado_makes(one, ", version=1")) == value);
    CHECK(decode_signed_value(keys, "user", tornado_makes(two, ", key_version=2")) == value);
    CHECK(decode_signed_value(secret, "other", tornado_makes(one, "")) == std::nullopt);
  }
}

// Signed cookies in handlers.
namespace {

struct Signs : RequestHandler {
  void get() { write(get_signed_cookie("user").value_or("nobody")); }
  void post() { set_signed_cookie("user", get_argument("name")); }
  void put() {
    set_secure_cookie("user", "x", std::nullopt);
    set_signed_cookie("week", "x", 7, {.path = "/week"});
    set_signed_cookie("hour", "x", 30, {.max_age = 3600});
  }
  void patch() {
    write(get_signed_cookie_key_version("user").value_or(-1));
    write("/" + get_secure_cookie("user", {.max_age_days = 1}).value_or("nobody"));
    write("/" + get_signed_cookie("link", {.value = get_argument("link", "")}).value_or("none"));
  }
  void delete_() { write(create_signed_value("link", "doc 7")); }
};

Settings with_secret(CookieSecret secret) {
  Settings settings;
  settings.cookie_secret = std::move(secret);
  return settings;
}

const std::string kKey(32, 'k');

}  // namespace

TEST_CASE("set_signed_cookie: comes back as it was, for 30 days (WEB-056, WEB-057)", "[web]") {
  Application app({url<Signs>("/")}, with_secret(kKey));
  bora::testing::FakeClock clock;
  HTTPTest test(app);
  CHECK(test.fetch("/").body == "nobody");
  const auto response = test.fetch("/", {.form = {{"name", "ada \u00e9"}}});
  const std::string line = response.headers.get("Set-Cookie");
  CHECK(line.starts_with("user=2|1:0|10:1800000000|4:user|"));
  CHECK(line.ends_with("; HttpOnly; Path=/; SameSite=Lax"));
  CHECK(line.find("; expires=") != std::string::npos);
  CHECK(test.fetch("/").body == "ada \u00e9");
  CHECK(test.get_signed_cookie("user") == "ada \u00e9");
  CHECK(test.fetch("/", {.method = "PATCH"}).body == "0/ada \u00e9/none");
  clock.step_wall_clock(30 * 24h);
  CHECK(test.fetch("/").body == "ada \u00e9");
  CHECK(test.fetch("/", {.method = "PATCH"}).body == "0/nobody/none");
  clock.step_wall_clock(2 * 24h);
  CHECK(test.fetch("/").body == "nobody");
}

TEST_CASE("set_signed_cookie: how long it lasts, and values for other places", "[web]") {
  Application app({url<Signs>("/")}, with_secret(kKey));
  HTTPTest test(app);
  const auto response = test.fetch("/", {.method = "PUT"});
  const auto lines = response.headers.get_list("Set-Cookie");
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].find("expires") == std::string_view::npos);
  CHECK(lines[1].find("expires") != std::string_view::npos);
  CHECK(lines[1].find("; Path=/week;") != std::string_view::npos);
  CHECK(lines[2].find("expires") == std::string_view::npos);
  CHECK(lines[2].find("; Max-Age=3600;") != std::string_view::npos);
  test.clear_cookies();
  const std::string link = test.fetch("/", {.method = "DELETE"}).body;
  CHECK(test.fetch("/", {.method = "PATCH", .form = {{"link", link}}}).body == "-1/nobody/doc 7");
}

TEST_CASE("set_signed_cookie: the key of key_version, or the highest, signs", "[web]") {
  Settings settings = with_secret(std::map<int, std::string>{{1, kKey}, {4, kKey + "4"}});
  const auto begins = [](const Settings& of) {
    Application app({url<Signs>("/")}, of);
    HTTPTest test(app);
    return test.fetch("/", {.form = {{"name", "abcd"}}}).headers.get("Set-Cookie").substr(0, 12);
  };
  CHECK(begins(settings) == "user=\"2|1:4|");
  settings.key_version = 1;
  CHECK(begins(settings) == "user=\"2|1:1|");
  settings.key_version = 2;
  CHECK_THROWS_WITH(begins(settings), bora::test::has_text("key_version is 2"));
}

TEST_CASE("cookie_secret: a missing or short one says what to do (WEB-020)", "[web]") {
  ::unsetenv("BORA_COOKIE_SECRET");
  Application app({url<Signs>("/")});
  HTTPTest test(app);
  LogCapture log;
  CHECK(test.fetch("/").status == 500);
  CHECK(log.count(bora::app_log,
                  "Settings::cookie_secret is not set, and is needed for signed cookies; `bora "
                  "secret` makes one") == 1);
  CHECK_THROWS_AS(test.set_signed_cookie("user", "ada"), std::logic_error);
  CHECK_THROWS_WITH(Application({url<Signs>("/")}, with_secret("short")),
                    "Settings::cookie_secret has a key of 5 bytes, and needs 32 at least: `bora "
                    "secret` makes one");
}

TEST_CASE("cookie_secret: from the environment, or a file that it names", "[web]") {
  const auto user_of = [](Settings settings) {
    Application app({url<Signs>("/")}, std::move(settings));
    HTTPTest test(app);
    test.set_cookie("user", '"' + create_signed_value(kKey, "user", "ada") + '"');
    return test.fetch("/").body;
  };
  ::setenv("BORA_COOKIE_SECRET", (kKey + "\n").c_str(), 1);
  CHECK(user_of({}) == "ada");
  CHECK(user_of(with_secret(kKey + "x")) == "nobody");  // the program's own goes first
  ::setenv("BORA_COOKIE_SECRET", "short", 1);
  CHECK_THROWS_WITH(user_of({}), Catch::Matchers::StartsWith("BORA_COOKIE_SECRET has a key of 5"));
  ::unsetenv("BORA_COOKIE_SECRET");

  const auto path =
      std::filesystem::temp_directory_path() / ("bora_cookie_secret_" + std::to_string(::getpid()));
  std::ofstream(path) << "1:" << kKey << "\n0:" << kKey << "\n";
  ::setenv("BORA_COOKIE_SECRET_FILE", path.c_str(), 1);
  CHECK(user_of({}) == "ada");
  std::filesystem::remove(path);
  CHECK_THROWS_WITH(user_of({}), bora::test::has_text("can't be read"));
  ::unsetenv("BORA_COOKIE_SECRET_FILE");
}

TEST_CASE("signed cookies: 300 of them, and one of 64 KiB, are refused or read, never an error",
          "[web]") {
  Application app({url<Signs>("/")}, with_secret(kKey));
  HTTPTest test(app);
  LogCapture log;
  std::string many;
  for (int i = 0; i < 300; ++i) many += "c" + std::to_string(i) + "=2|1:0; ";
  CHECK(test.fetch("/", {.headers = {{"Cookie", many + "user=2|1:0|"}}}).body == "nobody");
  CHECK(test.fetch("/", {.headers = {{"Cookie", "user=" + std::string(64 * 1024, 'x')}}}).status ==
        431);
  CHECK(log.count(bora::app_log) == 0);
}
