#include <bora/core/escape.h>

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <vector>

#include "runtime/core/escape_kernel.h"
#include "tests/support/catch.h"

using namespace bora;

namespace {

// A second implementation of what each byte becomes.
std::string expected_escape(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#x27;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

struct NamedKernel {
  const char* name;
  EscapeFunction function;
};

std::vector<NamedKernel> kernels() {
  std::vector<NamedKernel> found;
  const auto add = [&](const char* name, EscapeKernel kernel) {
    if (const EscapeFunction function = escape_function(kernel)) found.push_back({name, function});
  };
  add("scalar", EscapeKernel::scalar);
  add("sse2", EscapeKernel::sse2);
  add("ssse3", EscapeKernel::ssse3);
  add("avx2", EscapeKernel::avx2);
  add("neon", EscapeKernel::neon);
  found.push_back({"chosen", escape_html});
  return found;
}

// Two pages of which the second can't be touched: a text that ends at the first page's end reveals
// every read after it, in any build.
class GuardedPage {
 public:
  GuardedPage() : size_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    void* memory = mmap(nullptr, 3 * size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(memory != MAP_FAILED);
    begin_ = static_cast<char*>(memory) + size_;
    REQUIRE(mprotect(begin_, size_, PROT_READ | PROT_WRITE) == 0);
  }
  ~GuardedPage() { munmap(begin_ - size_, 3 * size_); }
  GuardedPage(const GuardedPage&) = delete;
  GuardedPage& operator=(const GuardedPage&) = delete;

  const char* put_at_end(std::string_view text) {
    char* const at = begin_ + size_ - text.size();
    std::memcpy(at, text.data(), text.size());
    return at;
  }
  const char* put_at_start(std::string_view text) {
    std::memcpy(begin_, text.data(), text.size());
    return begin_;
  }

 private:
  std::size_t size_;
  char* begin_ = nullptr;
};

std::string run(EscapeFunction escape, const char* text, std::size_t size) {
  std::vector<char> to(size * kMaxEntitySize + kEscapeSlack, '~');
  const char* const end = escape(to.data(), text, size);
  return {to.data(), static_cast<std::size_t>(end - to.data())};
}

// Texts of one size: plain, all special, and with special characters at varying distances.
std::vector<std::string> texts_of_size(std::size_t size) {
  constexpr char specials[] = "&<>\"'";
  std::vector<std::string> texts{std::string(size, 'a'), std::string(size, '\'')};
  for (const std::size_t step : {1, 2, 3, 7, 15, 16, 17, 33}) {
    std::string text(size, 'x');
    for (std::size_t i = step - 1; i < size; i += step) text[i] = specials[(i / step) % 5];
    texts.push_back(text);
  }
  return texts;
}

}  // namespace

TEST_CASE("escape kernel: every byte is what it should be, at every place of a block", "[core]") {
  for (const auto& [name, escape] : kernels()) {
    INFO(name);
    for (int byte = 0; byte < 256; ++byte) {
      for (std::size_t at = 0; at < 40; ++at) {
        std::string text(40, '.');
        text[at] = static_cast<char>(byte);
        if (run(escape, text.data(), text.size()) != expected_escape(text)) {
          FAIL("byte " << byte << " at " << at);
        }
      }
    }
  }
  SUCCEED();
}

TEST_CASE("escape kernel: all lengths to 300 agree, and nothing behind the text is read",
          "[core]") {
  GuardedPage page;
  for (const auto& [name, escape] : kernels()) {
    INFO(name);
    for (std::size_t size = 0; size <= 300; ++size) {
      for (const std::string& text : texts_of_size(size)) {
        const std::string expected = expected_escape(text);
        if (run(escape, page.put_at_end(text), size) != expected) FAIL("at the end, size " << size);
        if (run(escape, page.put_at_start(text), size) != expected) {
          FAIL("at the start, size " << size);
        }
      }
    }
  }
  SUCCEED();
}

TEST_CASE("escape kernel: every alignment of text and result", "[core]") {
  const std::string pattern =
      "plain text of some length, <b>bold & \"quoted\"</b>, it's 70 bytes!!";
  for (const auto& [name, escape] : kernels()) {
    INFO(name);
    for (std::size_t from = 0; from < 33; ++from) {
      for (std::size_t to = 0; to < 33; ++to) {
        std::string text(from, '<');
        text += pattern;
        std::vector<char> result(to + pattern.size() * kMaxEntitySize + kEscapeSlack);
        char* const end = escape(result.data() + to, text.data() + from, pattern.size());
        if (std::string_view(result.data() + to, static_cast<std::size_t>(end - result.data()) -
                                                     to) != expected_escape(pattern)) {
          FAIL("from " << from << " to " << to);
        }
      }
    }
  }
  SUCCEED();
}

TEST_CASE("escape kernel: no more than the slack behind the result is written", "[core]") {
  for (const auto& [name, escape] : kernels()) {
    INFO(name);
    for (std::size_t size = 0; size <= 100; ++size) {
      for (const std::string& text : texts_of_size(size)) {
        std::vector<char> to(size * kMaxEntitySize + 3 * kEscapeSlack, '~');
        const char* const end = escape(to.data(), text.data(), size);
        for (const char* at = end + kEscapeSlack; at < to.data() + to.size(); ++at) {
          if (*at != '~') FAIL("size " << size << ", " << at - end << " bytes behind the result");
        }
      }
    }
  }
  SUCCEED();
}

TEST_CASE("xhtml_escape: Tornado's five entities", "[core]") {
  CHECK(xhtml_escape("<foo>") == "&lt;foo&gt;");
  CHECK(xhtml_escape("<>&\"'") == "&lt;&gt;&amp;&quot;&#x27;");
  CHECK(xhtml_escape("&amp;") == "&amp;amp;");
  CHECK(xhtml_escape("<\xc3\xa9>") == "&lt;\xc3\xa9&gt;");
  CHECK(xhtml_escape("") == "");
  CHECK(xhtml_escape("\xff\x80<") == "\xff\x80&lt;");
  CHECK(xhtml_escape(std::string_view("a\0<", 3)) == std::string("a\0&lt;", 6));
  const std::string longer(1000, '&');
  CHECK(xhtml_escape(longer) == expected_escape(longer));
}

TEST_CASE("url_escape: with and without plus", "[core]") {
  CHECK(url_escape("a b+c/d?e=f&g") == "a+b%2Bc%2Fd%3Fe%3Df%26g");
  CHECK(url_escape("a b+c/d", false) == "a%20b%2Bc/d");
  CHECK(url_escape("\xc3\xa9") == "%C3%A9");
  CHECK(url_escape("-._~azAZ09") == "-._~azAZ09");
  CHECK(url_escape(std::string_view("\0\xff", 2)) == "%00%FF");
}

TEST_CASE("url_unescape: undoes url_escape and keeps what is no sequence", "[core]") {
  CHECK(url_unescape("a+b%2Bc%2fd") == "a b+c/d");
  CHECK(url_unescape("a+b%20c", false) == "a+b c");
  CHECK(url_unescape("%") == "%");
  CHECK(url_unescape("%4") == "%4");
  CHECK(url_unescape("%4x%zz%") == "%4x%zz%");
  CHECK(url_unescape("%%41") == "%A");
  CHECK(url_unescape("%00") == std::string(1, '\0'));
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  CHECK(url_unescape(url_escape(all)) == all);
  CHECK(url_unescape(url_escape(all, false), false) == all);
}

TEST_CASE("is_valid_utf8: the borders of RFC 3629", "[core]") {
  for (const char* valid : {"", "ascii only, long enough for a word", "\xc2\x80", "\xdf\xbf",
                            "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
                            "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "12345678\xc3\xa9"}) {
    INFO(valid);
    CHECK(is_valid_utf8(valid));
  }
  for (const char* invalid :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf", "\xe2\x82",
        "\xe2\x82(", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf0\x90\x80", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xff", "1234567\xff", "12345678\xff"}) {
    INFO(invalid);
    CHECK_FALSE(is_valid_utf8(invalid));
  }
  CHECK(is_valid_utf8(std::string_view("a\0b", 3)));
}

TEST_CASE("json_string: safe inside a script element (ESC-03)", "[core]") {
  CHECK(json_string("plain") == "\"plain\"");
  CHECK(json_string("</script>") == "\"<\\/script>\"");
  CHECK(json_string("a/b") == "\"a/b\"");
  CHECK(json_string("\"\\\b\f\n\r\t\x01\x1f") == "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001F\"");
  CHECK(json_string("\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa") == "\"\\u2028\\u2029\xe2\x80\xaa\"");
  CHECK(json_string("\xc3\xa9\xf0\x9f\x98\x80") == "\"\xc3\xa9\xf0\x9f\x98\x80\"");
  CHECK(json_string("a\xff\xc3") == "\"a\xef\xbf\xbd\xef\xbf\xbd\"");
}
