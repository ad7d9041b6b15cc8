#include <bora/filters/rate_limit_store.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <mutex>
#include <vector>

#include <bora/core/clock.h>
#include <bora/core/io_loop.h>

#include "runtime/core/crypto.h"

namespace bora::filters {
namespace {

using std::chrono::nanoseconds;

/// SipHash-1-3: clients choose the keys, and must not be able to make many that get the same hash.
class KeyHash {
 public:
  KeyHash() {
    const std::string secret = crypto::random_bytes(sizeof key_);
    std::memcpy(key_, secret.data(), sizeof key_);
  }

  std::uint64_t operator()(std::string_view text) const {
    constexpr std::uint64_t kInitial[4] = {0x736f6d6570736575, 0x646f72616e646f6d,
                                           0x6c7967656e657261, 0x7465646279746573};
    std::uint64_t v[4];
    for (int i = 0; i < 4; ++i) v[i] = kInitial[i] ^ key_[i & 1];
    const auto mix = [&v](std::uint64_t word) {
      v[3] ^= word;
      round(v);
      v[0] ^= word;
    };
    std::uint64_t last = static_cast<std::uint64_t>(text.size()) << 56;
    while (text.size() >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data(), 8);
      mix(word);
      text.remove_prefix(8);
    }
    for (std::size_t i = 0; i < text.size(); ++i)
      last |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[i])) << (8 * i);
    mix(last);
    v[2] ^= 0xff;
    for (int i = 0; i < 3; ++i) round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
  }

 private:
  static void round(std::uint64_t (&v)[4]) {
    v[0] += v[1];
    v[1] = std::rotl(v[1], 13) ^ v[0];
    v[0] = std::rotl(v[0], 32);
    v[2] += v[3];
    v[3] = std::rotl(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = std::rotl(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = std::rotl(v[1], 17) ^ v[2];
    v[2] = std::rotl(v[2], 32);
  }

  std::uint64_t key_[2];
};

constexpr std::int64_t kMost = 1'000'000'000;

}  // namespace

RateVerdict take_cell(const Rate& rate, nanoseconds now, nanoseconds& arrival) {
  const std::int64_t limit = std::clamp<std::int64_t>(rate.limit, 1, kMost);
  const std::int64_t burst = std::clamp<std::int64_t>(rate.burst, 1, kMost);
  const nanoseconds step(
      std::clamp<std::int64_t>(rate.period.count() / limit, 1, nanoseconds::max().count() / 8));
  const nanoseconds tolerance =
      step.count() > nanoseconds::max().count() / 4 / burst ? nanoseconds::max() / 4 : step * burst;
  const nanoseconds due = std::max(arrival, now);
  RateVerdict verdict;
  if (due - now > tolerance - step) {
    verdict.is_allowed = false;
    verdict.retry_after = due - now - (tolerance - step);
    verdict.reset_after = due - now;
    return verdict;
  }
  arrival = due + step;
  verdict.remaining = (tolerance - (arrival - now)) / step;
  verdict.reset_after = arrival - now;
  return verdict;
}

/// A table of rows; a key has its place in one of them. Nothing is ever removed: a cell whose time
/// is over is as good as empty.
struct MemoryRateLimitStore::Cells {
  static constexpr std::size_t kRow = 8;
  struct Cell {
    std::uint64_t hash = 0;
    nanoseconds arrival{};
  };

  explicit Cells(std::size_t max_keys)
      : cells(std::bit_ceil(std::clamp<std::size_t>(max_keys, kRow, std::size_t{1} << 30))) {}

  Cell& find(std::uint64_t hash) {
    Cell* const row = &cells[(hash & (cells.size() / kRow - 1)) * kRow];
    Cell* oldest = row;
    for (std::size_t i = 0; i < kRow; ++i) {
      if (row[i].hash == hash) return row[i];
      if (row[i].arrival < oldest->arrival) oldest = &row[i];
    }
    *oldest = {hash, nanoseconds::min()};
    return *oldest;
  }

  KeyHash hash;
  std::mutex mutex;
  std::vector<Cell> cells;
};

MemoryRateLimitStore::MemoryRateLimitStore(std::size_t max_keys)
    : cells_(std::make_unique<Cells>(max_keys)) {}
MemoryRateLimitStore::~MemoryRateLimitStore() = default;

RateVerdict MemoryRateLimitStore::take_now(const std::string& key, const Rate& rate) {
  const nanoseconds now = IOLoop::current().clock().monotonic();
  const std::uint64_t hash = cells_->hash(key);
  const std::lock_guard lock(cells_->mutex);
  return take_cell(rate, now, cells_->find(hash).arrival);
}

Task<RateVerdict> MemoryRateLimitStore::take(std::string key, Rate rate) {
  co_return take_now(key, rate);
}

std::size_t MemoryRateLimitStore::size() const {
  const nanoseconds now = IOLoop::current().clock().monotonic();
  const std::lock_guard lock(cells_->mutex);
  return static_cast<std::size_t>(std::ranges::count_if(
      cells_->cells, [now](const Cells::Cell& cell) { return cell.arrival > now; }));
}

std::size_t MemoryRateLimitStore::max_size() const {
  return cells_->cells.size();
}

}  // namespace bora::filters
