#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bora/core/detail/chrono.h>
#include <bora/core/task.h>
#include <bora/http/http_headers.h>
#include <bora/http/http_server_request.h>
#include <bora/net/netutil.h>

// The interfaces between a server's connection (HTTP/1 today) and the code that answers requests
// (the web layer, or a program's own delegate). Nothing here depends on the form of a message on
// the wire.

namespace bora::net {
class IOStream;         // <bora/net/io_stream.h>
struct SSLCertificate;  // <bora/net/ssl_context.h>
}  // namespace bora::net

namespace bora::http {

/// Status line and header fields of an answer. Every answer has Server, Date and Content-Type, so
/// these are not fields in `headers`; they are written straight from prepared text.
struct ResponseHead {
  int status = 200;
  std::string_view reason{};             ///< If empty, the standard phrase of `status`.
  std::string_view content_type{};       ///< If empty, no Content-Type is sent.
  bool server = true;                    ///< Whether `Server` is sent.
  bool date = true;                      ///< Whether `Date` is sent.
  const HTTPHeaders* headers = nullptr;  ///< Further fields, or null. They are copied.

  /// The length of the whole body in bytes. With -1 it is not known: the body is sent chunked
  /// (HTTP/1.1) or ended by closing (HTTP/1.0). For an answer to HEAD it is the length that GET
  /// would send.
  std::int64_t content_length = -1;
};

/// The answer side of one request (Tornado's `request.connection`). There is one object for each
/// request. It also controls how the rest of that request is read.
///
/// The calls are write_headers(), any number of write(), and finish(), in this order. The bytes are
/// buffered and leave in as few system calls as possible: at finish(), together with the answers of
/// further pipelined requests, or at flush().
///
/// When the client leaves early, these calls do not fail: writes are dropped, is_closed() becomes
/// true, and flush() throws StreamClosedError.
class HTTPConnection {
 public:
  /// Starts the answer. `chunk` is the first piece of the body; it is copied.
  virtual void write_headers(const ResponseHead& head, std::string_view chunk) = 0;
  /// Adds a piece of the body; it is copied. If the body gets more bytes than content_length
  /// promised, nothing of the piece is sent, and the error is logged. If the answer was not yet
  /// sent, the client gets 500 in its place; else the connection closes when the answer is
  /// finished.
  virtual void write(std::string_view chunk) = 0;
  /// Adds `size` bytes of a file, from `offset` on, as a piece of the body. They go from the file
  /// into the socket without passing through the program (sendfile), as fast as the client takes
  /// them; `file` is kept until then. If the file turns out to be shorter, or can't be read, the
  /// connection closes, so that the client notices, and the error is logged.
  virtual void write_file(std::shared_ptr<const net::FileDescriptor> file, std::uint64_t offset,
                          std::uint64_t size) = 0;
  /// Sends the bytes that are buffered. The Task ends when so few of them wait for a slow client
  /// that more may be written: awaiting it is flow control. After finish() it ends when the system
  /// has taken all of the answer.
  /// @throws net::StreamClosedError  The client left.
  virtual Task<void> flush() = 0;
  /// Ends the answer. If the body has fewer bytes than content_length promised, the same happens as
  /// with more; see write().
  virtual void finish() = 0;
  /// The certificate that the client gave, checked as SSLOptions::cert_reqs demands; nothing if it
  /// gave none, or is gone.
  [[nodiscard]] virtual std::optional<net::SSLCertificate> get_ssl_certificate() const = 0;
  /// Whether the client is known to be gone, or the server gave the connection up.
  [[nodiscard]] virtual bool is_closed() const = 0;

  /// Pauses the reading of this request: until resume_reading() neither data_received() nor
  /// finish() is called and nothing is read from the socket, so that the client has to wait. At
  /// most the result of the last read (64 KiB) is kept in memory.
  ///
  /// It can be called from start_request() on, usually within it or within data_received():
  /// - In start_request(): `100 Continue` and the check of the body's size wait too.
  /// - In data_received() of the last piece: finish() waits.
  ///
  /// During the pause no time limit of the request's body runs. A client that ends the connection
  /// meanwhile may go unnoticed until the reading is resumed. The call has no effect once the whole
  /// message was handed over; finishing the answer ends the pause.
  virtual void pause_reading() = 0;
  /// Resumes the reading. The delegate's calls come from the loop, never from within this call. It
  /// does nothing without a pause, or after the client left.
  virtual void resume_reading() = 0;

  /// Sets how long this request's body may be, instead of HTTPServerOptions::max_body_size. It must
  /// be called before the body is read: in start_request(), or in a pause that began there. For a
  /// chunked body it may be called at any time, and counts from the next chunk on.
  virtual void set_max_body_size(std::uint64_t bytes) = 0;
  [[nodiscard]] virtual std::uint64_t max_body_size() const = 0;

  /// Sets how long this request's body may take, instead of HTTPServerOptions::body_timeout. The
  /// time counts from the end of the head, without pauses. 0 means no limit. It can be called from
  /// start_request() on.
  virtual void set_body_timeout(std::chrono::seconds time) = 0;

  /// Takes the connection away from HTTP, to speak another protocol on it. The result is an open
  /// stream, which goes on speaking TLS if there is any. Its first bytes are those that the client
  /// has sent after the request's head (or after the part of its body that was handed over).
  /// Answers to earlier requests are sent before the bytes that are written to it.
  ///
  /// It can be called from start_request() on, as long as the answer has not begun. The client
  /// still waits for one: write it to the stream, for example "HTTP/1.1 101 Switching Protocols".
  /// The server's time limits no longer apply, the delegate is not called again, and the server
  /// neither counts nor drains the connection. The request stays valid until release(), which must
  /// still be called.
  ///
  /// @throws std::logic_error       The answer has begun.
  /// @throws net::StreamClosedError  The client left.
  /// @throws std::system_error      The stream can't watch the socket, which is closed.
  virtual net::IOStream detach() = 0;

  /// Ends the use of this object, the request and its memory. Call it once, as the last call, after
  /// finish() or after the client left. Both may be gone (or already serve the next request) when
  /// it returns.
  virtual void release() = 0;

 protected:
  ~HTTPConnection() = default;
};

/// Receives the message of one request. HTTPServerConnectionDelegate::start_request makes it.
///
/// The calls are start_request, data_received for each piece, and finish; on_connection_close comes
/// instead of any later one. A delegate that has to wait in one of the first two (Tornado's returns
/// a Future from them) calls HTTPConnection::pause_reading() in it, and resume_reading() later:
///
///     void data_received(std::string_view piece) override {
///       if (!queue_.offer(piece)) connection_.pause_reading();   // the writer resumes it
///     }
///
/// If a call throws, the exception is logged, the client gets 500 if nothing was answered yet, and
/// the connection closes.
class HTTPMessageDelegate {
 public:
  /// Receives a piece of the body, in order. It is not empty, at most HTTPServerOptions::chunk_size
  /// long, and valid during the call only.
  virtual void data_received(std::string_view chunk) = 0;
  /// The whole message was received: answer it, now or later, through the request's connection().
  virtual void finish() = 0;
  /// The client left before the answer was finished, so the work for the answer may stop. It is
  /// called at most once, and possibly between start_request and finish(); then finish() never
  /// comes. HTTPConnection::release() must still be called.
  ///
  /// A client that ended its sending side after a whole request looks the same until something is
  /// sent to it: usually it has left, but it may also wait for the answer. So this is called, but
  /// HTTPConnection::is_closed() stays false, and an answer that is given nevertheless is sent.
  virtual void on_connection_close() = 0;

 protected:
  ~HTTPMessageDelegate() = default;
};

/// Answers the requests of a server; web::Application is one.
class HTTPServerConnectionDelegate {
 public:
  virtual ~HTTPServerConnectionDelegate() = default;

  /// The head of a request was received, the body was not. The delegate may answer already (405,
  /// 413, 401): the body that follows is then skipped or the connection closed, and data_received()
  /// and finish() are not called. After this call, a body that is longer than
  /// HTTPConnection::max_body_size() is refused (413), with on_connection_close(); a client that
  /// waits for `100 Continue` gets it then.
  ///
  /// @returns  The object that takes the message. It is usually made in `request.allocate()`d
  ///           memory.
  virtual HTTPMessageDelegate* start_request(HTTPServerRequest& request) = 0;

  /// Whether requests may have a method that is not one of the registered ones; others are answered
  /// with 501.
  [[nodiscard]] virtual bool supports_method(std::string_view method);

  /// The last step of a graceful stop, when all connections are closed: waits for work that goes on
  /// without them. It is cancelled when HTTPServerOptions::drain_timeout has passed. The default
  /// does nothing.
  virtual Task<void> drain();
};

}  // namespace bora::http
