#pragma once

#include <cstdint>
#include <string_view>

#include <bora/core/task.h>
#include <bora/http/http_headers.h>
#include <bora/http/http_server_request.h>

// The interfaces between a server connection (HTTP/1 today) and what answers requests (the web
// layer, or a program's own delegate). Nothing here knows how a message looks on the wire.

namespace bora::http {

/// Status line and header fields of an answer. Every answer has Server, Date and Content-Type, so
/// they are not fields in `headers` but written straight from prepared text.
struct ResponseHead {
  int status = 200;
  std::string_view reason;               ///< Empty: the standard phrase of `status`.
  std::string_view content_type;         ///< Empty: no Content-Type is sent.
  bool server = true;                    ///< Send `Server`.
  bool date = true;                      ///< Send `Date`.
  const HTTPHeaders* headers = nullptr;  ///< Further fields; may be null. Copied.

  /// Length of the whole body in bytes; -1: not known, so it is sent chunked (HTTP/1.1) or ended by
  /// closing (HTTP/1.0). Of an answer to HEAD, what GET would send.
  std::int64_t content_length = -1;
};

/// The answer side of one request (Tornado's `request.connection`): one object for each request.
///
/// write_headers(), any number of write(), finish(): in this order. What is written is buffered and
/// leaves in as few system calls as possible: at finish(), with the answers of further pipelined
/// requests, or at flush().
///
/// When the client leaves early nothing here fails: writes are dropped, is_closed() turns true,
/// flush() throws StreamClosedError.
class HTTPConnection {
 public:
  /// Starts the answer. `chunk` is the first piece of the body; copied.
  virtual void write_headers(const ResponseHead& head, std::string_view chunk) = 0;
  /// The next piece of the body; copied. More bytes than content_length promised are not sent: the
  /// connection closes, and the error is logged.
  virtual void write(std::string_view chunk) = 0;
  /// Sends what is buffered. Done when little enough of it is left waiting for a slow client that
  /// more may be written: awaiting it is flow control.
  /// @throws net::StreamClosedError  The client left.
  virtual Task<void> flush() = 0;
  /// Ends the answer. Fewer bytes than content_length promised: the connection closes.
  virtual void finish() = 0;
  /// True when the client is gone (or the server gave the connection up).
  [[nodiscard]] virtual bool is_closed() const = 0;

  /// Whoever answers is done with this object, the request and its memory; call it once, last,
  /// after finish() or after the client left. Both may be gone (or already serve the next request)
  /// when it returns.
  virtual void release() = 0;

 protected:
  ~HTTPConnection() = default;
};

/// Receives one request's message; made by HTTPServerConnectionDelegate::start_request.
class HTTPMessageDelegate {
 public:
  /// A piece of the body, in order; valid during the call only.
  virtual void data_received(std::string_view chunk) = 0;
  /// The whole message is here: answer it, now or later, through the request's connection().
  virtual void finish() = 0;
  /// The client left before the answer was finished. One that only ended its sending side counts as
  /// gone once nothing is being sent to it: a long poll must not outlive its client.
  /// Called at most once; also between
  /// start_request and finish(), and then finish() never comes. HTTPConnection::release() is still
  /// to be called.
  virtual void on_connection_close() = 0;

 protected:
  ~HTTPMessageDelegate() = default;
};

/// Answers the requests of a server. web::Application is one.
class HTTPServerConnectionDelegate {
 public:
  virtual ~HTTPServerConnectionDelegate() = default;

  /// The head of a request is here, the body is not. The delegate may answer already (405, 413,
  /// 401): the body that follows is then read past or the connection closed, and data_received()
  /// and finish() are not called.
  ///
  /// @returns  Who takes the message. Usually made in `request.allocate()`d memory.
  virtual HTTPMessageDelegate* start_request(HTTPServerRequest& request) = 0;
};

}  // namespace bora::http
