#include <bora/redis/client.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include <bora/core/error.h>
#include <bora/core/future.h>
#include <bora/core/locks.h>
#include <bora/core/log.h>

#include "runtime/core/backoff.h"
#include "runtime/core/crypto.h"
#include "runtime/redis/link.h"

namespace bora::redis {
namespace {

void append_text(std::string& wire, std::string_view text) {
  char size[24] = "$";
  char* end = std::to_chars(size + 1, size + sizeof size - 2, text.size()).ptr;
  *end++ = '\r';
  *end++ = '\n';
  wire.append(size, end);
  wire += text;
  wire.append("\r\n", 2);
}

std::string transaction_wire(const std::vector<Command>& commands) {
  std::string wire = Command("MULTI").to_wire();
  for (const Command& command : commands) command.append_to(wire);
  Command("EXEC").append_to(wire);
  return wire;
}

/// Returns the failure of the command that was refused, because EXEC's own failure, EXECABORT, says
/// less.
Task<Value> run_transaction(std::shared_ptr<Link> link, std::vector<Command> commands,
                            Deadline deadline) {
  Value value = co_await link->run(transaction_wire(commands), commands.size() + 2, deadline);
  co_return value;
}

}  // namespace

Command& Command::add(std::string_view text) {
  ++count_;
  append_text(arguments_, text);
  return *this;
}

Command& Command::add_real(double number) {
  char text[40];
  const auto [end, failure] = std::to_chars(text, text + sizeof text, number);
  return add(std::string_view(text, static_cast<std::size_t>(end - text)));
}

std::string Command::to_wire() const {
  std::string wire;
  append_to(wire);
  return wire;
}

void Command::append_to(std::string& wire) const {
  char head[24] = "*";
  char* end = std::to_chars(head + 1, head + sizeof head - 2, count_).ptr;
  *end++ = '\r';
  *end++ = '\n';
  wire.append(head, end);
  wire += arguments_;
}

Script::Script(std::string text)
    : text_(std::move(text)), hash_(crypto::to_hex(crypto::sha1(text_))) {}

/// The connection that all share, and idle ones for callers that want their own.
class Connection::Core : public std::enable_shared_from_this<Core> {
 public:
  explicit Core(Options options) : options_(std::move(options)) {}
  ~Core() { close(); }

  void close() noexcept {
    if (std::exchange(is_closed_, true)) return;
    if (link_ != nullptr) link_->close("the client was closed");
    for (const auto& link : idle_) link->close("the client was closed");
    idle_.clear();
    changed_.notify_all();
    if (connecting_.is_valid()) connecting_.cancel();
  }

  [[nodiscard]] Deadline limit_of(const Deadline& deadline) const {
    return begun(deadline_of(deadline));
  }

  /// The deadline of a command: its own, or the usual one.
  [[nodiscard]] Deadline deadline_of(const Deadline& deadline) const noexcept {
    return deadline.is_set() ? deadline : Deadline(options_.command_timeout);
  }

  /// The shared connection, if it is open; otherwise link() makes it.
  [[nodiscard]] std::shared_ptr<Link> open_link() const noexcept {
    return is_connected() ? link_ : nullptr;
  }
  Task<std::shared_ptr<Link>> link(Deadline deadline) {
    const std::shared_ptr<Core> self = shared_from_this();
    while (link_ == nullptr || !link_->is_open()) {
      if (is_closed_) throw ConnectionError("the client was closed");
      if (!connecting_.is_valid() || connecting_.done()) {
        connecting_ = spawn(reconnect(self));
        connecting_.set_quiet(quiet_exceptions<BrokenPromiseError>);  // the loop may end meanwhile
      }
      if (waiters_ >= options_.max_pending) {
        throw Error("too many commands wait for Redis: " + std::to_string(waiters_));
      }
      struct Count {
        std::size_t& waiters;
        explicit Count(std::size_t& of) : waiters(of) { ++waiters; }
        ~Count() { --waiters; }
      } count(waiters_);
      const bool is_told = co_await changed_.wait(deadline);
      if (!is_told) {
        throw ConnectionError("no connection to Redis before the command's deadline: " + why_);
      }
    }
    co_return link_;
  }

  /// A connection of the caller's own, idle or new.
  Task<std::shared_ptr<Link>> own_link(Deadline deadline) {
    const std::shared_ptr<Core> self = shared_from_this();
    while (!idle_.empty()) {
      std::shared_ptr<Link> idle = std::move(idle_.back());
      idle_.pop_back();
      if (idle->is_open()) co_return idle;
    }
    if (is_closed_) throw ConnectionError("the client was closed");
    Options options = options_;
    if (deadline.is_set()) {
      options.connect_timeout =
          std::min(options.connect_timeout, std::chrono::ceil<std::chrono::milliseconds>(
                                                deadline.time_left(IOLoop::current().clock())));
    }
    net::IOStream stream = co_await connect(std::move(options));
    auto made = std::make_shared<Link>(options_);
    made->open(std::move(stream));
    co_return made;
  }
  void give_back(std::shared_ptr<Link> link) noexcept {
    if (!link->is_open()) return;
    if (is_closed_ || link->pending() > 0 || idle_.size() >= options_.max_idle) {
      return link->close("it was not used any more");
    }
    idle_.push_back(std::move(link));
  }

  [[nodiscard]] bool is_connected() const noexcept { return link_ != nullptr && link_->is_open(); }
  [[nodiscard]] std::size_t pending() const noexcept {
    return waiters_ + (link_ == nullptr ? 0 : link_->pending());
  }
  [[nodiscard]] const Options& options() const noexcept { return options_; }

 private:
  static Task<void> reconnect(std::shared_ptr<Core> core) {
    bora::detail::Backoff backoff;
    while (!core->is_closed_) {
      try {
        net::IOStream stream = co_await connect(core->options_);
        if (core->is_closed_) co_return;
        auto made = std::make_shared<Link>(core->options_);
        made->open(std::move(stream));
        // The next command notices this and connects again; commands that already wait are woken
        // now.
        made->on_lost = [weak = core->weak_from_this()] {
          const std::shared_ptr<Core> same = weak.lock();
          if (same != nullptr && same->waiters_ > 0) same->changed_.notify_all();
        };
        core->link_ = std::move(made);
        if (std::exchange(core->is_failing_, false)) {
          gen_log.warning("redis: the server can be reached again");
        }
        core->changed_.notify_all();
        co_return;
      } catch (const Error& failure) {
        core->why_ = failure.what();
        if (!std::exchange(core->is_failing_, true)) gen_log.error("redis: ", failure.what());
      }
      // If nobody waits, the next command begins again.
      if (core->waiters_ == 0) co_return;
      co_await sleep(backoff.next());
    }
  }

  Options options_;
  std::shared_ptr<Link> link_;
  std::vector<std::shared_ptr<Link>> idle_;
  Condition changed_;
  Future<void> connecting_;
  std::size_t waiters_ = 0;
  std::string why_ = "the server has not answered yet";
  bool is_failing_ = false;
  bool is_closed_ = false;
};

// A connection for one caller.

Connection::Connection(std::shared_ptr<Core> core, std::shared_ptr<Link> link) noexcept
    : core_(std::move(core)), link_(std::move(link)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&& other) noexcept {
  std::swap(core_, other.core_);
  std::swap(link_, other.link_);
  return *this;
}
Connection::~Connection() {
  if (link_ == nullptr) return;
  if (link_->is_open() && link_->pending() == 0) {
    // Keys may still be watched. Nobody waits for the reply, but it keeps the order.
    auto reset = [](std::shared_ptr<Core> core, std::shared_ptr<Link> link) -> Task<void> {
      try {
        static_cast<void>(co_await link->run(Command("UNWATCH").to_wire(), 1, core->limit_of({})));
      } catch (const std::exception&) {
        link->close("it could not be reset");
      }
      core->give_back(std::move(link));
    };
    IOLoop::current().spawn(reset(std::move(core_), std::move(link_)));
  } else {
    link_->close("it was given up while a command was under way");
  }
}

Task<Value> Connection::run(Command command) {
  return link_->run(command.to_wire(), 1, core_->limit_of(command.deadline()));
}

Task<std::optional<std::vector<Value>>> Connection::transaction(std::vector<Command> commands) {
  const std::shared_ptr<Link> link = link_;
  Value value = co_await run_transaction(link, std::move(commands), core_->limit_of({}));
  std::optional<std::vector<Value>> results;
  if (!value.is_nil()) results.emplace(std::move(value).items());
  co_return results;
}

// The client.

Client::Client(Options options) : core_(std::make_shared<Connection::Core>(std::move(options))) {}
Client::Client(std::string where)
    : Client([&where] {
        Options options;
        options.where = std::move(where);
        return options;
      }()) {}
Client::~Client() {
  core_->close();
}

namespace {

Task<Value> run_on(std::shared_ptr<Connection::Core> core, Command command) {
  Deadline deadline = core->deadline_of(command.deadline());
  std::shared_ptr<Link> link = core->open_link();
  if (link == nullptr) {
    deadline = begun(deadline);
    link = co_await core->link(deadline);
  }
  // This does what Link::run() does, without another coroutine.
  Link::Answer answer(*link, command, deadline);
  Value value = co_await answer;
  co_return value;
}

Task<Value> run_on(std::shared_ptr<Connection::Core> core, std::string wire, std::size_t replies,
                   Deadline deadline) {
  std::shared_ptr<Link> link = co_await core->link(deadline);
  Value value = co_await link->run(std::move(wire), replies, deadline);
  co_return value;
}

}  // namespace

Task<Value> Client::run(Command command) {
  return run_on(core_, std::move(command));
}

Task<std::vector<Value>> Client::transaction(std::vector<Command> commands) {
  const std::shared_ptr<Connection::Core> core = core_;
  const std::string wire = transaction_wire(commands);
  Value value = co_await run_on(core, wire, commands.size() + 2, core->limit_of({}));
  co_return std::move(value).items();
}

Task<Value> Client::run_script(Script script, std::vector<std::string> keys,
                               std::vector<std::string> arguments) {
  const std::shared_ptr<Connection::Core> core = core_;
  const Deadline deadline = core->limit_of({});
  Value value;
  for (const bool is_by_hash : {true, false}) {
    Command command(is_by_hash ? "EVALSHA" : "EVAL");
    command.add(is_by_hash ? script.hash() : script.text());
    command.add(keys.size()).add(keys).add(arguments);
    try {
      value = co_await run_on(core, command.to_wire(), 1, deadline);
      break;
    } catch (const Error& failure) {
      if (!is_by_hash || failure.code() != "NOSCRIPT") throw;
    }
  }
  co_return value;
}

Task<Value> Client::run_blocking(Command command) {
  const std::shared_ptr<Connection::Core> core = core_;
  const Deadline deadline = begun(command.deadline());
  const std::shared_ptr<Link> link = co_await core->own_link(deadline);
  /// Closes the connection if this coroutine ends early, so that no element is taken for nobody.
  struct Guard {
    std::shared_ptr<Connection::Core> core;
    std::shared_ptr<Link> link;
    ~Guard() {
      if (link->pending() > 0) link->close("a blocking command was given up");
      core->give_back(std::move(link));
    }
  } guard{core, link};
  Value value = co_await link->run(command.to_wire(), 1, deadline);
  co_return value;
}

Task<Connection> Client::acquire(Deadline deadline) {
  const std::shared_ptr<Connection::Core> core = core_;
  std::shared_ptr<Link> link = co_await core->own_link(begun(deadline));
  co_return Connection(core, std::move(link));
}

Task<void> Client::ping(Deadline deadline) {
  Command command("PING");
  static_cast<void>(co_await run(std::move(command).within(deadline)));
}

bool Client::is_connected() const noexcept {
  return core_->is_connected();
}
std::size_t Client::pending() const noexcept {
  return core_->pending();
}
const Options& Client::options() const noexcept {
  return core_->options();
}

}  // namespace bora::redis
