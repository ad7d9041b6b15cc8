#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include <bora/http/http_connection.h>

namespace bora::http {

class Exchange;
class FilePiece;

/// Where an Exchange's answer goes, and where its request comes from: a connection of HTTP/1, or
/// one of many streams of another protocol. Knows how a message looks on the wire; the exchange
/// knows what was promised and what becomes of the handler.
class MessageStream {
 public:
  /// Begins the answer. What kind of body it has is decided: Exchange::body and promised.
  /// @param chunk  The first piece of the body; copied.
  virtual void send_head(Exchange& exchange, const ResponseHead& head, std::string_view chunk) = 0;
  /// The next piece of the body; copied.
  virtual void send_piece(Exchange& exchange, std::string_view chunk) = 0;
  virtual void send_file(Exchange& exchange, std::shared_ptr<FilePiece> file) = 0;
  /// The answer is whole, or will never be. The stream lets go of the exchange when the request is
  /// read, too: it may be gone when this returns.
  virtual void end_answer(Exchange& exchange) = 0;
  /// The answer is not what its head promises. The client gets 500 in its place while nothing of it
  /// was sent; else it gets to see, when the answer ends, that it is not whole.
  /// @param has_begun  send_head() was called.
  virtual void spoil_answer(Exchange& exchange, bool has_begun) = 0;

  /// Sends what is buffered.
  virtual void flush() = 0;
  /// Some of what was written waits until the client takes it.
  [[nodiscard]] virtual bool has_unsent() const = 0;
  /// Whoever has answered the exchange that the stream let go of last is done with it.
  virtual void release_answered() = 0;
  /// More is buffered than should be.
  [[nodiscard]] virtual bool is_congested() const = 0;

  /// The pause of the request's reading is over.
  virtual void go_on_reading() = 0;
  /// A time limit of the request is another one.
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
