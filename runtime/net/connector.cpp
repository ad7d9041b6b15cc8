#include "runtime/net/connector.h"

#include <chrono>
#include <utility>

namespace bora::net {
namespace {

// Tornado's, and within what RFC 8305, 8 allows.
constexpr std::chrono::milliseconds kHeadStart{300};

}  // namespace

Connector::Connector(const std::vector<Address>& addresses, Connect connect)
    : connect_(std::move(connect)) {
  for (const Address& address : addresses) {
    const bool is_primary = address.family() == addresses.front().family();
    (is_primary ? primary_ : secondary_).push_back(address);
  }
}

Task<std::optional<IOStream>> Connector::run() {
  auto race = [this](TaskGroup& group) -> Task<void> {
    group_ = &group;
    if (!secondary_.empty()) group.spawn(try_secondary());
    co_await try_each(primary_);
  };
  co_await task_group(race);
  co_return std::move(winner_);
}

Task<void> Connector::try_secondary() {
  try {
    co_await has_failed_.wait(kHeadStart);
  } catch (const TimeoutError&) {  // the head start is over
  }
  co_await try_each(secondary_);
}

Task<void> Connector::try_each(const std::vector<Address>& addresses) {
  for (const Address& address : addresses) {
    if (winner_) co_return;
    co_await try_one(address);
  }
}

Task<void> Connector::try_one(const Address& address) {
  const std::size_t number = attempts_.size();
  attempts_.push_back({address, {}});
  try {
    IOStream stream = co_await connect_(address);
    if (winner_) co_return;  // too late: the stream is closed here
    winner_.emplace(std::move(stream));
    attempts_[number].outcome = "connected";
    group_->cancel();
    co_return;
  } catch (const StreamClosedError& failure) {
    last_error_ = failure.real_error();
  } catch (const std::system_error& failure) {
    last_error_ = failure.code();
  }
  attempts_[number].outcome = last_error_.message();
  has_failed_.set();
}

std::string Connector::report() const {
  std::string text;
  for (const Attempt& attempt : attempts_) {
    if (!text.empty()) text += "; ";
    text += attempt.address.to_string() + ": ";
    text += attempt.outcome.empty() ? "no answer yet" : attempt.outcome;
  }
  return text;
}

}  // namespace bora::net
