#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string_view>

// Keys under which a server seals session tickets (RFC 5077; RFC 8446, 4.6.1).
//
// They form a chain: each period's keys are a hash of the period's secret, and so is the next
// period's secret. Processes that were forked after the chain began therefore have the same keys
// without communicating, and the keys of past periods can't be computed any more from what is in
// memory.

namespace bora::net {

class TicketKeys {
 public:
  static constexpr std::int64_t kPeriodSeconds = 12 * 60 * 60;

  struct Key {
    std::array<unsigned char, 16> name;  ///< sent with the ticket, in the clear
    std::array<unsigned char, 32> cipher;
    std::array<unsigned char, 32> mac;
  };

  /// Begins a chain with a random secret. @throws SSLError  The system has no randomness.
  explicit TicketKeys(std::int64_t epoch_seconds);
  ~TicketKeys();
  TicketKeys(const TicketKeys&) = delete;
  TicketKeys& operator=(const TicketKeys&) = delete;

  /// The key for new tickets. If the clock was set back, the newest key stays in use.
  Key current(std::int64_t epoch_seconds);

  enum class Found : std::uint8_t { unknown, current, previous };
  /// The key named `name`, if it is this period's or the one's before.
  Found find(std::string_view name, std::int64_t epoch_seconds, Key& key);

 private:
  using Secret = std::array<unsigned char, 32>;

  void advance_to(std::int64_t epoch_seconds);
  [[nodiscard]] Key keys_of_secret() const;

  std::mutex mutex_;
  std::int64_t period_;
  Secret secret_;  ///< of period_
  Key current_;
  Key previous_;
};

}  // namespace bora::net
