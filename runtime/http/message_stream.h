#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include <bora/http/http_connection.h>

namespace bora::http {

class Exchange;
class FilePiece;

/// The target of an Exchange's answer, and the source of its request: a connection of HTTP/1, or
/// one of many streams of another protocol. It knows the form of a message on the wire; the
/// exchange knows what was promised and the state of the handler.
class MessageStream {
 public:
  /// Begins the answer. The kind of its body is decided: Exchange::body and promised.
  /// @param chunk  The first piece of the body; copied.
  virtual void send_head(Exchange& exchange, const ResponseHead& head, std::string_view chunk) = 0;
  /// Adds the next piece of the body; it is copied.
  virtual void send_piece(Exchange& exchange, std::string_view chunk) = 0;
  virtual void send_file(Exchange& exchange, std::shared_ptr<FilePiece> file) = 0;
  /// The answer is complete, or never will be. The stream lets go of the exchange when the request
  /// is read, too: it may be destroyed when this returns.
  virtual void end_answer(Exchange& exchange) = 0;
  /// The answer breaks the promise of its head. The client gets 500 in its place while nothing of
  /// it was sent; else it can see, when the answer ends, that it is not complete.
  /// @param has_begun  Whether send_head() was called.
  virtual void spoil_answer(Exchange& exchange, bool has_begun) = 0;

  /// Sends what is buffered.
  virtual void flush() = 0;
  /// Whether some of the output waits until the client takes it.
  [[nodiscard]] virtual bool has_unsent() const = 0;
  /// The code that answered the exchange that the stream let go of last does not need it any more.
  virtual void release_answered() = 0;
  /// Whether more is buffered than should be.
  [[nodiscard]] virtual bool is_congested() const = 0;

  /// The pause of the request's reading is over.
  virtual void go_on_reading() = 0;
  /// A time limit of the request has changed.
  virtual void limits_changed() = 0;
  [[nodiscard]] virtual std::optional<net::SSLCertificate> ssl_certificate() const = 0;
  /// See HTTPConnection::detach().
  [[nodiscard]] virtual net::IOStream detach(Exchange& exchange) = 0;
  /// Nobody will answer.
  virtual void give_up() = 0;

 protected:
  ~MessageStream() = default;
};

}  // namespace bora::http
