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
  /// Received and not yet read: beyond it the stream closes, with StreamBufferFullError.
  std::size_t max_buffer_size = 100 * 1024 * 1024;
  /// Received at once, 64 KiB at most; never more than half of max_buffer_size.
  std::size_t read_chunk_size = 64 * 1024;
  /// Written and not yet taken by the kernel: a write beyond it throws StreamBufferFullError and
  /// queues nothing. 0 is no limit.
  std::size_t max_write_buffer_size = 0;
};

/// What a write returns: await it to know that the kernel has taken the bytes, or drop it.
class WriteTask : public Task<void> {
 public:
  WriteTask() noexcept = default;
  explicit WriteTask(Task<void> task) noexcept : Task<void>(std::move(task)) {}

  /// Of one that was given to spawn(): its end with the stream is no news.
  static constexpr QuietExceptions kQuietFailures = quiet_exceptions<StreamClosedError>;
};

/// What a read returns: a Task<T>, whose end with the stream is no news when it was given to
/// spawn() and nobody looks at the Future.
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

/// What all streams have: buffered reads and writes on a descriptor, without blocking.
///
/// Belongs to the IOLoop of the thread that made it; call it on that thread only. Destroying it
/// closes the descriptor, and whatever is pending ends with StreamClosedError. It may be moved at
/// any time, also while a read or write is pending.
///
/// **Reads** start when they are awaited, one at a time. What has arrived already is returned
/// without a trip through the loop. A read that is cancelled (Task::cancel) loses nothing: what
/// came is there for the next one. What was received before the peer closed can still be read
/// afterwards; only a read that this can't satisfy throws. Without a read the stream takes at most
/// one chunk from the kernel, so that a peer which sends too fast is held up by TCP.
///
/// **Writes** start when they are called, and are sent in their order. Awaiting one means waiting
/// until the kernel has taken its bytes: that is the flow control. Cancelling that wait takes
/// nothing back.
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

  /// Reads exactly `count` bytes; with `partial`, one byte at least and `count` at most. 0 is
  /// empty, at once.
  /// @throws StreamBufferFullError  `count` is more than max_buffer_size; the stream is then
  ///                                closed.
  /// @throws StreamClosedError
  /// @throws std::logic_error       "Already reading": another read is pending. All reads do.
  ReadTask<std::string> read_bytes(std::size_t count, bool partial = false);

  /// Reads into the caller's memory, which must stay until the read has ended: fills it, or with
  /// `partial` takes what is there, one byte at least. Large reads arrive there without being
  /// copied. After a failure, what came can be read again from the stream.
  /// @returns  How many bytes were read.
  ReadTask<std::size_t> read_into(std::span<std::byte> memory, bool partial = false);
  ReadTask<std::size_t> read_into(std::span<char> memory, bool partial = false);

  /// Reads up to and including `delimiter`; later bytes stay buffered for the next read.
  ///
  /// @param delimiter  One byte or more. Copied: a temporary is fine.
  /// @param max_bytes  Longest answer accepted, in bytes, delimiter included. 0 leaves only
  ///                   max_buffer_size as the limit.
  /// @returns  The bytes, ending in `delimiter`.
  /// @throws StreamClosedError  The peer closed first, or `max_bytes` came without a delimiter
  ///                            (net::Error::unsatisfiable_read; the stream is then closed).
  ReadTask<std::string> read_until(std::string delimiter, std::size_t max_bytes = 0);

  /// Reads up to and including the first place where `regex` matches: the read ends with the first
  /// byte that completes a match, however the bytes arrive in pieces; so a `+` or `*` at the end
  /// takes as little as it can. Takes time proportional to the bytes, whatever the peer sends.
  ///
  /// @param regex  `Regex("\r?\n\r?\n")`. Copied; copies are cheap.
  ReadTask<std::string> read_until_regex(Regex regex, std::size_t max_bytes = 0);

  /// Reads until the peer has ended its side; on a closed stream, what is still buffered.
  /// @throws StreamClosedError      The connection broke.
  /// @throws StreamBufferFullError  More than max_buffer_size came.
  ReadTask<std::string> read_until_close();

  /// Sends `data`: at once as far as the kernel takes it; what is left is copied and follows when
  /// there is room. Nobody has to await it; a later failure is then silent.
  ///
  /// @throws StreamClosedError      From the call: the stream is closed. From the wait: it closed
  ///                                before all was taken.
  /// @throws StreamBufferFullError  From the call: max_write_buffer_size. Nothing was queued.
  WriteTask write(std::string_view data);
  /// The same with bytes that the stream may keep instead of copying them.
  WriteTask write(std::string&& data);
  WriteTask write(const char* text) { return write(std::string_view(text)); }
  WriteTask write(std::span<const std::byte> data) {
    return write(std::string_view(reinterpret_cast<const char*>(data.data()), data.size()));
  }

  /// Closes at once. Harmless when it is closed. A pending read that what came can satisfy ends
  /// with it; everything else that is pending ends with StreamClosedError; what was not sent is
  /// dropped.
  /// @param error  Why, as later failures shall tell it.
  void close(std::error_code error = make_error_code(Error::closed));
  [[nodiscard]] bool closed() const noexcept;
  /// Why it is closed; none while it is open.
  [[nodiscard]] std::error_code error() const noexcept;

  /// Calls `callback` once, in a turn of the loop after the stream has closed; in the next one if
  /// it is closed already. Setting it makes an idle stream notice that the peer closes, as soon as
  /// no unread bytes are buffered. Replaces the previous one; an empty one clears. Not called when
  /// the stream is destroyed.
  void set_close_callback(UniqueFunction<void()> callback);

  /// A read is pending.
  [[nodiscard]] bool reading() const noexcept;
  /// Bytes wait for the kernel to take them.
  [[nodiscard]] bool writing() const noexcept;

  /// Sends small pieces at once instead of gathering them (TCP_NODELAY). Nothing happens where that
  /// is meaningless, or when the stream is closed.
  void set_nodelay(bool value);

  /// The descriptor, still the stream's; -1 when it is closed.
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
  /// Takes over a stream socket, connected or not, and makes it not block.
  /// @throws std::system_error  It can't be watched.
  explicit IOStream(FileDescriptor socket, const StreamOptions& options = {});
  /// Makes a socket, to be connected.
  /// @throws std::system_error  There is none to be had.
  explicit IOStream(AddressFamily family, const StreamOptions& options = {});

  /// Connects: begins at once, and the Task waits for the end. What is written meanwhile is sent
  /// when the connection stands. Cancelling the wait closes the stream.
  /// @throws StreamClosedError  real_error() tells why; the stream is closed.
  Task<void> connect(const Address& address);

  /// Turns this stream into one that speaks TLS; include <bora/net/ssl_io_stream.h>. The handshake
  /// begins at once, and the Task waits for its end. This object is moved from: only the new stream
  /// is to be used. Dropping the Task or cancelling the wait closes the connection.
  ///
  /// The stream must be idle: nothing pending, nothing buffered. Bytes that the peer sent in clear
  /// text before they were asked for never count as sent under TLS.
  ///
  /// @param server_side      This side answers the handshake.
  /// @param context          For that side; none: a client's that trusts the system's authorities.
  /// @param server_hostname  A client's: the name that the server's certificate must prove.
  /// @throws std::logic_error       "Stream is not idle; cannot convert to SSL"
  /// @throws std::invalid_argument  The context is for the other side, or missing.
  /// @throws SSLError               The name is missing.
  /// @throws StreamClosedError      From the wait: which host and address, and why. From the call:
  ///                                the stream is closed.
  Task<SSLIOStream> start_tls(bool server_side, SSLContext context,
                              std::string_view server_hostname = {});

  /// Both ends, as far as there are any.
  [[nodiscard]] Address local_address() const;
  [[nodiscard]] Address peer_address() const;

 protected:
  explicit IOStream(detail::StreamRef core) noexcept : BaseIOStream(std::move(core)) {}
};

/// A stream on one end of a pipe, or on a terminal or another device that can be waited for.
class PipeIOStream : public BaseIOStream {
 public:
  /// Takes over the descriptor and makes it not block.
  /// @throws std::system_error  It can't be watched: it is none, or a plain file.
  explicit PipeIOStream(FileDescriptor fd, const StreamOptions& options = {});
};

}  // namespace bora::net
