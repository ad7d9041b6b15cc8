// The functions that give the parts of BIO_s_socket() are deprecated in OpenSSL 3.5, which names no
// others.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "runtime/net/ssl_engine.h"

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <bora/net/error.h>
#include <bora/net/netutil.h>

#include "runtime/net/ssl_certificate.h"
#include "runtime/net/ssl_context_impl.h"

namespace bora::net {
namespace {

// The most that one TLS record holds (RFC 8446, 5.1).
constexpr std::size_t kRecord = 16 * 1024;

// Memory in which the pieces of one record are put together, and into which files are read.
char* record_scratch() {
  thread_local char bytes[kRecord];
  return bytes;
}

std::string date_text(std::chrono::sys_seconds time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

// Why a chain is not accepted; `certificate` is the one that is wrong.
std::string certificate_error_text(int error, const SSLCertificate& certificate) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return fmt::format("its certificate expired on {} ({})", date_text(certificate.not_after),
                         certificate.subject);
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return fmt::format("its certificate is valid only from {} ({})",
                         date_text(certificate.not_before), certificate.subject);
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return fmt::format("its certificate is self-signed ({})", certificate.subject);
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return fmt::format("its certificate is signed by an authority that is not trusted ({})",
                         certificate.issuer);
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return certificate.subject_alt_names.empty()
                 ? fmt::format("its certificate is for another name ({})", certificate.subject)
                 : fmt::format("its certificate is for another name ({})",
                               fmt::join(certificate.subject_alt_names, ", "));
    default:
      return fmt::format("its certificate is not accepted: {} ({})",
                         X509_verify_cert_error_string(error), certificate.subject);
  }
}

}  // namespace

// The BIO between a connection and its socket. It is OpenSSL's own socket BIO, but a write to a
// peer that is gone raises no signal, and after a short read the socket is not asked again in vain.
// Where the kernel encrypts, what OpenSSL itself sends (alerts) goes through its own functions; see
// kernel_write().
struct SSLEngine::Transport {
  static SSLEngine& engine_of(BIO* bio) noexcept {
    return *reinterpret_cast<SSLEngine*>(BIO_get_callback_arg(bio));
  }

  static int fd_of(BIO* bio) noexcept {
    int fd = -1;
    BIO_get_fd(bio, &fd);
    return fd;
  }

  static int read(BIO* bio, char* to, int room) noexcept {
    if (BIO_get_ktls_recv(bio) != 0) return BIO_meth_get_read(BIO_s_socket())(bio, to, room);
    BIO_clear_retry_flags(bio);
    SSLEngine& engine = engine_of(bio);
    if (!engine.may_read_) {
      BIO_set_retry_read(bio);
      return -1;
    }
    ssize_t count;
    do {
      count = ::recv(fd_of(bio), to, static_cast<std::size_t>(room), 0);
    } while (count < 0 && errno == EINTR);
    if (count > 0) {
      if (count < room && !engine.has_hung_up_) engine.may_read_ = false;
      return static_cast<int>(count);
    }
    if (count == 0) {
      BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
      return 0;
    }
    if (errno == EAGAIN) {
      engine.may_read_ = false;
      BIO_set_retry_read(bio);
    } else {
      engine.system_error_ = errno;
    }
    return -1;
  }

  static int write(BIO* bio, const char* bytes, int size) noexcept {
    if (std::exchange(engine_of(bio).drops_record_, false)) {
      BIO_clear_retry_flags(bio);
      return size;
    }
    if (BIO_get_ktls_send(bio) != 0) return BIO_meth_get_write(BIO_s_socket())(bio, bytes, size);
    BIO_clear_retry_flags(bio);
    ssize_t count;
    do {
      count = ::send(fd_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    } while (count < 0 && errno == EINTR);
    if (count >= 0) return static_cast<int>(count);
    if (errno == EAGAIN) {
      BIO_set_retry_write(bio);
    } else {
      engine_of(bio).system_error_ = errno;
    }
    return -1;
  }

  static long control(BIO* bio, int command, long number, void* pointer) {
    // This command sets the type of the next record. OpenSSL names it only in a private header, in
    // which it is the same in 3.0 and 3.1.
    constexpr int kSetRecordType = 74;
    if (command == kSetRecordType && number == SSL3_RT_HANDSHAKE &&
        std::exchange(engine_of(bio).must_keep_keys_, false)) {
      engine_of(bio).drops_record_ = true;
      return 0;
    }
    return BIO_meth_get_ctrl(BIO_s_socket())(bio, command, number, pointer);
  }

  // A peer may ask for new keys (RFC 8446, 4.6.3). Linux before 6.14 can't change them, and OpenSSL
  // 3.0 does not know: it would announce keys that are never used, and the peer could read nothing
  // after that. So the announcement is left out and the former keys stay in use. To the peer it
  // looks as if its request were still under way.
  static void note_message(int is_sent, int, int type, const void* message, std::size_t size,
                           SSL* ssl, void* engine) {
    const auto* const bytes = static_cast<const unsigned char*>(message);
    if (is_sent != 0 || type != SSL3_RT_HANDSHAKE || size != 5) return;
    if (bytes[0] != SSL3_MT_KEY_UPDATE || bytes[4] != SSL_KEY_UPDATE_REQUESTED) return;
    if (BIO_get_ktls_send(SSL_get_wbio(ssl)) != 0)
      static_cast<SSLEngine*>(engine)->must_keep_keys_ = true;
  }

  // Keeps the reason while the certificate is at hand. It changes nothing in the result.
  static int note_verification(int is_fine, X509_STORE_CTX* chain) {
    if (is_fine == 1) return 1;
    auto* const ssl =
        static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
    X509* const certificate = X509_STORE_CTX_get_current_cert(chain);
    if (certificate == nullptr) return is_fine;
    Failure failure{
        Error::bad_certificate,
        certificate_error_text(X509_STORE_CTX_get_error(chain), read_certificate(certificate)),
        false};
    engine_of(SSL_get_rbio(ssl)).failure_ = std::make_unique<Failure>(std::move(failure));
    return is_fine;
  }

  static BIO_METHOD* make_method() {
    const BIO_METHOD* const socket = BIO_s_socket();
    BIO_METHOD* const method = BIO_meth_new(
        BIO_get_new_index() | BIO_TYPE_SOURCE_SINK | BIO_TYPE_DESCRIPTOR, "bora socket");
    BIO_meth_set_read(method, &read);
    BIO_meth_set_write(method, &write);
    BIO_meth_set_ctrl(method, &control);
    BIO_meth_set_create(method, BIO_meth_get_create(socket));
    BIO_meth_set_destroy(method, BIO_meth_get_destroy(socket));
    return method;
  }

  static BIO* open(SSLEngine& engine, int fd) {
    static const BIO_METHOD* const method = make_method();
    BIO* const bio = BIO_new(method);
    if (bio == nullptr) return nullptr;
    BIO_set_fd(bio, fd, BIO_NOCLOSE);
    BIO_set_callback_arg(bio, reinterpret_cast<char*>(&engine));
    return bio;
  }
};

std::string_view default_alpn_of(const SSL* ssl) noexcept {
  return SSLEngine::Transport::engine_of(SSL_get_rbio(ssl)).default_alpn();
}

SSLEngine::SSLEngine(const SSLContext& context, int fd, std::string_view host,
                     std::string_view alpn)
    : context_(context.impl_), ssl_(context_->make_ssl()), alpn_(alpn) {
  BIO* const bio = Transport::open(*this, fd);
  if (bio == nullptr) {
    SSL_free(ssl_);
    throw SSLError("can't begin TLS: " + last_ssl_reason());
  }
  SSL_set_bio(ssl_, bio, bio);
  may_use_ktls_ = (SSL_get_options(ssl_) & SSL_OP_ENABLE_KTLS) != 0;
  constexpr unsigned long kOpenSSL32 = 0x30200000;
  if (may_use_ktls_ && OpenSSL_version_num() < kOpenSSL32) {
    SSL_set_msg_callback(ssl_, &Transport::note_message);
    SSL_set_msg_callback_arg(ssl_, this);
  }
  const int mode = SSL_get_verify_mode(ssl_);
  if (mode != SSL_VERIFY_NONE) SSL_set_verify(ssl_, mode, &Transport::note_verification);
  if (context_->role() == SSLRole::server) {
    SSL_set_accept_state(ssl_);
    return;
  }
  SSL_set_connect_state(ssl_);
  if (context_->options().alpn.empty() && !alpn.empty()) {
    SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(alpn.data()),
                        static_cast<unsigned>(alpn.size()));
  }
  try {
    set_host(host);
  } catch (...) {
    SSL_free(ssl_);
    throw;
  }
}

SSLEngine::~SSLEngine() {
  SSL_free(ssl_);
}

void SSLEngine::set_host(std::string_view host) {
  const SSLOptions& options = context_->options();
  const bool must_check = options.check_hostname && SSL_get_verify_mode(ssl_) != SSL_VERIFY_NONE;
  std::string name(host);
  if (name.ends_with('.')) name.pop_back();
  if (name.empty()) {
    if (!must_check) return;
    throw SSLError(
        "TLS to a server needs server_hostname, the name that its certificate must prove; "
        "check_hostname = false goes without");
  }
  const bool is_address = is_valid_ip(name);
  // RFC 6066, 3: addresses are not named.
  if (!is_address && SSL_set_tlsext_host_name(ssl_, name.c_str()) != 1)
    throw SSLError("'" + name + "' can't be the name of a TLS server");
  if (!must_check) return;
  SSL_set_hostflags(ssl_, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const int is_set = is_address ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), name.c_str())
                                : SSL_set1_host(ssl_, name.c_str());
  if (is_set != 1) throw SSLError("'" + name + "' can't be checked against a certificate");
}

void SSLEngine::ignore_truncation(bool is_ignored) noexcept {
  if (is_ignored) {
    SSL_set_options(ssl_, SSL_OP_IGNORE_UNEXPECTED_EOF);
  } else {
    SSL_clear_options(ssl_, SSL_OP_IGNORE_UNEXPECTED_EOF);
  }
}

// ---- Reading and writing ----

SSLEngine::Status SSLEngine::status_of(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
      return Status::want_read;
    case SSL_ERROR_WANT_WRITE:
      return Status::want_write;
    case SSL_ERROR_ZERO_RETURN:
      return Status::closed;
    case SSL_ERROR_SYSCALL:
      fail(true);
      return Status::failed;
    default:
      fail(false);
      return Status::failed;
  }
}

bool SSLEngine::is_server() const noexcept {
  return context_->role() == SSLRole::server;
}

SSLEngine::Status SSLEngine::handshake(bool has_hung_up) {
  if (failure_ != nullptr) return Status::failed;
  if (is_ready_) return Status::done;
  may_read_ = true;
  has_hung_up_ = has_hung_up;
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_);
  if (result != 1) return status_of(result);
  is_ready_ = true;
  return Status::done;
}

SSLEngine::Result SSLEngine::read(char* to, std::size_t room, bool has_hung_up) {
  Result done;
  if (failure_ != nullptr) return {0, Status::failed};
  may_read_ = true;
  has_hung_up_ = has_hung_up;
  if (!is_ready_) {
    done.status = handshake(has_hung_up);
    if (done.status != Status::done) return done;
  }
  while (done.bytes < room) {
    const std::size_t left = std::min<std::size_t>(room - done.bytes, INT_MAX);
    ERR_clear_error();
    const int count = SSL_read(ssl_, to + done.bytes, static_cast<int>(left));
    if (count <= 0) {
      done.status = status_of(count);
      return done;
    }
    done.bytes += static_cast<std::size_t>(count);
    if (!may_read_ && SSL_has_pending(ssl_) == 0) {
      done.status = Status::want_read;
      return done;
    }
  }
  return done;
}

SSLEngine::Result SSLEngine::write(std::string_view first, std::string_view second) {
  Result done;
  if (failure_ != nullptr) return {0, Status::failed};
  if (may_use_ktls_) {
    if (const Status status = handshake(has_hung_up_); status != Status::done) return {0, status};
    if (is_ktls()) return kernel_write(first, second);
  }
  const std::size_t total = first.size() + second.size();
  while (done.bytes < total) {
    std::string_view piece = done.bytes < first.size() ? first.substr(done.bytes)
                                                       : second.substr(done.bytes - first.size());
    if (done.bytes < first.size() && piece.size() < kRecord && !second.empty()) {
      char* const record = record_scratch();
      const std::size_t more = std::min(kRecord - piece.size(), second.size());
      std::memcpy(record, piece.data(), piece.size());
      std::memcpy(record + piece.size(), second.data(), more);
      piece = {record, piece.size() + more};
    }
    ERR_clear_error();
    const int count = SSL_write(ssl_, piece.data(),
                                static_cast<int>(std::min<std::size_t>(piece.size(), INT_MAX)));
    if (count <= 0) {
      done.status = status_of(count);
      return done;
    }
    is_ready_ = true;
    done.bytes += static_cast<std::size_t>(count);
  }
  return done;
}

// A kernel that encrypts takes what is written to the socket as application data. SSL_write() is
// not used: with kTLS, OpenSSL 3.0 keeps the address of the bytes that the socket did not take and
// sends from there at the next call, though SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER says that the bytes
// may have moved.
SSLEngine::Result SSLEngine::kernel_write(std::string_view first, std::string_view second) {
  Result done;
  const std::size_t total = first.size() + second.size();
  while (done.bytes < total) {
    const std::string_view head = first.substr(std::min(done.bytes, first.size()));
    const std::string_view tail = second.substr(done.bytes - (first.size() - head.size()));
    iovec pieces[] = {{const_cast<char*>(head.data()), head.size()},
                      {const_cast<char*>(tail.data()), tail.size()}};
    msghdr message{};
    message.msg_iov = pieces;
    message.msg_iovlen = 2;
    const ssize_t count = ::sendmsg(SSL_get_wfd(ssl_), &message, MSG_NOSIGNAL);
    if (count >= 0) {
      done.bytes += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      done.status = kernel_status(errno);
      return done;
    }
  }
  return done;
}

SSLEngine::Result SSLEngine::send_file(int file, off_t offset, std::size_t size) {
  Result done;
  if (failure_ != nullptr) return {0, Status::failed};
  bool is_kernel = is_ready_ && is_ktls();
  while (done.bytes < size) {
    off_t from = offset + static_cast<off_t>(done.bytes);
    const std::size_t left = size - done.bytes;
    if (is_kernel) {
      const ssize_t count = ::sendfile(SSL_get_wfd(ssl_), file, &from, left);
      if (count == 0) return {done.bytes, Status::file_ended};
      if (count > 0) {
        done.bytes += static_cast<std::size_t>(count);
      } else if (errno == EINVAL || errno == ENOSYS) {
        is_kernel = false;  // such a file can only be read
      } else if (errno == EIO || errno == EOVERFLOW) {
        return {done.bytes, Status::file_ended};
      } else if (errno != EINTR) {
        done.status = kernel_status(errno);
        return done;
      }
      continue;
    }
    char* const record = record_scratch();
    ssize_t count;
    do {
      count = ::pread(file, record, std::min(kRecord, left), from);
    } while (count < 0 && errno == EINTR);
    if (count <= 0) return {done.bytes, Status::file_ended};
    const Result written = write({record, static_cast<std::size_t>(count)});
    done.bytes += written.bytes;
    done.status = written.status;
    if (written.status != Status::done) return done;
  }
  return done;
}

SSLEngine::Status SSLEngine::kernel_status(int error) {
  if (error == EAGAIN) return Status::want_write;
  system_error_ = error;
  fail(true);
  return Status::failed;
}

void SSLEngine::shut_down() noexcept {
  if (failure_ != nullptr || SSL_in_init(ssl_) != 0) return;
  ERR_clear_error();
  SSL_shutdown(ssl_);
  ERR_clear_error();
}

// ---- Failures ----

void SSLEngine::fail(bool has_system_error) {
  const unsigned long error = ERR_peek_error();
  const bool is_cut_off = ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING ||
                          (has_system_error && error == 0);
  const std::error_code system(std::exchange(system_error_, 0), std::generic_category());
  if (failure_ != nullptr) {
    // The check of the certificate has already given the reason.
  } else if (system) {
    failure_ = std::make_unique<Failure>(Failure{system, system.message(), false});
  } else if (is_cut_off && is_ready_) {
    failure_ =
        std::make_unique<Failure>(Failure{Error::truncated, "the connection was cut off", false});
  } else if (is_cut_off) {
    failure_ = std::make_unique<Failure>(
        Failure{Error::closed_by_peer, "the peer left during the TLS handshake", false});
  } else {
    fail_by_protocol(ERR_GET_REASON(error));
  }
  ERR_clear_error();
}

void SSLEngine::fail_by_protocol(int reason) {
  failure_ = std::make_unique<Failure>();
  Failure& failure = *failure_;
  failure.code = is_ready_ ? Error::bad_record : Error::handshake_failed;
  switch (reason) {
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
      failure.is_plain_http = true;
      failure.text = "a plain HTTP request came to a port that speaks TLS";
      return;
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      failure.code = Error::bad_certificate;
      failure.text = "the peer gave no certificate";
      return;
    case SSL_R_CERTIFICATE_VERIFY_FAILED:  // the host has demands of its own
      failure.code = Error::bad_certificate;
      failure.text = fmt::format("its certificate is not accepted: {}",
                                 X509_verify_cert_error_string(SSL_get_verify_result(ssl_)));
      return;
    case SSL_R_WRONG_VERSION_NUMBER:
      failure.text = "what came is not TLS";
      return;
    default:
      break;
  }
  const int alert = reason - SSL_AD_REASON_OFFSET;
  failure.text = alert > 0 && alert < 256 ? fmt::format("the peer refused with the alert '{}'",
                                                        SSL_alert_desc_string_long(alert))
                                          : last_ssl_reason();
}

void SSLEngine::log_handshake_failure(std::string_view peer) const {
  const std::error_code& code = failure_->code;
  const bool has_left = code == Error::closed_by_peer || code.category() == std::generic_category();
  if (!has_left) context_->log_failure(peer, failure_->text);
}

// ---- What was agreed on ----

std::string_view SSLEngine::protocol() const noexcept {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_, &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

std::optional<SSLCertificate> SSLEngine::peer_certificate() const {
  X509* const certificate = SSL_get0_peer_certificate(ssl_);
  if (certificate == nullptr) return std::nullopt;
  return read_certificate(certificate);
}

bool SSLEngine::is_ktls() const noexcept {
  return BIO_get_ktls_send(SSL_get_wbio(ssl_)) != 0;
}

bool SSLEngine::is_resumed() const noexcept {
  return SSL_session_reused(ssl_) != 0;
}

const SSLOptions& SSLEngine::options() const noexcept {
  return context_->options();
}

const SSLContext& default_client_context() {
  static const SSLContext context = SSLContext::client();
  return context;
}

}  // namespace bora::net
