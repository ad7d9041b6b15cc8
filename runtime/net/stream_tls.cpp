#include "runtime/net/stream_tls.h"

#include <sys/socket.h>

#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include <bora/core/log.h>
#include <bora/net/ssl_io_stream.h>

#include "runtime/net/stream_core.h"

// TLS in streams: the handshake comes between connecting and everything else, and what is sent and
// received goes through the engine.

namespace bora::net {

void StreamTLS::note_problem(std::string_view why) {
  problem = host_.empty() || host_ == peer ? fmt::format("TLS with {}: {}", peer, why)
                                           : fmt::format("TLS with {} ({}): {}", host_, peer, why);
}

void StreamTLS::on_deadline() {
  note_problem(fmt::format("the handshake took longer than {} seconds",
                           core_.tls().options().handshake_timeout.count()));
  core_.close(make_error_code(Error::timed_out));
}

// ---- StreamCore ----

void StreamCore::begin_tls(const SSLContext& context, std::string_view host) {
  transport_.begin_tls(context, host, {});
  tls_ = std::make_unique<StreamTLS>(*this, host);
  is_handshaking_ = true;
  has_opened_ = false;
}

void StreamCore::shake_hands() {
  if (tls_->peer.empty()) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    ::getpeername(fd(), reinterpret_cast<sockaddr*>(&peer), &size);
    tls_->peer = Address::from_native(&peer, size).to_string();
    const std::chrono::seconds limit = tls().options().handshake_timeout;
    if (limit.count() != 0) poller_.arm(*tls_, limit);
  }
  const SSLEngine::Status status = tls().handshake(has_hung_up_);
  switch (status) {
    case SSLEngine::Status::want_read:
      watch(false);
      return;
    case SSLEngine::Status::want_write:
      watch(true);
      return;
    case SSLEngine::Status::done:
      handshake_done();
      return;
    default:
      handshake_failed(status == SSLEngine::Status::closed);
      return;
  }
}

void StreamCore::handshake_done() {
  poller_.disarm(*tls_);
  tls_->peer = {};
  is_handshaking_ = false;
  has_opened_ = true;
  is_readable_ = true;  // more may have come with the last message
  watch(is_writing());
  connector_.wake_all();
}

void StreamCore::handshake_failed(bool was_ended) {
  std::error_code error = make_error_code(Error::closed_by_peer);
  if (was_ended) {
    tls_->note_problem("the peer ended the handshake");
  } else {
    const SSLEngine::Failure& failure = tls().failure();
    error = failure.code;
    tls_->note_problem(failure.text);
    if (tls().is_server()) tls().log_handshake_failure(tls_->peer);
  }
  close(error);
}

// The peer learns that this was the end, unless something was left unsent; and a peer whose handshake
// was refused reads the alert that tells why, before a reset for what it had sent can overtake it.
bool StreamCore::end_tls() noexcept {
  poller_.disarm(*tls_);
  if (is_handshaking_) return error_ == Error::handshake_failed || error_ == Error::bad_certificate;
  if (is_connecting_) return false;
  if (!is_writing()) tls().shut_down();
  const bool is_broken = error_.category() == std::generic_category() || error_ == Error::truncated;
  return !is_broken;
}

std::error_code StreamCore::tls_failure() {
  const SSLEngine::Failure& failure = tls().failure();
  if (failure.code == Error::bad_record && tls_->problem.empty())
    tls_->problem = "TLS broke: " + failure.text;
  return failure.code;
}

// ---- SSLIOStream ----

SSLIOStream::SSLIOStream(FileDescriptor socket, const SSLContext& context,
                         std::string_view server_hostname, const StreamOptions& options)
    : IOStream(std::move(socket), options) {
  core_->begin_tls(context, server_hostname);
  core_->shake_hands();
}

SSLIOStream::SSLIOStream(AddressFamily family, SSLContext context, const StreamOptions& options)
    : IOStream(family, options), context_(std::move(context)) {}

Task<void> SSLIOStream::connect(const Address& address, std::string_view server_hostname) {
  if (core_->is_tls()) throw std::logic_error("Already connecting");
  core_->begin_tls(std::exchange(context_, {}), server_hostname);
  core_->connect(address);
  if (!core_->is_connecting() && !core_->is_closed()) core_->shake_hands();
  return wait_until_open(core_);
}

Task<void> SSLIOStream::wait_for_handshake() {
  if (core_->is_awaited()) throw std::logic_error("Already waiting");
  return wait_until_open(core_);
}

std::string SSLIOStream::selected_alpn_protocol() const {
  return core_ && core_->is_tls() ? std::string(core_->tls().protocol()) : std::string();
}

std::optional<SSLCertificate> SSLIOStream::get_ssl_certificate() const {
  if (!core_ || !core_->is_tls()) return std::nullopt;
  return core_->tls().peer_certificate();
}

Task<SSLIOStream> SSLIOStream::after_handshake(detail::StreamRef core) {
  Task<void> opened = wait_until_open(core);
  co_await std::move(opened);
  co_return SSLIOStream(std::move(core));
}

Task<SSLIOStream> IOStream::start_tls(bool server_side, SSLContext context,
                                      std::string_view server_hostname) {
  if (closed()) throw StreamClosedError(error());
  if (!core_->is_idle()) throw std::logic_error("Stream is not idle; cannot convert to SSL");
  const SSLContext& used = context || server_side ? context : default_client_context();
  if (!used || used.is_server() != server_side)
    throw std::invalid_argument("start_tls(): the context is for the other side, or missing");
  core_->begin_tls(used, server_hostname);
  core_->shake_hands();
  return SSLIOStream::after_handshake(std::move(core_));
}

}  // namespace bora::net
