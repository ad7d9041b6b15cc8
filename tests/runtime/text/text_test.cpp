// Characters, hexadecimal and percent coding, UTF-8, the grammar of fields, distances of words.

#include <string>
#include <string_view>

#include "runtime/text/characters.h"
#include "runtime/text/edit_distance.h"
#include "runtime/text/fields.h"
#include "runtime/text/hex.h"
#include "runtime/text/percent.h"
#include "runtime/text/utf8.h"
#include "tests/support/catch.h"

using namespace std::string_view_literals;
namespace text = bora::text;

namespace {

/// The bytes that a class contains.
template <class IsIn>
std::string members(IsIn is_in) {
  std::string found;
  for (int i = 0; i < 256; ++i) {
    if (is_in(static_cast<char>(i))) found += static_cast<char>(i);
  }
  return found;
}

}  // namespace

TEST_CASE("characters: each class holds exactly its bytes", "[text]") {
  const std::string lower = "abcdefghijklmnopqrstuvwxyz";
  const std::string upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  CHECK(members(text::is_digit) == "0123456789");
  CHECK(members(text::is_lower) == lower);
  CHECK(members(text::is_upper) == upper);
  CHECK(members(text::is_letter) == upper + lower);
  CHECK(members(text::is_alphanumeric) == "0123456789" + upper + lower);
  CHECK(members(text::is_word) == "0123456789" + upper + '_' + lower);
  CHECK(members(text::is_hex_digit) == "0123456789ABCDEFabcdef");
  CHECK(members(text::is_blank) == "\t ");
  CHECK(members(text::is_space) == "\t\n\v\f\r ");
  CHECK(members(text::is_html_space) == "\t\n\f\r ");
  CHECK(members(text::is_control).size() == 33);
  CHECK(members(text::is_ascii).size() == 128);
  CHECK(members(text::is_unreserved) == "-.0123456789" + upper + '_' + lower + '~');
  CHECK(members(text::is_token_character) == "!#$%&'*+-.0123456789" + upper + "^_`" + lower + "|~");
}

TEST_CASE("characters: lower and upper case are ASCII's alone", "[text]") {
  CHECK(text::lowered("AZaz[@\xc4") == "azaz[@\xc4");
  CHECK(text::to_upper('a') == 'A');
  CHECK(text::to_upper('z') == 'Z');
  for (const char c : "AZ09`{[@_\xe4"sv) CHECK(text::to_upper(c) == c);
  CHECK(text::equals_ignoring_case("Content-Type", "content-tYPE"));
  CHECK_FALSE(text::equals_ignoring_case("a", "ab"));
  CHECK_FALSE(text::equals_ignoring_case("@", "`"));
}

TEST_CASE("characters: both ends are trimmed", "[text]") {
  CHECK(text::trim_blanks(" \t a b\t ") == "a b");
  CHECK(text::trim_blanks("\na\n") == "\na\n");
  CHECK(text::trim_blanks(" \t ").empty());
  CHECK(text::trim_blanks("").empty());
  CHECK(text::trim_space("\r\n a\v\f\t") == "a");
}

TEST_CASE("hex: bytes and digits", "[text]") {
  CHECK(text::to_hex("\x00\x7f\xff"sv) == "007fff");
  CHECK(text::from_hex("007fFF") == "\x00\x7f\xff"sv);
  CHECK(text::from_hex("") == "");
  CHECK_FALSE(text::from_hex("0"));
  CHECK_FALSE(text::from_hex("0g"));
  CHECK(text::hex_byte('A', 'f') == 0xaf);
  CHECK(text::hex_byte('A', ' ') == -1);
  CHECK(text::hex_value('@') == -1);
  CHECK(text::hex_value('\x06') == -1);
}

TEST_CASE("percent: escapes are whole or none", "[text]") {
  CHECK(text::escaped_byte("a%41", 1) == 'A');
  CHECK(text::escaped_byte("%ff", 0) == 0xff);
  CHECK_FALSE(text::is_escape("%4", 0));
  CHECK_FALSE(text::is_escape("%", 0));
  CHECK_FALSE(text::is_escape("%4g", 0));
  std::string out;
  text::append_escaped(out, '\xe4');
  CHECK(out == "%E4");
  CHECK(text::is_path_character('@'));
  CHECK_FALSE(text::is_path_character('/'));
}

TEST_CASE("utf8: what is written is read again, and nothing else is", "[text]") {
  for (const char32_t code : {0x0U, 0x7fU, 0x80U, 0x7ffU, 0x800U, 0xd7ffU, 0xe000U, 0xfffdU,
                              0xffffU, 0x10000U, 0x10ffffU}) {
    std::string written;
    text::append_utf8(written, code);
    const text::UTF8Character read = text::decode_utf8(written, 0);
    CHECK(read.is_valid);
    CHECK(read.code == code);
    CHECK(read.size == written.size());
    for (std::size_t size = 1; size < written.size(); ++size) {
      CHECK(text::utf8_size(std::string_view(written).substr(0, size)) == 0);
    }
  }
  for (const std::string_view wrong :
       {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3(", "\xe2\x82("}) {
    INFO(text::to_hex(wrong));
    CHECK(text::utf8_size(wrong) == 0);
    const text::UTF8Character read = text::decode_utf8(wrong, 0);
    CHECK_FALSE(read.is_valid);
    CHECK(read.size == 1);
    CHECK(read.code == static_cast<unsigned char>(wrong[0]));
  }
}

TEST_CASE("utf8: a text is cut between characters", "[text]") {
  CHECK(text::utf8_prefix("aä", 3) == "aä");
  CHECK(text::utf8_prefix("aä", 2) == "a");
  CHECK(text::utf8_prefix("aä", 1) == "a");
  CHECK(text::utf8_prefix("€", 2).empty());
}

TEST_CASE("fields: tokens and quoted strings", "[text]") {
  std::string_view rest = R"(max-age="1\"0";x)";
  CHECK(text::take_token(rest) == "max-age");
  CHECK(text::take_token(rest).empty());
  CHECK_FALSE(text::take_quoted_string(rest));
  rest.remove_prefix(1);
  CHECK(text::take_quoted_string(rest) == "1\"0");
  CHECK(rest == ";x");
  for (std::string_view unended : {R"(")", R"("a)", R"("a\)", R"("a\")"}) {
    const std::string_view before = unended;
    CHECK_FALSE(text::take_quoted_string(unended));
    CHECK(unended == before);
  }
  CHECK(text::is_token("x-y"));
  CHECK_FALSE(text::is_token(""));
  CHECK_FALSE(text::is_token("a b"));
}

TEST_CASE("fields: a separator within quotes separates nothing", "[text]") {
  std::string_view rest = R"( a ; b="1;\";2" ;c)";
  CHECK(text::take_member(rest, ';') == "a");
  CHECK(text::take_member(rest, ';') == R"(b="1;\";2")");
  CHECK(text::take_member(rest, ';') == "c");
  CHECK(rest.empty());
  CHECK(text::find_separator(R"("\)", ';') == 2);
}

TEST_CASE("edit distance: a swap of neighbours is one step", "[text]") {
  CHECK(text::edit_distance("", "abc") == 3);
  CHECK(text::edit_distance("abc", "abc") == 0);
  CHECK(text::edit_distance("exteds", "extends") == 1);
  CHECK(text::edit_distance("ab", "ba") == 1);
  CHECK(text::edit_distance("kitten", "sitting") == 3);
}
