#include <string>
#include <utility>
#include <vector>

#include "runtime/http/form.h"
#include "tests/support/catch.h"

// Multipart bodies that come in pieces give the same as whole ones.

using bora::http::Argument;
using bora::http::FormLimits;
using bora::http::HTTPFile;
using bora::http::multipart_boundary;
using bora::http::MultipartReader;
using bora::http::parse_multipart;

namespace {

using Step = MultipartReader::Step;

/// "name=value;name[filename:type]=value;", or "error: why".
std::string read(const std::vector<std::string>& pieces, const FormLimits& limits = {}) {
  MultipartReader reader("XX", limits);
  std::string text;
  for (const std::string& piece : pieces) {
    reader.feed(piece);
    for (Step step = reader.next(); step != Step::more; step = reader.next()) {
      if (step == Step::failed) return "error: " + reader.error();
      if (step == Step::end) break;
      const auto& head = reader.head();
      if (step == Step::part) text += *head.name;
      if (step == Step::part && !head.filename.empty()) {
        text += "[" + head.filename + ":" + head.content_type + "]";
      }
      if (step == Step::part) text += "=";
      if (step == Step::data) text += reader.data();
      if (step == Step::end_of_part) text += ";";
    }
  }
  return reader.is_complete() ? text : "error: invalid multipart/form-data: no final boundary";
}

std::string read_at_once(const std::string& body) {
  std::vector<Argument> arguments;
  std::vector<std::pair<std::string, HTTPFile>> files;
  std::string error;
  if (!parse_multipart("XX", body, {}, arguments, files, error)) return "error: " + error;
  std::string text;
  for (const auto& argument : arguments) text += argument.name + "=" + argument.value + ";";
  for (const auto& [name, file] : files) {
    text += name + "[" + file.filename + ":" + file.content_type + "]=" + file.body + ";";
  }
  return text;
}

std::string part(const std::string& name, const std::string& content,
                 const std::string& filename = {}) {
  std::string text = "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"";
  if (!filename.empty()) text += "; filename=\"" + filename + "\"\r\nContent-Type: text/x";
  return text + "\r\n\r\n" + content + "\r\n";
}

}  // namespace

TEST_CASE("multipart reader: as at once, wherever the body is cut", "[http]") {
  const std::vector<std::string> contents = {"",
                                             "x",
                                             "\r\n",
                                             "\r\n--XX-",
                                             "\r\n--XXX\r\n",
                                             "--XX--",
                                             "\r\r\n-\r\n--X",
                                             std::string(3, '\0') + "\xff"};
  std::vector<std::string> bodies = {"--XX--", "\r\n--XX--\r\n", "--XX--epilogue"};
  for (const std::string& content : contents) {
    bodies.push_back(part("a", content) + "--XX--\r\n");
    bodies.push_back("\r\n" + part("a", "1") + part("f", content, "n.txt") +
                     part("g", content, "m") + "--XX--");
  }
  for (const std::string& body : bodies) {
    CAPTURE(body);
    const std::string whole = read_at_once(body);
    CHECK_FALSE(whole.starts_with("error"));
    CHECK(read({body}) == whole);
    for (std::size_t i = 0; i <= body.size(); ++i) {
      REQUIRE(read({body.substr(0, i), body.substr(i)}) == whole);
    }
    std::vector<std::string> bytes;
    for (const char c : body) bytes.emplace_back(1, c);
    CHECK(read(bytes) == whole);
  }
}

TEST_CASE("multipart reader: the same defects are refused, wherever the body is cut", "[http]") {
  const std::string good = part("a", "x");
  for (const std::string& body : {
           std::string("nonsense"),
           std::string("--XY\r\n"),
           "preamble\r\n" + good + "--XX--",
           good,
           good + "--XX",
           good + "--XX-",
           "--XX \r\n" + good.substr(6) + "--XX--",
           std::string("--XX\r\n\r\n\r\nx\r\n--XX--"),
           std::string("--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XX--"),
           std::string("--XX\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--XX--"),
           std::string("--XX\r\nContent-Type: text/plain\r\n\r\nx\r\n--XX--"),
           std::string("--XX\r\nContent Disposition: form-data; name=a\r\n\r\nx\r\n--XX--"),
           std::string("--XX\r\nContent-Disposition: form-data; name=\"a\rb\"\r\n\r\nx\r\n--XX--"),
       }) {
    CAPTURE(body);
    CHECK(read_at_once(body).starts_with("error"));
    CHECK(read({body}).starts_with("error"));
    for (std::size_t i = 0; i <= body.size(); ++i) {
      REQUIRE(read({body.substr(0, i), body.substr(i)}).starts_with("error"));
    }
  }
}

TEST_CASE("multipart reader: limits of parts and of their headers", "[http]") {
  const std::string three = part("a", "1") + part("b", "2") + part("c", "3") + "--XX--";
  CHECK(read({three}, {.max_parts = 3}) == "a=1;b=2;c=3;");
  CHECK(read({three}, {.max_parts = 2}) == "error: invalid multipart/form-data: too many parts");
  const std::string size_42 = part("a", "1") + "--XX--";
  const std::string head = "Content-Disposition: form-data; name=\"a\"";
  const auto size = static_cast<std::uint32_t>(head.size());
  CHECK(read({size_42}, {.max_part_header_size = size}) == "a=1;");
  const std::string too_large = "error: invalid multipart/form-data: part headers too large";
  CHECK(read({size_42}, {.max_part_header_size = size - 1}) == too_large);
  // A header that never ends is refused early.
  MultipartReader reader("XX", {});
  reader.feed("--XX\r\nX: ");
  std::size_t fed = 0;
  while (reader.next() == Step::more && fed < 1'000'000) {
    reader.feed(std::string(1000, 'x'));
    fed += 1000;
  }
  CHECK(fed < 12'000);
  CHECK(reader.next() == Step::failed);
  reader.feed("more");
  CHECK(reader.next() == Step::failed);
}

TEST_CASE("multipart_boundary: of a Content-Type", "[http]") {
  CHECK(multipart_boundary("multipart/form-data; boundary=XX") == "XX");
  CHECK(multipart_boundary("Multipart/Form-Data; charset=utf-8; BOUNDARY=\"X X\"") == "X X");
  CHECK(multipart_boundary("multipart/form-data").empty());
  CHECK(multipart_boundary("multipart/mixed; boundary=XX").empty());
  CHECK(multipart_boundary("").empty());
  CHECK(read({"--XX--"}).empty());
  MultipartReader none("", {});
  CHECK(none.next() == Step::failed);
  MultipartReader endless(std::string(300, 'X'), {});
  CHECK(endless.next() == Step::failed);
}
