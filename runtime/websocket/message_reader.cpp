#include "runtime/websocket/message_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/websocket/permessage_deflate.h"

namespace bora::websocket {

namespace {

using Event = MessageReader::Event;
using Kind = MessageReader::Kind;

// RFC 6455, 7.4.1.
constexpr std::uint16_t kProtocolError = 1002;
constexpr std::uint16_t kNoCode = 1005;
constexpr std::uint16_t kInvalidData = 1007;
constexpr std::uint16_t kPolicy = 1008;
constexpr std::uint16_t kTooBig = 1009;

Event failure(std::uint16_t code, std::string_view why) {
  return {Kind::failure, code, why};
}

Event failure(FrameHeadStatus status) {
  switch (status) {
    case FrameHeadStatus::reserved_bit:
      return failure(kProtocolError, "reserved bit set");
    case FrameHeadStatus::reserved_opcode:
      return failure(kProtocolError, "reserved opcode");
    case FrameHeadStatus::control_fragmented:
      return failure(kProtocolError, "fragmented control frame");
    case FrameHeadStatus::control_too_long:
      return failure(kProtocolError, "control frame too long");
    case FrameHeadStatus::length_not_minimal:
      return failure(kProtocolError, "length not in its shortest form");
    default:
      return failure(kProtocolError, "length too large");
  }
}

// RFC 6455, 5.5.1: nothing, or a code and a reason.
Event close_event(std::string_view payload) {
  if (payload.empty()) return {Kind::close, kNoCode, {}};
  if (payload.size() == 1) return failure(kProtocolError, "close frame of one byte");
  const auto code = static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8 |
                                               static_cast<unsigned char>(payload[1]));
  if (!is_sendable_close_code(code)) return failure(kProtocolError, "invalid close code");
  const std::string_view reason = payload.substr(2);
  if (!is_utf8(reason)) return failure(kInvalidData, "close reason is not UTF-8");
  return {Kind::close, code, reason};
}

Event control_event(Opcode opcode, std::string_view payload) {
  if (opcode == Opcode::close) return close_event(payload);
  return {opcode == Opcode::ping ? Kind::ping : Kind::pong, 0, payload};
}

std::string_view view(std::span<char> bytes) {
  return {bytes.data(), bytes.size()};
}

}  // namespace

/// The parts of a message or frame that is not complete.
struct MessageReader::Partial {
  // The message.
  std::string bytes;
  Opcode opcode = Opcode::continuation;  ///< continuation: no message has begun.
  bool is_compressed = false;
  bool is_handed_out = false;
  std::uint32_t fragments = 0;
  Utf8Checker utf8;

  // The frame whose payload is arriving.
  bool is_in_frame = false;
  FrameHead head;
  std::uint64_t received = 0;

  // The part of a frame's head, or of a control frame's payload, that has arrived; never both.
  std::uint8_t kept = 0;
  std::array<char, kMaxControlPayload> small;

  [[nodiscard]] bool is_over() const {
    return is_handed_out || (opcode == Opcode::continuation && !is_in_frame && kept == 0);
  }
};

MessageReader::MessageReader() = default;
MessageReader::~MessageReader() = default;

MessageReader::Partial& MessageReader::partial() {
  if (!partial_) partial_ = std::make_unique<Partial>();
  return *partial_;
}

Event MessageReader::not_utf8() {
  return failure(kInvalidData, "text is not UTF-8");
}

Event MessageReader::next_of_all(std::span<char>& input, const ReadRules& rules,
                                 const Inflation* inflation) {
  if (partial_ && partial_->is_over()) {
    partial_.reset();
    return next(input, rules, inflation);
  }
  for (;;) {
    if (partial_ && partial_->is_in_frame) {
      const Event event = read_payload(input, rules, inflation);
      if (event.kind != Kind::none || partial_->is_in_frame) return event;
      continue;  // the fragment is complete, but not the message
    }
    if (input.empty()) return {};
    FrameHead head;
    bool is_complete = false;
    const Event event = read_head(input, rules, inflation, head, is_complete);
    if (!is_complete) return event;

    const bool is_whole = head.length <= input.size();
    const auto size = static_cast<std::size_t>(head.length);
    if (is_whole &&
        (is_control(head.opcode) || (head.is_final && head.opcode != Opcode::continuation))) {
      const std::span<char> payload = input.first(size);
      input = input.subspan(size);
      const bool is_ascii = head.is_masked && apply_mask(payload.data(), size, head.mask);
      if (is_control(head.opcode)) return control_event(head.opcode, view(payload));
      return whole_message(head.opcode, head.is_compressed, view(payload), rules, inflation,
                           is_ascii && !head.is_compressed);
    }
    Partial& kept = partial();
    kept.head = head;
    kept.received = 0;
    kept.is_in_frame = true;
    if (!is_control(head.opcode)) {
      ++kept.fragments;
      if (head.opcode != Opcode::continuation) {
        kept.opcode = head.opcode;
        kept.is_compressed = head.is_compressed;
      }
      // Only a few reads' worth are reserved in advance: the length is only announced, and the
      // bytes may never come.
      constexpr std::uint64_t kInAdvance = 256 * 1024;
      kept.bytes.reserve(kept.bytes.size() +
                         static_cast<std::size_t>(std::min(head.length, kInAdvance)));
    }
  }
}

Event MessageReader::read_head(std::span<char>& input, const ReadRules& rules,
                               const Inflation* inflation, FrameHead& head, bool& is_complete) {
  FrameHeadStatus status = FrameHeadStatus::incomplete;
  if (!partial_ || partial_->kept == 0) {
    status = read_frame_head(view(input), head);
    if (status == FrameHeadStatus::complete) {
      input = input.subspan(head.size);
    } else if (status == FrameHeadStatus::incomplete) {
      Partial& kept = partial();
      std::memcpy(kept.small.data(), input.data(), input.size());
      kept.kept = static_cast<std::uint8_t>(input.size());
      input = {};
      return {};
    }
  } else {
    Partial& kept = *partial_;
    while (status == FrameHeadStatus::incomplete) {
      if (input.empty()) return {};
      kept.small[kept.kept++] = input.front();
      input = input.subspan(1);
      status = read_frame_head({kept.small.data(), kept.kept}, head);
    }
    kept.kept = 0;
  }
  if (status != FrameHeadStatus::complete) return failure(status);
  const Event refusal = check(head, rules, inflation);
  is_complete = refusal.kind == Kind::none;
  return refusal;
}

// Checks whether such a head is allowed at this place.
Event MessageReader::check(const FrameHead& head, const ReadRules& rules,
                           const Inflation* inflation) {
  if (head.is_masked != rules.expects_mask)
    return failure(kProtocolError, rules.expects_mask ? "frame not masked" : "frame masked");
  const bool is_first = head.opcode == Opcode::text || head.opcode == Opcode::binary;
  if (head.is_compressed && (inflation == nullptr || !is_first))
    return failure(kProtocolError, "reserved bit set");
  if (is_control(head.opcode)) return {};

  const bool has_begun = partial_ && partial_->opcode != Opcode::continuation;
  if (is_first && has_begun)
    return failure(kProtocolError, "new message before the end of the last");
  if (!is_first && !has_begun) return failure(kProtocolError, "continuation of nothing");
  const std::size_t gathered = has_begun ? partial_->bytes.size() : 0;
  if (head.length > rules.max_message_size - gathered) return failure(kTooBig, "message too big");
  if (has_begun && partial_->fragments >= rules.max_fragments)
    return failure(kPolicy, "too many fragments");
  return {};
}

Event MessageReader::read_payload(std::span<char>& input, const ReadRules& rules,
                                  const Inflation* inflation) {
  Partial& kept = *partial_;
  const FrameHead& head = kept.head;
  const auto size =
      static_cast<std::size_t>(std::min<std::uint64_t>(head.length - kept.received, input.size()));
  const std::span<char> piece = input.first(size);
  input = input.subspan(size);
  const bool is_ascii = head.is_masked && apply_mask(piece.data(), size, head.mask, kept.received);
  kept.received += size;
  const bool is_whole = kept.received == head.length;

  if (is_control(head.opcode)) {
    std::memcpy(kept.small.data() + kept.kept, piece.data(), size);
    kept.kept = static_cast<std::uint8_t>(kept.kept + size);
    if (!is_whole) return {};
    kept.is_in_frame = false;
    return control_event(head.opcode,
                         {kept.small.data(), std::exchange(kept.kept, std::uint8_t{0})});
  }

  const bool is_checked = kept.opcode == Opcode::text && !kept.is_compressed;
  if (is_checked && !(is_ascii && kept.utf8.is_complete()) && !kept.utf8.feed(view(piece)))
    return not_utf8();
  kept.bytes.append(piece.data(), size);
  if (!is_whole) return {};
  kept.is_in_frame = false;
  if (!head.is_final) return {};
  if (is_checked && !kept.utf8.is_complete()) return not_utf8();
  kept.is_handed_out = true;
  return whole_message(kept.opcode, kept.is_compressed, kept.bytes, rules, inflation, is_checked);
}

Event MessageReader::whole_message(Opcode opcode, bool is_compressed, std::string_view payload,
                                   const ReadRules& rules, const Inflation* inflation,
                                   bool is_checked) {
  if (is_compressed) {
    inflation->message.clear();
    switch (inflation->inflater.decompress(payload, rules.max_message_size,
                                           inflation->keeps_context, inflation->message)) {
      case Inflater::Result::done:
        break;
      case Inflater::Result::too_large:
        return failure(kTooBig, "message too big after decompression");
      case Inflater::Result::malformed:
        return failure(kInvalidData, "compressed data is malformed");
    }
    payload = inflation->message;
  }
  if (opcode == Opcode::binary) return {Kind::binary, 0, payload};
  if (!is_checked && !is_utf8(payload)) return not_utf8();
  return {Kind::text, 0, payload};
}

}  // namespace bora::websocket
