#include "runtime/websocket/hub.h"

#include <algorithm>
#include <utility>

#include <bora/core/io_loop.h>

#include "runtime/websocket/connection.h"
#include "runtime/websocket/drain_close.h"

namespace bora::websocket {

namespace {

thread_local Hub* hub_of_thread = nullptr;

std::chrono::seconds effective_ping_timeout(const WebSocketOptions& options) {
  return std::min(options.ping_timeout.value_or(options.ping_interval), options.ping_interval);
}

}  // namespace

DeflatePreferences deflate_preferences(const CompressionOptions& options, OverflowPolicy overflow,
                                       bool is_server) {
  const bool may_keep = overflow != OverflowPolicy::drop_oldest;
  return {options.server_context_takeover && (may_keep || !is_server),
          options.client_context_takeover && (may_keep || is_server),
          options.server_max_window_bits, options.client_max_window_bits};
}

Rules::Rules(Hub& the_hub, const WebSocketOptions& the_options, bool serves)
    : hub(the_hub),
      options(the_options),
      ping_timeout(effective_ping_timeout(the_options)),
      reading{serves, the_options.max_message_size, the_options.max_fragments},
      is_server(serves),
      sends_pings(the_options.ping_interval.count() > 0) {}

Compression::Compression(const DeflateParameters& agreed, const CompressionOptions& options,
                         bool is_server)
    : level(options.compression_level),
      mem_level(options.mem_level),
      window_bits(is_server ? agreed.server_max_window_bits : agreed.client_max_window_bits),
      received_window_bits(
          // Some peers that agreed to 8 use 9, because zlib has no smaller window.
          std::max(is_server ? agreed.client_max_window_bits : agreed.server_max_window_bits, 9)),
      threshold(options.threshold),
      keeps_sent(is_server ? !agreed.server_no_context_takeover
                           : !agreed.client_no_context_takeover),
      keeps_received(is_server ? !agreed.client_no_context_takeover
                               : !agreed.server_no_context_takeover) {}

Hub::Hub(IOLoop& loop) : loop_(loop), poller_(net::Poller::of(loop)) {
  loop_.add_drain([this] { return drain(); });
}

Hub::~Hub() {
  close_all();
  forget_rules();
  poller_.cancel_end_of_batch(*this);
  hub_of_thread = nullptr;
}

Hub& Hub::current() {
  if (hub_of_thread == nullptr) {
    hub_of_thread = new Hub(IOLoop::current());
    hub_of_thread->loop_.spawn(keep(hub_of_thread));
  }
  return *hub_of_thread;
}

// Waits until the loop cancels its tasks, which it does when it ends.
Task<void> Hub::keep(Hub* hub) {
  const std::unique_ptr<Hub> owned(hub);
  Event::Wait wait = hub->never_.wait();
  co_await wait;
}

void Hub::close_all() {
  while (first_ != nullptr) {
    const Connection::Visit visit(*first_);
    first_->lost();
  }
}

void Hub::add(Connection& connection) {
  connection.next_ = first_;
  if (first_ != nullptr) first_->previous_ = &connection;
  first_ = &connection;
  ++count_;
}

void Hub::remove(Connection& connection) {
  if (next_ == &connection) next_ = connection.next_;
  (connection.previous_ == nullptr ? first_ : connection.previous_->next_) = connection.next_;
  if (connection.next_ != nullptr) connection.next_->previous_ = connection.previous_;
  connection.previous_ = connection.next_ = nullptr;
  if (--count_ == 0) is_empty_.set();
}

// Every peer is notified that this end goes away, and has time to confirm it. Connections that open
// while the loop is stopping are closed at once.
Task<void> Hub::drain() {
  is_draining_ = true;
  for (Connection* connection = first_; connection != nullptr; connection = next_) {
    next_ = connection->next_;
    connection->close(drain_close.code, drain_close.reason);
  }
  next_ = nullptr;
  while (count_ > 0) {
    is_empty_.clear();
    Event::Wait wait = is_empty_.wait();
    co_await wait;
  }
  // A loop may be started again.
  loop_.add_callback([this] { is_draining_ = false; });
}

// ---- Rounds ----

void Hub::make_memory() {
  memory_.reset(new char[kInputCapacity + kOutputCapacity]);
}

char* Hub::input() {
  if (!memory_) make_memory();
  if (round_input_ + kReadSize > kInputCapacity) run_round();
  return memory_.get() + round_input_;
}

void Hub::add_to_round(Connection& connection, std::size_t received) {
  if (round_size_ == 0) poller_.at_end_of_batch(*this);
  ++connection.visits_;
  entries_[round_size_++] = {&connection, {memory_.get() + round_input_, received}, {}};
  round_input_ += (received + 63) / 64 * 64;
  if (round_size_ == kMaxRound || round_input_ >= kMaxRoundInput) run_round();
}

// A delegate may close any connection: what is used after it is kept alive by the visits that have
// begun.
void Hub::run_round() {
  if (is_running_ || round_size_ == 0) return;
  is_running_ = true;
  for (std::size_t i = 0; i < round_size_; ++i) {
    Entry& entry = entries_[i];
    Connection& connection = *entry.connection;
    begin_serving(connection);
    connection.serve_round(entry.received);
    if (output_size_ > 0) {
      if (!connection.has_backlog() && !connection.is_broken_) {
        entry.answer = gathered();
        connection.is_set_aside_ = true;
        output_begin_ += output_size_;
        output_size_ = 0;
      } else {
        connection.send_gathered();
      }
    }
    end_serving();
    if (output_begin_ < kMaxOutput) continue;
    for (std::size_t k = 0; k <= i; ++k) send_entry(entries_[k]);
    output_begin_ = 0;
  }
  for (std::size_t i = 0; i < round_size_; ++i) {
    send_entry(entries_[i]);
    entries_[i].connection->end_visit();
  }
  output_begin_ = round_size_ = round_input_ = 0;
  is_running_ = false;
}

void Hub::send_entry(Entry& entry) {
  if (entry.answer.empty()) return;
  entry.connection->is_set_aside_ = false;
  entry.connection->send_frames(std::exchange(entry.answer, {}));
}

void Hub::send_set_aside(Connection& connection) {
  for (std::size_t i = 0; i < round_size_; ++i) {
    if (entries_[i].connection == &connection) send_entry(entries_[i]);
  }
}

// ---- Rules and compression ----

const Rules& Hub::rules_for(const WebSocketOptions& options, bool is_server) {
  for (const Rules* rules : rules_) {
    if (rules->is_server == is_server && rules->options == options) return *rules;
  }
  // Options that differ from connection to connection are not kept without end.
  if (rules_.size() >= 64) forget_rules();
  rules_.push_back(new Rules(*this, options, is_server));
  rules_.back()->use();
  return *rules_.back();
}

void Hub::forget_rules() {
  for (const Rules* rules : std::exchange(rules_, {})) rules->release();
}

Compression& Hub::shared(const DeflateParameters& agreed, const CompressionOptions& options,
                         bool is_server) {
  auto wanted = std::make_unique<Compression>(agreed, options, is_server);
  for (const auto& each : shared_) {
    if (each->level == wanted->level && each->mem_level == wanted->mem_level &&
        each->window_bits == wanted->window_bits && each->threshold == wanted->threshold)
      return *each;
  }
  return *shared_.emplace_back(std::move(wanted));
}

Deflater& Hub::deflater_of(Compression& compression) {
  if (!compression.deflater) {
    compression.deflater = std::make_unique<Deflater>(compression.level, compression.window_bits,
                                                      compression.mem_level);
  }
  return *compression.deflater;
}

Inflater& Hub::inflater_of(Compression& compression) {
  if (!compression.inflater) {
    const int bits = compression.keeps_received ? compression.received_window_bits : 15;
    compression.inflater = std::make_unique<Inflater>(bits);
  }
  return *compression.inflater;
}

}  // namespace bora::websocket
