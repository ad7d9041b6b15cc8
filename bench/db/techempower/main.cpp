// TechEmpower's tests that need a database, through the whole stack, as a ratio to the least that
// they can cost (limit_server.h).
//
//   build/release/bin/techempower_bench [SECONDS [CONNECTIONS]]
//
// It starts a PostgreSQL of its own, on a socket in /tmp, with TechEmpower's tables (10,000 rows of
// `world`, 12 of `fortune`), and two servers with one loop each, and asks them in turn over
// 127.0.0.1 from another process. The servers' own CPU time (user and system) for one request is
// compared. The number of requests in a second says less, because PostgreSQL and the client want
// processors, too.

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/core/log.h>
#include <bora/net/netutil.h>
#include <bora/postgres.h>
#include <bora/render/json.h>
#include <bora/web.h>

#include "bench/http/load_client.h"
#include "fortune.h"
#include "limit_server.h"
#include "tests/support/server_process.h"
#include "views/fortunes.h"

namespace bench {

struct World {
  int id;
  int randomnumber;
};

void to_json(bora::render::JSONWriter& writer, const World& world) {
  writer.begin_object();
  writer.member("id", world.id);
  writer.member("randomNumber", world.randomnumber);
  writer.end_object();
}

struct Message {
  std::string_view message;
};

void to_json(bora::render::JSONWriter& writer, const Message& message) {
  writer.begin_object();
  writer.member("message", message.message);
  writer.end_object();
}

namespace {

using bora::Task;

constexpr int kRounds = 5;
constexpr const char* kWorld = "select id, randomnumber from world where id = $1";

bora::postgres::Pool* pool = nullptr;
std::vector<World> cached;

/// The numbers always have four digits, so that all replies of a test have the same size.
int random_number() {
  static unsigned state = 1;
  state = state * 1'664'525 + 1'013'904'223;
  return static_cast<int>(state >> 8) % 9000 + 1000;
}

class Handler : public bora::web::RequestHandler {
 protected:
  /// Returns 1 to 500, whatever was asked for.
  int count() {
    const std::string text = get_argument("n", "1");
    int wanted = 1;
    std::from_chars(text.data(), text.data() + text.size(), wanted);
    return std::clamp(wanted, 1, 500);
  }
  template <class T>
  void write_json(const T& value) {
    set_header("Content-Type", "application/json");
    write(bora::render::json_encode(value));
  }
  /// Reads random rows, on one connection and in one round trip.
  Task<std::vector<World>> worlds(bora::postgres::Connection& connection) {
    const int wanted = count();
    std::vector<Task<std::optional<World>>> asked;
    asked.reserve(static_cast<std::size_t>(wanted));
    for (int i = 0; i < wanted; ++i) {
      asked.push_back(connection.query_one<World>(kWorld, random_number()));
    }
    const auto answers = co_await bora::multi(std::move(asked));
    std::vector<World> found;
    found.reserve(answers.size());
    for (const auto& world : answers) found.push_back(*world);
    co_return found;
  }
};

class Plaintext : public Handler {
 public:
  void get() {
    set_header("Content-Type", "text/plain");
    write("Hello, World!");
  }
};

class Json : public Handler {
 public:
  void get() { write_json(Message{"Hello, World!"}); }
};

class SingleQuery : public Handler {
 public:
  Task<void> get() {
    const auto world = co_await pool->query_one<World>(kWorld, random_number());
    write_json(*world);
  }
};

class Queries : public Handler {
 public:
  Task<void> get() {
    bora::postgres::Connection connection = co_await pool->acquire();
    const std::vector<World> found = co_await worlds(connection);
    write_json(found);
  }
};

class Updates : public Handler {
 public:
  Task<void> get() {
    bora::postgres::Connection connection = co_await pool->acquire();
    std::vector<World> found = co_await worlds(connection);
    // The rows are sorted, so that two updates of the same rows do not wait for each other, and
    // each row is updated once.
    std::ranges::sort(found, {}, &World::id);
    std::vector<int> ids;
    std::vector<int> numbers;
    for (World& world : found) {
      world.randomnumber = random_number();
      if (!ids.empty() && ids.back() == world.id) continue;
      ids.push_back(world.id);
      numbers.push_back(world.randomnumber);
    }
    co_await connection.execute(
        "update world set randomnumber = changed.number "
        "from unnest($1::int[], $2::int[]) as changed(id, number) where world.id = changed.id",
        ids, numbers);
    write_json(found);
  }
};

class Fortunes : public Handler {
 public:
  Task<void> get() {
    std::vector<Fortune> rows = co_await pool->query<Fortune>("select id, message from fortune");
    rows.push_back({0, "Additional fortune added at request time."});
    std::ranges::sort(rows, {}, &Fortune::message);
    render(views::fortunes{.fortunes = rows});
  }
};

class CachedQueries : public Handler {
 public:
  void get() {
    std::vector<World> found(static_cast<std::size_t>(count()));
    for (World& world : found) world = cached[static_cast<std::size_t>(random_number() - 1)];
    write_json(found);
  }
};

Task<void> make_tables(bora::postgres::Pool& db) {
  co_await db.run_script(R"(
    create table world as select n as id, n * 7 % 9000 + 1000 as randomnumber
      from generate_series(1, 10000) n;
    alter table world add primary key (id);
    create table fortune (id int primary key, message text not null);
    insert into fortune values
      (1, 'fortune: No such file or directory'),
      (2, 'A computer scientist is someone who fixes things that aren''t broken.'),
      (3, 'After enough decimal places, nobody gives a damn.'),
      (4, 'A bad random number generator: 1, 1, 1, 1, 1, 4.33e+67, 1, 1, 1'),
      (5, 'A computer program does what you tell it to do, not what you want it to do.'),
      (6, 'Emacs is a nice operating system, but I prefer UNIX.'),
      (7, 'Any program that runs right is obsolete.'),
      (8, 'A list is only as strong as its weakest link.'),
      (9, 'Feature: A bug with seniority.'),
      (10, 'Computers make very fast, very accurate mistakes.'),
      (11, '<script>alert("This should not be displayed in a browser alert box.");</script>'),
      (12, 'フレームワークのベンチマーク');
    analyze world;
  )");
}

/// A socket that listens on a free port of 127.0.0.1.
int make_listener(int& port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, 1024) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("can't listen on 127.0.0.1");
  }
  port = ntohs(address.sin_port);
  return fd;
}

void serve(int listener, const std::string& database) {
  using bora::web::url;
  bora::postgres::PoolOptions options;
  options.where = database;
  options.max_size = 32;
  bora::postgres::Pool db(options);
  pool = &db;
  const auto fill = [](bora::postgres::Pool& from) -> Task<void> {
    co_await make_tables(from);
    cached = co_await from.query<World>("select id, randomnumber from world order by id");
  };
  bora::IOLoop::current().run_sync(fill(db));
  bora::access_log.set_level(bora::LogLevel::warning);
  bora::web::Application app({url<Plaintext>("/plaintext"), url<Json>("/json"),
                              url<SingleQuery>("/db"), url<Queries>("/queries"),
                              url<Updates>("/updates"), url<Fortunes>("/fortunes"),
                              url<CachedQueries>("/cached-queries")});
  bora::http::HTTPServer server(app);
  std::vector<bora::net::FileDescriptor> sockets;
  sockets.emplace_back(listener);
  server.add_sockets(std::move(sockets));
  bora::IOLoop::current().start();
}

/// A server in a process of its own, which ends with this object.
class Child {
 public:
  template <class Run>
  explicit Child(Run run) : pid_(::fork()) {
    if (pid_ < 0) throw std::runtime_error("can't start a process");
    if (pid_ > 0) return;
    try {
      run();
    } catch (const std::exception& failure) {
      std::fprintf(stderr, "techempower_bench: a server: %s\n", failure.what());
    }
    std::_Exit(1);
  }
  ~Child() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

std::string fetch_when_ready(int port, const std::string& request) {
  for (int tries = 0;; ++tries) {
    try {
      return fetch(port, request);
    } catch (const std::exception&) {
      if (tries == 1000) throw;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) try {
  using namespace bench;
  const double seconds = argc > 1 ? std::atof(argv[1]) : 30;
  const std::size_t connections = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 32;
  struct Case {
    const char* name;
    const char* path;
  };
  constexpr Case kCases[] = {{"plaintext", "/plaintext"},
                             {"JSON", "/json"},
                             {"single query", "/db"},
                             {"20 queries", "/queries?n=20"},
                             {"20 updates", "/updates?n=20"},
                             {"fortunes", "/fortunes"},
                             {"20 cached queries", "/cached-queries?n=20"}};
  const bora::test::PostgresServer postgres({"max_connections=100"});
  int port = 0;
  const int listener = make_listener(port);
  const Child server([&] { serve(listener, postgres.address()); });
  ::close(listener);

  // The limit server sends as many bytes in an answer as Bora was seen to send.
  std::vector<Question> questions;
  for (const Case& one : kCases) {
    Question question;
    question.request = std::string("GET ") + one.path + " HTTP/1.1\r\nHost: localhost:8888\r\n\r\n";
    const std::string reply = fetch_when_ready(port, question.request);
    question.head = reply.substr(0, reply.find("\r\n\r\n") + 4);
    question.reply_size = reply.size();
    questions.push_back(std::move(question));
  }
  int limit_port = 0;
  const int limit_listener = make_listener(limit_port);
  const Child limit([&] { run_limit_server(limit_listener, postgres.address(), questions); });
  ::close(limit_listener);

  const std::chrono::milliseconds turn(
      static_cast<int>(seconds * 1000 / (2 * kRounds * static_cast<double>(std::size(kCases)))));
  std::vector<std::vector<Load>> loads(std::size(kCases));
  std::vector<std::vector<Load>> limits(std::size(kCases));
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < std::size(kCases); ++i) {
      static_cast<void>(fetch_when_ready(limit_port, questions[i].request));
      const Exchange exchange{questions[i].request, questions[i].reply_size};
      limits[i].push_back(measure_load(limit_port, limit.pid(), exchange, connections, turn));
      loads[i].push_back(measure_load(port, server.pid(), exchange, connections, turn));
    }
  }
  const auto median_of = [](const std::vector<Load>& all, double Load::* what) {
    std::vector<double> values;
    for (const Load& load : all) values.push_back(load.*what);
    return median(values);
  };
  std::printf("%-20s %10s %10s %7s %12s %10s %10s\n", "", "CPU: µs", "limit: µs", "ratio",
              "requests/s", "p50: µs", "p99: µs");
  for (std::size_t i = 0; i < std::size(kCases); ++i) {
    std::vector<double> ratios;
    for (std::size_t round = 0; round < kRounds; ++round)
      ratios.push_back(loads[i][round].cpu_us / limits[i][round].cpu_us);
    std::printf("%-20s %10.2f %10.2f %7.2f %12.0f %10.0f %10.0f\n", kCases[i].name,
                median_of(loads[i], &Load::cpu_us), median_of(limits[i], &Load::cpu_us),
                median(ratios), median_of(loads[i], &Load::requests_per_second),
                median_of(loads[i], &Load::p50_us), median_of(loads[i], &Load::p99_us));
  }
  return 0;
} catch (const std::exception& failure) {
  std::fprintf(stderr, "techempower_bench: %s\n", failure.what());
  return 1;
}
