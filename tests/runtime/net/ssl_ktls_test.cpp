// TLS that the kernel encrypts. These tests need Linux' module `tls` (`modprobe tls`), and say so
// where it is missing.

#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <bora/testing/certificates.h>

#include "runtime/net/ssl_engine.h"
#include "tests/runtime/net/stream_pair.h"
#include "tests/support/catch.h"

namespace bora::net {
namespace {

using Status = SSLEngine::Status;

const SSLContext& server_context() {
  static testing::TestCertificates certificates;
  static const auto made = certificates.issue({});
  static const SSLContext context =
      SSLContext::server({.certfile = made.certfile, .keyfile = made.keyfile, .ktls = true});
  return context;
}

/// A server's engine and a client of plain OpenSSL, over TCP.
class Pair {
 public:
  explicit Pair(int version, const char* suite = nullptr)
      : ends_(test::tcp_pair()), context_(SSL_CTX_new(TLS_client_method())) {
    for (const int fd : {ends_.first.get(), ends_.second.get()})
      ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    const int room = 32768;  // so that much is done in pieces
    ::setsockopt(ends_.first.get(), SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
    ::setsockopt(ends_.second.get(), SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
    server.emplace(server_context(), ends_.second.get(), "", "");
    SSL_CTX_set_min_proto_version(context_, version);
    SSL_CTX_set_max_proto_version(context_, version);
    if (suite != nullptr && version == TLS1_3_VERSION) SSL_CTX_set_ciphersuites(context_, suite);
    if (suite != nullptr && version == TLS1_2_VERSION) SSL_CTX_set_cipher_list(context_, suite);
    ssl = SSL_new(context_);
    SSL_set_fd(ssl, ends_.first.get());
    SSL_set_connect_state(ssl);
    while (SSL_do_handshake(ssl) != 1 || !server->is_ready()) {
      REQUIRE(server->handshake(false) != Status::failed);
      if (!server->is_ready() && !wait()) break;
    }
    REQUIRE(server->is_ready());
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  ~Pair() {
    SSL_free(ssl);
    SSL_CTX_free(context_);
    ERR_clear_error();
  }

  [[nodiscard]] bool has_kernel() const {
    if (server->is_ktls()) return true;
    WARN("skipped: this kernel has no module tls, or OpenSSL was built without it");
    return false;
  }

  /// Waits until something has come to either end, or the server's socket takes output. Returns
  /// false if that takes too long.
  bool wait(int of_server = 0) {
    pollfd ends[] = {{ends_.first.get(), POLLIN, 0},
                     {ends_.second.get(), static_cast<short>(POLLIN | of_server), 0}};
    return ::poll(ends, 2, 10'000) > 0;
  }
  /// Waits for the end of TLS; returns false if it does not come.
  bool has_ended() {
    while ((SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) == 0) {
      receive();
      if ((SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) == 0 && !wait()) return false;
    }
    return true;
  }
  /// Appends what has come to `received`.
  void receive() {
    char bytes[16384];
    for (int count; (count = SSL_read(ssl, bytes, sizeof(bytes))) > 0;)
      received.append(bytes, static_cast<std::size_t>(count));
  }
  /// Sends a message from the client; returns what the server reads of it.
  std::string ask(std::string_view question) {
    SSL_write(ssl, question.data(), static_cast<int>(question.size()));
    char bytes[100];
    std::string asked;
    do {
      asked.append(bytes, server->read(bytes, sizeof(bytes), false).bytes);
    } while (asked.size() < question.size() && wait());
    return asked;
  }
  /// Makes the server write `text`, whose address changes whenever the socket is full.
  bool write(std::string text) {
    while (!text.empty()) {
      const std::string moved(text);
      text.assign(text.size(), '?');
      const auto result =
          server->write(std::string_view(moved).substr(0, 10),
                        std::string_view(moved).substr(std::min<std::size_t>(10, moved.size())));
      if (result.status != Status::done && result.status != Status::want_write) return false;
      text = moved.substr(result.bytes);
      receive();
      if (!text.empty() && !wait(POLLOUT)) return false;
    }
    return true;
  }
  void close_client() { ends_.first = {}; }
  bool receive_all(std::size_t size) {
    do receive();
    while (received.size() < size && wait());
    return received.size() == size;
  }

 private:
  std::pair<FileDescriptor, FileDescriptor> ends_;
  SSL_CTX* context_;

 public:
  std::optional<SSLEngine> server;
  SSL* ssl = nullptr;
  std::string received;
};

std::string numbered_lines(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += std::to_string(i) + "\n";
  return text;
}

struct Suite {
  int version;
  const char* name;
};

constexpr Suite kSuites[] = {
    {TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256"},
    {TLS1_2_VERSION, "ECDHE-ECDSA-AES256-GCM-SHA384"},
    {TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305"},
    {TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256"},
    {TLS1_3_VERSION, "TLS_AES_256_GCM_SHA384"},
    {TLS1_3_VERSION, "TLS_CHACHA20_POLY1305_SHA256"},
};

}  // namespace

TEST_CASE("kernel tls: bytes that move while the socket is full, and files between them", "[net]") {
  const std::string text = numbered_lines(200'000);
  const FileDescriptor file(::memfd_create("file", MFD_CLOEXEC));
  REQUIRE(::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  for (const auto& [version, suite] : kSuites) {
    CAPTURE(suite);
    Pair pair(version, suite);
    if (!pair.has_kernel()) return;
    CHECK(SSL_get_cipher_name(pair.ssl) == std::string_view(suite));
    CHECK(pair.ask("question") == "question");
    REQUIRE(pair.write(text));
    for (std::size_t sent = 1000; sent < text.size();) {
      const auto result =
          pair.server->send_file(file.get(), static_cast<off_t>(sent), text.size() - sent);
      REQUIRE((result.status == Status::done || result.status == Status::want_write));
      sent += result.bytes;
      pair.receive();
      if (result.status == Status::want_write) REQUIRE(pair.wait(POLLOUT));
    }
    REQUIRE(pair.write("the end"));
    CHECK(pair.receive_all(2 * text.size() - 1000 + 7));
    CHECK((pair.received == text + text.substr(1000) + "the end"));
    pair.server->shut_down();
    CHECK(pair.has_ended());
  }
}

TEST_CASE("kernel tls: a file that is shorter than was said", "[net]") {
  const FileDescriptor file(::memfd_create("file", MFD_CLOEXEC));
  REQUIRE(::write(file.get(), "0123456789", 10) == 10);
  Pair pair(TLS1_3_VERSION);
  if (!pair.has_kernel()) return;
  const auto result = pair.server->send_file(file.get(), 4, 100);
  CHECK(result.bytes == 6);
  CHECK(result.status == Status::file_ended);
}

TEST_CASE("kernel tls: a file that can only be read", "[net]") {
  // The kernel can't send the files of /proc.
  const FileDescriptor file(::open("/proc/self/environ", O_RDONLY | O_CLOEXEC));
  char expected[1];
  REQUIRE(::pread(file.get(), expected, 1, 0) == 1);
  Pair pair(TLS1_3_VERSION);
  if (!pair.has_kernel()) return;
  CHECK(pair.server->send_file(file.get(), 0, 1).bytes == 1);
  CHECK(pair.receive_all(1));
  CHECK(pair.received == std::string(expected, 1));
}

TEST_CASE("kernel tls: a peer that asks for new keys is served on", "[net]") {
  Pair pair(TLS1_3_VERSION);
  if (!pair.has_kernel()) return;
  std::string expected;
  for (const int kind : {SSL_KEY_UPDATE_REQUESTED, SSL_KEY_UPDATE_NOT_REQUESTED,
                         SSL_KEY_UPDATE_REQUESTED, SSL_KEY_UPDATE_REQUESTED}) {
    REQUIRE(SSL_key_update(pair.ssl, kind) == 1);
    CHECK(pair.ask("question") == "question");
    REQUIRE(pair.write("answer"));
    expected += "answer";
    CHECK(pair.receive_all(expected.size()));
  }
  CHECK(pair.received == expected);
  pair.server->shut_down();
  CHECK(pair.has_ended());
}

TEST_CASE("kernel tls: a peer that is gone is the system's error", "[net]") {
  Pair pair(TLS1_3_VERSION);
  if (!pair.has_kernel()) return;
  const linger at_once{1, 0};
  ::setsockopt(SSL_get_fd(pair.ssl), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  pair.close_client();
  REQUIRE(pair.wait());
  CHECK(pair.server->write("answer").status == Status::failed);
  CHECK(pair.server->failure().code.category() == std::generic_category());
}

}  // namespace bora::net
