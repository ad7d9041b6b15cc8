#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include <bora/core/executor.h>

#include "tests/runtime/http/http_fixture.h"
#include "tests/runtime/http/scripted_delegate.h"
#include "tests/support/log_capture.h"

using namespace bora::test;
using bora::testing::LogCapture;

namespace {

using SharedFile = std::shared_ptr<const bora::net::FileDescriptor>;

/// A file in memory.
SharedFile file_of(std::string_view content) {
  const int fd = ::memfd_create("file", MFD_CLOEXEC);
  REQUIRE(::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
  return std::make_shared<const bora::net::FileDescriptor>(fd);
}

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 23 + i / 4096 % 3);
  return text;
}

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

std::string body_of(const std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? std::string() : answer.substr(end + 4);
}

struct FileFixture {
  explicit FileFixture(bora::http::HTTPServerOptions options = {})
      : server(delegate, options), client(server) {}
  ~FileFixture() {
    server.close_all_connections();
    CHECK(ServerFixture::busy_exchanges() == 0);
  }

  /// Answers with a part of `file`, between two texts.
  void answer(const SharedFile& file, std::uint64_t offset, std::uint64_t size,
              std::string_view before = {}, std::string_view behind = {}, bool is_chunked = false) {
    bora::http::HTTPConnection& connection = *delegate.connection;
    bora::http::ResponseHead head;
    if (!is_chunked) {
      head.content_length = static_cast<std::int64_t>(before.size() + size + behind.size());
    }
    connection.write_headers(head, before);
    connection.write_file(file, offset, size);
    connection.write(behind);
    connection.finish();
    connection.release();
  }

  ScriptedDelegate delegate;
  bora::http::HTTPServer server;
  Client client;
};

/// Counts the jobs, and runs each at once.
class CountingExecutor final : public bora::Executor {
 public:
  void submit(bora::UniqueFunction<void()> job) override {
    ++jobs;
    job();
  }
  int jobs = 0;
};

}  // namespace

TEST_CASE("write_file: a part of a file stands where it was written", "[http]") {
  FileFixture fixture;
  const std::string content = pattern(3'000'000);
  const SharedFile file = file_of(content);
  fixture.delegate.on_finish = [&] { fixture.answer(file, 1000, 2'000'000, "<", ">"); };
  fixture.client.send(kGet);
  CHECK(body_of(fixture.client.receive()) == "<" + content.substr(1000, 2'000'000) + ">");
  CHECK(file.use_count() == 1);  // given back
  CHECK_FALSE(fixture.client.has_ended());
}

TEST_CASE("write_file: chunked, the part is one chunk", "[http]") {
  FileFixture fixture;
  const SharedFile file = file_of("0123456789");
  fixture.delegate.on_finish = [&] { fixture.answer(file, 2, 5, "a", "z", true); };
  fixture.client.send(kGet);
  CHECK(body_of(fixture.client.receive()) == "1\r\na\r\n5\r\n23456\r\n1\r\nz\r\n0\r\n\r\n");
}

TEST_CASE("write_file: nothing of the file belongs to an answer to HEAD", "[http]") {
  FileFixture fixture;
  const SharedFile file = file_of("0123456789");
  fixture.delegate.on_finish = [&] { fixture.answer(file, 0, 10); };
  fixture.client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string answer = fixture.client.receive();
  CHECK(answer.find("Content-Length: 10\r\n") != std::string::npos);
  CHECK(body_of(answer).empty());
}

TEST_CASE("write_file: pipelined answers keep their order", "[http]") {
  FileFixture fixture;
  const std::string content = pattern(1'000'000);
  const SharedFile file = file_of(content);
  fixture.delegate.on_finish = [&] {
    if (fixture.delegate.uri == "/file") return fixture.answer(file, 0, content.size());
    fixture.delegate.answer(200, "text");
  };
  const std::string get_file = "GET /file HTTP/1.1\r\nHost: a\r\n\r\n";
  fixture.client.send(get_file + std::string(kGet) + get_file + get_file + std::string(kGet));
  const std::string answers = fixture.client.receive();
  CHECK(statuses_of(answers) == std::vector<int>{200, 200, 200, 200, 200});
  CHECK(answers.find(content + "HTTP/1.1 200") != std::string::npos);
  CHECK(answers.ends_with("\r\n\r\ntext"));
}

TEST_CASE("write_file: a client has one file on its way, however many it asks for", "[http]") {
  FileFixture fixture;
  const std::string content = pattern(8'000'000);
  const SharedFile file = file_of(content);
  fixture.delegate.on_finish = [&] { fixture.answer(file, 0, content.size()); };
  std::string requests;
  for (int i = 0; i < 100; ++i) requests += kGet;
  fixture.client.send(requests);
  CHECK(file.use_count() == 2);
  CHECK(fixture.delegate.finished == 1);
  fixture.client.close();
  CHECK(file.use_count() == 1);
}

TEST_CASE("write_file: flush() waits until little of the file is left", "[http]") {
  FileFixture fixture;
  const std::string content = pattern(8'000'000);
  const SharedFile file = file_of(content);
  int state = 0;
  const auto serve = [&]() -> bora::Task<void> {
    bora::http::HTTPConnection& connection = *fixture.delegate.connection;
    bora::http::ResponseHead head;
    head.content_length = static_cast<std::int64_t>(content.size());
    connection.write_headers(head, {});
    connection.write_file(file, 0, content.size());
    state = 1;
    co_await connection.flush();
    state = 2;
    connection.finish();
    connection.release();
  };
  fixture.delegate.on_finish = [&] { bora::IOLoop::current().spawn(serve()); };
  fixture.client.send(kGet);
  CHECK(state == 1);
  CHECK(body_of(fixture.client.receive()) == content);
  CHECK(state == 2);
}

TEST_CASE("write_file: a file that becomes shorter ends the connection, not the framing",
          "[http]") {
  const LogCapture log;
  FileFixture fixture;
  const std::string content = pattern(8'000'000);
  const SharedFile file = file_of(content);
  const bool is_chunked = GENERATE(false, true);
  fixture.delegate.on_finish = [&] { fixture.answer(file, 0, content.size(), {}, {}, is_chunked); };
  fixture.client.send(std::string(kGet) + std::string(kGet));
  REQUIRE(::ftruncate(file->get(), 1'000'000) == 0);
  const std::string answer = fixture.client.receive();
  CHECK(fixture.client.has_ended());
  CHECK(body_of(answer).size() < content.size());
  CHECK(answer.find("HTTP/1.1 200", 1) == std::string::npos);  // what follows is not answered
  if (is_chunked) CHECK_FALSE(answer.ends_with("0\r\n\r\n"));
  CHECK(log.count(bora::gen_log, "became shorter") == 1);
  CHECK(file.use_count() == 1);
}

TEST_CASE("write_file: a file that becomes shorter within a chunk, behind a full socket",
          "[http]") {
  LogCapture log;
  FileFixture fixture;
  const std::string content = pattern(32'000'000);
  const SharedFile file = file_of(content);
  fixture.delegate.on_finish = [&] { fixture.answer(file, 0, content.size()); };
  fixture.client.send(kGet);
  REQUIRE(::ftruncate(file->get(), 20'000'001) == 0);
  CHECK(body_of(fixture.client.receive()).size() == 20'000'001);
  CHECK(fixture.client.has_ended());
  CHECK(log.count(bora::gen_log, "became shorter") == 1);
}

TEST_CASE("write_file: a descriptor that can't be read ends the connection", "[http]") {
  const LogCapture log;
  FileFixture fixture;
  const auto folder = std::make_shared<const bora::net::FileDescriptor>(
      ::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  fixture.delegate.on_finish = [&] { fixture.answer(folder, 0, 100); };
  fixture.client.send(kGet);
  fixture.client.receive();
  CHECK(fixture.client.has_ended());
}

TEST_CASE("write_file: more than was promised is not sent", "[http]") {
  const LogCapture log;
  FileFixture fixture;
  const SharedFile file = file_of("0123456789");
  fixture.delegate.on_finish = [&] {
    bora::http::HTTPConnection& connection = *fixture.delegate.connection;
    bora::http::ResponseHead head;
    head.content_length = 4;
    connection.write_headers(head, {});
    connection.write_file(file, 0, 10);
    connection.finish();
    connection.release();
  };
  fixture.client.send(kGet);
  const std::string answer = fixture.client.receive();
  CHECK(status_of(answer) == 500);
  CHECK(answer.find("0123") == std::string::npos);
  CHECK(fixture.client.has_ended());
  CHECK(log.count(bora::gen_log, "more body than Content-Length says") == 1);
}

TEST_CASE("write_file: a client that leaves frees the file", "[http]") {
  FileFixture fixture;
  const SharedFile file = file_of(pattern(8'000'000));
  fixture.delegate.on_finish = [&] { fixture.answer(file, 0, 8'000'000); };
  fixture.client.send(kGet);
  CHECK(file.use_count() == 2);
  fixture.client.reset();
  CHECK(file.use_count() == 1);
  CHECK(fixture.server.connection_count() == 0);
}

TEST_CASE("write_file: a client that takes nothing is closed", "[http]") {
  ForwardClock clock;
  bora::http::HTTPServerOptions options;
  options.write_timeout = std::chrono::seconds(5);
  FileFixture fixture(options);
  const SharedFile file = file_of(pattern(8'000'000));
  fixture.delegate.on_finish = [&] { fixture.answer(file, 0, 8'000'000); };
  fixture.client.send(kGet);
  clock.advance(std::chrono::seconds(3));
  CHECK(file.use_count() == 2);
  clock.advance(std::chrono::seconds(4));
  CHECK(file.use_count() == 1);
  CHECK(fixture.server.connection_count() == 0);
}

TEST_CASE("write_file: others are served between the chunks of a big file", "[http]") {
  FileFixture fixture;
  Client other(fixture.server);
  const std::string content = pattern(64'000'000);
  const SharedFile file = file_of(content);
  std::vector<std::string> order;
  fixture.delegate.on_finish = [&] {
    order.push_back(fixture.delegate.uri);
    if (fixture.delegate.uri == "/file") return fixture.answer(file, 0, content.size());
    fixture.delegate.answer(200, "text");
  };
  REQUIRE(::send(fixture.client.fd(), "GET /file HTTP/1.1\r\nHost: a\r\n\r\n", 31, 0) == 31);
  bora::IOLoop::current().run_once();
  other.send(kGet);
  CHECK(status_of(other.receive()) == 200);
  CHECK(file.use_count() == 2);  // still on its way
  fixture.client.close();
}

TEST_CASE("write_file: what is not in memory is read elsewhere", "[http]") {
  // The file is on a disk, and dropped from the system's cache, as far as the file system does
  // that.
  std::string name = (std::filesystem::temp_directory_path() / "bora-cold-XXXXXX").string();
  const std::string content = pattern(2'000'000);
  const auto file = std::make_shared<const bora::net::FileDescriptor>(::mkstemp(name.data()));
  std::filesystem::remove(name);
  REQUIRE(::write(file->get(), content.data(), content.size()) ==
          static_cast<ssize_t>(content.size()));
  ::fsync(file->get());
  ::posix_fadvise(file->get(), 0, 0, POSIX_FADV_DONTNEED);
  char byte = 0;
  iovec part{&byte, 1};
  const bool is_cold = ::preadv2(file->get(), &part, 1, 100'000, RWF_NOWAIT) < 0 && errno == EAGAIN;

  const auto executor = std::make_shared<CountingExecutor>();
  bora::IOLoop::current().set_default_executor(executor);
  FileFixture fixture;
  fixture.delegate.on_finish = [&] { fixture.answer(file, 0, content.size()); };
  fixture.client.send(kGet);
  CHECK(body_of(fixture.client.receive()) == content);
  bora::IOLoop::current().set_default_executor(nullptr);
  if (is_cold) CHECK(executor->jobs > 0);
  if (!is_cold) WARN("the file could not be made cold");
}

TEST_CASE("write_file: a client may leave while its file is read elsewhere", "[http]") {
  class HeldExecutor final : public bora::Executor {
   public:
    void submit(bora::UniqueFunction<void()> job) override { jobs.push_back(std::move(job)); }
    std::vector<bora::UniqueFunction<void()>> jobs;
  };
  std::string name = (std::filesystem::temp_directory_path() / "bora-cold-XXXXXX").string();
  const std::string content = pattern(2'000'000);
  const auto file = std::make_shared<const bora::net::FileDescriptor>(::mkstemp(name.data()));
  std::filesystem::remove(name);
  REQUIRE(::write(file->get(), content.data(), content.size()) ==
          static_cast<ssize_t>(content.size()));
  ::fsync(file->get());
  ::posix_fadvise(file->get(), 0, 0, POSIX_FADV_DONTNEED);

  const auto executor = std::make_shared<HeldExecutor>();
  bora::IOLoop::current().set_default_executor(executor);
  {
    FileFixture fixture;
    fixture.delegate.on_finish = [&] { fixture.answer(file, 0, content.size()); };
    fixture.client.send(kGet);
    fixture.client.reset();
    CHECK(fixture.server.connection_count() == 0);
  }
  for (auto& job : executor->jobs) job();
  executor->jobs.clear();
  run_until_idle();
  bora::IOLoop::current().set_default_executor(nullptr);
  CHECK(file.use_count() == 1);
}
