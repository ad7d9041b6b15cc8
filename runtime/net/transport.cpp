#include "runtime/net/transport.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "runtime/net/stream_core.h"

namespace bora::net {

namespace {

/// Gives access to IOStream's constructor.
struct OpenStream : IOStream {
  explicit OpenStream(detail::StreamRef core) noexcept : IOStream(std::move(core)) {}
};

}  // namespace

Transport::Result Transport::send_pieces(std::string_view first, std::string_view second,
                                         int flags) {
  if (tls_ != nullptr) return send_tls(first, second);
  iovec parts[2] = {{const_cast<char*>(first.data()), first.size()},
                    {const_cast<char*>(second.data()), second.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  ssize_t count;
  do {
    count = ::sendmsg(fd(), &message, flags | MSG_NOSIGNAL);
  } while (count < 0 && errno == EINTR);
  if (count >= 0) return {static_cast<std::size_t>(count), State::done, false, false, 0};
  return failure();
}

Transport::Result Transport::receive_tls(char* to, std::size_t room, bool has_hung_up) {
  using Status = SSLEngine::Status;
  const SSLEngine::Result result = tls_->read(to, room, has_hung_up);
  switch (result.status) {
    case Status::done:
      return {result.bytes, State::done, false, false, 0};
    case Status::want_read:
      return {result.bytes, result.bytes > 0 ? State::done : State::would_block, true, false, 0};
    case Status::want_write:
      return {result.bytes, State::would_block, false, true, 0};
    case Status::closed:
      return {result.bytes, State::ended, false, false, 0};
    default:
      return {result.bytes, State::failed, false, false, 0};
  }
}

Transport::Result Transport::send_tls(std::string_view first, std::string_view second) {
  using Status = SSLEngine::Status;
  const SSLEngine::Result result = tls_->write(first, second);
  if (result.status == Status::done) return {result.bytes, State::done, false, false, 0};
  if (result.status == Status::want_write) return {result.bytes, State::would_block, true, true, 0};
  // During the handshake, the peer must send first.
  if (result.status == Status::want_read) return {result.bytes, State::would_block, true, false, 0};
  return {result.bytes, State::failed, true, false, 0};
}

Transport::Result Transport::send_file(int file, off_t offset, std::size_t size) {
  if (tls_ != nullptr) {
    using Status = SSLEngine::Status;
    const SSLEngine::Result result = tls_->send_file(file, offset, size);
    if (result.status == Status::file_ended) return {result.bytes, State::ended, false, false, 0};
    if (result.status == Status::done) return {result.bytes, State::done, false, false, 0};
    if (result.status == Status::want_write)
      return {result.bytes, State::would_block, true, true, 0};
    return {result.bytes, State::failed, true, false, 0};
  }
  for (;;) {
    off_t from = offset;
    const ssize_t sent = ::sendfile(fd(), file, &from, size);
    if (sent > 0) return {static_cast<std::size_t>(sent), State::done, false, false, 0};
    if (sent == 0) return {0, State::ended, false, false, 0};
    if (errno == EINTR) continue;
    if (errno == EINVAL || errno == ENOSYS) return copy_file(file, offset, size);
    if (errno == EIO || errno == EOVERFLOW) return {0, State::ended, false, false, 0};
    return failure();
  }
}

// Sends a file piece by piece through our memory, where the kernel can't send it by itself.
Transport::Result Transport::copy_file(int file, off_t offset, std::size_t size) {
  char bytes[16 * 1024];
  ssize_t count;
  do {
    count = ::pread(file, bytes, std::min(size, sizeof bytes), offset);
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return {0, State::ended, false, false, 0};
  return send({bytes, static_cast<std::size_t>(count)});
}

void Transport::end_tls() noexcept {
  if (tls_ == nullptr) return;
  tls_->shut_down();
  tls_.reset();
}

std::size_t Transport::unacknowledged() const noexcept {
  int bytes = 0;
  return ioctl(fd(), SIOCOUTQ, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

void Transport::reset_on_close() noexcept {
  const linger at_once{1, 0};
  setsockopt(fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

IOStream open_stream(Transport transport, std::string received, std::string unsent,
                     const StreamOptions& options) {
  detail::StreamRef core(new StreamCore(std::move(transport), options));
  core->take_over(std::move(received), std::move(unsent));
  return OpenStream(std::move(core));
}

Transport take_transport(IOStream stream, StreamRest& rest) {
  return detail::StreamAccess::core(stream)->give_up(rest);
}

}  // namespace bora::net
