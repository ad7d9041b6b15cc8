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

// The interfaces between a server connection (HTTP/1 today) and what answers requests (the web
// layer, or a program's own delegate). Nothing here knows how a message looks on the wire.

namespace bora::net {
class IOStream;         // <bora/net/io_stream.h>
struct SSLCertificate;  // <bora/net/ssl_context.h>
}  // namespace bora::net

namespace bora::http {

/// Status line and header fields of an answer. Every answer has Server, Date and Content-Type, so
/// they are not fields in `headers` but written straight from prepared text.
struct ResponseHead {
  int status = 200;
  std::string_view reason{};             ///< Empty: the standard phrase of `status`.
  std::string_view content_type{};       ///< Empty: no Content-Type is sent.
  bool server = true;                    ///< Send `Server`.
  bool date = true;                      ///< Send `Date`.
  const HTTPHeaders* headers = nullptr;  ///< Further fields; may be null. Copied.

  /// Length of the whole body in bytes; -1: not known, so it is sent chunked (HTTP/1.1) or ended by
  /// closing (HTTP/1.0). For an answer to HEAD it is what GET would send.
  std::int64_t content_length = -1;
};

/// The answer side of one request (Tornado's `request.connection`): one object for each request.
/// Also steers how the rest of that request is read.
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
  /// The next piece of the body; copied. More bytes than content_length promised: nothing of the
  /// piece is sent, and the error is logged. If the answer was not yet sent, the client gets 500 in
  /// its place; else the connection closes when it is finished.
  virtual void write(std::string_view chunk) = 0;
  /// `size` bytes of a file, from `offset` on, as the next piece of the body. They go from the file
  /// into the socket without passing through the program (sendfile), as the client takes them;
  /// `file` is kept until then. A file that turns out shorter, or can't be read: the connection
  /// closes, so that the client knows, and the error is logged.
  virtual void write_file(std::shared_ptr<const net::FileDescriptor> file, std::uint64_t offset,
                          std::uint64_t size) = 0;
  /// Sends what is buffered. Done when little enough of it is left waiting for a slow client that
  /// more may be written: awaiting it is flow control. After finish(): done when the system has
  /// taken all of the answer.
  /// @throws net::StreamClosedError  The client left.
  virtual Task<void> flush() = 0;
  /// Ends the answer. Fewer bytes than content_length promised: as with more, see write().
  virtual void finish() = 0;
  /// The certificate that the client gave, checked as SSLOptions::cert_reqs demands; null if it
  /// gave none, or is gone.
  [[nodiscard]] virtual std::optional<net::SSLCertificate> get_ssl_certificate() const = 0;
  /// True when the client is known to be gone, or the server gave the connection up.
  [[nodiscard]] virtual bool is_closed() const = 0;

  /// Stops the reading of this request: until resume_reading() neither data_received() nor finish()
  /// is called and nothing is read from the socket, so that the client feels the back-pressure. At
  /// most what the last read brought (64 KiB) waits in memory.
  ///
  /// Callable from start_request() on, usually within it or within data_received():
  /// - In start_request(): `100 Continue` and the check of the body's size wait too.
  /// - In data_received() of the last piece: finish() waits.
  ///
  /// While it is paused no time limit of the request's body runs. A client that ends the connection
  /// meanwhile may go unnoticed until the reading goes on. It has no effect once the whole message
  /// was handed over; finishing the answer ends the pause.
  virtual void pause_reading() = 0;
  /// Goes on. What is due is called from the loop, never from within this call. Harmless without a
  /// pause, or after the client left.
  virtual void resume_reading() = 0;

  /// How long this request's body may be, instead of HTTPServerOptions::max_body_size. To be called
  /// before the body is read: in start_request(), or while the reading is paused in it. For a
  /// chunked body it may be called at any time, and counts from the next chunk on.
  virtual void set_max_body_size(std::uint64_t bytes) = 0;
  [[nodiscard]] virtual std::uint64_t max_body_size() const = 0;

  /// How long this request's body may take, instead of HTTPServerOptions::body_timeout; counted
  /// from the end of the head, without pauses. 0 is no limit. To be called from start_request() on.
  virtual void set_body_timeout(std::chrono::seconds time) = 0;

  /// Takes the connection away from HTTP, to speak another protocol on it: an open stream, which
  /// goes on speaking TLS if there is any. What the client has sent after the request's head (or
  /// after the part of its body that was handed over) is the first that the stream reads; answers
  /// to earlier requests are sent before what is written to it.
  ///
  /// Callable from start_request() on, as long as the answer has not begun. The client still waits
  /// for one: "HTTP/1.1 101 Switching Protocols", say, is to be written to the stream. No time
  /// limit of the server's runs any more, the delegate is not called again, and the server neither
  /// counts nor drains the connection. The request stays valid until release(), which is still to
  /// be called.
  ///
  /// @throws std::logic_error       The answer has begun.
  /// @throws net::StreamClosedError  The client left.
  /// @throws std::system_error      The socket can't be watched by the stream; it is closed.
  virtual net::IOStream detach() = 0;

  /// Whoever answers is done with this object, the request and its memory; call it once, last,
  /// after finish() or after the client left. Both may be gone (or already serve the next request)
  /// when it returns.
  virtual void release() = 0;

 protected:
  ~HTTPConnection() = default;
};

/// Receives one request's message; made by HTTPServerConnectionDelegate::start_request.
///
/// The calls are start_request, data_received for each piece, finish; or on_connection_close in
/// place of any later one. A delegate that has to wait in one of the first two (Tornado's returns a
/// Future from them) calls HTTPConnection::pause_reading() in it, and resume_reading() later:
///
///     void data_received(std::string_view piece) override {
///       if (!queue_.offer(piece)) connection_.pause_reading();   // the writer resumes it
///     }
///
/// One that throws: logged, the client gets 500 if nothing was answered yet, the connection closes.
class HTTPMessageDelegate {
 public:
  /// A piece of the body, in order, not empty, at most HTTPServerOptions::chunk_size; valid during
  /// the call only.
  virtual void data_received(std::string_view chunk) = 0;
  /// The whole message is here: answer it, now or later, through the request's connection().
  virtual void finish() = 0;
  /// The client left before the answer was finished; so whoever waits for something to answer may
  /// stop. Called at most once; also between start_request and finish(), and then finish() never
  /// comes. HTTPConnection::release() is still to be called.
  ///
  /// A client that ended its sending side after a whole request looks the same until something is
  /// sent to it: usually it left, but it may also be waiting for the answer. So this is called, but
  /// HTTPConnection::is_closed() stays false, and an answer that is given nevertheless is sent.
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
  /// and finish() are not called. A body that is longer than HTTPConnection::max_body_size() is
  /// refused (413) after this call, with on_connection_close(); a client that waits for `100
  /// Continue` gets it then.
  ///
  /// @returns  Who takes the message. Usually made in `request.allocate()`d memory.
  virtual HTTPMessageDelegate* start_request(HTTPServerRequest& request) = 0;

  /// Whether requests may have a method that is none of the registered ones; others are answered
  /// with 501.
  [[nodiscard]] virtual bool supports_method(std::string_view method);

  /// Last in a graceful stop, when all connections are closed: waits for what goes on without them.
  /// Cancelled when HTTPServerOptions::drain_timeout is over. Does nothing unless overridden.
  virtual Task<void> drain();
};

}  // namespace bora::http
