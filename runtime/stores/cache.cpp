#include <bora/stores/cache.h>

#include <list>
#include <random>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <bora/core/log.h>

#include "runtime/stores/present.h"

namespace bora::stores {

struct Cache::State {
  std::shared_ptr<CacheStore> store;
  bool is_lost = false;  ///< whether the store has failed, and not worked since
  std::map<std::string, Future<std::string>> asked;  ///< being looked for, and made if necessary
  std::set<std::string> refreshed;                   ///< being made, while an old one is given out
  std::minstd_rand random{std::random_device{}()};

  CacheStore::Entry entry_of(std::string value, const CacheOptions& options) {
    const double part = std::uniform_real_distribution<double>(0, options.jitter)(random);
    const double ttl = static_cast<double>(options.ttl.count()) * (1 - part);
    CacheStore::Entry entry{.value = std::move(value)};
    entry.fresh_until = present() + static_cast<std::int64_t>(ttl);
    entry.kept_until = entry.fresh_until + options.stale.count();
    return entry;
  }

  /// Logs a failure of the store, once until it works again.
  void note_failure(std::string_view what, const std::exception& failure) {
    if (!std::exchange(is_lost, true))
      app_log.warning("the cache can't be ", what, ": ", failure.what());
  }

  /// Returns nothing if the store fails, which is logged.
  static Task<std::optional<CacheStore::Entry>> find(std::shared_ptr<State> state,
                                                     std::string key) {
    std::optional<CacheStore::Entry> entry;
    try {
      entry = co_await state->store->get(std::move(key));
      if (std::exchange(state->is_lost, false)) app_log.warning("the cache can be read again");
    } catch (const std::exception& failure) {
      state->note_failure("read", failure);
    }
    if (entry && entry->kept_until <= present()) entry.reset();
    co_return entry;
  }

  static Task<std::string> make(std::shared_ptr<State> state, std::string key, Maker maker,
                                CacheOptions options) {
    std::string value = co_await maker();
    if (state->is_lost)
      co_return value;  // nobody waits a second time for a store that is not there
    try {
      co_await state->store->set(key, state->entry_of(value, options));
    } catch (const std::exception& failure) {
      state->note_failure("written", failure);
    }
    co_return value;
  }

  static Task<void> refresh(std::shared_ptr<State> state, std::string key, Maker maker,
                            CacheOptions options) {
    if (!state->refreshed.insert(key).second) co_return;
    try {
      co_await make(state, key, std::move(maker), options);
    } catch (const std::exception& failure) {
      app_log.warning("what the cache has of '", key, "' can't be made again: ", failure.what());
    }
    state->refreshed.erase(key);
  }

  /// The lookup is a part of the flight: a caller that had looked before another one made the value
  /// would make it again.
  static Task<std::string> fly(std::shared_ptr<State> state, std::string key, Maker maker,
                               CacheOptions options) {
    struct Done {
      State& state;
      const std::string& key;
      ~Done() { state.asked.erase(key); }
    } done{*state, key};
    std::optional<CacheStore::Entry> entry = co_await find(state, key);
    if (!entry) {
      std::string value = co_await make(state, key, std::move(maker), options);
      co_return value;
    }
    if (entry->fresh_until <= present()) {
      IOLoop::current().spawn(refresh(state, key, std::move(maker), options));
    }
    co_return std::move(entry->value);
  }
};

Cache::Cache(std::shared_ptr<CacheStore> store, CacheOptions options)
    : options_(options), state_(std::make_shared<State>()) {
  state_->store = std::move(store);
}
Cache::~Cache() = default;

Task<std::optional<std::string>> Cache::get(std::string key) {
  const std::shared_ptr<State> state = state_;
  std::optional<CacheStore::Entry> entry = co_await State::find(state, std::move(key));
  std::optional<std::string> value;
  if (entry) value = std::move(entry->value);
  co_return value;
}

Task<void> Cache::set(std::string key, std::string value) {
  return set(std::move(key), std::move(value), options_);
}
Task<void> Cache::set(std::string key, std::string value, CacheOptions options) {
  const std::shared_ptr<State> state = state_;
  co_await state->store->set(std::move(key), state->entry_of(std::move(value), options));
}
Task<void> Cache::remove(std::string key) {
  const std::shared_ptr<State> state = state_;
  co_await state->store->remove(std::move(key));
}

Task<std::string> Cache::get_or_make(std::string key, Maker make, CacheOptions options) {
  const std::shared_ptr<State> state = state_;
  Future<std::string> future;
  if (const auto found = state->asked.find(key); found != state->asked.end()) {
    future = found->second;
  } else {
    future = spawn(State::fly(state, key, std::move(make), options));
    // If it has ended at once, it must not be kept.
    if (!future.done()) state->asked.insert_or_assign(key, future);
  }
  std::string value = co_await future;
  co_return value;
}

namespace {

class MemoryCache final : public CacheStore {
 public:
  explicit MemoryCache(std::size_t max_entries) : max_entries_(max_entries) {}

  Task<std::optional<Entry>> get(std::string key) override {
    std::optional<Entry> entry;
    const auto found = by_key_.find(key);
    if (found != by_key_.end()) {
      used_.splice(used_.begin(), used_, found->second);
      entry = found->second->second;
    }
    co_return entry;
  }
  Task<void> set(std::string key, Entry entry) override {
    erase(key);
    if (used_.size() >= max_entries_ && !used_.empty()) erase(std::string(used_.back().first));
    if (max_entries_ == 0) co_return;
    used_.emplace_front(key, std::move(entry));
    by_key_.emplace(std::move(key), used_.begin());
  }
  Task<void> remove(std::string key) override {
    erase(key);
    co_return;
  }

 private:
  using Used = std::list<std::pair<std::string, Entry>>;
  void erase(const std::string& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return;
    used_.erase(found->second);
    by_key_.erase(found);
  }

  std::size_t max_entries_;
  Used used_;  ///< the last used is the first
  std::unordered_map<std::string, Used::iterator> by_key_;
};

class DatabaseCache final : public CacheStore {
 public:
  explicit DatabaseCache(database::Database& database) noexcept : database_(database) {}

  Task<std::optional<Entry>> get(std::string key) override {
    struct Row {
      std::vector<std::byte> value;
      std::int64_t fresh_until;
      std::int64_t kept_until;
    };
    const std::optional<Row> row = co_await database_.query_one<Row>(
        "select value, fresh_until, kept_until from bora_cache where key = $1", key);
    std::optional<Entry> entry;
    if (row) entry = Entry{to_text(row->value), row->fresh_until, row->kept_until};
    co_return entry;
  }
  Task<void> set(std::string key, Entry entry) override {
    co_await database_.execute(
        "insert into bora_cache (key, value, fresh_until, kept_until) values ($1, $2, $3, $4) "
        "on conflict (key) do update set value = excluded.value, "
        "fresh_until = excluded.fresh_until, kept_until = excluded.kept_until",
        key, to_bytes(entry.value), entry.fresh_until, entry.kept_until);
    // Entries that nobody asks for any more are removed from time to time.
    if (++writes_ % 256 == 0) {
      co_await database_.execute("delete from bora_cache where kept_until < $1", present());
    }
  }
  Task<void> remove(std::string key) override {
    co_await database_.execute("delete from bora_cache where key = $1", key);
  }

 private:
  database::Database& database_;
  std::uint64_t writes_ = 0;
};

}  // namespace

std::unique_ptr<CacheStore> memory_cache(std::size_t max_entries) {
  return std::make_unique<MemoryCache>(max_entries);
}
std::unique_ptr<CacheStore> database_cache(database::Database& database) {
  return std::make_unique<DatabaseCache>(database);
}

}  // namespace bora::stores
