#include <chrono>

#include <bora/testing/certificates.h>

#include "tests/runtime/postgres/postgres_test.h"
#include "tests/support/free_port.h"
#include "tests/support/log_recorder.h"

// TLS to a PostgreSQL that has a certificate.

using namespace std::chrono_literals;
using bora::Task;
using bora::TimeoutError;
using bora::database::ConnectionError;
using bora::database::Statement;
using bora::postgres::ConnectOptions;
using bora::postgres::Listener;
using bora::postgres::Notification;
using bora::postgres::Pool;
using bora::postgres::PoolOptions;
using bora::postgres::test::failure_of;
using bora::postgres::test::run;
using bora::test::free_port;
using bora::testing::TestCertificates;

namespace {

/// A server that has a certificate for localhost.
class TLSServer {
 public:
  [[nodiscard]] std::string place(const std::string& how, const char* host = "localhost") const {
    return std::string("host=") + host + " hostaddr=127.0.0.1 port=" + port_ +
           " user=bora dbname=postgres " + how;
  }
  [[nodiscard]] std::string trusted() const {
    return place("sslmode=verify-full sslrootcert=" + certificates_.ca_certs());
  }
  [[nodiscard]] std::string plain() const {
    return "host=" + server_.folder() + " port=" + port_ + " user=bora dbname=postgres";
  }

 private:
  TestCertificates certificates_;
  TestCertificates::Made made_ = certificates_.issue({});
  bora::test::ServerFolder keys_;
  std::string port_ = std::to_string(free_port());
  bora::test::PostgresServer server_{{"listen_addresses=127.0.0.1", "port=" + port_, "ssl=on",
                                      "ssl_cert_file=" + keys_.take(made_.certfile),
                                      "ssl_key_file=" + keys_.take(made_.keyfile)}};
};

TLSServer& server() {
  static TLSServer one;
  return one;
}

}  // namespace

TEST_CASE("postgres: TLS, and which servers are trusted", "[postgres]") {
  bora::test::LogRecorder log;
  run([]() -> Task<void> {
    const char* const is_encrypted = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
    Pool local(server().plain());
    const auto in_clear = co_await local.query_one<bool>(is_encrypted);
    CHECK_FALSE(*in_clear);
    Pool trusting(server().place("sslmode=require"));
    const auto encrypted = co_await trusting.query_one<bool>(is_encrypted);
    CHECK(*encrypted);
    Pool checking(server().trusted());
    const auto checked = co_await checking.query_one<bool>(is_encrypted);
    CHECK(*checked);

    TestCertificates others;
    struct Case {
      std::string place;
      const char* what;
    };
    const std::string unknown = "sslmode=verify-full sslrootcert=" + others.ca_certs();
    const std::string missing = "sslmode=verify-full sslrootcert=/nonexistent/ca.pem";
    std::string misnamed = server().trusted();
    misnamed.replace(misnamed.find("localhost"), 9, "db.example.org");
    const std::vector<Case> cases = {
        {server().place(unknown), "certificate verify failed"},
        {server().place(missing), "root certificate file \"/nonexistent/ca.pem\" does not exist"},
        {misnamed, "does not match host name \"db.example.org\""}};
    for (const Case& wrong : cases) {
      Pool refused(wrong.place);
      const std::string what = co_await failure_of<ConnectionError>(refused.query("select 1"));
      INFO(what);
      CHECK(what.find("no connection to PostgreSQL: ") == 0);
      CHECK(what.find(wrong.what) != std::string::npos);
      CHECK(what.find('\n') == std::string::npos);
    }
  });
  CHECK(log.lines.size() == 3);
}

// The data is larger than a TLS record, and larger than what libpq reads at once.
TEST_CASE("postgres: all that a connection does, in TLS", "[postgres]") {
  run([]() -> Task<void> {
    PoolOptions options;
    options.where = server().trusted();
    options.max_size = 1;
    Pool db(options);
    const char* const long_rows =
        "select n, repeat(chr(65 + n % 26), n % 5000) from generate_series(1, $1) n";
    for (const int count : {1, 3, 4, 100, 5000}) {
      const auto rows = co_await db.query<std::tuple<int, std::string>>(long_rows, count);
      REQUIRE(rows.size() == static_cast<std::size_t>(count));
      const auto& [number, text] = rows.back();
      CHECK(number == count);
      CHECK(text.size() == static_cast<std::size_t>(count % 5000));
    }
    for (const int size : {8'191, 8'192, 16'384, 16'385, 1'000'000}) {
      const auto text = co_await db.query_one<std::string>("select repeat('x', $1)", size);
      CHECK(text->size() == static_cast<std::size_t>(size));
      const std::string sent(static_cast<std::size_t>(size), 'y');
      const auto length = co_await db.query_one<int>("select length($1::text)", sent);
      CHECK(*length == size);
    }
    auto stream = co_await db.stream<std::tuple<int, std::string>>(long_rows, 5000);
    int seen = 0;
    for (;;) {
      const auto row = co_await stream.next();
      if (!row) break;
      ++seen;
    }
    CHECK(seen == 5000);
    auto copied = co_await db.copy_out(
        "copy (select repeat('z', 3000) from generate_series(1, 2000)) to stdout");
    std::size_t bytes = 0;
    for (;;) {
      const auto line = co_await copied.next();
      if (!line) break;
      bytes += line->size();
    }
    CHECK(bytes == 2000 * 3001);
    // Many statements at once, each with its own answer.
    auto connection = co_await db.acquire();
    std::vector<Task<std::optional<std::string>>> all;
    for (int i = 0; i < 100; ++i) {
      all.push_back(connection.query_one<std::string>("select $1::text || repeat('-', 3000)", i));
    }
    const auto answers = co_await bora::multi(std::move(all));
    for (std::size_t i = 0; i < answers.size(); ++i) {
      CHECK(answers[i]->substr(0, answers[i]->find('-')) == std::to_string(i));
    }
    connection.release();
    // The server ends a statement that takes too long.
    const std::string late =
        co_await failure_of<TimeoutError>(db.query(Statement("select pg_sleep(60)").within(50ms)));
    CHECK(late.find("took longer") != std::string::npos);
    const auto next = co_await db.query_one<int>("select 1");
    CHECK(*next == 1);
  });
}

TEST_CASE("postgres: notifications in TLS", "[postgres]") {
  run([]() -> Task<void> {
    ConnectOptions options;
    options.where = server().trusted();
    Listener listener(options);
    co_await listener.listen("news", 30s);
    Pool db(server().trusted());
    for (int i = 0; i < 300; ++i) {
      co_await db.execute("select pg_notify('news', $1::text || repeat('n', 7000))", i);
    }
    for (int i = 0; i < 300; ++i) {
      const Notification told = co_await listener.next(30s);
      CHECK(told.payload.substr(0, told.payload.find('n')) == std::to_string(i));
    }
  });
}
