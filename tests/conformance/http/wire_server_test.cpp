#include "tests/conformance/http/wire_server.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <new>
#include <stdexcept>
#include <utility>

#include <bora/web.h>

namespace bora::test {

namespace {

namespace fs = std::filesystem;

SeenRequest seen_request(const http::HTTPServerRequest& request) {
  SeenRequest seen{std::string(request.method()),
                   std::string(request.uri()),
                   std::string(request.body()),
                   std::string(request.host()),
                   {}};
  for (const auto [name, value] : request.headers()) seen.headers.emplace_back(name, value);
  return seen;
}

/// A folder that is removed at the end.
class FileFolder {
 public:
  FileFolder() {
    std::string name = (fs::temp_directory_path() / "bora-wire-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
    write("t", "");
    std::string pieces;
    for (int i = 0; i < 100; ++i) {
      const std::string number = std::to_string(i);
      pieces += "X" + std::string(3 - number.size(), '0') + number + "XXXXXX";
    }
    write("t1.html", pieces);
  }
  ~FileFolder() { fs::remove_all(path_); }
  FileFolder(const FileFolder&) = delete;
  FileFolder& operator=(const FileFolder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  void write(const std::string& name, const std::string& content) const {
    const std::string path = path_ + "/" + name;
    std::ofstream(path, std::ios::binary) << content;
    constexpr timespec kChanged{784111777, 0};
    const timespec times[2] = {kChanged, kChanged};
    ::utimensat(AT_FDCWD, path.c_str(), times, 0);
  }

  std::string path_;
};

/// Serves "/files/two/NAME": the file NAME with at most two ranges.
struct FileHandler : web::StaticFileHandler {
  void initialize() {
    static const FileFolder folder;
    StaticFileHandler::initialize({.path = folder.path(), .default_filename = {}});
  }
  std::string parse_url_path(std::string_view path) override {
    for (const auto& [start, most] : {std::pair{"two/", 2U}, std::pair{"none/", 0U}}) {
      if (!path.starts_with(start)) continue;
      most_ = most;
      path.remove_prefix(std::string_view(start).size());
    }
    return std::string(path);
  }
  [[nodiscard]] std::size_t max_ranges() const override { return most_; }

 private:
  std::size_t most_ = 10;
};

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
  void record() { owner_.seen.push_back(seen_request(request_)); }

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

/// Reads one answer after another. A malformed one throws.
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

/// An application with the files that all cases use.
class WireDelegate::Files {
 public:
  Files() : app_({web::url<FileHandler>("/files/{path:path}")}) {}
  http::HTTPMessageDelegate* start_request(http::HTTPServerRequest& request) {
    return app_.start_request(request);
  }

 private:
  web::Application app_;
};

WireDelegate::WireDelegate() = default;
WireDelegate::~WireDelegate() = default;

http::HTTPMessageDelegate* WireDelegate::start_request(http::HTTPServerRequest& request) {
  if (request.path().starts_with("/files/")) {
    seen.push_back(seen_request(request));
    if (files_ == nullptr) files_ = std::make_unique<Files>();
    return files_->start_request(request);
  }
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
