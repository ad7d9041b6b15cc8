#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <bora/core/detail/chrono.h>
#include <bora/core/future.h>
#include <bora/core/task.h>
#include <bora/core/unique_function.h>
#include <bora/database/querier.h>

namespace bora::stores {

/// Where a Cache keeps texts: in its own process, or in a database or a Redis that several share.
class CacheStore {
 public:
  virtual ~CacheStore() = default;

  struct Entry {
    std::string value{};
    std::int64_t fresh_until = 0;  ///< in milliseconds since the Epoch
    std::int64_t kept_until = 0;
  };
  /// The entry, or nothing if there is none, or it has expired.
  virtual Task<std::optional<Entry>> get(std::string key) = 0;
  virtual Task<void> set(std::string key, Entry entry) = 0;
  virtual Task<void> remove(std::string key) = 0;
};

/// @param max_entries  With more, the entries that were not used for the longest time are dropped.
std::unique_ptr<CacheStore> memory_cache(std::size_t max_entries = 10'000);
/// Keeps entries in the table bora_cache, which make_tables() makes. `database` must outlive the
/// store.
std::unique_ptr<CacheStore> database_cache(database::Database& database);

/// How long values are kept.
struct CacheOptions {
  /// How long a value is fresh. Default: one minute.
  std::chrono::milliseconds ttl = std::chrono::minutes(1);
  /// How long after its end a value is still returned, while a new one is made.
  std::chrono::milliseconds stale{0};
  /// The part of `ttl` by which it is shortened at random, so that values that were made together
  /// do not expire together.
  double jitter = 0.1;
};

/// Keeps values that are expensive to make:
///
///     const auto make = [this]() -> Task<std::string> { return render_front_page(); };
///     const std::string page = co_await cache.get_or_set("front", make);
///
/// Callers that ask while a value is made wait for the same one. A failure to make it is thrown to
/// all of them, and is not kept. If the store can't be reached, that is logged, and the value is
/// made. There is one Cache for each loop.
class Cache {
 public:
  explicit Cache(std::shared_ptr<CacheStore> store, CacheOptions options = {});
  /// Values that are being made go on by themselves.
  ~Cache();
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;

  /// The value, which may be stale; nothing if there is none. A store that can't be reached counts
  /// as empty.
  Task<std::optional<std::string>> get(std::string key);
  /// Stores a value, with the options of the constructor or with others.
  Task<void> set(std::string key, std::string value);
  Task<void> set(std::string key, std::string value, CacheOptions options);
  Task<void> remove(std::string key);

  /// @param make  A function without parameters that returns a Task<std::string>. It is copied.
  /// The value if there is one, or else the result of `make`, which is stored. A stale value is
  /// returned while a new one is made.
  template <class Make>
  Task<std::string> get_or_set(std::string key, const Make& make) {
    return get_or_make(std::move(key), Maker(Kept<Make>{make}), options_);
  }
  template <class Make>
  Task<std::string> get_or_set(std::string key, const Make& make, CacheOptions options) {
    return get_or_make(std::move(key), Maker(Kept<Make>{make}), options);
  }

 private:
  using Maker = UniqueFunction<Task<std::string>()>;
  /// Keeps the function alive as long as the coroutine that it makes.
  template <class Make>
  struct Kept {
    Make make;
    Task<std::string> operator()() { return run(make); }
    static Task<std::string> run(Make function) {
      std::string value = co_await function();
      co_return value;
    }
  };
  struct State;

  Task<std::string> get_or_make(std::string key, Maker make, CacheOptions options);

  CacheOptions options_;
  std::shared_ptr<State> state_;
};

}  // namespace bora::stores
