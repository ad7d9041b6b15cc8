#include <bora/websocket/channel_handler.h>

#include <algorithm>
#include <utility>

#include <bora/core/log.h>
#include <bora/core/quiet_exceptions.h>

#include "runtime/websocket/channel_protocol.h"
#include "runtime/websocket/channel_state.h"
#include "runtime/websocket/embedded_scripts.h"

namespace bora::websocket {

Task<void> ChannelHandler::on_publish(const Channel&, std::string, PublishOptions) {
  throw BadMessageError("clients do not publish here");
}

ChannelHandler::Entry* ChannelHandler::find(std::string_view name) {
  const auto found = std::find_if(channels_.begin(), channels_.end(),
                                  [&](const Entry& each) { return each.name == name; });
  return found == channels_.end() ? nullptr : &*found;
}

void ChannelHandler::forget(std::string_view name) {
  std::erase_if(channels_, [&](const Entry& each) { return each.name == name; });
}

void ChannelHandler::tell(const std::string& envelope) {
  if (is_open()) static_cast<void>(write_message(envelope));
}

Task<void> ChannelHandler::on_message(std::string_view data, MessageType type) {
  if (type != MessageType::text) {
    close(kCloseUnsupportedData, "requests to channels are text");
    co_return;
  }
  ChannelRequest request;
  try {
    request = parse_channel_request(data);
  } catch (const BadMessageError& error) {
    close(kCloseProtocolError, error.what());
    co_return;
  }
  if (request.kind == ChannelRequest::Kind::subscribe) {
    subscribe(std::move(request.channel), std::move(request.since));
    co_return;
  }
  Entry* const entry = find(request.channel);
  if (request.kind == ChannelRequest::Kind::unsubscribe) {
    if (entry != nullptr) entry->channel.unsubscribe(*this);
    forget(request.channel);
    tell(unsubscribed_envelope(request.channel));
    co_return;
  }
  if (entry == nullptr) {
    tell(error_envelope(request.channel, "unsubscribed", "publish to channels that you hear"));
    co_return;
  }
  const Channel channel = entry->channel;
  const PublishOptions options{.keep = request.keep};
  std::string failure;
  std::string_view code;
  try {
    Task<void> publishing = on_publish(channel, std::move(request.data), options);
    co_await publishing;
  } catch (const BadMessageError& error) {
    code = "refused";
    failure = error.what();
  } catch (const ChannelError& error) {
    gen_log.warning("can't publish to the channel ", channel.name(), ": ", error.what());
    code = "unavailable";
    failure = "the channel can't be reached now";
  }
  if (!failure.empty()) tell(error_envelope(request.channel, code, failure));
}

void ChannelHandler::subscribe(std::string name, std::optional<ChannelPosition> since) {
  Entry* entry = find(name);
  if (entry == nullptr) {
    if (channels_.size() >= max_channels()) {
      close(kClosePolicyViolation, "too many channels");
      return;
    }
    std::optional<Channel> channel = find_channel(name);
    if (!channel) {
      tell(error_envelope(name, "unknown", "there is no such channel"));
      return;
    }
    entry = &channels_.emplace_back(Entry{name, *std::move(channel)});
  }
  const Channel channel = entry->channel;
  SubscribeOptions options;
  options.since = std::move(since);
  options.replay = replay(channel);
  options.envelope = true;
  options.member = member(channel);
  const Future<Subscribed> subscribing = channel.state_->subscribe(
      *this, std::move(options), channel.options_, [this, name](const Subscribed* subscribed) {
        if (subscribed != nullptr) {
          tell(subscribed_envelope(name, *subscribed));
        } else {
          failed(name);
        }
      });
  subscribing.set_quiet(quiet_exceptions<ChannelError>);
}

void ChannelHandler::failed(const std::string& name) {
  gen_log.warning("can't subscribe to the channel ", name);
  forget(name);
  tell(error_envelope(name, "unavailable", "the channel can't be reached now"));
}

// ---- The script ----

namespace {

std::string_view script(std::string_view name) {
  for (const EmbeddedFile& file : embedded_scripts()) {
    if (file.path == name) return file.text;
  }
  return {};
}

}  // namespace

std::string_view channel_script() {
  return script("bora-channel.js");
}

std::string_view channel_script_types() {
  return script("bora-channel.d.ts");
}

void ChannelScriptHandler::get() {
  const bool is_types = request().path().ends_with(".d.ts");
  set_header("Content-Type",
             is_types ? "text/plain; charset=UTF-8" : "text/javascript; charset=UTF-8");
  set_header("Cache-Control", "public, max-age=3600");
  write(is_types ? channel_script_types() : channel_script());
}

}  // namespace bora::websocket
