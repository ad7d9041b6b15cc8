// The reader of case files; its own tests are at the end.

#include "tests/conformance/http/case_file.h"

#include <charconv>
#include <stdexcept>

#include "tests/support/catch.h"

namespace bora::test {

namespace {

std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

class CaseReader {
 public:
  CaseReader(std::string_view file_name, std::string_view text)
      : file_name_(file_name), text_(text) {}

  std::string unescaped() { return unescape(text_); }

  std::vector<WireCase> read() {
    while (!text_.empty()) {
      const std::size_t end = std::min(text_.find('\n'), text_.size());
      const std::string_view line = text_.substr(0, end);
      text_.remove_prefix(std::min(end + 1, text_.size()));
      ++line_;
      if (!line.empty() && line[0] != '#') read_line(line);
    }
    check_last();
    return std::move(cases_);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error(place() + ": " + why);
  }

  [[nodiscard]] std::string place() const {
    return std::string(file_name_) + ":" + std::to_string(line_);
  }

  WireCase& last() {
    if (cases_.empty()) fail("no case has begun");
    return cases_.back();
  }

  ExpectedAnswer& last_answer() {
    if (last().answers.empty()) fail("no answer to which this could belong");
    return last().answers.back();
  }

  void read_line(std::string_view line) {
    const std::string_view rest_of_line = line;
    const std::string_view kind = take_word(line);
    if (kind == "==") {
      check_last();
      cases_.push_back({});
      cases_.back().claim = line;
      cases_.back().place = place();
    } else if (kind == "rule") {
      last().rule = line;
    } else if (kind == "set") {
      read_option(line);
    } else if (kind == ">") {
      last().bytes += unescape(rest_of_line.substr(std::min<std::size_t>(2, rest_of_line.size())));
      last().bytes += "\r\n";
    } else if (kind == "|") {
      last().bytes += unescape(line);
    } else if (kind == "<") {
      read_answer(line);
    } else if (kind == "<?") {
      read_answer(line);
      last_answer().is_optional = true;
    } else if (kind == "<+") {
      last_answer().has.push_back(read_field(line));
    } else if (kind == "<-") {
      last_answer().lacks.emplace_back(line);
    } else if (kind == "<=") {
      last_answer().body = unescape(line);
    } else if (kind == "<~") {
      last_answer().holds.push_back(unescape(line));
    } else if (kind == "saw") {
      last().saw.push_back(read_field(line));
    } else if (kind == "unseen") {
      last().unseen.emplace_back(line);
    } else if (kind == "host") {
      last().host = unescape(line);
    } else if (kind == "end") {
      read_end(line);
    } else {
      fail("'" + std::string(kind) + "' begins no line of a case");
    }
  }

  void check_last() const {
    if (cases_.empty()) return;
    const WireCase& last = cases_.back();
    if (last.rule.empty()) fail("the case before has no rule");
    if (last.bytes.empty()) fail("the case before sends nothing");
    if (last.answers.empty() && !last.end) fail("the case before expects nothing");
  }

  void read_answer(std::string_view line) {
    ExpectedAnswer answer;
    answer.status = static_cast<int>(read_number(take_word(line)));
    if (!line.empty()) {
      SeenRequest request;
      request.method = take_word(line);
      request.uri = unescape(take_word(line));
      request.body = unescape(line);
      answer.request = std::move(request);
    }
    last().answers.push_back(std::move(answer));
  }

  void read_option(std::string_view line) {
    const std::string_view name = take_word(line);
    const std::size_t value = read_number(line);
    http::HTTPServerOptions& options = last().options;
    if (name == "max_header_size") {
      options.max_header_size = value;
    } else if (name == "max_header_count") {
      options.max_header_count = value;
    } else if (name == "max_uri_size") {
      options.max_uri_size = value;
    } else if (name == "max_body_size") {
      options.max_body_size = value;
    } else if (name == "underscores_in_headers") {
      options.underscores_in_headers = value != 0;
    } else if (name == "no_keep_alive") {
      options.no_keep_alive = value != 0;
    } else {
      fail("no option '" + std::string(name) + "'");
    }
  }

  void read_end(std::string_view line) {
    if (line == "open") {
      last().end = End::open;
    } else if (line == "closed") {
      last().end = End::closed;
    } else if (line == "waiting") {
      last().end = End::waiting;
    } else {
      fail("an end is open, closed or waiting");
    }
  }

  std::size_t read_number(std::string_view text) const {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
      fail("'" + std::string(text) + "' is no number");
    return value;
  }

  Field read_field(std::string_view line) const {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) fail("a field without a colon");
    std::string_view value = line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    return {std::string(line.substr(0, colon)), unescape(value)};
  }

  std::string unescape(std::string_view text) const {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\\') {
        result += text[i];
        continue;
      }
      if (++i == text.size()) fail("a backslash at the end of a line");
      i += unescape_one(text.substr(i), result);
    }
    return result;
  }

  // Returns how many characters the escape has after its first one.
  std::size_t unescape_one(std::string_view text, std::string& result) const {
    constexpr std::string_view kNames = "rnt0\\";
    constexpr std::string_view kBytes("\r\n\t\0\\", 5);
    if (const std::size_t at = kNames.find(text[0]); at != std::string_view::npos) {
      result += kBytes[at];
      return 0;
    }
    if (text[0] == 'x' && text.size() >= 3) {
      unsigned value = 0;
      std::from_chars(text.data() + 1, text.data() + 3, value, 16);
      result += static_cast<char>(value);
      return 2;
    }
    const std::size_t end = text.find('}');
    const std::size_t star = text.substr(0, end).rfind('*');
    if (text[0] != '{' || end == std::string_view::npos || star == std::string_view::npos)
      fail("an unknown escape");
    const std::string unit = unescape(text.substr(1, star - 1));
    for (std::size_t n = read_number(text.substr(star + 1, end - star - 1)); n > 0; --n)
      result += unit;
    return end;
  }

  std::string_view file_name_;
  std::string_view text_;
  std::size_t line_ = 0;
  std::vector<WireCase> cases_;
};

}  // namespace

End WireCase::expected_end() const {
  if (end) return *end;
  const bool is_refused = answers.back().status >= 200 && !answers.back().request;
  return is_refused ? End::closed : End::open;
}

std::vector<WireCase> parse_cases(std::string_view file_name, std::string_view text) {
  return CaseReader(file_name, text).read();
}

std::string unescape_case_text(std::string_view text) {
  return CaseReader("a case", text).unescaped();
}

}  // namespace bora::test

using namespace bora::test;

TEST_CASE("case files: what is sent and what is expected", "[conformance]") {
  const std::vector<WireCase> cases = parse_cases("f.http",
                                                  "# a remark\n"
                                                  "== one\n"
                                                  "rule RFC 1, 2\n"
                                                  "set max_body_size 7\n"
                                                  "> GET / HTTP/1.1\n"
                                                  ">\n"
                                                  "| a\\r\\x41\\{xy*3}\\0\n"
                                                  "< 100\n"
                                                  "< 200 POST /x a b\n"
                                                  "<+ Name: value\n"
                                                  "<- Other\n"
                                                  "\n"
                                                  "== two\n"
                                                  "rule RFC 3\n"
                                                  "> x\n"
                                                  "< 400\n");
  REQUIRE(cases.size() == 2);
  CHECK(cases[0].place == "f.http:2");
  CHECK(cases[0].options.max_body_size == 7);
  CHECK(cases[0].bytes == std::string("GET / HTTP/1.1\r\n\r\na\rAxyxyxy\0", 28));
  REQUIRE(cases[0].answers.size() == 2);
  CHECK(cases[0].answers[1].request->body == "a b");
  CHECK(cases[0].answers[1].has == std::vector<Field>{{"Name", "value"}});
  CHECK(cases[0].expected_end() == End::open);
  CHECK(cases[1].expected_end() == End::closed);
}

TEST_CASE("case files: a mistake is told with its place", "[conformance]") {
  const auto message_of = [](std::string_view text) -> std::string {
    try {
      parse_cases("f", text);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return {};
  };
  CHECK(message_of("rule x\n") == "f:1: no case has begun");
  CHECK(message_of("== a\nrule r\nfoo x\n") == "f:3: 'foo' begins no line of a case");
  CHECK(message_of("== a\nrule r\n> x\n") == "f:3: the case before expects nothing");
  CHECK(message_of("== a\nrule r\n| \\q\n") == "f:3: an unknown escape");
  CHECK(message_of("== a\n> x\n< 400\n== b\n") == "f:4: the case before has no rule");
}
