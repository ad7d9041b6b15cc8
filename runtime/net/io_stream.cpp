#include <bora/net/io_stream.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <bora/net/regex.h>

#include "runtime/net/regex_automaton.h"
#include "runtime/net/stream_core.h"

namespace bora::net {

namespace detail {

StreamRef::StreamRef(StreamCore* core) noexcept : core_(core) {
  if (core_ != nullptr) core_->retain();
}
StreamRef::~StreamRef() {
  if (core_ != nullptr) core_->release();
}

}  // namespace detail

using detail::StreamRef;

namespace {

class ReadScope {
 public:
  explicit ReadScope(StreamCore& core) : core_(core) { core_.begin_read(); }
  ReadScope(const ReadScope&) = delete;
  ReadScope& operator=(const ReadScope&) = delete;
  ~ReadScope() { core_.end_read(); }

 private:
  StreamCore& core_;
};

// ---- What reads wait for ----

class BytesGoal final : public ReadGoal {
 public:
  BytesGoal(std::size_t least, std::size_t most) noexcept : least_(least), most_(most) {}
  std::size_t find(std::string_view buffered) override {
    return buffered.size() < least_ ? kNotYet : std::min(buffered.size(), most_);
  }

 private:
  std::size_t least_;
  std::size_t most_;
};

class MemoryGoal final : public ReadGoal {
 public:
  MemoryGoal(StreamCore& core, std::span<char> memory, bool partial) noexcept
      : core_(core), least_(partial ? std::min<std::size_t>(1, memory.size()) : memory.size()) {
    this->memory = memory.data();
    room = memory.size();
  }
  ~MemoryGoal() { core_.put_back(*this); }
  std::size_t find(std::string_view buffered) override {
    return filled + buffered.size() < least_ ? kNotYet : std::min(buffered.size(), room - filled);
  }

 private:
  StreamCore& core_;
  std::size_t least_;
};

class DelimiterGoal final : public ReadGoal {
 public:
  DelimiterGoal(std::string delimiter, std::size_t max_bytes) noexcept
      : delimiter_(std::move(delimiter)), max_bytes_(max_bytes == 0 ? kOverflow : max_bytes) {}

  std::size_t find(std::string_view buffered) override {
    const std::size_t overlap = std::min(searched_, delimiter_.size() - 1);
    const std::size_t begin = searched_ - overlap;
    searched_ = buffered.size();
    const void* const at = ::memmem(buffered.data() + begin, buffered.size() - begin,
                                    delimiter_.data(), delimiter_.size());
    if (at == nullptr) return buffered.size() < max_bytes_ ? kNotYet : kUnsatisfiable;
    const auto end = static_cast<std::size_t>(static_cast<const char*>(at) - buffered.data()) +
                     delimiter_.size();
    searched_ = end - 1;
    return end <= max_bytes_ ? end : kUnsatisfiable;
  }

 private:
  std::string delimiter_;
  std::size_t max_bytes_;
  std::size_t searched_ = 0;  // so far there is no delimiter
};

class RegexGoal final : public ReadGoal {
 public:
  RegexGoal(Regex regex, std::size_t max_bytes)
      : search_(std::move(regex)), max_bytes_(max_bytes == 0 ? kOverflow : max_bytes) {}

  std::size_t find(std::string_view buffered) override {
    const std::size_t end = search_.feed(buffered.substr(0, max_bytes_));
    if (end != RegexSearch::kNone) return end;
    return buffered.size() < max_bytes_ ? kNotYet : kUnsatisfiable;
  }

 private:
  RegexSearch search_;
  std::size_t max_bytes_;
};

class EndGoal final : public ReadGoal {
 public:
  std::size_t find(std::string_view) override { return kNotYet; }
};

// ---- Coroutines: they keep the core, because the stream's object may be destroyed ----

Task<std::string> read_amount(StreamRef core, std::size_t least, std::size_t most) {
  const ReadScope scope(*core);
  if (most == 0) co_return std::string();
  if (least > core->max_buffer_size()) {
    core->close(make_error_code(Error::buffer_full));
    throw StreamBufferFullError("read_bytes() of more than the stream's max_buffer_size");
  }
  BytesGoal goal(least, most);
  StreamCore::ReadWait wait(*core, goal);
  co_await wait;
  co_return core->take(goal);
}

Task<std::size_t> read_to_memory(StreamRef core, std::span<char> memory, bool partial) {
  const ReadScope scope(*core);
  MemoryGoal goal(*core, memory, partial);
  StreamCore::ReadWait wait(*core, goal);
  co_await wait;
  co_return core->take_into(goal);
}

Task<std::string> read_to_delimiter(StreamRef core, std::string delimiter, std::size_t max_bytes) {
  const ReadScope scope(*core);
  if (delimiter.empty()) throw std::invalid_argument("read_until() without a delimiter");
  DelimiterGoal goal(std::move(delimiter), max_bytes);
  StreamCore::ReadWait wait(*core, goal);
  co_await wait;
  co_return core->take(goal);
}

Task<std::string> read_to_match(StreamRef core, Regex regex, std::size_t max_bytes) {
  const ReadScope scope(*core);
  RegexGoal goal(std::move(regex), max_bytes);
  StreamCore::ReadWait wait(*core, goal);
  co_await wait;
  co_return core->take(goal);
}

Task<std::string> read_to_end(StreamRef core) {
  const ReadScope scope(*core);
  if (core->is_closed()) co_return core->take_rest();
  EndGoal goal;
  StreamCore::ReadWait wait(*core, goal);
  co_await wait;
  const bool is_complete = core->error() == Error::closed_by_peer || core->error() == Error::closed;
  if (is_complete) co_return core->take_rest();
  co_return core->take(goal);  // throws
}

Task<void> wait_until_sent(StreamRef core, std::uint64_t place) {
  StreamCore::WriteWait wait(*core, place);
  co_await wait;
  if (!core->is_sent(place)) core->throw_closed();
}

WriteTask written(const StreamRef& core, std::uint64_t place) {
  return core->is_sent(place) ? WriteTask() : WriteTask(wait_until_sent(core, place));
}

FileDescriptor make_socket(AddressFamily family) {
  const int native = family == AddressFamily::ipv4   ? AF_INET
                     : family == AddressFamily::ipv6 ? AF_INET6
                                                     : AF_UNIX;
  FileDescriptor socket(::socket(native, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) throw std::system_error(errno, std::generic_category(), "can't make a socket");
  return socket;
}

/// The core of a stream that was not moved from.
const StreamRef& present(const StreamRef& core) {
  if (!core) throw StreamClosedError();
  return core;
}

template <class Query>
Address address_by(Query query, int fd) {
  sockaddr_storage native{};
  socklen_t size = sizeof native;
  if (fd < 0 || query(fd, reinterpret_cast<sockaddr*>(&native), &size) != 0) return {};
  return Address::from_native(&native, size);
}

}  // namespace

Task<void> wait_until_open(StreamRef core) {
  StreamCore::ConnectWait wait(*core);
  try {
    co_await wait;
  } catch (const CancelledError&) {
    core->close(std::make_error_code(std::errc::operation_canceled));
    throw;
  }
  if (core->is_closed() && !core->has_opened()) core->throw_closed();
}

// ---- BaseIOStream ----

BaseIOStream& BaseIOStream::operator=(BaseIOStream&& other) noexcept {
  if (this != &other) {
    if (core_) core_->abandon();
    core_ = std::move(other.core_);
  }
  return *this;
}

BaseIOStream::~BaseIOStream() {
  if (core_) core_->abandon();
}

ReadTask<std::string> BaseIOStream::read_bytes(std::size_t count, bool partial) {
  return read_amount(present(core_), partial ? std::min<std::size_t>(count, 1) : count, count);
}
ReadTask<std::size_t> BaseIOStream::read_into(std::span<char> memory, bool partial) {
  return read_to_memory(present(core_), memory, partial);
}
ReadTask<std::size_t> BaseIOStream::read_into(std::span<std::byte> memory, bool partial) {
  return read_to_memory(present(core_), {reinterpret_cast<char*>(memory.data()), memory.size()},
                        partial);
}
ReadTask<std::string> BaseIOStream::read_until(std::string delimiter, std::size_t max_bytes) {
  return read_to_delimiter(present(core_), std::move(delimiter), max_bytes);
}
ReadTask<std::string> BaseIOStream::read_until_regex(Regex regex, std::size_t max_bytes) {
  return read_to_match(present(core_), std::move(regex), max_bytes);
}
ReadTask<std::string> BaseIOStream::read_until_close() {
  return read_to_end(present(core_));
}

WriteTask BaseIOStream::write(std::string_view data) {
  return written(core_, present(core_)->write(data));
}
WriteTask BaseIOStream::write(std::string&& data) {
  return written(core_, present(core_)->write(std::move(data)));
}

void BaseIOStream::close(std::error_code error) {
  if (core_) core_->close(error);
}
bool BaseIOStream::closed() const noexcept {
  return !core_ || core_->is_closed();
}
std::error_code BaseIOStream::error() const noexcept {
  return core_ ? core_->error() : make_error_code(Error::closed);
}
void BaseIOStream::set_close_callback(UniqueFunction<void()> callback) {
  present(core_)->set_close_callback(std::move(callback));
}
bool BaseIOStream::reading() const noexcept {
  return core_ && core_->is_reading();
}
bool BaseIOStream::writing() const noexcept {
  return core_ && core_->is_writing();
}
void BaseIOStream::set_nodelay(bool value) {
  const int on = value ? 1 : 0;
  // A descriptor that is no TCP socket refuses the option, which does no harm.
  if (!closed()) ::setsockopt(fileno(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}
int BaseIOStream::fileno() const noexcept {
  return core_ ? core_->fd() : -1;
}
std::size_t BaseIOStream::max_buffer_size() const noexcept {
  return core_ ? core_->max_buffer_size() : 0;
}

// ---- IOStream, PipeIOStream ----

IOStream::IOStream(FileDescriptor socket, const StreamOptions& options)
    : BaseIOStream(StreamRef(new StreamCore(Transport(std::move(socket)), options))) {}

IOStream::IOStream(AddressFamily family, const StreamOptions& options)
    : IOStream(make_socket(family), options) {}

Task<void> IOStream::connect(const Address& address) {
  present(core_)->connect(address);
  if (core_->has_opened()) return {};
  return wait_until_open(core_);
}

Address IOStream::local_address() const {
  return address_by(&::getsockname, fileno());
}
Address IOStream::peer_address() const {
  return address_by(&::getpeername, fileno());
}

PipeIOStream::PipeIOStream(FileDescriptor fd, const StreamOptions& options)
    : BaseIOStream(
          StreamRef(new StreamCore(Transport(std::move(fd)), options, StreamCore::Kind::other))) {}

}  // namespace bora::net
