#include "runtime/websocket/memory_engine.h"

#include <algorithm>
#include <utility>

#include <bora/core/io_loop.h>

#include "runtime/core/crypto.h"

namespace bora::websocket {

namespace {

std::chrono::nanoseconds present() {
  return IOLoop::current().clock().monotonic();
}

// A Task that is already done.
template <class T>
Task<T> done(T value) {
  co_return value;
}

}  // namespace

std::string new_epoch() {
  return crypto::to_base64url(crypto::random_bytes(9));
}

std::shared_ptr<ChannelEngine> default_engine() {
  thread_local const auto engine = std::make_shared<MemoryEngine>();
  return engine;
}

std::shared_ptr<ChannelEngine> memory_engine() {
  return std::make_shared<MemoryEngine>();
}

MemoryEngine::MemoryEngine() : epoch_(new_epoch()) {}

MemoryEngine::Stream& MemoryEngine::stream(std::string_view channel) {
  const auto [found, is_new] = streams_.try_emplace(std::string(channel));
  Stream& stream = found->second;
  if (is_new) {
    stream.newest = stream.lost = forgotten_;
    stream.listeners = std::make_shared<Listeners>();
  }
  return stream;
}

ChannelPosition MemoryEngine::position_of(const Stream& stream) const {
  return {epoch_, stream.newest};
}

void MemoryEngine::trim(Stream& stream, Time now) {
  const auto is_over = [&](const Kept& kept) {
    return stream.history.size() > stream.limits.history ||
           (stream.limits.ttl.count() > 0 && now - kept.time >= stream.limits.ttl);
  };
  while (!stream.history.empty() && is_over(stream.history.front())) {
    stream.lost = stream.history.front().message->offset;
    stream.history.pop_front();
  }
}

void MemoryEngine::forget_if_unused(std::string_view channel) {
  const auto found = streams_.find(std::string(channel));
  if (found == streams_.end()) return;
  const Stream& stream = found->second;
  if (!stream.history.empty() || !stream.listeners->is_empty() || !stream.members.empty()) return;
  forgotten_ = std::max(forgotten_, stream.newest);
  streams_.erase(found);
}

// Removes the channels that nobody uses, when their number has doubled.
void MemoryEngine::sweep() {
  if (streams_.size() < next_sweep_) return;
  const Time now = present();
  std::vector<std::string> names;
  for (auto& [name, stream] : streams_) {
    trim(stream, now);
    names.push_back(name);
  }
  for (const std::string& name : names) forget_if_unused(name);
  next_sweep_ = std::max<std::size_t>(256, 2 * streams_.size());
}

Task<ChannelPosition> MemoryEngine::publish(std::string_view channel, ChannelMessage message,
                                            const ChannelLimits& limits) {
  sweep();
  Stream& stream = this->stream(channel);
  message.offset = 0;
  const bool is_kept = limits.history > 0;
  if (is_kept) {
    stream.newest = message.offset = ++newest_;
    stream.limits = limits;
  }
  const auto shared = std::make_shared<const ChannelMessage>(std::move(message));
  const Time now = present();
  if (is_kept) stream.history.push_back({shared, now});
  trim(stream, now);
  const ChannelPosition position = position_of(stream);
  const std::shared_ptr<Listeners> listeners = stream.listeners;
  listeners->tell_message(shared);
  return done(position);
}

Task<ChannelPosition> MemoryEngine::subscribe(std::string_view channel, ChannelListener& listener) {
  sweep();
  Stream& stream = this->stream(channel);
  stream.listeners->add(listener);
  return done(position_of(stream));
}

void MemoryEngine::unsubscribe(std::string_view channel, ChannelListener& listener) noexcept {
  const auto found = streams_.find(std::string(channel));
  if (found == streams_.end()) return;
  const std::shared_ptr<Listeners> listeners = found->second.listeners;
  listeners->remove(listener);
  forget_if_unused(channel);
}

Task<ChannelHistory> MemoryEngine::history(std::string_view channel,
                                           const std::optional<ChannelPosition>& since,
                                           std::size_t limit) {
  Stream& stream = this->stream(channel);
  trim(stream, present());
  ChannelHistory result;
  result.position = position_of(stream);
  const bool is_known = since && since->epoch == epoch_ && since->offset <= stream.newest;
  const std::uint64_t after = is_known ? since->offset : 0;
  result.is_complete = is_known && after >= stream.lost;
  for (const Kept& kept : stream.history) {
    if (kept.message->offset > after) result.messages.push_back(kept.message);
  }
  if (result.messages.size() > limit) {
    result.messages.erase(result.messages.begin(),
                          result.messages.end() - static_cast<std::ptrdiff_t>(limit));
    result.is_complete = false;
  }
  forget_if_unused(channel);
  return done(std::move(result));
}

Task<void> MemoryEngine::join(std::string_view channel, ChannelMember member) {
  sweep();
  Stream& stream = this->stream(channel);
  const auto [found, is_new] = stream.members.try_emplace(member.user, member);
  if (!is_new && found->second == member) return {};
  found->second = member;
  const std::shared_ptr<Listeners> listeners = stream.listeners;
  listeners->tell_join(member);
  return {};
}

Task<void> MemoryEngine::leave(std::string_view channel, std::string_view user) {
  const auto found = streams_.find(std::string(channel));
  if (found == streams_.end()) return {};
  const auto node = found->second.members.extract(std::string(user));
  if (node.empty()) return {};
  const std::shared_ptr<Listeners> listeners = found->second.listeners;
  listeners->tell_leave(node.mapped());
  forget_if_unused(channel);
  return {};
}

Task<std::vector<ChannelMember>> MemoryEngine::members(std::string_view channel) {
  std::vector<ChannelMember> result;
  const auto found = streams_.find(std::string(channel));
  if (found != streams_.end()) {
    for (const auto& [name, member] : found->second.members) result.push_back(member);
  }
  return done(std::move(result));
}

}  // namespace bora::websocket
