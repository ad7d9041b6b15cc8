#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <bora/net/ssl_context.h>

struct bio_st;
struct ssl_st;

namespace bora::net {

/// TLS on one connected, non-blocking socket, which it reads and writes itself. It never waits: a
/// call that can't go on returns what it needs.
class SSLEngine {
 public:
  enum class Status : std::uint8_t {
    done,        ///< All that was asked for is done.
    want_read,   ///< Call again when the socket can be read.
    want_write,  ///< Call again when the socket takes output.
    closed,      ///< The peer ended TLS in the regular way.
    failed,      ///< See failure().
    file_ended,  ///< send_file(): the file is shorter, or can't be read.
  };
  /// The progress of a call; bytes and any status may go together.
  struct Result {
    std::size_t bytes = 0;
    Status status = Status::done;
  };

  struct Failure {
    std::error_code code;        ///< The system's error, or a net::Error.
    std::string text;            ///< The reason, for people; it ends without a full stop.
    bool is_plain_http = false;  ///< The peer sent a request in clear text.
  };

  /// Does not own the socket, and does not wait for anything. `context` decides whether it is the
  /// client's or the server's side.
  ///
  /// @param host  For a client: the name (or address) that the peer must prove, asked for by SNI.
  /// @param alpn  Used if the context's options name no protocol: in the form of the handshake,
  ///              "\x08http/1.1"; a literal, because it is not copied.
  /// @throws SSLError
  SSLEngine(const SSLContext& context, int fd, std::string_view host, std::string_view alpn);
  ~SSLEngine();
  SSLEngine(const SSLEngine&) = delete;
  SSLEngine& operator=(const SSLEngine&) = delete;

  /// Makes an end of the connection without TLS's own end count as regular (`closed`): for
  /// protocols whose messages say how long they are.
  void ignore_truncation(bool is_ignored = true) noexcept;

  /// Continues the handshake, as read() does; see there for `has_hung_up`.
  Status handshake(bool has_hung_up);
  [[nodiscard]] bool is_server() const noexcept;
  [[nodiscard]] bool is_ready() const noexcept { return is_ready_; }

  /// Reads until `room` is full or the socket is empty. If it returns `want_read`, the socket is
  /// known to be empty: a new edge will come.
  ///
  /// @param has_hung_up  Whether the peer's end was announced, so that a short read does not mean
  ///                     that the socket is empty.
  Result read(char* to, std::size_t room, bool has_hung_up);

  /// Writes both pieces, in one record where they fit. After `want_write` call it again with all
  /// bytes that were not done, in the same order (they may have moved, and others may follow).
  Result write(std::string_view first, std::string_view second = {});

  /// The same as write(), with a part of a file.
  Result send_file(int file, off_t offset, std::size_t size);

  /// Tells the peer that nothing more comes, as far as the socket takes it now.
  void shut_down() noexcept;

  [[nodiscard]] const Failure& failure() const noexcept { return *failure_; }
  /// Logs a failed handshake, unless the peer just left.
  void log_handshake_failure(std::string_view peer) const;

  /// The protocol that was agreed on (ALPN); empty if there is none.
  [[nodiscard]] std::string_view protocol() const noexcept;
  /// The peer's certificate, if it gave one.
  [[nodiscard]] std::optional<SSLCertificate> peer_certificate() const;
  /// Whether the kernel encrypts.
  [[nodiscard]] bool is_ktls() const noexcept;
  /// Whether the handshake resumed an earlier session.
  [[nodiscard]] bool is_resumed() const noexcept;
  [[nodiscard]] const SSLOptions& options() const noexcept;
  [[nodiscard]] std::string_view default_alpn() const noexcept { return alpn_; }

  struct Transport;  ///< Private to ssl_engine.cpp.

 private:
  void set_host(std::string_view host);
  Result kernel_write(std::string_view first, std::string_view second);
  Status kernel_status(int error);
  Status status_of(int result);
  void fail(bool has_system_error);
  void fail_by_protocol(int reason);

  std::shared_ptr<SSLContext::Impl> context_;
  ssl_st* ssl_;
  std::string_view alpn_;
  std::unique_ptr<Failure> failure_;
  int system_error_ = 0;
  bool is_ready_ = false;
  bool may_read_ = true;  ///< the socket may have something
  bool has_hung_up_ = false;
  bool may_use_ktls_ = false;
  bool must_keep_keys_ = false;  ///< The peer asked for new ones, and the kernel has the old ones.
  bool drops_record_ = false;    ///< the next record that OpenSSL writes must not leave
};

/// SSLContext::client(), made at the first call.
const SSLContext& default_client_context();

}  // namespace bora::net
