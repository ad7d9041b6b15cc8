#include <cstdio>

#include <bora/core/io_loop.h>
#include <bora/database/migrations.h>
#include <bora/engines/postgres_engine.h>
#include <bora/engines/redis_engine.h>
#include <bora/redis_stores/redis_stores.h>
#include <bora/sqlite.h>

bora::Task<void> run() {
  bora::sqlite::Database db("app.db");
  const auto done = co_await bora::database::migrate(db, "migrations");
  const auto name = co_await db.query_one<std::string>("select name from users where id = $1", 1);
  std::printf("%s after %zu migrations\n", name->c_str(), done.size());
}

int main() {
  bora::redis::Client client("redis://127.0.0.1:1");
  const auto sessions = bora::stores::redis_sessions(client);
  const auto one = bora::websocket::redis_engine({});
  const auto other = bora::websocket::postgres_engine({});
  bora::IOLoop::current().run_sync(run());
  return sessions && one && other ? 0 : 1;
}
