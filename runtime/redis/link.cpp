#include "runtime/redis/link.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

#include <bora/core/error.h>
#include <bora/core/gen.h>
#include <bora/net/ssl_io_stream.h>
#include <bora/net/tcp_client.h>

#include "runtime/core/after_coroutines.h"
#include "runtime/text/percent.h"

namespace bora::redis {
namespace {

/// The contents of Options::where.
struct Place {
  bool is_tls = false;
  std::string socket{};  ///< the path of a Unix-domain socket
  std::string host{};
  int port = 6379;
  std::string user{};
  std::string password{};
  int database = 0;
};

std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (const int byte = text[i] == '%' ? text::escaped_byte(text, i) : -1; byte >= 0) {
      plain += static_cast<char>(byte);
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

bool read_number(std::string_view text, int& number) {
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && stop == text.data() + text.size() && number >= 0;
}

Place parse(const std::string& where) {
  const auto refuse = [&where] {
    // The password that may be in it is left out.
    throw ConnectionError(
        "Redis' address is redis://user:password@host:6379/0, rediss://… or "
        "unix:///path?db=0, not '" +
        where.substr(0, where.find("://")) + "…'");
  };
  Place place;
  std::string_view rest = where;
  const auto take = [&rest](std::string_view begin) {
    if (!rest.starts_with(begin)) return false;
    rest.remove_prefix(begin.size());
    return true;
  };
  if (take("unix://")) {
    const std::size_t query = rest.find('?');
    place.socket = decoded(rest.substr(0, query));
    if (query != std::string_view::npos) {
      rest.remove_prefix(query);
      if (!take("?db=") || !read_number(rest, place.database)) refuse();
    }
    if (place.socket.empty()) refuse();
    return place;
  }
  if (take("rediss://")) {
    place.is_tls = true;
  } else if (!take("redis://")) {
    refuse();
  }
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view login = rest.substr(0, at);
    const std::size_t colon = login.find(':');
    if (colon == std::string_view::npos) {
      place.password = decoded(login);
    } else {
      place.user = decoded(login.substr(0, colon));
      place.password = decoded(login.substr(colon + 1));
    }
    rest.remove_prefix(at + 1);
  }
  if (const std::size_t slash = rest.find('/'); slash != std::string_view::npos) {
    const std::string_view database = rest.substr(slash + 1);
    if (!database.empty() && !read_number(database, place.database)) refuse();
    rest = rest.substr(0, slash);
  }
  if (rest.starts_with('[')) {
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos) refuse();
    place.host = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
  } else {
    const std::size_t colon = rest.find(':');
    place.host = rest.substr(0, colon);
    rest.remove_prefix(std::min(rest.size(), place.host.size()));
  }
  if (take(":") && !read_number(rest, place.port)) refuse();
  if (place.host.empty()) place.host = "127.0.0.1";
  return place;
}

net::FileDescriptor connect_unix(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    throw ConnectionError("the path of Redis' socket is too long: " + path);
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  net::FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  // A Unix-domain socket connects at once, or waits while the server's queue is full.
  if (fd.get() < 0 ||
      ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw ConnectionError("no connection to Redis at " + path + ": " + std::strerror(errno));
  }
  return fd;
}

/// Asks for one reply, before the link has the stream.
Task<Value> ask(net::IOStream& stream, Reader& reader, std::string wire) {
  co_await stream.write(std::move(wire));
  for (;;) {
    const std::string bytes = co_await stream.read_bytes(4096, true);
    reader.feed(bytes);
    Value* const reply = reader.next();
    if (reply != nullptr) co_return std::move(*reply);
  }
}

Task<net::IOStream> connect_now(Options options) {
  const Place place = parse(options.where);
  std::optional<net::IOStream> stream;
  if (!place.socket.empty()) {
    stream.emplace(connect_unix(place.socket));
  } else {
    net::ConnectOptions how;
    how.timeout = options.connect_timeout;
    if (place.is_tls) how.ssl_options = options.ssl ? options.ssl : net::SSLContext::client();
    net::TCPClient client;
    net::IOStream made = co_await client.connect(place.host, place.port, how);
    made.set_nodelay(true);
    stream.emplace(std::move(made));
  }
  std::vector<Command> greeting;
  if (!place.password.empty()) {
    Command& login = greeting.emplace_back("AUTH");
    if (!place.user.empty()) login.add(place.user);
    login.add(place.password);
  }
  if (place.database != 0) greeting.emplace_back("SELECT", place.database);
  if (!options.client_name.empty()) {
    greeting.emplace_back("CLIENT", "SETNAME", options.client_name);
  }
  greeting.emplace_back("PING");
  Reader reader;
  for (const Command& command : greeting) {
    const Value reply = co_await ask(*stream, reader, command.to_wire());
    if (reply.is_error()) throw ConnectionError("Redis refuses the connection: " + reply.text());
  }
  co_return std::move(*stream);
}

}  // namespace

Task<net::IOStream> connect(Options options) {
  const Deadline limit = options.connect_timeout;
  std::string why;
  try {
    net::IOStream stream =
        co_await with_timeout(limit, connect_now(std::move(options)), TimeoutOptions(true));
    co_return std::move(stream);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& failure) {
    why = failure.what();
  }
  throw ConnectionError("no connection to Redis: " + why);
}

Link::Answer::Answer(Link& link, const Command& command, const Deadline& deadline)
    : link_(link), entry_(&link.begin_entry(1)), inputs_(link.inputs_) {
  command.append_to(link.out_);
  begin(deadline);
}

Link::Answer::Answer(Link& link, std::string_view wire, std::size_t replies,
                     const Deadline& deadline)
    : link_(link), entry_(&link.begin_entry(replies)), inputs_(link.inputs_) {
  link.out_ += wire;
  begin(deadline);
}

void Link::Answer::begin(const Deadline& deadline) {
  entry_->answer = this;
  if (!deadline.is_set()) return;
  const std::chrono::nanoseconds left = deadline.time_left(link_.loop_.clock());
  if (left < kNever - link_.now_) until_ = link_.now_ + left;
}

Value Link::Answer::await_resume() {
  check();
  if (is_late_) {
    // If nothing has arrived during the whole wait, the connection is taken for dead.
    if (link_.inputs_ == inputs_) link_.close("Redis does not answer");
    throw TimeoutError("Redis took longer than the command's deadline");
  }
  if (is_lost_) throw ConnectionError("the connection to Redis is lost: " + link_.why_lost_);
  if (value_.is_error()) throw Error(value_.text());
  return std::move(value_);
}

Link::~Link() {
  close("the connection was closed");
}

void Link::open(net::IOStream stream) {
  stream_.emplace(std::move(stream));
  is_open_ = true;
  loop_.spawn(read(shared_from_this()));
}

void Link::close(std::string why) noexcept {
  if (!std::exchange(is_open_, false)) return;
  why_lost_ = std::move(why);
  loop_.remove_timeout(std::exchange(alarm_, 0));
  stream_->close();
  std::deque<Entry> entries = std::move(entries_);
  entries_.clear();
  for (Entry& entry : entries) {
    if (entry.answer != nullptr) entry.answer->lose();
  }
  if (on_lost) std::exchange(on_lost, {})();
}

void Link::flush() noexcept {
  is_flush_due_ = false;
  if (!is_open_ || out_.empty()) return;
  std::string why;
  try {
    // The stream keeps what the kernel does not take at once. A failure also ends read().
    static_cast<void>(stream_->write(std::string_view(out_)));
  } catch (const std::exception& failure) {
    why = failure.what();
  }
  out_.clear();
  if (!why.empty()) close(std::move(why));
}

Task<void> Link::read(std::shared_ptr<Link> self) {
  std::array<char, 16 * 1024> memory;
  while (self->is_open_) {
    std::string why;
    try {
      const std::size_t count = co_await self->stream_->read_into(std::span<char>(memory), true);
      ++self->inputs_;
      self->reader_.feed(std::string_view(memory.data(), count));
      while (Value* const reply = self->reader_.next()) self->take(*reply);
    } catch (const std::exception& failure) {
      why = failure.what();
    }
    if (!why.empty()) self->close(std::move(why));
  }
}

/// It may move the reply away.
void Link::take(Value& reply) {
  if (on_push) return on_push(std::move(reply));
  if (entries_.empty()) throw ConnectionError("a reply came that nobody asked for");
  Entry& entry = entries_.front();
  if (--entry.replies > 0) {
    if (reply.is_error() && failure_.empty()) failure_ = std::move(reply).text();
    return;
  }
  if (!failure_.empty()) reply = Value::of_error(std::exchange(failure_, {}));
  Answer* const answer = entry.answer;
  entries_.pop_front();
  if (answer != nullptr) answer->finish(std::move(reply));
}

Link::Entry& Link::begin_entry(std::size_t replies) {
  if (!is_open_) throw ConnectionError("the connection to Redis is lost: " + why_lost_);
  if (entries_.size() >= options_.max_pending) {
    throw Error("too many commands wait for Redis: " + std::to_string(entries_.size()));
  }
  begin_output();
  return entries_.emplace_back(nullptr, replies);
}

/// All commands that are begun in one turn of the loop are sent at its end, and have the same
/// beginning.
void Link::begin_output() {
  if (std::exchange(is_flush_due_, true)) return;
  now_ = loop_.clock().monotonic();
  call_after_coroutines([self = shared_from_this()] { self->flush(); });
}

void Link::send(const Command& command) {
  if (!is_open_) return;
  begin_output();
  command.append_to(out_);
}

void Link::watch_deadline(std::chrono::nanoseconds at) {
  if (at == kNever || (alarm_ != 0 && alarm_at_ <= at)) return;
  loop_.remove_timeout(std::exchange(alarm_, 0));
  alarm_at_ = at;
  const std::chrono::nanoseconds left = at - loop_.clock().monotonic();
  alarm_ = loop_.call_later(left, [this] {
    alarm_ = 0;
    end_late();
  });
}

void Link::end_late() noexcept {
  const std::chrono::nanoseconds now = loop_.clock().monotonic();
  std::chrono::nanoseconds next = kNever;
  for (const Entry& entry : entries_) {
    if (entry.answer == nullptr) continue;
    if (entry.answer->until_ <= now) {
      entry.answer->end_late();
    } else {
      next = std::min(next, entry.answer->until_);
    }
  }
  watch_deadline(next);
}

Task<Value> Link::run(std::string wire, std::size_t replies, Deadline deadline) {
  const std::shared_ptr<Link> self = shared_from_this();
  Answer answer(*this, wire, replies, deadline);
  Value value = co_await answer;
  co_return value;
}

}  // namespace bora::redis
