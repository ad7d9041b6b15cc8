#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace bora::net {

/// The reasons, besides the system's own errors, for which a stream or a connection ends.
enum class Error {
  none = 0,
  closed,              ///< This side closed the stream.
  closed_by_peer,      ///< The peer ended the stream in the regular way.
  timed_out,           ///< A time limit passed.
  unsatisfiable_read,  ///< A read reached its limit before the bytes that end it.
  buffer_full,         ///< More was buffered than the limit allows.
  truncated,           ///< The connection ended without TLS's own end: data may be missing.
  handshake_failed,    ///< TLS could not be agreed on with the peer.
  bad_certificate,     ///< The peer's certificate is not accepted.
  bad_record,          ///< Data after the handshake is not valid TLS.
};

/// The category of net::Error; its name is "bora.net".
const std::error_category& error_category() noexcept;

std::error_code make_error_code(Error error) noexcept;

/// A read or a write met a stream that is closed, or that closed meanwhile.
class StreamClosedError : public std::runtime_error {
 public:
  /// @param real_error  Why the stream closed, as far as it is known.
  explicit StreamClosedError(std::error_code real_error = make_error_code(Error::closed));
  /// @param text  Why it closed, in more words than the code has.
  StreamClosedError(std::error_code real_error, std::string_view text);

  [[nodiscard]] const std::error_code& real_error() const noexcept { return real_error_; }

 private:
  std::error_code real_error_;
};

/// More would be buffered than a stream's limits allow. If a write is the cause, it has queued
/// nothing; if the peer's data is, the stream is closed.
class StreamBufferFullError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The program can't listen on an address. what() is one sentence for the person who started the
/// program: which address, why, and what to do about it.
class BindError : public std::system_error {
 public:
  BindError(std::error_code error, std::string sentence);

  [[nodiscard]] const char* what() const noexcept override { return sentence_.c_str(); }

 private:
  std::string sentence_;
};

}  // namespace bora::net

template <>
struct std::is_error_code_enum<bora::net::Error> : std::true_type {};
