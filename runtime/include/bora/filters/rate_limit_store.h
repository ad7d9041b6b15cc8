#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <bora/core/detail/chrono.h>
#include <bora/core/task.h>

namespace bora::filters {

/// How many requests somebody may make: `limit` in each `period`, evenly, of which `burst` may come
/// at once.
struct Rate {
  std::int64_t limit = 60;
  std::chrono::nanoseconds period = std::chrono::minutes(1);
  std::int64_t burst = 60;
};

/// What a store says of one request.
struct RateVerdict {
  bool is_allowed = true;
  std::int64_t remaining = 0;              ///< How many more may come at once.
  std::chrono::nanoseconds retry_after{};  ///< Of one that is not allowed: when the next one is.
  std::chrono::nanoseconds reset_after{};  ///< When all of `burst` may come again.
};

/// The generic cell rate algorithm (GCRA), which needs one number for each key: when, at an even
/// pace, its last request would have come. For stores.
/// @param now      By any clock that does not jump.
/// @param arrival  That number; 0, or any time in the past, for a key that is not known. Changed if
///                 the request is allowed; from that time on the key may be forgotten.
RateVerdict take_cell(const Rate& rate, std::chrono::nanoseconds now,
                      std::chrono::nanoseconds& arrival);

/// Where a RateLimit keeps its counts. The one in memory is each process's own; for several
/// processes or machines derive from this one, for a database that they share:
///
///     Task<RateVerdict> RedisStore::take(std::string key, Rate rate) override {
///       …   // one atomic script that does what take_cell() does, by the server's clock
///     }
class RateLimitStore {
 public:
  virtual ~RateLimitStore() = default;

  /// Counts one request of `key`, which is a few dozen printable bytes.
  /// @throws  Anything: the limit then lets the request through and logs it, or refuses it (503),
  ///          as RateLimit::Options::refuse_on_failure says.
  virtual Task<RateVerdict> take(std::string key, Rate rate) = 0;
};

/// Keeps counts in a fixed amount of memory, 16 bytes for each key. Where there are more keys than
/// fit, those are forgotten that are nearest to being as good as new. Any thread may use it.
class MemoryRateLimitStore : public RateLimitStore {
 public:
  /// @param max_keys  Rounded up to a power of two.
  explicit MemoryRateLimitStore(std::size_t max_keys = std::size_t{1} << 15);
  ~MemoryRateLimitStore() override;

  Task<RateVerdict> take(std::string key, Rate rate) override;
  /// The same at once.
  RateVerdict take_now(const std::string& key, const Rate& rate);

  /// Keys that are not as good as new: for tests and metrics. Looks at all of them.
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::size_t max_size() const;

 private:
  struct Cells;
  std::unique_ptr<Cells> cells_;
};

}  // namespace bora::filters
