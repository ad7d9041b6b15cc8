// Any text as a request to a channel. An accepted request says the same when it is written again,
// and the data that it publishes is JSON that fits into an envelope without breaking it.

#include <cstdint>
#include <string>

#include <bora/core/escape.h>
#include <bora/websocket/websocket.h>

#include "runtime/websocket/channel_protocol.h"
#include "tests/fuzz/invariants.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bora;
  using namespace bora::websocket;
  const std::string_view text = fuzz::as_text(data, size);
  if (!is_valid_utf8(text)) return 0;  // not a text message
  ChannelRequest request;
  try {
    request = parse_channel_request(text);
  } catch (const BadMessageError&) {
    return 0;
  }
  fuzz::require(!request.channel.empty() && request.channel.size() <= kMaxChannelName,
                "a name of a channel");
  fuzz::require(is_valid_utf8(request.channel), "names are UTF-8");
  const std::string name = json_string(request.channel);
  if (request.kind == ChannelRequest::Kind::subscribe && request.since) {
    const ChannelRequest again =
        parse_channel_request(R"({"type":"subscribe","channel":)" + name +
                              ",\"epoch\":" + json_string(request.since->epoch) +
                              ",\"offset\":" + std::to_string(request.since->offset) + "}");
    fuzz::require(again.channel == request.channel && again.since == request.since,
                  "the same request");
  }
  if (request.kind != ChannelRequest::Kind::publish) return 0;
  fuzz::require(!request.data.empty(), "something to publish");
  const ChannelRequest again = parse_channel_request(R"({"type":"publish","channel":)" + name +
                                                     ",\"data\":" + request.data + "}");
  fuzz::require(again.data == request.data, "the same data");
  // The envelope has the form of a request: with another "type" it is one.
  std::string envelope =
      message_envelope(request.channel, {request.data, ChannelFormat::json, 7}, 6);
  envelope.replace(envelope.find("message"), 7, "publish");
  const std::size_t offset = envelope.find(",\"offset\":7,\"previous\":6");
  fuzz::require(offset != std::string::npos, "its place");
  envelope.erase(offset, 24);
  fuzz::require(parse_channel_request(envelope).data == request.data, "the same in an envelope");
  return 0;
}
