#include <bora/stores/sessions.h>

#include "runtime/core/crypto.h"
#include "runtime/stores/present.h"

namespace bora::stores {

std::string new_id() {
  // 48 bits of time, as in a UUID of version 7, and 64 random bits.
  const std::int64_t now = present();
  std::string bytes;
  for (int shift = 40; shift >= 0; shift -= 8) bytes += static_cast<char>(now >> shift);
  return crypto::to_hex(bytes + crypto::random_bytes(8));
}

Task<void> make_tables(database::Database& database) {
  const auto make = [](database::Transaction& transaction) -> Task<void> {
    co_await transaction.lock("bora_stores");
    // This is SQL that both PostgreSQL and SQLite understand.
    co_await transaction.run_script(
        "create table if not exists bora_sessions (key text primary key, username text not null, "
        "data bytea not null, begun bigint not null, seen bigint not null);"
        "create index if not exists bora_sessions_user on bora_sessions (username);"
        "create table if not exists bora_cache (key text primary key, value bytea not null, "
        "fresh_until bigint not null, kept_until bigint not null);"
        "create index if not exists bora_cache_kept on bora_cache (kept_until);"
        "create table if not exists bora_rates (key text primary key, arrival bigint not null);"
        "create table if not exists bora_jobs (id text primary key, queue text not null, "
        "payload bytea not null, attempts integer not null, max_attempts integer not null, "
        "visible_at bigint not null, receipt text, is_dead boolean not null, error text);"
        "create index if not exists bora_jobs_visible on bora_jobs (queue, is_dead, visible_at, "
        "id)");
  };
  co_await database.transaction(make);
}

}  // namespace bora::stores
