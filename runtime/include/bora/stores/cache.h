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

/// Where a Cache keeps texts: its own process, or all that share a database or a Redis.
class CacheStore {
 public:
  virtual ~CacheStore() = default;

  struct Entry {
    std::string value{};
    std::int64_t fresh_until = 0;  ///< Milliseconds since the Epoch.
    std::int64_t kept_until = 0;
  };
  /// Nothing if it is not there, or is not kept any longer.
  virtual Task<std::optional<Entry>> get(std::string key) = 0;
  virtual Task<void> set(std::string key, Entry entry) = 0;
  virtual Task<void> remove(std::string key) = 0;
};

/// @param max_entries  Of more, those used longest ago go.
std::unique_ptr<CacheStore> memory_cache(std::size_t max_entries = 10'000);
/// In the table bora_cache, which make_tables() makes. `database` must outlive it.
std::unique_ptr<CacheStore> database_cache(database::Database& database);

struct CacheOptions {
  std::chrono::milliseconds ttl = std::chrono::minutes(1);
  /// So long after that a value is still given out, while a new one is made.
  std::chrono::milliseconds stale{0};
  /// The part of `ttl` by which it is shortened at random, so that what was made together does not
  /// end together.
  double jitter = 0.1;
};

/// Keeps what is dear to make:
///
///     const auto make = [this]() -> Task<std::string> { return render_front_page(); };
///     const std::string page = co_await cache.get_or_set("front", make);
///
/// Whoever asks while it is made waits for the same one. A failure to make it is thrown to all who
/// wait, and is not kept. A store that can't be reached is logged and done without. One for each
/// loop.
class Cache {
 public:
  explicit Cache(std::shared_ptr<CacheStore> store, CacheOptions options = {});
  /// What is being made goes on by itself.
  ~Cache();
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;

  Task<std::optional<std::string>> get(std::string key);
  Task<void> set(std::string key, std::string value);
  Task<void> set(std::string key, std::string value, CacheOptions options);
  Task<void> remove(std::string key);

  /// @param make  A function without parameters that returns a Task<std::string>. Copied.
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
