#include "runtime/core/log_line.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <utility>

#include "runtime/text/hex.h"
#include "runtime/text/utf8.h"

namespace bora::detail {
namespace {

constexpr std::string_view kCut = "...";

class LineBuffer {
 public:
  /// @param tail  The text that finish() adds at the end.
  LineBuffer(char* bytes, std::string_view tail) noexcept
      : bytes_(bytes), limit_(kMaxLogLine - tail.size() - kCut.size()), tail_(tail) {}

  void append(std::string_view text) noexcept {
    const std::size_t count = std::min(text.size(), room());
    std::memcpy(bytes_ + size_, text.data(), count);
    size_ += count;
    is_cut_ = is_cut_ || count < text.size();
  }
  /// Appends all of the text or nothing.
  void append_whole(std::string_view text) noexcept {
    if (text.size() <= room()) {
      append(text);
    } else {
      is_cut_ = true;
    }
  }
  std::size_t room() const noexcept { return is_cut_ ? 0 : limit_ - size_; }

  std::size_t finish() noexcept {
    limit_ = kMaxLogLine;
    if (std::exchange(is_cut_, false)) append(kCut);
    append(tail_);
    return size_;
  }

 private:
  char* bytes_;
  std::size_t limit_;
  std::string_view tail_;
  std::size_t size_ = 0;
  bool is_cut_ = false;
};

// --- Escapes -------------------------------------------------------------------------------------

// What a byte needs: nothing, escapes in JSON only, or a closer look in both formats.
enum : std::uint8_t { kPlain, kJsonSpecial, kSpecial };

constexpr std::array<std::uint8_t, 256> kBytes = [] {
  std::array<std::uint8_t, 256> bytes{};
  for (std::size_t byte = 0; byte < bytes.size(); ++byte) {
    if (byte < 0x20 || byte >= 0x7f) bytes[byte] = kSpecial;
  }
  bytes['"'] = bytes['\\'] = kJsonSpecial;
  return bytes;
}();

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighBits = 0x80 * kOnes;

/// Returns a mask of the bytes that are zero, and perhaps of bytes after one. Bytes above 0x7f are
/// never in it.
constexpr std::uint64_t zeros(std::uint64_t word) noexcept {
  return (word - kOnes) & ~word & kHighBits;
}

/// Whether all of eight bytes are plain; false if in doubt.
bool are_plain(const char* bytes, std::uint8_t limit) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  std::uint64_t found = (word & kHighBits) | ((word - 0x20 * kOnes) & ~word & kHighBits) |
                        zeros(word ^ (0x7f * kOnes));
  if (limit == kJsonSpecial) found |= zeros(word ^ ('"' * kOnes)) | zeros(word ^ ('\\' * kOnes));
  return found == 0;
}

std::size_t plain_prefix(std::string_view text, std::uint8_t limit) noexcept {
  std::size_t count = 0;
  while (text.size() - count >= 8 && are_plain(text.data() + count, limit)) count += 8;
  while (count < text.size() && kBytes[static_cast<unsigned char>(text[count])] < limit) ++count;
  return count;
}

// The length of the valid UTF-8 sequence of two bytes or more at the front of `text` that shows
// something; 0 for anything else, among it the control characters U+0080 to U+009F, which some
// terminals obey.
std::size_t printable_sequence(std::string_view text) noexcept {
  const std::size_t length = text::utf8_size(text);
  const bool is_control = text.starts_with('\xc2') && length == 2 && text[1] < '\xa0';  // C1
  return length < 2 || is_control ? 0 : length;
}

/// Writes one byte that has a short escape, or \x1b. In JSON the text shows the same escape, so its
/// backslash is doubled, except for the characters that JSON itself can escape.
void append_escape(LineBuffer& line, char c, bool is_json) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  const char high = text::kLowerHex[byte >> 4];
  const char low = text::kLowerHex[byte & 15];
  if (c == '\n') return line.append_whole(is_json ? "\\n" : "\n    ");
  if (c == '\r') return line.append_whole("\\r");
  if (c == '\t') return line.append_whole("\\t");
  if (c == '"') return line.append_whole("\\\"");
  if (c == '\\') return line.append_whole("\\\\");
  if (is_json && byte < 0x80) {
    const char text[] = {'\\', 'u', '0', '0', high, low};
    return line.append_whole({text, sizeof text});
  }
  const char text[] = {'\\', '\\', 'x', high, low};
  line.append_whole(is_json ? std::string_view(text, 5) : std::string_view(text + 1, 4));
}

void append_escaped(LineBuffer& line, std::string_view text, bool is_json) noexcept {
  const std::uint8_t limit = is_json ? kJsonSpecial : kSpecial;
  while (line.room() > 0) {
    const std::size_t plain = plain_prefix(text, limit);
    line.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) return;
    if (const std::size_t length = printable_sequence(text); length != 0) {
      line.append_whole(text.substr(0, length));
      text.remove_prefix(length);
      continue;
    }
    if (text.starts_with("\r\n")) text.remove_prefix(1);
    append_escape(line, text.front(), is_json);
    text.remove_prefix(1);
  }
  if (!text.empty()) line.append(text);  // marks it as cut
}

// --- Time ----------------------------------------------------------------------------------------

constexpr std::size_t kPrettyTime = 15;  // 261122 10:16:36
constexpr std::size_t kJsonTime = 19;    // 2026-11-22T10:16:36

/// The texts of the present second, which most lines share with the one before.
struct TimeText {
  std::time_t second = -1;
  char pretty[32];
  char json[32];
};

const TimeText& time_text(std::time_t second) noexcept {
  static thread_local TimeText text;
  if (text.second == second) return text;
  std::tm broken{};
  ::localtime_r(&second, &broken);
  std::strftime(text.pretty, sizeof text.pretty, "%y%m%d %H:%M:%S", &broken);
  ::gmtime_r(&second, &broken);
  std::strftime(text.json, sizeof text.json, "%Y-%m-%dT%H:%M:%S", &broken);
  text.second = second;
  return text;
}

std::string_view level_name(LogLevel level) noexcept {
  constexpr std::array<std::string_view, 5> kNames = {"debug", "info", "warning", "error", "none"};
  return kNames[static_cast<std::size_t>(level)];
}

std::size_t format_json(const LogRecord& record, const timespec& now, char* bytes) noexcept {
  const auto milliseconds = static_cast<unsigned>(now.tv_nsec / 1'000'000);
  const char fraction[] = {'.', static_cast<char>('0' + milliseconds / 100),
                           static_cast<char>('0' + milliseconds / 10 % 10),
                           static_cast<char>('0' + milliseconds % 10)};
  LineBuffer line(bytes, "\"}\n");
  line.append("{\"time\":\"");
  line.append({time_text(now.tv_sec).json, kJsonTime});
  line.append({fraction, sizeof fraction});
  line.append("Z\",\"level\":\"");
  line.append(level_name(record.level));
  line.append("\",\"log\":\"");
  append_escaped(line, record.log, true);
  if (!record.tag.empty()) {
    line.append("\",\"request\":\"");
    append_escaped(line, record.tag, true);
  }
  line.append("\",\"message\":\"");
  append_escaped(line, record.text, true);
  return line.finish();
}

}  // namespace

std::size_t format_log_line(LogFormat format, const LogRecord& record,
                            char (&bytes)[kMaxLogLine]) noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (format == LogFormat::json) return format_json(record, now, bytes);
  LineBuffer line(bytes, "\n");
  const char front[] = {'[', "DIWEE"[static_cast<std::size_t>(record.level)], ' '};
  line.append({front, sizeof front});
  line.append({time_text(now.tv_sec).pretty, kPrettyTime});
  line.append(" ");
  line.append(record.log);
  if (!record.tag.empty()) {
    line.append(" ");
    line.append(record.tag);
  }
  line.append("] ");
  append_escaped(line, record.text, false);
  return line.finish();
}

std::size_t log_line_front(std::string_view line) noexcept {
  if (!line.starts_with('[')) return 0;
  const std::size_t end = line.find(']');
  return end == std::string_view::npos ? 0 : end + 1;
}

std::string_view log_line_colour(std::string_view line) noexcept {
  switch (line.size() > 1 ? line[1] : 'E') {
    case 'D':
      return "\x1b[34m";
    case 'I':
      return "\x1b[32m";
    case 'W':
      return "\x1b[33m";
    default:
      return "\x1b[31m";
  }
}

}  // namespace bora::detail
