#include "runtime/http/round.h"

#include <algorithm>
#include <utility>

#include "runtime/http/workspace.h"

namespace bora::http {

namespace {

using std::chrono::steady_clock;

// About how long an answer may wait for those of other connections.
constexpr std::chrono::microseconds kMaxWait(200);

}  // namespace

// The poller may have ended before.
Round::~Round() {
  if (awaits_batch_end()) workspace_.poller().cancel_end_of_batch(*this);
}

void Round::add(RoundConnection& connection, std::string_view received) {
  if (count_ == 0) workspace_.poller().at_end_of_batch(*this);
  entries_[count_++] = {&connection, received, {}};
  input_ += received.size();
  workspace_.keep_input(received.size());
  if (count_ >= max_connections_ || input_ >= kMaxInput) run();
}

// A handler may close any connection, and end any server. The workspace is retained meanwhile, and
// each connection lives until its end_round().
void Round::run() {
  if (count_ == 0) return;
  workspace_.retain();
  const bool is_timed = count_ > 1 || max_connections_ < kMaxConnections;
  const auto began = is_timed ? steady_clock::now() : steady_clock::time_point();
  for (std::size_t i = 0; i < count_; ++i) {
    Entry& entry = entries_[i];
    if (!entry.connection->answer_received(entry.received)) continue;
    entry.answer = workspace_.output().set_aside();
    if (workspace_.output().aside() >= kMaxOutput) send_answers();
  }
  if (is_timed) adapt(steady_clock::now() - began);
  for (std::size_t i = 0; i < count_; ++i) {
    if (!entries_[i].answer.empty()) send(entries_[i]);
    entries_[i].connection->end_round();
  }
  workspace_.output().forget_aside();
  workspace_.drop_input(0);
  count_ = input_ = 0;
  workspace_.release();
}

// Adapts to slow handlers: those that compute for long are served one by one.
void Round::adapt(std::chrono::nanoseconds answering) {
  const auto each = answering / static_cast<std::int64_t>(count_) + std::chrono::nanoseconds(1);
  max_connections_ = static_cast<std::size_t>(
      std::clamp<std::int64_t>(kMaxWait / each, 1, std::int64_t{kMaxConnections}));
}

void Round::send(Entry& entry) {
  entry.connection->send_set_aside(std::exchange(entry.answer, {}));
}

void Round::send_answer(RoundConnection& connection) {
  for (std::size_t i = 0; i < count_; ++i) {
    if (entries_[i].connection == &connection) send(entries_[i]);
  }
}

void Round::send_answers() {
  for (std::size_t i = 0; i < count_; ++i) {
    if (!entries_[i].answer.empty()) send(entries_[i]);
  }
  workspace_.output().forget_aside();
}

}  // namespace bora::http
