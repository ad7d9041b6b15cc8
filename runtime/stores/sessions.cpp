#include <bora/stores/sessions.h>

#include <algorithm>
#include <map>

#include "runtime/core/crypto.h"
#include "runtime/stores/present.h"

namespace bora::stores {
namespace {

constexpr std::size_t kTokenBytes = 32;

std::int64_t milliseconds(std::chrono::seconds seconds) {
  return std::chrono::milliseconds(seconds).count();
}

}  // namespace

std::string SessionStore::key_of(const std::string& token) {
  return crypto::to_hex(crypto::sha256(token));
}

bool SessionStore::is_over(const Record& record) const {
  const std::int64_t now = present();
  return now - record.seen > milliseconds(limits_.idle) ||
         now - record.begun > milliseconds(limits_.absolute);
}

Task<std::string> SessionStore::begin(std::string user, std::string data) {
  std::string token = crypto::to_base64url(crypto::random_bytes(kTokenBytes));
  const std::int64_t now = present();
  Record record{key_of(token), std::move(user), std::move(data), now, now};
  co_await insert(std::move(record));
  co_return token;
}

namespace {

template <class Record>
SessionInfo info_of(Record record) {
  using Time = std::chrono::sys_time<std::chrono::milliseconds>;
  return {.key = std::move(record.key),
          .user = std::move(record.user),
          .data = std::move(record.data),
          .begun = Time(std::chrono::milliseconds(record.begun)),
          .seen = Time(std::chrono::milliseconds(record.seen))};
}

}  // namespace

Task<std::optional<SessionInfo>> SessionStore::load(std::string token) {
  std::optional<SessionInfo> session;
  const std::string key = key_of(token);
  std::optional<Record> record = co_await find(key);
  if (!record) co_return session;
  if (is_over(*record)) {
    co_await remove(key);
    co_return session;
  }
  // Each request counts as use, but not each one needs a write for it.
  const std::int64_t now = present();
  if (now - record->seen > milliseconds(limits_.idle) / 20) {
    record->seen = now;
    co_await update(key, now, std::nullopt);
  }
  session = info_of(std::move(*record));
  co_return session;
}

Task<bool> SessionStore::save(std::string token, std::string data) {
  const std::optional<SessionInfo> session = co_await load(token);
  if (!session) co_return false;
  const bool is_saved = co_await update(session->key, present(), std::move(data));
  co_return is_saved;
}

Task<void> SessionStore::end(std::string token) {
  const std::string key = key_of(token);
  co_await remove(key);
}

Task<std::vector<SessionInfo>> SessionStore::list(std::string user) {
  std::vector<SessionInfo> sessions;
  std::vector<Record> records = co_await of_user(std::move(user));
  for (Record& record : records) {
    if (!is_over(record)) sessions.push_back(info_of(std::move(record)));
  }
  std::ranges::sort(sessions, std::ranges::greater(), &SessionInfo::seen);
  co_return sessions;
}

Task<bool> SessionStore::end_one(std::string user, std::string key) {
  const std::optional<Record> record = co_await find(key);
  if (!record || record->user != user) co_return false;
  const bool is_ended = co_await remove(key);
  co_return is_ended;
}

Task<std::size_t> SessionStore::end_others(std::string user, std::string token) {
  const std::string own = token.empty() ? std::string() : key_of(token);
  const std::vector<Record> records = co_await of_user(std::move(user));
  std::size_t count = 0;
  for (const Record& record : records) {
    if (record.key == own) continue;
    const bool is_ended = co_await remove(record.key);
    if (is_ended) ++count;
  }
  co_return count;
}

Task<std::size_t> SessionStore::sweep() {
  const std::int64_t now = present();
  return remove_older(now - milliseconds(limits_.idle), now - milliseconds(limits_.absolute));
}

namespace {

class MemorySessions final : public SessionStore {
 public:
  using SessionStore::SessionStore;

 private:
  Task<void> insert(Record record) override {
    std::string key = record.key;
    records_.insert_or_assign(std::move(key), std::move(record));
    co_return;
  }
  Task<std::optional<Record>> find(std::string key) override {
    const auto found = records_.find(key);
    std::optional<Record> record;
    if (found != records_.end()) record = found->second;
    co_return record;
  }
  Task<bool> update(std::string key, std::int64_t seen, std::optional<std::string> data) override {
    const auto found = records_.find(key);
    if (found == records_.end()) co_return false;
    found->second.seen = seen;
    if (data) found->second.data = std::move(*data);
    co_return true;
  }
  Task<bool> remove(std::string key) override { co_return records_.erase(key) > 0; }
  Task<std::vector<Record>> of_user(std::string user) override {
    std::vector<Record> records;
    for (const auto& [key, record] : records_) {
      if (record.user == user) records.push_back({key, user, {}, record.begun, record.seen});
    }
    co_return records;
  }
  Task<std::size_t> remove_older(std::int64_t seen, std::int64_t begun) override {
    co_return std::erase_if(records_, [=](const auto& entry) {
      return entry.second.seen < seen || entry.second.begun < begun;
    });
  }

  std::map<std::string, Record> records_;
};

class DatabaseSessions final : public SessionStore {
 public:
  DatabaseSessions(database::Database& database, SessionLimits limits) noexcept
      : SessionStore(limits), database_(database) {}

 private:
  struct Row {
    std::string key;
    std::string username;
    std::vector<std::byte> data;
    std::int64_t begun;
    std::int64_t seen;
  };

  Task<void> insert(Record record) override {
    co_await database_.execute(
        "insert into bora_sessions (key, username, data, begun, seen) values ($1, $2, $3, $4, $5)",
        record.key, record.user, to_bytes(record.data), record.begun, record.seen);
  }
  Task<std::optional<Record>> find(std::string key) override {
    const std::optional<Row> row = co_await database_.query_one<Row>(
        "select key, username, data, begun, seen from bora_sessions where key = $1", key);
    std::optional<Record> record;
    if (row) record = Record{row->key, row->username, to_text(row->data), row->begun, row->seen};
    co_return record;
  }
  Task<bool> update(std::string key, std::int64_t seen, std::optional<std::string> data) override {
    std::uint64_t count = 0;
    if (data) {
      count =
          co_await database_.execute("update bora_sessions set seen = $2, data = $3 where key = $1",
                                     key, seen, to_bytes(*data));
    } else {
      count = co_await database_.execute("update bora_sessions set seen = $2 where key = $1", key,
                                         seen);
    }
    co_return count > 0;
  }
  Task<bool> remove(std::string key) override {
    const std::uint64_t count =
        co_await database_.execute("delete from bora_sessions where key = $1", key);
    co_return count > 0;
  }
  Task<std::vector<Record>> of_user(std::string user) override {
    struct Found {
      std::string key;
      std::int64_t begun;
      std::int64_t seen;
    };
    const std::vector<Found> rows = co_await database_.query<Found>(
        "select key, begun, seen from bora_sessions where username = $1", user);
    std::vector<Record> records;
    for (const Found& row : rows) records.push_back({row.key, user, {}, row.begun, row.seen});
    co_return records;
  }
  Task<std::size_t> remove_older(std::int64_t seen, std::int64_t begun) override {
    const std::uint64_t count = co_await database_.execute(
        "delete from bora_sessions where seen < $1 or begun < $2", seen, begun);
    co_return static_cast<std::size_t>(count);
  }

  database::Database& database_;
};

}  // namespace

std::unique_ptr<SessionStore> memory_sessions(SessionLimits limits) {
  return std::make_unique<MemorySessions>(limits);
}

std::unique_ptr<SessionStore> database_sessions(database::Database& database,
                                                SessionLimits limits) {
  return std::make_unique<DatabaseSessions>(database, limits);
}

}  // namespace bora::stores
