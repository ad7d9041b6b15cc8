// What is different for a connection that speaks TLS.

#include <bora/core/log.h>

#include <string>
#include <string_view>
#include <utility>

#include "runtime/http/file_piece.h"
#include "runtime/http/http1_connection.h"
#include "runtime/net/ssl_engine.h"

namespace bora::http {

namespace {

constexpr std::string_view kALPN = "\x08http/1.1";

// What a client gets that speaks HTTP to a port where TLS is spoken.
constexpr std::string_view kSpeaksTLS =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 40\r\n"
    "Connection: close\r\n\r\nThis port speaks TLS: ask for https://\r\n";

}  // namespace

bool HTTP1Connection::begin_tls() {
  try {
    tls_ = new net::SSLEngine(server_.options.ssl_options, fd_, {}, kALPN);
  } catch (const net::SSLError& error) {
    gen_log.error("connection closed: ", error.what());
    return false;
  }
  tls_->ignore_truncation();  // a request says itself where it ends
  return true;
}

bool HTTP1Connection::is_handshaking() const {
  return tls_ != nullptr && !tls_->is_ready();
}

void HTTP1Connection::receive_tls() {
  using Status = net::SSLEngine::Status;
  Workspace& workspace = server_.workspace;
  char* const input = workspace.input();
  if (input == nullptr) return;  // settle() asks for another visit
  const net::SSLEngine::Result result = tls_->read(input, Workspace::kInputSize, has_hung_up_);
  is_readable_ = result.status == Status::done || result.status == Status::want_write;
  if (result.bytes > 0) {
    server_.statistics.bytes_received += result.bytes;
    const InputInUse in_use(workspace, result.bytes);
    const std::size_t used = consume({input, result.bytes});
    keep_unread({input + used, result.bytes - used});
  }
  if (state_ == State::closed) return;
  if (result.status == Status::want_write) {
    set_blocked(true);
  } else if (result.status == Status::closed) {
    end_of_input();
  } else if (result.status == Status::failed) {
    tls_failed();
  }
}

void HTTP1Connection::tls_failed() {
  if (!is_handshaking()) {
    client_left();
    return;
  }
  tls_->log_handshake_failure(to_string(peer_));
  const bool is_plain_http = tls_->failure().is_plain_http;
  end_tls();
  if (is_plain_http) put(kSpeaksTLS);
  begin_closing(true);  // so that our alert, or the answer, is not overtaken by a reset
}

std::size_t HTTP1Connection::send_some_tls(std::string_view first, std::string_view second) {
  if (is_broken_) return first.size() + second.size();
  const net::SSLEngine::Result result = tls_->write(first, second);
  server_.statistics.bytes_sent += result.bytes;
  if (result.status == net::SSLEngine::Status::done ||
      result.status == net::SSLEngine::Status::want_write)
    return result.bytes;
  break_output();
  return first.size() + second.size();
}

std::ptrdiff_t HTTP1Connection::send_chunk_tls(FilePiece& file) {
  using Status = net::SSLEngine::Status;
  const net::SSLEngine::Result result =
      tls_->send_file(file.fd(), static_cast<off_t>(file.offset()), file.chunk());
  server_.statistics.bytes_sent += result.bytes;
  if (result.status == Status::file_ended && result.bytes == 0) return -1;
  const bool goes_on = result.status == Status::done || result.status == Status::want_write ||
                       result.status == Status::file_ended;
  if (!goes_on) break_output();
  return static_cast<std::ptrdiff_t>(result.bytes);
}

void HTTP1Connection::end_tls() {
  if (tls_ == nullptr) return;
  tls_->shut_down();
  delete std::exchange(tls_, nullptr);
}

std::optional<net::SSLCertificate> HTTP1Connection::ssl_certificate() const {
  if (tls_ == nullptr) return std::nullopt;
  return tls_->peer_certificate();
}

}  // namespace bora::http
