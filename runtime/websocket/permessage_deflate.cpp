#include "runtime/websocket/permessage_deflate.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <new>
#include <vector>

#include <zlib.h>

#include "runtime/http/characters.h"
#include "runtime/websocket/extension_list.h"

namespace bora::websocket {

namespace {

constexpr std::string_view kName = "permessage-deflate";
// RFC 7692, 7.2.1: a sync flush ends with these bytes, and a message leaves them out.
constexpr std::string_view kTail("\x00\x00\xff\xff", 4);

// One offer or answer, its parameters read.
struct Parameters {
  bool server_no_context_takeover = false;
  bool client_no_context_takeover = false;
  std::optional<int> server_max_window_bits;
  bool has_client_max_window_bits = false;
  std::optional<int> client_max_window_bits;
};

// RFC 7692, 7.1.2: 8 to 15, without leading zeros.
std::optional<int> window_bits(const std::optional<std::string>& value) {
  if (!value || value->empty() || value->size() > 2 || value->front() == '0') return std::nullopt;
  int bits = 0;
  const char* const end = value->data() + value->size();
  const auto [at, error] = std::from_chars(value->data(), end, bits);
  if (error != std::errc() || at != end || bits < 8 || bits > 15) return std::nullopt;
  return bits;
}

// Returns nothing for an unknown, repeated or malformed parameter; the whole offer is then
// declined.
std::optional<Parameters> read_parameters(const Extension& extension) {
  Parameters result;
  for (const ExtensionParameter& each : extension.parameters) {
    if (each.name == "server_no_context_takeover") {
      if (result.server_no_context_takeover || each.value) return std::nullopt;
      result.server_no_context_takeover = true;
    } else if (each.name == "client_no_context_takeover") {
      if (result.client_no_context_takeover || each.value) return std::nullopt;
      result.client_no_context_takeover = true;
    } else if (each.name == "server_max_window_bits") {
      if (result.server_max_window_bits) return std::nullopt;
      result.server_max_window_bits = window_bits(each.value);
      if (!result.server_max_window_bits) return std::nullopt;
    } else if (each.name == "client_max_window_bits") {
      if (result.has_client_max_window_bits) return std::nullopt;
      result.has_client_max_window_bits = true;
      if (each.value) {
        result.client_max_window_bits = window_bits(each.value);
        if (!result.client_max_window_bits) return std::nullopt;
      }
    } else {
      return std::nullopt;
    }
  }
  return result;
}

// zlib cannot compress without a header into a window of 256 bytes.
constexpr int kLeastWindowBits = 9;

std::optional<AcceptedDeflate> accept(const Parameters& offer,
                                      const DeflatePreferences& preferences) {
  AcceptedDeflate result;
  DeflateParameters& agreed = result.parameters;
  agreed.server_no_context_takeover =
      offer.server_no_context_takeover || !preferences.server_context_takeover;
  agreed.client_no_context_takeover =
      offer.client_no_context_takeover || !preferences.client_context_takeover;
  agreed.server_max_window_bits =
      std::min(offer.server_max_window_bits.value_or(15), preferences.server_max_window_bits);
  if (agreed.server_max_window_bits < kLeastWindowBits) return std::nullopt;
  if (offer.has_client_max_window_bits) {
    agreed.client_max_window_bits =
        std::min(offer.client_max_window_bits.value_or(15), preferences.client_max_window_bits);
  }
  result.field = kName;
  if (agreed.server_no_context_takeover) result.field += "; server_no_context_takeover";
  if (agreed.client_no_context_takeover) result.field += "; client_no_context_takeover";
  if (offer.server_max_window_bits || agreed.server_max_window_bits < 15)
    result.field += "; server_max_window_bits=" + std::to_string(agreed.server_max_window_bits);
  // RFC 7692, 7.1.2.2: only in answer to an offer that has it.
  if (offer.has_client_max_window_bits && agreed.client_max_window_bits < 15)
    result.field += "; client_max_window_bits=" + std::to_string(agreed.client_max_window_bits);
  return result;
}

}  // namespace

std::optional<AcceptedDeflate> accept_deflate(std::string_view offers,
                                              const DeflatePreferences& preferences) {
  const std::optional<std::vector<Extension>> list = parse_extensions(offers);
  if (!list) return std::nullopt;
  for (const Extension& extension : *list) {
    if (extension.name != kName) continue;
    const std::optional<Parameters> offer = read_parameters(extension);
    if (!offer) continue;
    if (std::optional<AcceptedDeflate> accepted = accept(*offer, preferences)) return accepted;
  }
  return std::nullopt;
}

std::string deflate_offer(const DeflatePreferences& preferences) {
  std::string offer(kName);
  if (!preferences.server_context_takeover) offer += "; server_no_context_takeover";
  if (!preferences.client_context_takeover) offer += "; client_no_context_takeover";
  if (preferences.server_max_window_bits < 15)
    offer += "; server_max_window_bits=" + std::to_string(preferences.server_max_window_bits);
  offer += "; client_max_window_bits";
  if (preferences.client_max_window_bits < 15)
    offer += "=" + std::to_string(preferences.client_max_window_bits);
  return offer;
}

std::optional<DeflateParameters> read_deflate_answer(std::string_view field,
                                                     const DeflatePreferences& offered,
                                                     std::string_view& why) {
  const std::optional<std::vector<Extension>> list = parse_extensions(field);
  if (!list) {
    why = "the server's Sec-WebSocket-Extensions field is malformed";
    return std::nullopt;
  }
  if (list->size() != 1 || list->front().name != kName) {
    why = "the server answers with an extension that was not offered";
    return std::nullopt;
  }
  const std::optional<Parameters> answer = read_parameters(list->front());
  if (!answer || (answer->has_client_max_window_bits && !answer->client_max_window_bits)) {
    why = "the server's parameters of permessage-deflate are malformed";
    return std::nullopt;
  }
  DeflateParameters agreed;
  agreed.server_no_context_takeover = answer->server_no_context_takeover;
  agreed.client_no_context_takeover =
      answer->client_no_context_takeover || !offered.client_context_takeover;
  agreed.server_max_window_bits = answer->server_max_window_bits.value_or(15);
  agreed.client_max_window_bits =
      std::min(answer->client_max_window_bits.value_or(15), offered.client_max_window_bits);
  if (!offered.server_context_takeover && !agreed.server_no_context_takeover) {
    why = "the server does not give up its context, as it was asked to";
    return std::nullopt;
  }
  if (agreed.server_max_window_bits > offered.server_max_window_bits) {
    why = "the server takes a larger window than it was offered";
    return std::nullopt;
  }
  if (agreed.client_max_window_bits < kLeastWindowBits) {
    why = "the server asks for a window of 256 bytes, which zlib cannot make";
    return std::nullopt;
  }
  return agreed;
}

Deflater::Deflater(int level, int window_bits, int memory_level) : stream_(new z_stream()) {
  if (deflateInit2(stream_.get(), level, Z_DEFLATED, -window_bits, memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
}

Deflater::~Deflater() {
  deflateEnd(stream_.get());
}

void Deflater::compress(std::string_view message, bool keeps_context, std::string& to) {
  z_stream& stream = *stream_;
  const std::size_t begin = to.size();
  std::size_t end = begin;
  std::size_t room = std::min<std::size_t>(message.size() / 2 + 64, 64 * 1024);
  do {
    const std::size_t piece = std::min<std::size_t>(message.size(), 1U << 30);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(message.data()));
    stream.avail_in = static_cast<uInt>(piece);
    message.remove_prefix(piece);
    do {
      to.resize(end + room);
      stream.next_out = reinterpret_cast<Bytef*>(to.data() + end);
      stream.avail_out = static_cast<uInt>(room);
      deflate(&stream, message.empty() ? Z_SYNC_FLUSH : Z_NO_FLUSH);
      end = to.size() - stream.avail_out;
      room = std::min<std::size_t>(room * 2, 1U << 20);
    } while (stream.avail_out == 0);
  } while (!message.empty());
  to.resize(end);
  if (end - begin >= kTail.size() && to.ends_with(kTail)) to.resize(end - kTail.size());
  // RFC 7692, 7.2.3.6: an empty message is sent as one zero byte.
  if (to.size() == begin) to.push_back('\0');
  if (!keeps_context) deflateReset(&stream);
}

Inflater::Inflater(int window_bits) : stream_(new z_stream()) {
  if (inflateInit2(stream_.get(), -window_bits) != Z_OK) throw std::bad_alloc();
}

Inflater::~Inflater() {
  inflateEnd(stream_.get());
}

Inflater::Result Inflater::decompress(std::string_view payload, std::size_t max_size,
                                      bool keeps_context, std::string& to) {
  const std::size_t limit = max_size > std::numeric_limits<std::size_t>::max() - to.size()
                                ? max_size
                                : to.size() + max_size;
  Result result = run(payload, limit, to);
  // A message whose last block is marked as the stream's last needs no tail.
  if (result == Result::done && !is_at_end_) {
    const std::size_t size = to.size();
    result = run(kTail, limit, to);
    // A block that was cut takes the tail as its own data: then there is text in it, or the stream
    // is not between two blocks.
    constexpr int kBetweenBlocks = 128;
    if (result == Result::done && (to.size() != size || (stream_->data_type & kBetweenBlocks) == 0))
      result = Result::malformed;
  }
  if (!keeps_context || result != Result::done) inflateReset(stream_.get());
  return result;
}

Inflater::Result Inflater::run(std::string_view payload, std::size_t max_size, std::string& to) {
  z_stream& stream = *stream_;
  is_at_end_ = false;
  std::size_t end = to.size();
  std::size_t room = 4 * 1024;
  while (!payload.empty()) {
    const std::size_t piece = std::min<std::size_t>(payload.size(), 1U << 30);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(payload.data()));
    stream.avail_in = static_cast<uInt>(piece);
    payload.remove_prefix(piece);
    do {
      // One byte more than is allowed shows that there is too much.
      const std::size_t offered = std::min(room, max_size - end) + 1;
      to.resize(end + offered);
      stream.next_out = reinterpret_cast<Bytef*>(to.data() + end);
      stream.avail_out = static_cast<uInt>(offered);
      const int status = inflate(&stream, Z_SYNC_FLUSH);
      end = to.size() - stream.avail_out;
      to.resize(end);
      if (end > max_size) return Result::too_large;
      is_at_end_ = status == Z_STREAM_END;
      if (is_at_end_) {
        // RFC 7692, 7.2.3.4: a sender may mark a block as the last one, and the message goes on
        // after it.
        begin_stream_anew();
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        return Result::malformed;
      }
      if (stream.avail_out == 0) room = std::min<std::size_t>(room * 2, 256 * 1024);
    } while (stream.avail_in > 0 || stream.avail_out == 0);
  }
  return Result::done;
}

// The window outlives the end of a stream, since later messages may refer to it. A message may hold
// millions of ends, so nothing is copied.
void Inflater::begin_stream_anew() {
  inflateResetKeep(stream_.get());
}

}  // namespace bora::websocket
