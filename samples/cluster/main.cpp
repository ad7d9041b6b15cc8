// An app that runs on any number of machines: all data is in PostgreSQL and Redis, and each process
// may end at any time. cluster.py starts three of them behind nginx, and ends some.

#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>

#include <bora/engines/redis_engine.h>
#include <bora/filters/health.h>
#include <bora/postgres.h>
#include <bora/redis_stores/redis_stores.h>
#include <bora/web.h>
#include <bora/websocket.h>
#include <bora/websocket/channel_handler.h>

namespace {

using namespace std::chrono_literals;
using bora::Task;
using bora::web::HTTPError;

/// What all handlers use. It is made after the loop.
struct Services {
  bora::postgres::Pool db;
  bora::redis::Client redis;
  std::unique_ptr<bora::stores::SessionStore> sessions = bora::stores::redis_sessions(redis);
  bora::websocket::Channels rooms;
};
Services* services = nullptr;

class Handler : public bora::web::RequestHandler {
 protected:
  /// Returns the name of the user.
  /// @throws HTTPError  401: nobody is logged in.
  Task<std::string> require_user() {
    const std::string token(get_cookie("session"));
    const auto session = co_await services->sessions->load(token);
    if (!session) throw HTTPError(401, "not logged in");
    co_return session->user;
  }
};

class Login : public Handler {
 public:
  Task<void> post() {
    const std::string token = co_await services->sessions->begin(get_argument("name"));
    set_cookie("session", token);
    write("welcome");
  }
};

/// Clients repeat an addition if they got no answer, so each addition has a key.
class Cart : public Handler {
 public:
  Task<void> post() {
    const std::string user = co_await require_user();
    const std::string key = get_argument("key");
    const std::string item = get_argument("item");
    co_await services->db.execute(
        "insert into cart (key, username, item) values ($1, $2, $3) on conflict do nothing", key,
        user, item);
    write("added");
  }
  Task<void> get() {
    const std::string user = co_await require_user();
    const auto items = co_await services->db.query<std::string>(
        "select item from cart where username = $1 order by key", user);
    for (const std::string& item : items) write(item + "\n");
  }
};

class Upload : public Handler {
 public:
  Task<void> post() {
    const std::string user = co_await require_user();
    const std::string body(request().body());
    co_await services->db.execute(
        "insert into uploads (key, username, size) values ($1, $2, $3) on conflict do nothing",
        get_argument("key"), user, body.size());
    write(std::to_string(body.size()));
  }
};

class Live : public bora::websocket::ChannelHandler {
 public:
  std::optional<bora::websocket::Channel> find_channel(std::string_view name) override {
    if (name != "lobby") return std::nullopt;
    return services->rooms[name];
  }
  Task<void> on_publish(const bora::websocket::Channel& room, std::string json,
                        bora::websocket::PublishOptions options) override {
    const auto publishing = room.publish(bora::render::JSONText(std::move(json)), options);
    static_cast<void>(co_await publishing);
  }
};

}  // namespace

int main(int argc, char** argv) try {
  const auto port = bora::define("port", 8888, "listen on this port");
  const auto postgres = bora::define("postgres", std::string("dbname=cluster"), "the database");
  const auto redis =
      bora::define("redis", std::string("redis://127.0.0.1"), "sessions and messages");
  const auto migrations = bora::define("migrations", std::string("migrations"), "a folder");
  bora::parse_command_line(argc, argv);

  bora::redis::Options redis_options;
  redis_options.where = *redis;
  bora::postgres::PoolOptions pool_options;
  pool_options.where = *postgres;
  // All processes may start at once: one runs the migrations, the others wait.
  pool_options.migrations = *migrations;
  Services all{
      .db = bora::postgres::Pool(pool_options),
      .redis = bora::redis::Client(redis_options),
      .rooms = bora::websocket::Channels({.history = 100'000, .ttl = 1h},
                                         bora::websocket::redis_engine({.redis = redis_options}))};
  services = &all;
  bora::filters::Health::add_check("postgres", [] { return services->db.ping(1s); });
  bora::filters::Health::add_check("redis", [] { return services->redis.ping(1s); });

  bora::web::Application app({bora::web::url<Login>("/login"), bora::web::url<Cart>("/cart"),
                              bora::web::url<Upload>("/upload"), bora::web::url<Live>("/live"),
                              bora::web::url<bora::filters::ReadyHandler>("/readyz")});
  app.listen(*port, "127.0.0.1");
  std::printf("ready\n");
  std::fflush(stdout);
  bora::IOLoop::current().start();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "cluster: %s\n", error.what());
  return 1;
}
