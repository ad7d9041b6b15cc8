#include <bora/core/locale.h>

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "runtime/core/catalogue.h"
#include "runtime/core/plural_formula.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

namespace fs = std::filesystem;
namespace locale = bora::locale;
using bora::Catalogue;
using bora::Locale;
using bora::PluralFormula;
using bora::read_gettext_catalogue;
using bora::testing::LogCapture;

namespace {

/// A folder that is removed at the end, together with the translations that were loaded.
struct Translations {
  Translations() {
    std::string name = (fs::temp_directory_path() / "bora-locale-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Translations() {
    fs::create_directories(path / "none");
    locale::load_translations((path / "none").string());
    fs::remove_all(path);
  }
  void write(const std::string& name, const std::string& content) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << content;
  }
  fs::path path;
};

struct MoFile {
  std::vector<std::pair<std::string, std::string>> messages;
  bool is_big_endian = false;

  [[nodiscard]] std::string number(std::size_t value) const {
    std::string bytes;
    for (int i = 0; i < 4; ++i) {
      const int shift = is_big_endian ? 24 - 8 * i : 8 * i;
      bytes += static_cast<char>(value >> shift & 0xff);
    }
    return bytes;
  }

  [[nodiscard]] std::string text() const {
    const std::size_t count = messages.size();
    std::string file = number(0x950412de) + number(0) + number(count) + number(28) +
                       number(28 + 8 * count) + number(0) + number(0);
    std::string strings;
    const std::size_t base = 28 + 16 * count;
    std::string translations;
    for (const auto& [message, translation] : messages) {
      file += number(message.size()) + number(base + strings.size());
      strings += message + '\0';
      translations += number(translation.size()) + number(base + strings.size());
      strings += translation + '\0';
    }
    return file + translations + strings;
  }
};

const std::string kPolish =
    "Content-Type: text/plain; charset=UTF-8\n"
    "Plural-Forms: nplurals=3; plural=n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 "
    ": 2;\n";

using std::string_literals::operator""s;

std::string polish_file(bool is_big_endian = false) {
  return MoFile{{{"", kPolish},
                 {"school", "szko\u0142a"},
                 {"law\4right", "prawo"},
                 {"%d file\0%d files"s, "%d plik\0%d pliki\0%d plik\u00f3w"s},
                 {"menu\4%d file\0%d files"s, "A\0B\0C"s},
                 {"untranslated", ""}},
                is_big_endian}
      .text();
}

std::string plain(const std::string* text) {
  return text == nullptr ? "nothing" : *text;
}

}  // namespace

TEST_CASE("locale: CSV files of any encoding, each with its own (LOC-02, LOC-05, D-26)", "[core]") {
  Translations translations;
  translations.write("de.csv",
                     "\"Sign out\",\"Abmelden\"\r\nshort\r\n\r\n"
                     "one entry,ein Eintrag,singular\nmany entries,viele Eintr\u00e4ge,plural\n"
                     "\"a \"\"quoted\"\", one\nover lines\",x,unknown\nbad,y,dual\n");
  translations.write("fr_FR.csv", "\xff\xfe"s + "a\0,\0\xe9\0\n\0"s);
  translations.write("pt_BR.csv", "\xfe\xff"s + "\0a\0,\xd8\x3d\xde\0\xd8\0"s);
  translations.write("es.csv",
                     "\xef\xbb\xbf"
                     "a,b");
  translations.write("notes.de.csv", "a,b");
  translations.write("readme.txt", "a,b");
  LogCapture log;
  locale::load_translations(translations.path.string());
  CHECK(locale::get_supported_locales() ==
        std::vector<std::string>{"de", "en_US", "es", "fr_FR", "pt_BR"});

  const Locale& german = locale::get("de");
  CHECK(german.translate("Sign out") == "Abmelden");
  CHECK(german.translate("Sign in") == "Sign in");
  CHECK(german.translate("one entry") == "one entry");  // only with a count
  CHECK(german.translate("one entry", "many entries", 1) == "ein Eintrag");
  CHECK(german.translate("one entry", "many entries", 0) == "viele Eintr\u00e4ge");
  CHECK(german.translate("a", "b", 2) == "b");
  CHECK(german.translate("a \"quoted\", one\nover lines") == "x");
  CHECK(german.pgettext("menu", "Sign out") == "Sign out");
  CHECK(log.count(bora::gen_log, "'dual' is neither \"singular\" nor \"plural\"") == 1);
  CHECK(log.count(bora::gen_log, "'notes.de' is no locale") == 1);

  CHECK(locale::get("fr-fr").translate("a") == "\u00e9");
  CHECK(locale::get("pt_BR").translate("a") == "\U0001f600\ufffd");
  CHECK(locale::get("es_MX").translate("a") == "b");
}

TEST_CASE("locale: the first code that is supported, else the default (LOC-01)", "[core]") {
  Translations translations;
  translations.write("de.csv", "");
  translations.write("pt_BR.csv", "");
  locale::load_translations(translations.path.string());
  CHECK(locale::get({"fr", "PT-br", "de"}).code() == "pt_BR");
  CHECK(locale::get("DE_at").code() == "de");
  CHECK(locale::get("pt").code() == "en_US");
  CHECK(locale::get("de_Latn_DE").code() == "en_US");
  CHECK(locale::get({}).code() == "en_US");
  CHECK(locale::get("").code() == "en_US");
  locale::set_default_locale("pt_BR");
  CHECK(locale::get("xx").code() == "pt_BR");
  CHECK(locale::get_supported_locales() == std::vector<std::string>{"de", "pt_BR"});
  locale::set_default_locale("en_US");
}

TEST_CASE("locale: former ones stay valid when others are loaded (LOC-12)", "[core]") {
  Translations translations;
  translations.write("de.csv", "a,old");
  locale::load_translations(translations.path.string());
  const Locale& old = locale::get("de");
  translations.write("de.csv", "a,new");
  locale::load_translations(translations.path.string());
  CHECK(old.translate("a") == "old");
  CHECK(locale::get("de").translate("a") == "new");
  CHECK_THROWS_AS(locale::load_translations("/nonexistent"), std::system_error);
  CHECK(locale::get("de").translate("a") == "new");
}

TEST_CASE("locale: gettext's files with plurals and contexts (LOC-03, LOC-06)", "[core]") {
  for (const bool is_big_endian : {false, true}) {
    Translations translations;
    translations.write("pl/LC_MESSAGES/shop.mo", polish_file(is_big_endian));
    translations.write("de/LC_MESSAGES/shop.mo", "broken");
    translations.write("fr/LC_MESSAGES/other.mo", "broken");
    LogCapture log;
    locale::load_gettext_translations(translations.path.string(), "shop");
    CHECK(log.count(bora::gen_log, "it is no .mo file") == 1);
    CHECK(locale::get_supported_locales() == std::vector<std::string>{"en_US", "pl"});
    const Locale& polish = locale::get("pl_PL");
    CHECK(polish.translate("school") == "szko\u0142a");
    CHECK(polish.translate("untranslated") == "untranslated");
    CHECK(polish.translate("") == "");
    const auto files = [&](std::int64_t n) { return polish.translate("%d file", "%d files", n); };
    CHECK(files(1) == "%d plik");
    CHECK(files(3) == "%d pliki");
    CHECK(files(-3) == "%d pliki");
    CHECK(files(12) == "%d plik\u00f3w");
    CHECK(files(22) == "%d pliki");
    CHECK(polish.translate("%d file") == "%d plik");
    CHECK(polish.pgettext("law", "right") == "prawo");
    CHECK(polish.pgettext("direction", "right") == "right");
    CHECK(polish.pgettext("menu", "%d file", "%d files", 2) == "B");
    CHECK(polish.pgettext("other", "%d file", "%d files", 2) == "%d pliki");
    CHECK(polish.translate("new", "news", 2) == "news");
  }
}

TEST_CASE("gettext file: whatever is in it, nothing beyond its end is read", "[core]") {
  const std::string good = polish_file();
  std::string error;
  REQUIRE(read_gettext_catalogue(good, error));
  // Each size is a copy, so that a sanitizer sees a read past its end.
  for (std::size_t size = 0; size < good.size(); ++size) {
    const std::vector<char> part(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
    read_gettext_catalogue({part.data(), part.size()}, error);
  }
  for (std::size_t place = 0; place < good.size(); ++place) {
    for (const int byte : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
      std::string bad = good;
      bad[place] = static_cast<char>(byte);
      const std::vector<char> copy(bad.begin(), bad.end());
      const auto catalogue = read_gettext_catalogue({copy.data(), copy.size()}, error);
      if (catalogue) plain(catalogue->find_plural("menu", "%d file", "%d files", 12));
    }
  }
}

TEST_CASE("gettext file: what can't be used is reported", "[core]") {
  const auto error_of = [](const std::string& file) {
    std::string error;
    return read_gettext_catalogue(file, error) ? "none" : error;
  };
  MoFile file{{{"", "Content-Type: text/plain; charset=ISO-8859-2\n"}}};
  CHECK(error_of(file.text()) == "its charset is iso-8859-2, and only UTF-8 is read");
  file.messages = {{"", "Plural-Forms: nplurals=2; plural=system(1);\n"}};
  CHECK(error_of(file.text()) == "its plural formula can't be read: system(1)");
  CHECK(error_of("") == "it is no .mo file");
  CHECK(error_of(polish_file().substr(0, 10)) == "it is cut off");
  std::string text = polish_file();
  text[8] = '\xff';
  CHECK(error_of(text) == "its tables reach beyond its end");
  // Many entries that point to one long string would take memory without limit.
  file.messages.assign(40, {"a", std::string(50, 'x')});
  text = file.text();
  for (int i = 0; i < 40; ++i)
    text.replace(28 + 320 + 8 * i, 8, file.number(1500) + file.number(900));
  CHECK(error_of(text) == "its strings overlap");
}

TEST_CASE("plural formula: C's operators and their precedence", "[core]") {
  const auto of = [](std::string_view text, std::uint64_t n) {
    const auto formula = PluralFormula::parse(text);
    return formula ? std::to_string((*formula)(n)) : "no formula";
  };
  CHECK(of("n != 1", 1) == "0");
  CHECK(of("1 + 2 * 3 - 4 / 2 % 3", 0) == "5");
  CHECK(of("(1 + 2) * 3", 0) == "9");
  CHECK(of("10 - 3 - 2", 0) == "5");
  CHECK(of("!n || n > 5 && n <= 7", 6) == "1");
  CHECK(of("!!n", 6) == "1");
  CHECK(of("n==0 ? 7 : n==1 ? 8 : 9", 1) == "8");
  CHECK(of("n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2", 11) == "1");
  CHECK(of("n / 0", 3) == "0");
  CHECK(of("n % (n - n)", 3) == "0");
  for (const char* bad : {"", "n n", "n ? 1", "(n", "n)", "m", "n =1", "n & 1", "-1", "n ? : 1",
                          "99999999999999999999999", "n;", "1 +"}) {
    CAPTURE(bad);
    CHECK(of(bad, 1) == "no formula");
  }
  CHECK(of(std::string(400, '(') + "n" + std::string(400, ')'), 1) == "no formula");
  CHECK(of(std::string(900, '!') + "n", 1) == "no formula");
  CHECK(of(std::string(2000, ' ') + "n", 1) == "no formula");
}

TEST_CASE("locale: names and directions (LOC-07)", "[core]") {
  CHECK(Locale("de", nullptr).name() == "Deutsch");
  CHECK(Locale("pt", nullptr).name() == "Portugu\u00eas");
  CHECK(Locale("zh", nullptr).name() == "\u4e2d\u6587");
  CHECK(Locale("id", nullptr).name() == "Bahasa Indonesia");
  CHECK(Locale("nb", nullptr).name() == "Norsk (bokm\u00e5l)");
  CHECK(Locale("d", nullptr).name() == "Unknown");
  CHECK(Locale("", nullptr).name() == "Unknown");
  CHECK(Locale("xx", nullptr).name() == "Unknown");
  CHECK(Locale("de_DE", nullptr).name() == "Deutsch");
  CHECK(Locale("pt_BR", nullptr).name() == "Portugu\u00eas (Brasil)");
  CHECK_FALSE(Locale("de_DE", nullptr).rtl());
  CHECK(Locale("fa_IR", nullptr).rtl());
  CHECK(Locale("ar", nullptr).rtl());
  CHECK(Locale("he_IL", nullptr).rtl());
}

namespace {

constexpr std::int64_t kNow = 1'772'723'229;  // Thursday, 5 March 2026, 15:07:09 UTC
constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;

std::string date_before(std::int64_t seconds, const bora::DateFormat& format = {},
                        const char* code = "en_US") {
  return Locale(code, nullptr).format_date(kNow - seconds, format, kNow);
}

}  // namespace

TEST_CASE("format_date: relative to now (LOC-08)", "[core]") {
  CHECK(date_before(0) == "0 seconds ago");
  CHECK(date_before(1) == "1 second ago");
  CHECK(date_before(49) == "49 seconds ago");
  CHECK(date_before(50) == "1 minute ago");
  CHECK(date_before(150) == "2 minutes ago");  // 2.5: to the even one
  CHECK(date_before(50 * 60 - 1) == "50 minutes ago");
  CHECK(date_before(50 * 60) == "1 hour ago");
  CHECK(date_before(kDay - 1) == "24 hours ago");
  CHECK(date_before(kDay) == "yesterday at 3:07 pm");
  CHECK(date_before(kDay, {.shorter = true}) == "yesterday");
  CHECK(date_before(kDay + 16 * kHour) == "Tuesday at 11:07 pm");
  CHECK(date_before(2 * kDay) == "Tuesday at 3:07 pm");
  CHECK(date_before(2 * kDay, {.shorter = true}) == "Tuesday");
  CHECK(date_before(5 * kDay) == "February 28 at 3:07 pm");
  CHECK(date_before(5 * kDay, {.shorter = true}) == "February 28");
  CHECK(date_before(333 * kDay) == "April 6 at 3:07 pm");
  CHECK(date_before(334 * kDay) == "April 5, 2025 at 3:07 pm");
  CHECK(date_before(334 * kDay, {.shorter = true}) == "April 5, 2025");
}

TEST_CASE("format_date: the future, and what is asked for (LOC-08, D-27)", "[core]") {
  CHECK(date_before(-59) == "0 seconds ago");
  CHECK(date_before(-60) == "March 5, 2026 at 3:08 pm");
  CHECK(date_before(-kDay) == "March 6, 2026 at 3:07 pm");
  CHECK(date_before(-1, {.relative = false}) == "March 5, 2026 at 3:07 pm");
  CHECK(date_before(60, {.relative = false}) == "3:06 pm");
  CHECK(date_before(kDay, {.relative = false}) == "Wednesday at 3:07 pm");
  CHECK(date_before(60, {.full_format = true}) == "March 5, 2026 at 3:06 pm");
  CHECK(date_before(60, {.gmt_offset = 300, .full_format = true}) == "March 5, 2026 at 10:06 am");
  CHECK(date_before(60, {.gmt_offset = -600, .full_format = true}) == "March 6, 2026 at 1:06 am");
  CHECK(date_before(60, {.relative = false}, "de") == "15:06");
  CHECK(date_before(60, {.relative = false}, "zh_CN") == "\u4e0b\u53483:06");
  CHECK(date_before(12 * kHour, {.relative = false}, "zh_CN") == "\u4e0a\u53483:07");
  const auto now = std::chrono::system_clock::now();
  CHECK(Locale("en", nullptr).format_date(now - std::chrono::hours(3)) == "3 hours ago");
}

TEST_CASE("format_date: catalogues translate its patterns (LOC-13)", "[core]") {
  const Locale german("de",
                      bora::read_csv_catalogue("%(month_name)s %(day)s,%(day)s. %(month_name)s\n"
                                               "February,Februar\n"
                                               "1 minute ago,vor einer Minute,singular\n"
                                               "%(minutes)d minutes ago,\"%x %(minutes)d "
                                               "%(oops)s %( Minuten\",plural\n",
                                               "de.csv"));
  CHECK(german.format_date(kNow - 5 * kDay, {.shorter = true}, kNow) == "28. Februar");
  CHECK(german.format_date(kNow - 60, {}, kNow) == "vor einer Minute");
  CHECK(german.format_date(kNow - 180, {}, kNow) == "%x 3 %(oops)s %( Minuten");
}

TEST_CASE("format_day, list, friendly_number (LOC-09 to LOC-11)", "[core]") {
  const Locale english("en_US", nullptr);
  CHECK(english.format_day(kNow) == "Thursday, March 5");
  CHECK(english.format_day(kNow, 0, false) == "March 5");
  CHECK(english.format_day(kNow, -600) == "Friday, March 6");
  const auto list = [](const char* code, const std::vector<std::string>& parts) {
    return Locale(code, nullptr).list(parts);
  };
  CHECK(list("en", {}).empty());
  CHECK(list("en", {"A"}) == "A");
  CHECK(list("en", {"A", "B"}) == "A and B");
  CHECK(list("en", {"A", "B", "C"}) == "A, B and C");
  CHECK(list("fa_IR", {"A", "B", "C"}) == "A \u0648 B and C");
  CHECK(english.friendly_number(0) == "0");
  CHECK(english.friendly_number(999) == "999");
  CHECK(english.friendly_number(1000) == "1,000");
  CHECK(english.friendly_number(-1234567) == "-1,234,567");
  CHECK(english.friendly_number(-123) == "-123");
  CHECK(Locale("de", nullptr).friendly_number(1234567) == "1234567");
}
