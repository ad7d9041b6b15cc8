// Several connections of one server that are served in the same batch of events, and whose handlers
// interfere: they let each other go on, hang up on clients, stop, drain and close the server. Each
// client gets the answers to its own requests, whole and in order, up to the end of its connection,
// and this end had a reason.
//
// The input is a script. The first byte of each pair chooses what happens and on which connection,
// the second a size, or another connection.

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/core/clock.h>
#include <bora/core/io_loop.h>
#include <bora/core/log.h>
#include <bora/core/task.h>
#include <bora/http/http_server.h>
#include <bora/net/error.h>

#include "runtime/http/workspace.h"
#include "tests/fuzz/invariants.h"

namespace {

using namespace bora;

constexpr std::size_t kClients = 24;  // more than are served together
constexpr std::size_t kFlood = 1200;  // how much larger a flood is, in each of its four pieces

constexpr int kPatience = 2 * 30;  // half seconds, after which a drain ends by force

/// What the handler of a request does. The number is in the request's path.
enum class Kind : std::uint8_t {
  text,         // answers at once, `size` bytes
  chunks,       // the same in chunks
  wait,         // answers when it is let go on
  stream,       // begins, flushes, and ends when it is let go on
  flood,        // much more than a socket takes, flushed in between
  early,        // answers before the body is read
  pause,        // stops the reading until it is let go on
  gate,         // lets all that wait go on
  hang_up,      // closes another client's end
  half_close,   // ends another client's sending side
  add,          // hands a connection to the server
  close_all,    // closes all connections
  stop,         // the server accepts no more
  drain,        // the server's end
  throw_early,  // from start_request()
  throw_late    // from finish()
};
static_assert(static_cast<int>(Kind::throw_late) == 15, "a kind for each value of four bits");

/// Returns a body that no other request has. Most of it is one letter, because loops over bytes are
/// slow here.
std::string body_of(std::size_t id, std::size_t size) {
  std::string body = std::to_string(id) + ":" + std::to_string(size) + ":";
  body.append(size, static_cast<char>('a' + id % 26));
  return body;
}

/// A clock that stands still until it is moved, so that the script decides when a drain ends.
class ScriptedClock final : public Clock {
 public:
  std::chrono::nanoseconds monotonic() const noexcept override { return now_; }
  std::chrono::nanoseconds since_epoch() const noexcept override { return now_; }
  void advance(std::chrono::nanoseconds time) { now_ += time; }

 private:
  std::chrono::nanoseconds now_ = Clock::system().monotonic() + std::chrono::hours(1000);
};

/// Handlers wait for this. open() resumes those that wait.
class Gate {
 public:
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) { waiting_.push_back(handle); }
  void await_resume() const noexcept {}
  [[nodiscard]] bool is_awaited() const { return !waiting_.empty(); }
  void open() {
    for (const std::coroutine_handle<> handle : std::exchange(waiting_, {})) handle.resume();
  }

 private:
  std::vector<std::coroutine_handle<>> waiting_;
};

struct Request {
  Kind kind;
  std::size_t id;
  std::size_t size;
  std::size_t end;  ///< where this request ends in all that its client sends
};

/// A client's end of a connection.
struct Client {
  int fd = -1;
  std::string unsent;
  std::vector<Request> requests;  ///< in the order in which they are sent
  std::size_t sent = 0;           ///< the bytes that the server could read
  std::string received;
  bool is_told = false;   ///< an answer says that it is the last
  bool is_deaf = false;   ///< nobody reads from it any more
  bool has_left = false;  ///< the client has closed its sending side
  bool is_ended = false;  ///< the server has ended the connection
};

class Play;

/// It must not need a destructor, because its memory belongs to the request.
class Message final : public http::HTTPMessageDelegate {
 public:
  Message(Play& play, http::HTTPServerRequest& request);

  /// Called in start_request(). It may end this object.
  void start();
  void data_received(std::string_view piece) override { request_.append_body(piece); }
  void finish() override;
  void on_connection_close() override;

 private:
  static void served(void* self);
  static void let_go_on(void* self);
  Task<void> wait();
  Task<void> serve();
  void answer();
  void release();

  Play& play_;
  http::HTTPServerRequest& request_;
  Request what_{};
  bool is_waiting_ = false;  ///< whether task_ runs
  bool has_left_ = false;    ///< whether the client has left
  Task<void> task_;
};

class Play final : public http::HTTPServerConnectionDelegate {
 public:
  explicit Play(std::uint8_t options)
      : has_small_buffers_((options & 1) != 0),
        server_(std::make_unique<http::HTTPServer>(*this, without_time_limits())) {
    IOLoop::current().set_clock(&clock());
    const std::size_t count = 1 + (options >> 1) % kClients;
    for (std::size_t i = 0; i < count; ++i) connect(clients_[i]);
  }

  void run(std::string_view script) {
    for (std::size_t i = 0; i + 1 < script.size(); i += 2) {
      act(static_cast<std::uint8_t>(script[i]), static_cast<std::uint8_t>(script[i + 1]));
    }
    end();
  }

  http::HTTPMessageDelegate* start_request(http::HTTPServerRequest& request) override {
    ++unreleased_;
    auto* const message =
        new (request.allocate(sizeof(Message), alignof(Message))) Message(*this, request);
    try {
      message->start();
    } catch (...) {
      --unreleased_;
      throw;
    }
    return message;
  }

  // Does what a handler does to other connections.
  void perform(const Request& request) {
    Client& other = clients_[request.size % kClients];
    switch (request.kind) {
      case Kind::gate:
        gate.open();
        break;
      case Kind::hang_up:
        hang_up(other);
        break;
      case Kind::half_close:
        half_close(other);
        break;
      case Kind::add:
        if (other.fd < 0) connect(other);
        break;
      case Kind::close_all:
        are_closed_ = true;
        if (server_ != nullptr) server_->close_all_connections();
        break;
      case Kind::stop:
        if (server_ != nullptr) server_->stop();
        if (request.size % 4 == 0) end_server();
        break;
      case Kind::drain:
        begin_drain();
        break;
      default:
        break;
    }
  }

  Gate gate;

 private:
  friend class Message;

  static http::HTTPServerOptions without_time_limits() {
    http::HTTPServerOptions options;
    options.header_timeout = options.handler_timeout = std::chrono::seconds(0);
    options.write_timeout = options.idle_connection_timeout = std::chrono::seconds(0);
    options.min_body_rate = 0;
    return options;
  }

  static ScriptedClock& clock() {
    static ScriptedClock* const clock = new ScriptedClock;
    return *clock;
  }

  static void run_until_idle() {
    while (IOLoop::current().run_once()) {
    }
  }

  void act(std::uint8_t action, std::uint8_t value) {
    Client& client = clients_[(action >> 3) % kClients];
    switch (action & 7) {
      case 0:
      case 1:
      case 2:
        ask(client, static_cast<Kind>(value & 15), (action & 7) * std::size_t{16} + (value >> 4));
        break;
      case 3:  // a part of what is to be sent
        send(client, value);
        break;
      case 4:  // one turn, in which the server finds everything that was sent since the last one
        send_all();
        if (value % 2 == 0) run_until_idle();
        IOLoop::current().run_once();
        break;
      case 5:
        receive(client);
        break;
      case 6:
        if (value % 4 == 0) {
          hang_up(client);
        } else if (value % 4 == 1) {
          half_close(client);
        } else if (value % 4 == 2) {
          if (client.fd < 0) connect(client);
        } else {
          gate.open();
        }
        break;
      case 7:
        if (value % 8 == 0) {
          clock().advance(std::chrono::milliseconds(500));
          half_seconds_ += is_draining_ ? 1 : 0;
          if (half_seconds_ >= kPatience) are_closed_ = true;
        } else {
          ask(client, value % 8 < 4 ? Kind::text : Kind::chunks, std::size_t{value} * value * 2);
        }
        break;
    }
  }

  void ask(Client& client, Kind kind, std::size_t size) {
    if (client.fd < 0 || client.has_left || client.is_deaf) return;
    const std::size_t id = ++last_id_;
    const bool has_body = kind == Kind::early || kind == Kind::pause || size % 3 == 0;
    client.unsent += (has_body ? "POST /" : "GET /") + std::to_string(static_cast<int>(kind)) +
                     "/" + std::to_string(id) + "/" + std::to_string(size) +
                     " HTTP/1.1\r\nHost: a\r\n";
    client.unsent += has_body ? "Content-Length: 10\r\n\r\n0123456789" : "\r\n";
    client.requests.push_back({kind, id, size, client.sent + client.unsent.size()});
  }

  void connect(Client& client) {
    if (server_ == nullptr) return;
    int pair[2];
    fuzz::require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0,
                  "a pair of sockets");
    if (has_small_buffers_) {
      const int size = 1;  // the smallest possible one
      setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    }
    client = {};
    client.fd = pair[0];
    server_->add_connection(pair[1]);
  }

  void hang_up(Client& client) {
    if (client.fd < 0) return;
    receive(client);
    check(client);
    ::close(std::exchange(client.fd, -1));
  }

  void half_close(Client& client) {
    if (client.fd < 0) return;
    ::shutdown(client.fd, SHUT_WR);
    client.has_left = true;
  }

  void send(Client& client, std::size_t size) {
    size = std::min(size, client.unsent.size());
    if (client.fd < 0 || client.has_left || size == 0) return;
    const ssize_t sent = ::send(client.fd, client.unsent.data(), size, MSG_NOSIGNAL);
    if (sent > 0) {
      client.unsent.erase(0, static_cast<std::size_t>(sent));
      client.sent += static_cast<std::size_t>(sent);
    } else if (errno != EAGAIN) {
      client.unsent.clear();
      client.is_deaf = true;
    }
  }

  void send_all() {
    for (Client& client : clients_) send(client, client.unsent.size());
  }

  /// Returns true if anything came.
  bool receive(Client& client) {
    bool has_come = false;
    char buffer[16384];
    while (client.fd >= 0 && !client.is_ended) {
      const ssize_t count = ::recv(client.fd, buffer, sizeof(buffer), 0);
      if (count < 0 && errno == EAGAIN) break;
      if (count <= 0) {
        client.is_ended = true;
      } else {
        client.received.append(buffer, static_cast<std::size_t>(count));
      }
      has_come = true;
    }
    return has_come;
  }

  void end_server() {
    if (is_draining_) return;  // the drain needs the server to the end
    are_closed_ = true;
    server_.reset();
  }

  void begin_drain() {
    if (is_draining_) return;
    if (server_ == nullptr) return;
    is_draining_ = true;
    drain_ = server_->drain();
    drain_.start([](void*) {}, nullptr);
  }

  /// Lets everything end.
  void end() {
    for (bool goes_on = true; goes_on;) {
      send_all();
      run_until_idle();
      goes_on = gate.is_awaited();
      gate.open();
      run_until_idle();
      for (Client& client : clients_) {
        goes_on |= receive(client);
        goes_on |= client.fd >= 0 && !client.has_left && !client.is_ended && !client.unsent.empty();
      }
    }
    for (Client& client : clients_) {
      if (client.fd >= 0) check_all(client);
      hang_up(client);
    }
    run_until_idle();
    while (gate.is_awaited()) {
      gate.open();
      run_until_idle();
    }
    fuzz::require(server_ == nullptr || server_->connection_count() == 0,
                  "a closed connection is gone");
    fuzz::require(unreleased_ == 0, "each request is answered or told that it is over");
    http::Workspace& workspace = http::Workspace::acquire();
    fuzz::require(workspace.busy_exchanges() == 0, "each exchange is given back");
    workspace.release();
  }

  /// Checks that the received bytes are a beginning of the expected ones.
  /// @returns  The number of whole answers.
  std::size_t check(Client& client) {
    std::string_view rest = client.received;
    for (std::size_t i = 0; !rest.empty(); ++i) {
      fuzz::require(i < client.requests.size(), "no answer without a request");
      const Request& request = client.requests[i];
      const std::size_t end = rest.find("\r\n\r\n");
      if (end == std::string_view::npos) return i;
      const std::string_view head = rest.substr(0, end + 4);
      rest.remove_prefix(head.size());
      if (head.starts_with("HTTP/1.1 500 ")) {
        fuzz::require(request.kind == Kind::throw_early || request.kind == Kind::throw_late,
                      "an error only of one that throws");
        return i;
      }
      fuzz::require(head.starts_with("HTTP/1.1 200 "), "an answer");
      client.is_told |= head.find("Connection: close\r\n") != std::string_view::npos;
      std::string body;
      const bool is_whole = take_body(head, rest, body);
      const std::string expected = expected_body(request);
      fuzz::require(std::string_view(expected).substr(0, body.size()) == body,
                    "the answer to that request");
      if (!is_whole) return i;
      fuzz::require(body.size() == expected.size(), "and all of it");
      if (rest.empty()) return i + 1;
    }
    return 0;
  }

  /// Checks that the client got an answer to each request that was sent while somebody listened.
  void check_all(Client& client) {
    const std::size_t answered = check(client);
    if (are_closed_) return;
    const auto end =
        std::find_if(client.requests.begin(), client.requests.end(), [&](const Request& request) {
          return request.end > client.sent || request.kind == Kind::throw_early ||
                 request.kind == Kind::throw_late ||
                 // If the client has left, this handler gives no answer.
                 (request.kind == Kind::pause && client.has_left);
        });
    const auto expected = static_cast<std::size_t>(end - client.requests.begin());
    const bool may_end = is_draining_ || client.has_left || end != client.requests.end();
    if ((answered < expected && !client.is_told) || (client.is_ended && !may_end)) {
      std::fprintf(stderr, "%zu answers of %zu, %s\n", answered, expected,
                   client.is_ended ? "ended" : "open");
    }
    fuzz::require(answered >= expected || client.is_told, "each request is answered");
    fuzz::require(!client.is_told || is_draining_ || client.has_left, "and is not the last");
    fuzz::require(!client.is_ended || may_end, "a connection ends for a reason");
  }

  static std::string expected_body(const Request& request) {
    std::string body = body_of(request.id, request.size);
    if (request.kind != Kind::flood) return body;
    std::string all;
    for (int i = 0; i < 4; ++i) all += body_of(request.id, request.size * kFlood);
    return all;
  }

  /// Returns false if the body is cut.
  static bool take_body(std::string_view head, std::string_view& rest, std::string& body) {
    constexpr std::string_view kLength = "Content-Length: ";
    if (const std::size_t at = head.find(kLength); at != std::string_view::npos) {
      const std::size_t size = number(head.substr(at + kLength.size()), 10);
      body = rest.substr(0, size);
      rest.remove_prefix(body.size());
      return body.size() == size;
    }
    for (;;) {
      const std::size_t line = rest.find("\r\n");
      if (line == std::string_view::npos) return false;
      const std::size_t size = number(rest, 16);
      rest.remove_prefix(line + 2);
      const std::string_view piece = rest.substr(0, size);
      body += piece;
      rest.remove_prefix(piece.size());
      if (rest.size() < 2) return false;
      fuzz::require(rest.starts_with("\r\n"), "a chunk ends");
      rest.remove_prefix(2);
      if (size == 0) return true;
    }
  }

  static std::size_t number(std::string_view text, int base) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    fuzz::require(error == std::errc(), "a number");
    return value;
  }

  bool has_small_buffers_;
  bool is_draining_ = false;
  bool are_closed_ = false;  ///< whether all connections were closed at some time
  int half_seconds_ = 0;     ///< how long the drain lasts
  int unreleased_ = 0;
  std::size_t last_id_ = 0;
  std::array<Client, kClients> clients_;
  std::unique_ptr<http::HTTPServer> server_;
  Task<void> drain_;
};

Message::Message(Play& play, http::HTTPServerRequest& request) : play_(play), request_(request) {
  std::size_t numbers[3] = {};
  std::string_view path = request.path();
  for (std::size_t& number : numbers) {
    path.remove_prefix(1);
    number = Play::number(path, 10);
    path.remove_prefix(std::min(path.find('/'), path.size()));
  }
  what_ = {static_cast<Kind>(numbers[0]), numbers[1], numbers[2], 0};
}

void Message::start() {
  if (what_.kind == Kind::throw_early) throw std::runtime_error("early");
  if (what_.kind == Kind::early) {
    answer();
    release();
  } else if (what_.kind == Kind::pause) {
    request_.connection().pause_reading();
    is_waiting_ = true;
    task_ = wait();
    task_.start(&Message::let_go_on, this);
  }
}

void Message::finish() {
  if (what_.kind == Kind::throw_late) throw std::runtime_error("late");
  is_waiting_ = true;
  task_ = serve();
  if (task_.start(&Message::served, this)) served(this);
}

void Message::on_connection_close() {
  has_left_ = true;
  if (!is_waiting_) release();
}

void Message::served(void* self) {
  static_cast<Message*>(self)->release();
}

void Message::let_go_on(void* self) {
  Message& message = *static_cast<Message*>(self);
  message.is_waiting_ = false;
  if (message.has_left_) {
    message.release();
  } else {
    message.request_.connection().resume_reading();
  }
}

void Message::release() {
  task_ = {};
  --play_.unreleased_;
  request_.connection().release();
}

void Message::answer() {
  const std::string body = body_of(what_.id, what_.size);
  http::ResponseHead head;
  head.content_length = static_cast<std::int64_t>(body.size());
  request_.connection().write_headers(head, body);
  request_.connection().finish();
}

Task<void> Message::wait() {
  co_await play_.gate;
}

Task<void> Message::serve() {
  http::HTTPConnection& connection = request_.connection();
  const std::string body = body_of(what_.id, what_.size);
  const std::string_view half = std::string_view(body).substr(0, body.size() / 2);
  const std::string_view rest = std::string_view(body).substr(half.size());
  http::ResponseHead head;
  try {
    switch (what_.kind) {
      case Kind::chunks:
        connection.write_headers(head, half);
        connection.write(rest);
        connection.finish();
        break;
      case Kind::wait:
        co_await play_.gate;
        answer();
        break;
      case Kind::stream:
        connection.write_headers(head, half);
        co_await connection.flush();
        co_await play_.gate;
        connection.write(rest);
        connection.finish();
        break;
      case Kind::flood: {
        const std::string piece = body_of(what_.id, what_.size * kFlood);
        head.content_length = static_cast<std::int64_t>(4 * piece.size());
        connection.write_headers(head, {});
        for (int i = 0; i < 4; ++i) {
          connection.write(piece);
          co_await connection.flush();
        }
        connection.finish();
        break;
      }
      default:
        play_.perform(what_);
        answer();
        break;
    }
  } catch (const net::StreamClosedError&) {  // the client left
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  set_log_level(LogLevel::none);
  if (size < 3) return 0;
  Play play(data[0]);
  play.run(fuzz::as_text(data + 1, size - 1));
  return 0;
}
