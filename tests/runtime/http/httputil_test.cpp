#include <bora/http/httputil.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/catch.h"

using namespace bora::http;

namespace {

using Files = std::vector<std::pair<std::string, HTTPFile>>;

std::string text_of(const std::vector<Argument>& arguments) {
  std::string text;
  for (const auto& [name, value] : arguments) text += name + "=" + value + "|";
  return text;
}

std::string part(std::string_view disposition, std::string_view content) {
  std::string text = "--b\r\nContent-Disposition: ";
  text.append(disposition).append("\r\n\r\n").append(content).append("\r\n");
  return text;
}

/// Returns the error, or what was read.
std::string multipart(std::string_view body, const FormLimits& limits = {},
                      std::string_view boundary = "b") {
  std::vector<Argument> arguments;
  Files files;
  try {
    parse_multipart_form_data(boundary, body, arguments, files, limits);
  } catch (const HTTPInputError& error) {
    CHECK(arguments.empty());
    CHECK(files.empty());
    return error.what();
  }
  std::string text = text_of(arguments);
  for (const auto& [name, file] : files) {
    text += name + "=(" + file.filename + "," + file.content_type + "," + file.body + ")|";
  }
  return text;
}

std::string urlencoded(std::size_t count) {
  std::string text = "a=";
  for (std::size_t i = 1; i < count; ++i) text += "&a=";
  return text;
}

}  // namespace

TEST_CASE("url_concat: HTU-14: arguments join the query, before the fragment", "[http]") {
  const std::vector<Argument> yz{{"y", "y"}, {"z", "z"}};
  CHECK(url_concat("https://localhost/path", yz) == "https://localhost/path?y=y&z=z");
  CHECK(url_concat("https://localhost/path", {{"y", "/y"}, {"z", "z"}}) ==
        "https://localhost/path?y=%2Fy&z=z");
  CHECK(url_concat("https://localhost/path?", yz) == "https://localhost/path?y=y&z=z");
  CHECK(url_concat("https://localhost/path?x", yz) == "https://localhost/path?x=&y=y&z=z");
  CHECK(url_concat("https://localhost/path?x&", yz) == "https://localhost/path?x=&y=y&z=z");
  CHECK(url_concat("https://localhost/path?a=1&b=2", yz) ==
        "https://localhost/path?a=1&b=2&y=y&z=z");
  CHECK(url_concat("https://localhost/path?r=1&t=2", {}) == "https://localhost/path?r=1&t=2");
  CHECK(url_concat("https://localhost/path#tab", {{"y", "y"}}) == "https://localhost/path?y=y#tab");
  CHECK(url_concat("https://localhost/path?x#tab?z", {{"y", "y"}}) ==
        "https://localhost/path?x=&y=y#tab?z");
  CHECK(url_concat("/p?y=1", {{"y", "2"}, {"y", "3"}}) == "/p?y=1&y=2&y=3");
  CHECK(url_concat("/p", {{"n\xc3\xa4me", "a b&c=d#e"}}) == "/p?n%C3%A4me=a+b%26c%3Dd%23e");
  CHECK(url_concat("/p?q=a%20b+c", {{"y", ""}}) == "/p?q=a+b+c&y=");
  CHECK(url_concat("", {{"y", "1"}}) == "?y=1");
}

TEST_CASE("parse_qs: HTU-15, HTU-28: pairs, blanks, and what is no percent sequence", "[http]") {
  CHECK(text_of(parse_qs("a=1&b=2&a=3")) == "a=1|b=2|a=3|");
  CHECK(text_of(parse_qs("")).empty());
  CHECK(text_of(parse_qs("a&b=&=c&&")) == "a=|b=|=c|");
  CHECK(text_of(parse_qs("a=b=c;d=e")) == "a=b=c;d=e|");
  CHECK(text_of(parse_qs("a+b=c+d%2B")) == "a b=c d+|");
  CHECK(text_of(parse_qs("a=%&b=%4&c=%zz&d=%00")) == std::string("a=%|b=%4|c=%zz|d=\0|", 19));
  CHECK(text_of(parse_qs("%C3%A9=%e9")) == "\xc3\xa9=\xe9|");
  CHECK(text_of(qs_to_qsl({{"b", {"1"}}, {"a", {"2", "3"}}, {"c", {}}})) == "a=2|a=3|b=1|");
}

TEST_CASE("parse_qs: HTU-18, CVE-2026-82397: arguments at the limit and one more", "[http]") {
  CHECK(parse_qs(urlencoded(999)).size() == 999);
  CHECK(parse_qs(urlencoded(1000)).size() == 1000);
  CHECK_THROWS_AS(parse_qs(urlencoded(1001)), HTTPInputError);
  CHECK(parse_qs(urlencoded(2), {.max_arguments = 2}).size() == 2);
  CHECK_THROWS_AS(parse_qs(urlencoded(3), {.max_arguments = 2}), HTTPInputError);
  // Empty arguments cost as much to count as others.
  CHECK_THROWS_AS(parse_qs(std::string(100'000, '&')), HTTPInputError);
}

TEST_CASE("parse_body_arguments: HTU-16: forms of both kinds, and what is none", "[http]") {
  std::vector<Argument> arguments{{"before", "1"}};
  Files files;
  parse_body_arguments("application/x-www-form-urlencoded; charset=UTF-8", "a=b", arguments, files);
  CHECK(text_of(arguments) == "before=1|a=b|");
  parse_body_arguments("multipart/form-data; boundary=\"b\"",
                       part("form-data; name=c", "d") + "--b--", arguments, files);
  CHECK(text_of(arguments) == "before=1|a=b|c=d|");
  parse_body_arguments("application/json", "{}", arguments, files);
  parse_body_arguments("", "x=y", arguments, files);
  parse_body_arguments("multipart/form-datax; boundary=b", "x", arguments, files);
  CHECK(arguments.size() == 3);

  const HTTPHeaders encoded{{"Content-Encoding", "gzip"}};
  CHECK_THROWS_AS(
      parse_body_arguments("application/x-www-form-urlencoded", "a=b", arguments, files, &encoded),
      HTTPInputError);
  CHECK_NOTHROW(parse_body_arguments("text/plain", "a=b", arguments, files, &encoded));
  CHECK_THROWS_WITH(parse_body_arguments("multipart/form-data", "x", arguments, files),
                    "invalid multipart/form-data: no boundary");
  CHECK_THROWS_WITH(parse_body_arguments("multipart/form-data; boundary=b", "x", arguments, files),
                    "invalid multipart/form-data: it does not begin with the boundary");
  CHECK(arguments.size() == 3);
}

TEST_CASE("multipart: HTU-17: files, fields and boundaries in quotes", "[http]") {
  const std::string file =
      "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"ab.txt\"\r\n\r\nFoo\r\n";
  CHECK(multipart(file + "--b--") == "files=(ab.txt,application/unknown,Foo)|");
  CHECK(multipart(file + "--b--\r\n", {}, "\"b\"") == "files=(ab.txt,application/unknown,Foo)|");
  CHECK(multipart(part("form-data; name=files; filename=ab.txt", "Foo") + "--b--") ==
        "files=(ab.txt,application/unknown,Foo)|");
  CHECK(multipart("\r\n" + file + "--b--") == "files=(ab.txt,application/unknown,Foo)|");
  CHECK(multipart(file + "--b--\r\nwhatever\r\n--b\r\n") ==
        "files=(ab.txt,application/unknown,Foo)|");
  CHECK(multipart("--b--").empty());
  CHECK(multipart(part("form-data; name=a", "1") + part("form-data; name=a", "2") + "--b--") ==
        "a=1|a=2|");
  CHECK(multipart("--b\r\nContent-Disposition: form-data; name=a\r\nContent-Type: a/b\r\n\r\n1\r\n"
                  "--b--") == "a=1|");
  CHECK(multipart("--b\r\nContent-Type: a/b\r\ncontent-disposition: form-data; name=a; "
                  "filename=f\r\n\r\n\r\n--b--") == "a=(f,a/b,)|");
}

TEST_CASE("multipart: HTU-17: any defect fails the whole", "[http]") {
  const std::string good = part("form-data; name=a", "1");
  for (const std::string& bad : {
           std::string("--b\r\n\r\nFoo\r\n--b--"),
           part("form-data", "Foo") + "--b--",
           part("invalid; name=\"files\"; filename=\"ab.txt\"", "Foo") + "--b--",
           std::string("--b\r\nContent-Disposition: form-data; name=a\r\n\r\nFoo--b--"),
           std::string("--b\nContent-Disposition: form-data; name=a\n\nFoo\n--b--"),
           std::string("--b\r\nContent-Disposition: form-data; name=a\rX: y\r\n\r\nFoo\r\n--b--"),
           std::string("--b\r\nContent-Disposition: form-data; name=a\r\n X: y\r\n\r\nF\r\n--b--"),
           std::string("--b\r\nContent-Disposition : form-data; name=a\r\n\r\nF\r\n--b--"),
           good,
           good + "--b",
           good + "--b-",
           std::string("Foo\r\n") + good + "--b--",
           std::string(),
       }) {
    CAPTURE(bad);
    CHECK(multipart(bad).starts_with("invalid multipart/form-data: "));
  }
}

TEST_CASE("multipart: HTU-19: file names as clients send them", "[http]") {
  const auto name_of = [](std::string_view parameter) {
    const std::string text =
        multipart(part("form-data; name=a; " + std::string(parameter), "") + "--b--");
    const std::size_t begin = text.find('(');
    return begin == std::string::npos ? text : text.substr(begin + 1, text.find(',') - begin - 1);
  };
  CHECK(name_of("filename=\"a;b.txt\"") == "a;b.txt");
  CHECK(name_of("filename=\"a\\\"b.txt\"") == "a\"b.txt");
  CHECK(name_of("filename=\"a\\\";b.txt\"") == "a\";b.txt");
  CHECK(name_of("filename=\"a\\\\b.txt\"") == "a\\b.txt");
  CHECK(name_of("filename=\"C:\\temp\\x.txt\"") == "C:\\temp\\x.txt");
  CHECK(name_of("filename=\"../../etc/passwd\"") == "../../etc/passwd");
  CHECK(name_of("filename=\"\xc3\xa1\xc3\xbf.txt\"") == "\xc3\xa1\xc3\xbf.txt");
  CHECK(name_of("filename=\"caf\xe9.txt\"") == "caf\xe9.txt");
  CHECK(name_of("filename*=UTF-8''%C3%A1b%C4%87.txt") ==
        "\xc3\xa1"
        "b\xc4\x87.txt");
  CHECK(name_of("filename*=iso-8859-1'en'%A3.txt") == "\xc2\xa3.txt");
  CHECK(name_of("filename*=UTF-8''ok.txt; filename=old.txt") == "ok.txt");
  CHECK(name_of("FILENAME=x") == "x");
  for (const char* bad :
       {"filename*=UTF-8''%ff.txt", "filename*=utf-7''x", "filename*=x", "filename*=UTF-8''%00",
        "filename*=UTF-8''a%0d%0ab", "filename=\"\x01\"", "filename=\"a\x7f\""}) {
    CAPTURE(bad);
    CHECK(name_of(bad).starts_with("invalid multipart/form-data: "));
  }
}

TEST_CASE("multipart: HTU-18, D-18, CVE-2026-31958: parts at the limit, one fewer and one more",
          "[http]") {
  const auto parts = [](std::size_t count) {
    std::string body;
    for (std::size_t i = 0; i < count; ++i) body += part("form-data; name=a", "1");
    return body + "--b--";
  };
  std::vector<Argument> arguments;
  Files files;
  for (const std::size_t count : {99U, 100U}) {
    arguments.clear();
    parse_multipart_form_data("b", parts(count), arguments, files);
    CHECK(arguments.size() == count);
  }
  CHECK(multipart(parts(101)) == "invalid multipart/form-data: too many parts");
  CHECK(multipart(parts(3), {.max_parts = 3}) == "a=1|a=1|a=1|");
  CHECK(multipart(parts(4), {.max_parts = 3}) == "invalid multipart/form-data: too many parts");
  CHECK(multipart(parts(1), {.max_parts = 0}) == "invalid multipart/form-data: too many parts");
}

TEST_CASE("multipart: HTU-18: a part's headers at the limit, one fewer and one more", "[http]") {
  constexpr std::string_view kStart = "form-data; name=a; x=";
  const std::size_t start = std::string_view("Content-Disposition: ").size() + kStart.size();
  for (const int difference : {-1, 0, 1}) {
    const std::string head =
        std::string(kStart) +
        std::string(10 * 1024 - start + static_cast<std::size_t>(difference + 1) - 1, 'x');
    CAPTURE(difference);
    CHECK(multipart(part(head, "1") + "--b--") ==
          (difference <= 0 ? "a=1|" : "invalid multipart/form-data: part headers too large"));
  }
  const FormLimits limits{.max_part_header_size = 38};
  CHECK(multipart(part("form-data; name=a", "1") + "--b--", limits) == "a=1|");
  CHECK(multipart(part("form-data; name=ab", "1") + "--b--", limits) ==
        "invalid multipart/form-data: part headers too large");
}

TEST_CASE("start lines: HTU-21: requests", "[http]") {
  const RequestStartLine line = parse_request_start_line("GET /foo?a=b HTTP/1.1");
  CHECK(line.method == "GET");
  CHECK(line.path == "/foo?a=b");
  CHECK(line.version == "HTTP/1.1");
  CHECK(parse_request_start_line("X-Y * HTTP/1.0").path == "*");
  for (const char* bad :
       {"", "GET", "GET /", "GET / HTTP/2.0", "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ",
        " GET / HTTP/1.1", "GET /a b HTTP/1.1", "G(T / HTTP/1.1", "GET / HTTP/1.1\r",
        "GET /\x7f HTTP/1.1", "GET / http/1.1", "GET / HTTP/1.10", "GET\t/\tHTTP/1.1"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(parse_request_start_line(bad), HTTPInputError);
  }
}

TEST_CASE("start lines: HTU-21: answers", "[http]") {
  const ResponseStartLine line = parse_response_start_line("HTTP/1.1 404 Not Found");
  CHECK(line.version == "HTTP/1.1");
  CHECK(line.code == 404);
  CHECK(line.reason == "Not Found");
  CHECK(parse_response_start_line("HTTP/1.0 200 ").reason.empty());
  CHECK(parse_response_start_line("HTTP/1.0 200").reason.empty());
  CHECK(parse_response_start_line("HTTP/1.1 200 \xc3\x9c").reason == "\xc3\x9c");
  for (const char* bad : {"", "HTTP/1.1", "HTTP/1.1 20", "HTTP/1.1 2000 x", "HTTP/2.0 200 OK",
                          "HTTP/1.1  200 OK", "HTTP/1.1 abc x", "HTTP/1.1 200OK",
                          "HTTP/1.1 200 a\rb", "HTTP/1.1 -20 x", "HTTP/1.1 +20 x"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(parse_response_start_line(bad), HTTPInputError);
  }
}

TEST_CASE("format_timestamp: HTU-20: RFC 9110's date", "[http]") {
  CHECK(format_timestamp(1359312200) == "Sun, 27 Jan 2013 18:43:20 GMT");
  CHECK(format_timestamp(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  const std::chrono::sys_seconds moment{std::chrono::seconds(1359312200)};
  CHECK(format_timestamp(moment) == "Sun, 27 Jan 2013 18:43:20 GMT");
  CHECK(format_timestamp(moment + std::chrono::milliseconds(999)) ==
        "Sun, 27 Jan 2013 18:43:20 GMT");
}

TEST_CASE("split_host_and_port: HTU-23", "[http]") {
  using Result = std::pair<std::string, std::optional<int>>;
  CHECK(split_host_and_port("example.com:8888") == Result{"example.com", 8888});
  CHECK(split_host_and_port("example.com") == Result{"example.com", std::nullopt});
  CHECK(split_host_and_port("example.com:") == Result{"example.com:", std::nullopt});
  CHECK(split_host_and_port("example.com:x") == Result{"example.com:x", std::nullopt});
  CHECK(split_host_and_port("example.com:99999999999") ==
        Result{"example.com:99999999999", std::nullopt});
  CHECK(split_host_and_port("[::1]:80") == Result{"[::1]", 80});
  CHECK(split_host_and_port("[::1]") == Result{"[::1]", std::nullopt});
  CHECK(split_host_and_port("") == Result{"", std::nullopt});
}

TEST_CASE("encode_username_password: HTU-22", "[http]") {
  CHECK(encode_username_password("Aladdin", "open:sesame") == "Aladdin:open:sesame");
  CHECK(encode_username_password("", "") == ":");
}

TEST_CASE("cookies: HTU-12: read as browsers do", "[http]") {
  const auto read = [](std::string_view text) {
    std::string result;
    for (const Cookie& cookie : parse_cookie(text)) {
      result.append(cookie.name).append("=").append(cookie.value).append("|");
    }
    return result;
  };
  CHECK(read("chips=ahoy; vienna=finger") == "chips=ahoy|vienna=finger|");
  CHECK(read("keebler=\"E=mc2; L=\\\"Loves\\\"; fudge=\\012;\"") ==
        "keebler=\"E=mc2|L=\\\"Loves\\\"|fudge=\\012|=\"|");
  CHECK(read("keebler=E=mc2") == "keebler=E=mc2|");
  CHECK(read("key:term=value:term") == "key:term=value:term|");
  CHECK(read("a=b; c=[; d=r; f=h") == "a=b|c=[|d=r|f=h|");
  CHECK(read("a=b; Domain=example.com; a=c") == "a=b|Domain=example.com|a=c|");
  CHECK(read("a=b; h=i; \xf0\x9f\x8d\xaa=d; k=l") == "a=b|h=i|\xf0\x9f\x8d\xaa=d|k=l|");
  CHECK(read("  =  b  ;  ;  =  ;   c  =  ;  ") == "=b|c=|");
  CHECK(read("[];b=c").starts_with("=[]|"));
  CHECK(read("").empty());
  CHECK(read(";;;").empty());
  CHECK(read("=b; =") == "=b|");
  CHECK(read(" = ").empty());
}

TEST_CASE("cookies: HTU-13: quotes and escapes", "[http]") {
  CHECK(unquote_cookie("plain") == "plain");
  CHECK(unquote_cookie("\"\"").empty());
  CHECK(unquote_cookie("\"") == "\"");
  CHECK(unquote_cookie("\"a\\\"b\\\\c\"") == "a\"b\\c");
  CHECK(unquote_cookie("\"\\073\\054\\040\"") == ";, ");
  CHECK(unquote_cookie("\"\\377\\400\\08\"") ==
        "\xff"
        "400"
        "08");
  CHECK(unquote_cookie("\"open") == "\"open");
  // CVE-2024-52804: the time grows with the length, not with its square.
  const std::string long_value = "\"" + std::string(2'000'000, '\\') + "\"";
  CHECK(unquote_cookie(long_value).size() == 1'000'000);
}

TEST_CASE("multipart: HTU-19: parameters take time in proportion (CVE-2025-67726)", "[http]") {
  std::string disposition = "form-data; name=a; x=\"";
  for (int i = 0; i < 300'000; ++i) disposition += "\\\";";
  disposition += "\"; filename=f";
  CHECK(multipart(part(disposition, "") + "--b--", {.max_part_header_size = 2'000'000}) ==
        "a=(f,application/unknown,)|");
  std::string many = "form-data; name=a";
  for (int i = 0; i < 300'000; ++i) many += ";x=";
  CHECK(multipart(part(many, "") + "--b--", {.max_part_header_size = 2'000'000}) == "a=|");
}
