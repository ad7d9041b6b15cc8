#include "runtime/net/ssl_tickets.h"

#include "tests/support/catch.h"

namespace bora::net {
namespace {

constexpr std::int64_t kPeriod = TicketKeys::kPeriodSeconds;
constexpr std::int64_t kBegin = 1000 * kPeriod;

std::string_view name_of(const TicketKeys::Key& key) {
  return {reinterpret_cast<const char*>(key.name.data()), key.name.size()};
}

TEST_CASE("ticket keys: a key serves its period, opens tickets in the next, and is gone", "[net]") {
  TicketKeys keys(kBegin);
  const TicketKeys::Key first = keys.current(kBegin);
  CHECK(keys.current(kBegin + kPeriod - 1).name == first.name);
  CHECK(keys.current(kBegin + kPeriod).name != first.name);

  TicketKeys::Key found;
  CHECK(keys.find(name_of(first), kBegin + kPeriod, found) == TicketKeys::Found::previous);
  CHECK(found.cipher == first.cipher);
  CHECK(keys.find(name_of(first), kBegin + 2 * kPeriod, found) == TicketKeys::Found::unknown);
}

TEST_CASE("ticket keys: the parts of a key differ, and so do chains", "[net]") {
  TicketKeys one(kBegin);
  TicketKeys other(kBegin);
  const TicketKeys::Key key = one.current(kBegin);
  CHECK(key.cipher != key.mac);
  CHECK(key.name != other.current(kBegin).name);
}

TEST_CASE("ticket keys: a clock that is set back does not bring old keys back", "[net]") {
  TicketKeys keys(kBegin);
  const TicketKeys::Key later = keys.current(kBegin + kPeriod);
  CHECK(keys.current(kBegin).name == later.name);
}

}  // namespace
}  // namespace bora::net
