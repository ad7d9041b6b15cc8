#include "limit_server.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string_view>

#include <libpq-fe.h>

namespace bench {
namespace {

constexpr int kDatabaseConnections = 32;
constexpr int kMany = 20;  ///< the queries, and the updates, of a request
constexpr Oid kInt = 23;
constexpr Oid kIntArray = 1007;

enum Kind { kPlaintext, kJson, kSingle, kQueries, kUpdates, kFortunes, kCached };

struct World {
  int id;
  int number;
};

struct Row {
  int id;
  std::string message;
};

/// One of the database's connections, and the request that has it.
struct Database {
  PGconn* connection = nullptr;
  int client = -1;
  Kind kind = kSingle;
  bool is_writing = false;  ///< The updates are under way.
  int statements = 0;       ///< those that have not ended yet
  std::vector<World> worlds;
  std::vector<Row> fortunes;
};

int random_number() {
  static unsigned state = 7;
  state = state * 1'664'525 + 1'013'904'223;
  return static_cast<int>(state >> 8) % 9000 + 1000;
}

void append(std::string& text, int value) {
  char digits[16];
  text.append(digits, std::to_chars(digits, digits + sizeof(digits), value).ptr);
}

void append(std::string& text, const World& world) {
  text += "{\"id\": ";
  append(text, world.id);
  text += ", \"randomNumber\": ";
  append(text, world.number);
  text += '}';
}

void append_escaped(std::string& text, std::string_view value) {
  for (const char c : value) {
    switch (c) {
      case '&':
        text += "&amp;";
        break;
      case '<':
        text += "&lt;";
        break;
      case '>':
        text += "&gt;";
        break;
      case '"':
        text += "&quot;";
        break;
      case '\'':
        text += "&#x27;";
        break;
      default:
        text += c;
    }
  }
}

int read_int(const char* bytes) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes, sizeof(value));
  return static_cast<int>(ntohl(value));
}

void put_int(std::string& bytes, int value) {
  const std::uint32_t wire = htonl(static_cast<std::uint32_t>(value));
  bytes.append(reinterpret_cast<const char*>(&wire), sizeof(wire));
}

/// PostgreSQL's binary form of int[].
std::string to_array(const std::vector<World>& worlds, int World::* what) {
  std::string bytes;
  for (const int head : {1, 0, static_cast<int>(kInt), static_cast<int>(worlds.size()), 1})
    put_int(bytes, head);
  for (const World& world : worlds) {
    put_int(bytes, sizeof(int));
    put_int(bytes, world.*what);
  }
  return bytes;
}

class LimitServer {
 public:
  LimitServer(int listener, const std::string& database, const std::vector<Question>& questions)
      : listener_(listener), questions_(questions), set_(::epoll_create1(EPOLL_CLOEXEC)) {
    for (int i = 0; i < kDatabaseConnections; ++i) connect(database);
    watch(listener_);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 256> events;
    for (;;) {
      const int count = ::epoll_wait(set_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (fd == listener_) {
          accept();
        } else if (Database* const database = by_descriptor_[static_cast<std::size_t>(fd)]) {
          take_answers(*database);
        } else {
          take_request(fd);
        }
      }
    }
  }

 private:
  void watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (::epoll_ctl(set_, EPOLL_CTL_ADD, fd, &event) != 0) std::abort();
    if (by_descriptor_.size() <= static_cast<std::size_t>(fd))
      by_descriptor_.resize(static_cast<std::size_t>(fd) + 1);
    by_descriptor_[static_cast<std::size_t>(fd)] = nullptr;
  }

  static void require(bool is_fine, PGconn* connection) {
    if (!is_fine) throw std::runtime_error(PQerrorMessage(connection));
  }

  void connect(const std::string& where) {
    PGconn* const connection = PQconnectdb(where.c_str());
    require(PQstatus(connection) == CONNECTION_OK, connection);
    const auto prepare = [connection](const char* name, const char* text,
                                      const std::vector<Oid>& types) {
      PGresult* const result =
          PQprepare(connection, name, text, static_cast<int>(types.size()), types.data());
      require(PQresultStatus(result) == PGRES_COMMAND_OK, connection);
      PQclear(result);
    };
    prepare("world", "select id, randomnumber from world where id = $1", {kInt});
    prepare("update",
            "update world set randomnumber = changed.number "
            "from unnest($1, $2) as changed(id, number) where world.id = changed.id",
            {kIntArray, kIntArray});
    prepare("fortunes", "select id, message from fortune", {});
    if (cached_.empty()) {
      PGresult* const result =
          PQexecParams(connection, "select id, randomnumber from world order by id", 0, nullptr,
                       nullptr, nullptr, nullptr, 1);
      require(PQresultStatus(result) == PGRES_TUPLES_OK, connection);
      for (int i = 0; i < PQntuples(result); ++i) cached_.push_back(world_of(result, i));
      PQclear(result);
    }
    require(PQsetnonblocking(connection, 1) == 0 && PQenterPipelineMode(connection) == 1,
            connection);
    Database* const database = databases_.emplace_back(std::make_unique<Database>()).get();
    database->connection = connection;
    watch(PQsocket(connection));
    by_descriptor_[static_cast<std::size_t>(PQsocket(connection))] = database;
    idle_.push_back(database);
  }

  static World world_of(const PGresult* result, int row) {
    return {read_int(PQgetvalue(result, row, 0)), read_int(PQgetvalue(result, row, 1))};
  }

  void accept() {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const int yes = 1;
    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    watch(client);
  }

  void take_request(int client) {
    char input[4096];
    const ssize_t size = ::recv(client, input, sizeof(input), 0);
    if (size <= 0) {
      forget(client);
      ::close(client);
      return;
    }
    const std::string_view request(input, static_cast<std::size_t>(size));
    const auto found = std::find_if(questions_.begin(), questions_.end(),
                                    [&](const Question& one) { return one.request == request; });
    if (found == questions_.end()) std::abort();
    const auto kind = static_cast<Kind>(found - questions_.begin());
    if (kind == kPlaintext) return answer(client, kind, "Hello, World!");
    if (kind == kJson) return answer(client, kind, R"({"message": "Hello, World!"})");
    if (kind == kCached) {
      text_ = "[";
      for (int i = 0; i < kMany; ++i) {
        if (i > 0) text_ += ", ";
        append(text_, cached_[static_cast<std::size_t>(random_number() - 1)]);
      }
      return answer(client, kind, text_ += ']');
    }
    if (idle_.empty()) {
      waiting_.push_back({client, kind});
    } else {
      Database* const database = idle_.back();
      idle_.pop_back();
      ask(*database, client, kind);
    }
  }

  /// The answer that is under way for it must not be sent to the client that gets its descriptor
  /// next.
  void forget(int client) {
    for (const auto& database : databases_) {
      if (database->client == client) database->client = -1;
    }
    std::erase_if(waiting_, [client](const Waiting& one) { return one.client == client; });
  }

  void ask(Database& database, int client, Kind kind) {
    database.client = client;
    database.kind = kind;
    database.worlds.clear();
    PGconn* const connection = database.connection;
    if (kind == kFortunes) {
      database.fortunes.clear();
      PQsendQueryPrepared(connection, "fortunes", 0, nullptr, nullptr, nullptr, 1);
      end_statement(database);
    } else {
      for (int i = kind == kSingle ? kMany - 1 : 0; i < kMany; ++i) {
        const std::uint32_t id = htonl(static_cast<std::uint32_t>(random_number()));
        const char* const value = reinterpret_cast<const char*>(&id);
        const int length = sizeof(id);
        const int is_binary = 1;
        PQsendQueryPrepared(connection, "world", 1, &value, &length, &is_binary, 1);
        end_statement(database);
      }
    }
    send(database);
  }

  /// TechEmpower's rules want each statement to be a transaction of its own.
  static void end_statement(Database& database) {
    PQpipelineSync(database.connection);
    ++database.statements;
  }

  static void send(const Database& database) {
    if (PQflush(database.connection) != 0) std::abort();  // so few bytes are taken at once
  }

  void take_answers(Database& database) {
    PGconn* const connection = database.connection;
    if (PQconsumeInput(connection) != 1) std::abort();
    while (PQisBusy(connection) == 0) {
      PGresult* const result = PQgetResult(connection);
      if (result == nullptr) continue;  // between two statements
      const ExecStatusType status = PQresultStatus(result);
      if (status == PGRES_TUPLES_OK) {
        for (int row = 0; row < PQntuples(result); ++row) {
          if (database.kind == kFortunes) {
            database.fortunes.push_back({read_int(PQgetvalue(result, row, 0)),
                                         {PQgetvalue(result, row, 1),
                                          static_cast<std::size_t>(PQgetlength(result, row, 1))}});
          } else {
            database.worlds.push_back(world_of(result, row));
          }
        }
      } else if (status != PGRES_COMMAND_OK && status != PGRES_PIPELINE_SYNC) {
        std::abort();
      }
      PQclear(result);
      if (status == PGRES_PIPELINE_SYNC && --database.statements == 0) return finish(database);
    }
  }

  void finish(Database& database) {
    if (database.kind == kUpdates && !is_written(database)) return;
    if (database.kind == kFortunes) {
      write_fortunes(database.fortunes);
    } else if (database.kind == kSingle) {
      text_.clear();
      append(text_, database.worlds.front());
    } else {
      text_ = "[";
      for (std::size_t i = 0; i < database.worlds.size(); ++i) {
        if (i > 0) text_ += ", ";
        append(text_, database.worlds[i]);
      }
      text_ += ']';
    }
    answer(database.client, database.kind, text_);
    database.client = -1;
    if (waiting_.empty()) {
      idle_.push_back(&database);
    } else {
      const auto [client, kind] = waiting_.front();
      waiting_.erase(waiting_.begin());
      ask(database, client, kind);
    }
  }

  /// Returns true when the updates are done. The first call sends them.
  bool is_written(Database& database) {
    if (database.is_writing) {
      database.is_writing = false;
      return true;
    }
    database.is_writing = true;
    std::vector<World>& worlds = database.worlds;
    std::sort(worlds.begin(), worlds.end(),
              [](const World& a, const World& b) { return a.id < b.id; });
    std::vector<World> changed;
    for (World& world : worlds) {
      world.number = random_number();
      if (changed.empty() || changed.back().id != world.id) changed.push_back(world);
    }
    const std::string ids = to_array(changed, &World::id);
    const std::string numbers = to_array(changed, &World::number);
    const char* const values[] = {ids.data(), numbers.data()};
    const int lengths[] = {static_cast<int>(ids.size()), static_cast<int>(numbers.size())};
    const int are_binary[] = {1, 1};
    PQsendQueryPrepared(database.connection, "update", 2, values, lengths, are_binary, 1);
    end_statement(database);
    send(database);
    return false;
  }

  void write_fortunes(std::vector<Row>& rows) {
    rows.push_back({0, "Additional fortune added at request time."});
    std::sort(rows.begin(), rows.end(),
              [](const Row& a, const Row& b) { return a.message < b.message; });
    text_ =
        "<!DOCTYPE html>\n<html><head><title>Fortunes</title></head><body><table>\n"
        "<tr><th>id</th><th>message</th></tr>\n";
    for (const Row& row : rows) {
      text_ += "<tr><td>";
      append(text_, row.id);
      text_ += "</td><td>";
      append_escaped(text_, row.message);
      text_ += "</td></tr>\n";
    }
    text_ += "\n</table></body></html>\n";
  }

  void answer(int client, Kind kind, std::string_view body) {
    const Question& question = questions_[kind];
    reply_.assign(question.head).append(body);
    if (reply_.size() != question.reply_size) {
      std::fprintf(stderr, "techempower_bench: the limit answers %zu bytes, not %zu:\n%s\n",
                   reply_.size(), question.reply_size, reply_.c_str());
      std::_Exit(1);
    }
    if (client >= 0) ::send(client, reply_.data(), reply_.size(), MSG_NOSIGNAL);
  }

  struct Waiting {
    int client;
    Kind kind;
  };

  int listener_;
  const std::vector<Question>& questions_;
  int set_;
  std::vector<std::unique_ptr<Database>> databases_;
  std::vector<Database*> by_descriptor_;  ///< null if it is a client's
  std::vector<Database*> idle_;           ///< the last used is the last
  std::vector<Waiting> waiting_;
  std::vector<World> cached_;
  std::string text_;
  std::string reply_;
};

}  // namespace

void run_limit_server(int listener, const std::string& database,
                      const std::vector<Question>& questions) {
  LimitServer(listener, database, questions).run();
}

}  // namespace bench
