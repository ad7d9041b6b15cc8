#include "tests/conformance/http/wire_server.h"

#include <charconv>
#include <cstdlib>
#include <new>
#include <stdexcept>

namespace bora::test {

namespace {

class WireMessage final : public http::HTTPMessageDelegate {
 public:
  WireMessage(WireDelegate& owner, http::HTTPServerRequest& request)
      : owner_(owner), request_(request) {}

  void data_received(std::string_view chunk) override { request_.append_body(chunk); }
  void on_connection_close() override { request_.connection().release(); }

  void finish() override {
    record();
    const std::string_view path = request_.path();
    constexpr std::string_view kStatus = "/status/";
    if (path.starts_with(kStatus)) {
      answer_status(std::atoi(std::string(path.substr(kStatus.size())).c_str()));
    } else if (path == "/chunks") {
      answer_in_pieces();
    } else if (path == "/length") {
      answer(200, "twelve bytes");
    } else {
      answer(200, request_.body());
    }
    request_.connection().release();
  }

  void answer_early() {
    record();
    answer(405, "early");
    request_.connection().release();
  }

 private:
  void record() {
    SeenRequest seen{std::string(request_.method()),
                     std::string(request_.uri()),
                     std::string(request_.body()),
                     std::string(request_.host()),
                     {}};
    for (const auto [name, value] : request_.headers()) seen.headers.emplace_back(name, value);
    owner_.seen.push_back(std::move(seen));
  }

  void answer(int status, std::string_view body) {
    http::ResponseHead head;
    head.status = status;
    head.content_type = "text/plain";
    head.content_length = static_cast<std::int64_t>(body.size());
    request_.connection().write_headers(head, body);
    request_.connection().finish();
  }

  void answer_status(int status) {
    http::ResponseHead head;
    head.status = status;
    request_.connection().write_headers(head, {});
    request_.connection().finish();
  }

  void answer_in_pieces() {
    http::HTTPConnection& connection = request_.connection();
    connection.write_headers({}, "one,");
    connection.write("two,");
    connection.write("three");
    connection.finish();
  }

  WireDelegate& owner_;
  http::HTTPServerRequest& request_;
};

void require(bool is_so) {
  if (!is_so) throw std::runtime_error("a malformed answer");
}

/// Reads one answer after another; each defect throws.
class AnswerReader {
 public:
  AnswerReader(std::string_view text, const std::vector<bool>& without_body, bool is_ended)
      : text_(text), without_body_(without_body), is_ended_(is_ended) {}

  std::vector<Answer> read() {
    std::vector<Answer> answers;
    std::size_t finals = 0;
    while (!text_.empty()) {
      Answer answer = read_head();
      const bool is_interim = answer.status < 200;
      const bool is_head = finals < without_body_.size() && without_body_[finals];
      if (!is_interim) ++finals;
      if (!is_interim && !is_head && answer.status != 204 && answer.status != 304) {
        read_body(answer);
      }
      answers.push_back(std::move(answer));
    }
    return answers;
  }

 private:
  std::string_view take_line() {
    const std::size_t end = text_.find("\r\n");
    require(end != std::string_view::npos);
    const std::string_view line = text_.substr(0, end);
    text_.remove_prefix(end + 2);
    return line;
  }

  Answer read_head() {
    Answer answer;
    const std::string_view line = take_line();
    require(line.starts_with("HTTP/1.1 "));
    require(line.size() >= 13);
    answer.status = std::atoi(std::string(line.substr(9, 3)).c_str());
    for (std::string_view field = take_line(); !field.empty(); field = take_line()) {
      const std::size_t colon = field.find(": ");
      require(colon != std::string_view::npos);
      require(answer.field(field.substr(0, colon)) == nullptr);
      answer.headers.emplace_back(field.substr(0, colon), field.substr(colon + 2));
    }
    return answer;
  }

  void read_body(Answer& answer) {
    const std::string* const length = answer.field("Content-Length");
    const std::string* const coding = answer.field("Transfer-Encoding");
    require(length == nullptr || coding == nullptr);
    if (length != nullptr) {
      answer.body = take(std::stoul(*length));
    } else if (coding != nullptr) {
      require(*coding == "chunked");
      for (std::size_t size = take_size(); size > 0; size = take_size()) {
        answer.body += take(size);
        require(take_line().empty());
      }
      require(take_line().empty());
    } else {
      require(is_ended_);
      answer.body = take(text_.size());
    }
  }

  std::string take(std::size_t size) {
    require(size <= text_.size());
    const std::string piece(text_.substr(0, size));
    text_.remove_prefix(size);
    return piece;
  }

  std::size_t take_size() {
    const std::string_view line = take_line();
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
    require(end == line.data() + line.size());
    require(error == std::errc());
    return size;
  }

  std::string_view text_;
  const std::vector<bool>& without_body_;
  bool is_ended_;
};

}  // namespace

http::HTTPMessageDelegate* WireDelegate::start_request(http::HTTPServerRequest& request) {
  auto* const message =
      new (request.allocate(sizeof(WireMessage), alignof(WireMessage))) WireMessage(*this, request);
  if (request.path() == "/early") message->answer_early();
  return message;
}

const std::string* Answer::field(std::string_view name) const {
  for (const Field& field : headers) {
    if (http::equals_ignoring_case(field.first, name)) return &field.second;
  }
  return nullptr;
}

std::vector<Answer> read_answers(std::string_view text, const std::vector<bool>& without_body,
                                 bool is_ended) {
  return AnswerReader(text, without_body, is_ended).read();
}

}  // namespace bora::test
