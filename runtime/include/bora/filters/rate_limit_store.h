#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <bora/core/detail/chrono.h>
#include <bora/core/task.h>

namespace bora::filters {

/// How many requests a client may make: `limit` in each `period`, spread evenly, of which `burst`
/// may come at once.
struct Rate {
  std::int64_t limit = 60;
  std::chrono::nanoseconds period = std::chrono::minutes(1);
  std::int64_t burst = 60;
};

/// The decision of a store about one request.
struct RateVerdict {
  bool is_allowed = true;
  std::int64_t remaining = 0;              ///< How many more may come at once.
  std::chrono::nanoseconds retry_after{};  ///< If refused, the time until the next one is allowed.
  std::chrono::nanoseconds reset_after{};  ///< The time until all of `burst` may come again.
};

/// The generic cell rate algorithm (GCRA), for stores. It needs one number for each key: the time
/// at which, at an even pace, its last request would have come.
/// @param now      The time by any clock that does not jump.
/// @param arrival  That number; 0, or any time in the past, for a key that is not known. It is
///                 changed if the request is allowed; when that time has passed, the key may be
///                 dropped.
RateVerdict take_cell(const Rate& rate, std::chrono::nanoseconds now,
                      std::chrono::nanoseconds& arrival);

/// Where a RateLimit keeps its counts. The store in memory belongs to one process; for several
/// processes or machines derive a class from this one, for a database that they share:
///
///     Task<RateVerdict> RedisStore::take(std::string key, Rate rate) override {
///       …   // one atomic script that does what take_cell() does, by the server's clock
///     }
class RateLimitStore {
 public:
  virtual ~RateLimitStore() = default;

  /// Counts one request of `key`, which is a few dozen printable bytes.
  /// @throws  Anything: the limit then lets the request through and logs the error, or refuses it
  ///                    (503), as RateLimit::Options::refuse_on_failure says.
  virtual Task<RateVerdict> take(std::string key, Rate rate) = 0;
};

/// Keeps counts in a fixed amount of memory, 16 bytes for each key. If there are more keys than
/// fit, those are dropped first whose allowance has recovered most. Any thread may use it.
class MemoryRateLimitStore : public RateLimitStore {
 public:
  /// @param max_keys  It is rounded up to a power of two.
  explicit MemoryRateLimitStore(std::size_t max_keys = std::size_t{1} << 15);
  ~MemoryRateLimitStore() override;

  Task<RateVerdict> take(std::string key, Rate rate) override;
  /// The same without a Task.
  RateVerdict take_now(const std::string& key, const Rate& rate);

  /// The number of keys whose allowance has not recovered, for tests and metrics. It looks at all
  /// keys.
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::size_t max_size() const;

 private:
  struct Cells;
  std::unique_ptr<Cells> cells_;
};

}  // namespace bora::filters
