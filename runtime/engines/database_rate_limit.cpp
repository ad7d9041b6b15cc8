#include <chrono>

#include <bora/core/io_loop.h>
#include <bora/engines/rate_limit.h>

#include "runtime/engines/cell.h"

namespace bora::filters {
namespace {

class DatabaseRateLimit final : public RateLimitStore {
 public:
  explicit DatabaseRateLimit(database::Database& database) noexcept : database_(database) {}

  Task<RateVerdict> take(std::string key, Rate rate) override {
    const Cell cell(rate);
    const std::int64_t now = std::chrono::duration_cast<std::chrono::microseconds>(
                                 IOLoop::current().clock().since_epoch())
                                 .count();
    // The statement changes nothing, and returns no row, if the request is refused.
    const auto taken = co_await database_.query_one<std::int64_t>(
        "insert into bora_rates (key, arrival) values ($1, $3) on conflict (key) do update set "
        "arrival = case when bora_rates.arrival > $2 then bora_rates.arrival + $4 else $3 end "
        "where bora_rates.arrival - $2 <= $5 returning arrival",
        key, now, now + cell.step, cell.step, cell.room());
    if (++requests_ % 1024 == 0) {
      co_await database_.execute("delete from bora_rates where arrival < $1", now);
    }
    if (taken) co_return cell.verdict(true, *taken - now);
    const auto arrival = co_await database_.query_one<std::int64_t>(
        "select arrival from bora_rates where key = $1", key);
    co_return cell.verdict(false, arrival.value_or(now) - now);
  }

 private:
  database::Database& database_;
  std::uint64_t requests_ = 0;
};

}  // namespace

std::shared_ptr<RateLimitStore> database_rate_limit(database::Database& database) {
  return std::make_shared<DatabaseRateLimit>(database);
}

}  // namespace bora::filters
