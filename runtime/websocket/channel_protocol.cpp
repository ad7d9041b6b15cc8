#include "runtime/websocket/channel_protocol.h"

#include <bora/core/escape.h>

#include "runtime/core/crypto.h"
#include "runtime/text/hex.h"
#include "runtime/text/utf8.h"

namespace bora::websocket {

namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::uint64_t kMaxOffset = (std::uint64_t{1} << 53) - 1;

[[noreturn]] void refuse(const std::string& why) {
  throw BadMessageError("a request to a channel: " + why);
}

/// Reads JSON (RFC 8259) from front to back, and refuses any other text.
class JSONReader {
 public:
  explicit JSONReader(std::string_view text) : text_(text) {}

  void expect_end() {
    skip_blanks();
    if (at_ != text_.size()) refuse("something follows the object");
  }

  /// Calls `member(name)` in front of each value, which it must read.
  template <class Member>
  void object(Member member) {
    const Depth depth(*this);
    expect('{');
    if (accept('}')) return;
    do {
      const std::string name = string();
      expect(':');
      member(name);
    } while (accept(','));
    expect('}');
  }

  std::string string() {
    expect('"');
    std::string result;
    for (;;) {
      const char byte = next();
      if (byte == '"') return result;
      if (static_cast<unsigned char>(byte) < 0x20) refuse("a control character in a string");
      if (byte == '\\') {
        escape(result);
      } else {
        result += byte;
      }
    }
  }

  bool boolean() {
    if (accept_word("true")) return true;
    if (accept_word("false")) return false;
    refuse("true or false is missing");
  }

  std::uint64_t offset() {
    skip_blanks();
    const std::size_t begin = at_;
    number();
    std::uint64_t value = 0;
    for (const char digit : text_.substr(begin, at_ - begin)) {
      if (digit < '0' || digit > '9' || value > kMaxOffset / 10)
        refuse("an offset is out of range");
      value = value * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    if (value > kMaxOffset) refuse("an offset is out of range");
    return value;
  }

  /// Returns any value, as it stands in the text.
  std::string_view value() {
    skip_blanks();
    const std::size_t begin = at_;
    const char first = at_ < text_.size() ? text_[at_] : '\0';
    if (first == '{') {
      object([this](const std::string&) { value(); });
    } else if (first == '[') {
      array();
    } else if (first == '"') {
      string();
    } else if (first == '-' || text::is_digit(first)) {
      number();
    } else if (!accept_word("true") && !accept_word("false") && !accept_word("null")) {
      refuse("a value is missing");
    }
    return text_.substr(begin, at_ - begin);
  }

 private:
  class Depth {
   public:
    explicit Depth(JSONReader& reader) : reader_(reader) {
      if (++reader_.depth_ > kMaxDepth) refuse("too many brackets within brackets");
    }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;
    ~Depth() { --reader_.depth_; }

   private:
    JSONReader& reader_;
  };

  void skip_blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }
  char next() {
    if (at_ == text_.size()) refuse("it ends too early");
    return text_[at_++];
  }
  bool accept(char byte) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != byte) return false;
    ++at_;
    return true;
  }
  void expect(char byte) {
    if (!accept(byte)) refuse(std::string("a '") + byte + "' is missing");
  }
  bool accept_word(std::string_view word) {
    skip_blanks();
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  void array() {
    const Depth depth(*this);
    expect('[');
    if (accept(']')) return;
    do {
      value();
    } while (accept(','));
    expect(']');
  }

  void digits() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text::is_digit(text_[at_])) ++at_;
    if (at_ == begin) refuse("a digit is missing");
  }
  bool take(char byte) {
    if (at_ == text_.size() || text_[at_] != byte) return false;
    ++at_;
    return true;
  }
  void number() {
    take('-');
    if (!take('0')) digits();
    if (take('.')) digits();
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      digits();
    }
  }

  char32_t code_unit() {
    char32_t code = 0;
    for (int i = 0; i < 4; ++i) {
      const int digit = text::hex_value(next());
      if (digit < 0) refuse("a hexadecimal digit is missing");
      code = code << 4 | static_cast<char32_t>(digit);
    }
    return code;
  }
  void escape(std::string& to) {
    const char kind = next();
    switch (kind) {
      case '"':
      case '\\':
      case '/':
        to += kind;
        return;
      case 'b':
        to += '\b';
        return;
      case 'f':
        to += '\f';
        return;
      case 'n':
        to += '\n';
        return;
      case 'r':
        to += '\r';
        return;
      case 't':
        to += '\t';
        return;
      case 'u':
        break;
      default:
        refuse("an unknown escape in a string");
    }
    char32_t code = code_unit();
    if (code >= 0xd800 && code < 0xdc00) {
      if (next() != '\\' || next() != 'u') refuse("half a character in a string");
      const char32_t low = code_unit();
      if (low < 0xdc00 || low > 0xdfff) refuse("half a character in a string");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code >= 0xdc00 && code < 0xe000) {
      refuse("half a character in a string");
    }
    text::append_utf8(to, code);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

std::string begin(std::string_view type, std::string_view channel) {
  std::string text = "{\"type\":\"";
  text.append(type) += '"';
  if (!channel.empty()) text.append(",\"channel\":") += json_string(channel);
  return text;
}

std::string member_json(const ChannelMember& member) {
  std::string text = "\"user\":" + json_string(member.user);
  if (!member.info.empty()) text += ",\"info\":" + member.info;
  return text;
}

std::string position_json(const ChannelPosition& position) {
  return ",\"epoch\":" + json_string(position.epoch) +
         ",\"offset\":" + std::to_string(position.offset);
}

}  // namespace

ChannelRequest parse_channel_request(std::string_view text) {
  JSONReader reader(text);
  ChannelRequest request;
  std::string type;
  std::optional<std::string> epoch;
  std::optional<std::uint64_t> offset;
  bool has_data = false;
  std::vector<std::string> seen;
  reader.object([&](const std::string& name) {
    for (const std::string& other : seen) {
      if (other == name) refuse("a member is there twice");
    }
    if (seen.size() == 16) refuse("it has too many members");
    seen.push_back(name);
    if (name == "type") {
      type = reader.string();
    } else if (name == "channel") {
      request.channel = reader.string();
    } else if (name == "epoch") {
      epoch = reader.string();
    } else if (name == "offset") {
      offset = reader.offset();
    } else if (name == "keep") {
      request.keep = reader.boolean();
    } else if (name == "data") {
      request.data = reader.value();
      has_data = true;
    } else {
      reader.value();  // a member of a later version
    }
  });
  reader.expect_end();
  if (request.channel.empty()) refuse("it names no channel");
  if (request.channel.size() > kMaxChannelName) refuse("the channel's name is too long");
  if (epoch && epoch->size() > 64) refuse("its epoch is too long");
  if (epoch.has_value() != offset.has_value()) refuse("epoch and offset belong together");
  if (type == "subscribe") {
    if (epoch) request.since = ChannelPosition{*epoch, *offset};
  } else if (type == "unsubscribe") {
    request.kind = ChannelRequest::Kind::unsubscribe;
  } else if (type == "publish") {
    request.kind = ChannelRequest::Kind::publish;
    if (!has_data) refuse("it has no data");
  } else {
    refuse("its type is none of subscribe, unsubscribe and publish");
  }
  return request;
}

std::string message_envelope(std::string_view channel, const ChannelMessage& message,
                             std::uint64_t previous) {
  std::string text = begin("message", channel);
  if (message.offset > 0) {
    text += ",\"offset\":" + std::to_string(message.offset) +
            ",\"previous\":" + std::to_string(previous);
  }
  switch (message.format) {
    case ChannelFormat::text:
      text.append(",\"data\":") += json_string(message.data);
      break;
    case ChannelFormat::json:
      text.append(",\"data\":") += message.data;
      break;
    case ChannelFormat::binary:
      text.append(",\"base64\":\"").append(crypto::to_base64(message.data)) += '"';
      break;
  }
  return text += '}';
}

std::string subscribed_envelope(std::string_view channel, const Subscribed& subscribed) {
  std::string text = begin("subscribed", channel) + position_json(subscribed.position) +
                     ",\"recovered\":" + (subscribed.recovered ? "true" : "false") +
                     ",\"members\":[";
  for (const ChannelMember& member : subscribed.members) {
    text += (text.back() == '[' ? "{" : ",{") + member_json(member) + '}';
  }
  text += ']';
  if (subscribed.more_members > 0) text += ",\"more\":" + std::to_string(subscribed.more_members);
  return text += '}';
}

std::string unsubscribed_envelope(std::string_view channel) {
  return begin("unsubscribed", channel) + '}';
}

std::string gap_envelope(std::string_view channel, const ChannelPosition& position) {
  return begin("gap", channel) + position_json(position) + '}';
}

std::string join_envelope(std::string_view channel, const ChannelMember& member) {
  return begin("join", channel) + ',' + member_json(member) + '}';
}

std::string leave_envelope(std::string_view channel, const ChannelMember& member) {
  return begin("leave", channel) + ',' + member_json(member) + '}';
}

std::string error_envelope(std::string_view channel, std::string_view code,
                           std::string_view sentence) {
  return begin("error", channel) + ",\"code\":" + json_string(code) +
         ",\"message\":" + json_string(sentence) + '}';
}

}  // namespace bora::websocket
