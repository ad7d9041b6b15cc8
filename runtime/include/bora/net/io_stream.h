#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <bora/core/quiet_exceptions.h>
#include <bora/core/task.h>
#include <bora/core/unique_function.h>
#include <bora/net/address.h>
#include <bora/net/error.h>
#include <bora/net/netutil.h>

namespace bora::net {

class Regex;
class SSLContext;
class SSLIOStream;
class StreamCore;

/// Limits of a stream, in bytes.
struct StreamOptions {
  /// The most bytes that are received and not yet read; with more, the stream closes with
  /// StreamBufferFullError.
  std::size_t max_buffer_size = 100 * 1024 * 1024;
  /// The most bytes that are received at once: at most 64 KiB, and never more than half of
  /// max_buffer_size.
  std::size_t read_chunk_size = 64 * 1024;
  /// The most bytes that are written and not yet taken by the kernel: a write that exceeds it
  /// throws StreamBufferFullError and queues nothing. 0 means no limit.
  std::size_t max_write_buffer_size = 0;
};

/// The result of a write: await it to know that the kernel has taken the bytes, or drop it.
class WriteTask : public Task<void> {
 public:
  WriteTask() noexcept = default;
  explicit WriteTask(Task<void> task) noexcept : Task<void>(std::move(task)) {}

  /// When it was given to spawn(), a failure because the stream has closed is not logged.
  static constexpr QuietExceptions kQuietFailures = quiet_exceptions<StreamClosedError>;
};

/// The result of a read, a Task<T>. When it was given to spawn() and nobody looks at the Future, a
/// failure because the stream has closed is not logged.
template <class T>
class [[nodiscard("a read does nothing until it is awaited: co_await or spawn it")]] ReadTask
    : public Task<T> {
 public:
  ReadTask(Task<T> task) noexcept : Task<T>(std::move(task)) {}  // NOLINT: stands for it

  static constexpr QuietExceptions kQuietFailures = quiet_exceptions<StreamClosedError>;
};

namespace detail {

struct StreamAccess;

/// A counted reference to a stream's state: pending reads and writes outlive the stream's object.
class StreamRef {
 public:
  StreamRef() noexcept = default;
  explicit StreamRef(StreamCore* core) noexcept;
  StreamRef(const StreamRef& other) noexcept : StreamRef(other.core_) {}
  StreamRef(StreamRef&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
  StreamRef& operator=(StreamRef other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~StreamRef();

  StreamCore* operator->() const noexcept { return core_; }
  StreamCore& operator*() const noexcept { return *core_; }
  explicit operator bool() const noexcept { return core_ != nullptr; }

 private:
  StreamCore* core_ = nullptr;
};

}  // namespace detail

/// What all streams have in common: buffered reads and writes on a descriptor, without blocking.
///
/// A stream belongs to the IOLoop of the thread that made it; call it on that thread only.
/// Destroying it closes the descriptor, and pending reads and writes end with StreamClosedError. It
/// may be moved at any time, also while a read or write is pending.
///
/// **Reads** start when they are awaited, one at a time. Bytes that have arrived already are
/// returned without a trip through the loop. A read that is cancelled (Task::cancel) loses nothing:
/// its bytes are there for the next one. Bytes that were received before the peer closed can still
/// be read afterwards; only a read that they can't satisfy throws. Without a read the stream takes
/// at most one chunk from the kernel, so that TCP slows down a peer that sends too fast.
///
/// **Writes** start when they are called, and are sent in the order of the calls. Awaiting one
/// waits until the kernel has taken its bytes; this is the flow control. Cancelling that wait does
/// not take the bytes back.
///
/// **Failure.** Every read and write may throw StreamClosedError; its real_error() tells why the
/// stream closed: the system's error, or net::Error (closed by this side, closed by the peer, …).
class BaseIOStream {
 public:
  BaseIOStream(BaseIOStream&& other) noexcept = default;
  BaseIOStream& operator=(BaseIOStream&& other) noexcept;
  BaseIOStream(const BaseIOStream&) = delete;
  BaseIOStream& operator=(const BaseIOStream&) = delete;
  ~BaseIOStream();

  /// Reads exactly `count` bytes; with `partial`, at least one byte and at most `count`. A `count`
  /// of 0 gives an empty string at once.
  /// @throws StreamBufferFullError  `count` is more than max_buffer_size; the stream is then
  ///                                closed.
  /// @throws StreamClosedError
  /// @throws std::logic_error       "Already reading": another read is pending. All reads throw
  ///                                this.
  ReadTask<std::string> read_bytes(std::size_t count, bool partial = false);

  /// Reads into the caller's memory, which must stay until the read has ended. It fills the memory,
  /// or with `partial` takes what is there, at least one byte. Large reads arrive there without
  /// being copied. After a failure, the bytes that came can be read again from the stream.
  /// @returns  The number of bytes that were read.
  ReadTask<std::size_t> read_into(std::span<std::byte> memory, bool partial = false);
  ReadTask<std::size_t> read_into(std::span<char> memory, bool partial = false);

  /// Reads up to and including `delimiter`; later bytes stay buffered for the next read.
  ///
  /// @param delimiter  One byte or more. It is copied, so a temporary is fine.
  /// @param max_bytes  The longest result accepted, in bytes, delimiter included. With 0, only
  ///                   max_buffer_size limits it.
  /// @returns  The bytes, ending in `delimiter`.
  /// @throws StreamClosedError  The peer closed first, or `max_bytes` came without a delimiter
  ///                            (net::Error::unsatisfiable_read; the stream is then closed).
  ReadTask<std::string> read_until(std::string delimiter, std::size_t max_bytes = 0);

  /// Reads up to and including the first place where `regex` matches. The read ends with the first
  /// byte that completes a match, however the bytes are divided on arrival; so a `+` or `*` at the
  /// end takes as little as it can. The time is proportional to the number of bytes, whatever the
  /// peer sends.
  ///
  /// @param regex  For example `Regex("\r?\n\r?\n")`. It is copied; copies are cheap.
  ReadTask<std::string> read_until_regex(Regex regex, std::size_t max_bytes = 0);

  /// Reads until the peer has ended its side; on a closed stream, reads what is still buffered.
  /// @throws StreamClosedError      The connection broke.
  /// @throws StreamBufferFullError  More than max_buffer_size came.
  ReadTask<std::string> read_until_close();

  /// Sends `data` at once as far as the kernel takes it; the rest is copied and sent when there is
  /// room. The result need not be awaited; a later failure is then silent.
  ///
  /// @throws StreamClosedError      From the call: the stream is closed. From the wait: the stream
  ///                                closed before all was taken.
  /// @throws StreamBufferFullError  From the call: max_write_buffer_size is exceeded. Nothing was
  ///                                queued.
  WriteTask write(std::string_view data);
  /// The same with bytes that the stream may keep instead of copying them.
  WriteTask write(std::string&& data);
  WriteTask write(const char* text) { return write(std::string_view(text)); }
  WriteTask write(std::span<const std::byte> data) {
    return write(std::string_view(reinterpret_cast<const char*>(data.data()), data.size()));
  }

  /// Closes the stream at once; does nothing when it is closed. A pending read that the buffered
  /// bytes satisfy succeeds; everything else that is pending ends with StreamClosedError. Bytes
  /// that were not sent are dropped.
  /// @param error  The reason that later failures report.
  void close(std::error_code error = make_error_code(Error::closed));
  [[nodiscard]] bool closed() const noexcept;
  /// Why the stream is closed; no error while it is open.
  [[nodiscard]] std::error_code error() const noexcept;

  /// Calls `callback` once, in a turn of the loop after the stream has closed; in the next turn if
  /// it is closed already. Setting it makes an idle stream notice that the peer closes, as soon as
  /// no unread bytes are buffered. It replaces the previous callback; an empty one clears it. It is
  /// not called when the stream is destroyed.
  void set_close_callback(UniqueFunction<void()> callback);

  /// Whether a read is pending.
  [[nodiscard]] bool reading() const noexcept;
  /// Whether bytes wait for the kernel to take them.
  [[nodiscard]] bool writing() const noexcept;

  /// Sends small pieces at once instead of gathering them (TCP_NODELAY). Does nothing where that
  /// has no meaning, or when the stream is closed.
  void set_nodelay(bool value);

  /// The descriptor, which the stream still owns; -1 when the stream is closed.
  [[nodiscard]] int fileno() const noexcept;
  [[nodiscard]] std::size_t max_buffer_size() const noexcept;

 protected:
  friend struct detail::StreamAccess;  // Bora's other layers
  explicit BaseIOStream(detail::StreamRef core) noexcept : core_(std::move(core)) {}

  detail::StreamRef core_;
};

/// A stream on a socket: TCP or Unix-domain.
///
///     bora::net::IOStream stream(bora::net::AddressFamily::ipv4);
///     co_await stream.connect(*bora::net::Address::from_ip("127.0.0.1", 8888));
///     co_await stream.write("GET / HTTP/1.0\r\n\r\n");
///     const std::string head = co_await stream.read_until("\r\n\r\n", 16 * 1024);
///
/// To connect to a host by its name, see TCPClient.
class IOStream : public BaseIOStream {
 public:
  /// Takes over a stream socket, connected or not, and makes it non-blocking.
  /// @throws std::system_error  The socket can't be watched.
  explicit IOStream(FileDescriptor socket, const StreamOptions& options = {});
  /// Makes a socket that is not connected yet.
  /// @throws std::system_error  The system gives no socket.
  explicit IOStream(AddressFamily family, const StreamOptions& options = {});

  /// Connects. It begins at once, and the Task waits for the end. Bytes that are written meanwhile
  /// are sent when the connection is made. Cancelling the wait closes the stream.
  /// @throws StreamClosedError  real_error() tells why; the stream is closed.
  Task<void> connect(const Address& address);

  /// Turns this stream into one that speaks TLS; include <bora/net/ssl_io_stream.h>. The handshake
  /// begins at once, and the Task waits for its end. This object is moved from: use only the new
  /// stream. Dropping the Task or cancelling the wait closes the connection.
  ///
  /// The stream must be idle: nothing pending, nothing buffered. Bytes that the peer sent in clear
  /// text too early never count as sent under TLS.
  ///
  /// @param server_side      Whether this side answers the handshake.
  /// @param context          The context for that side; an empty one is a client's that trusts the
  ///                         system's authorities.
  /// @param server_hostname  For a client: the name that the server's certificate must prove.
  /// @throws std::logic_error       "Stream is not idle; cannot convert to SSL"
  /// @throws std::invalid_argument  The context is for the other side, or missing.
  /// @throws SSLError               `server_hostname` is missing.
  /// @throws StreamClosedError      From the wait: the handshake failed; the message names host,
  ///                                address and reason. From the call: the stream is closed.
  Task<SSLIOStream> start_tls(bool server_side, SSLContext context,
                              std::string_view server_hostname = {});

  /// The addresses of both ends, as far as they have any.
  [[nodiscard]] Address local_address() const;
  [[nodiscard]] Address peer_address() const;

 protected:
  explicit IOStream(detail::StreamRef core) noexcept : BaseIOStream(std::move(core)) {}
};

/// A stream on one end of a pipe, or on a terminal or another device that can be waited for.
class PipeIOStream : public BaseIOStream {
 public:
  /// Takes over the descriptor and makes it non-blocking.
  /// @throws std::system_error  It can't be watched: it is not a descriptor, or is a plain file.
  explicit PipeIOStream(FileDescriptor fd, const StreamOptions& options = {});
};

}  // namespace bora::net
