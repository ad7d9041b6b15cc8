#include <bora/websocket/channel.h>

#include <utility>

#include "runtime/websocket/channel_state.h"
#include "runtime/websocket/utf8_checker.h"

namespace bora::websocket {

Channel::Channel(std::string_view name, const ChannelOptions& options,
                 std::shared_ptr<ChannelEngine> engine)
    : state_(detail::ChannelState::get(name, std::move(engine))), options_(options) {}

Future<ChannelPosition> Channel::publish(std::string_view data, ChannelFormat format,
                                         PublishOptions options) const {
  // One client's bytes must not make all others close: RFC 6455, 8.1.
  if (format != ChannelFormat::binary && !is_utf8(data))
    throw BadMessageError("a message that is published as text is not UTF-8");
  ChannelLimits limits;
  if (options.keep) limits = {options_.history, options_.ttl};
  return bora::spawn(state_->engine().publish(state_->name(), {std::string(data), format}, limits));
}

Future<Subscribed> Channel::subscribe(WebSocketHandler& handler, SubscribeOptions options) const {
  return state_->subscribe(handler, std::move(options), options_, nullptr);
}

void Channel::unsubscribe(WebSocketHandler& handler) const {
  if (state_->is_subscribed(handler)) state_->unsubscribe(handler);
}

bool Channel::is_subscribed(const WebSocketHandler& handler) const {
  return state_->is_subscribed(handler);
}

std::size_t Channel::subscribers() const {
  return state_->subscribers();
}

Task<ChannelHistory> Channel::history(std::optional<ChannelPosition> since,
                                      std::size_t limit) const {
  return state_->engine().history(state_->name(), since, limit);
}

Task<std::vector<ChannelMember>> Channel::members() const {
  return state_->engine().members(state_->name());
}

const std::string& Channel::name() const {
  return state_->name();
}

ChannelStatistics Channel::statistics() const {
  return state_->statistics();
}

}  // namespace bora::websocket
