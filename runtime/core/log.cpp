#include <bora/core/log.h>

#include <cxxabi.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <span>
#include <typeinfo>

// A record is put together on the stack and leaves by one write(2), so lines of several threads and
// processes don't mix. Its length is limited by PIPE_BUF for that reason.

namespace bora {

// Their constructor is constexpr, so they can be used by constructors of other static objects.
constinit Logger access_log("access");
constinit Logger app_log("application");
constinit Logger gen_log("general");

namespace {

constexpr std::size_t kMaxLine = 4096;
constexpr int kMaxStallMs = 20;  // for how long a full pipe may hold the loop up, once

std::atomic<LogSink*> sink{nullptr};
std::atomic<std::uint64_t> lost_lines{0};
std::atomic<bool> is_stalled{false};

// --- Text
// -------------------------------------------------------------------------------------------

class LineBuffer {
 public:
  void append(std::string_view text) noexcept {
    const std::size_t count = std::min(text.size(), room());
    std::memcpy(bytes_ + size_, text.data(), count);
    size_ += count;
    is_cut_ = is_cut_ || count < text.size();
  }
  void append_escaped(std::string_view text) noexcept;
  void append_padded(int value) noexcept {
    append_char(static_cast<char>('0' + value / 10 % 10));
    append_char(static_cast<char>('0' + value % 10));
  }
  void append_char(char c) noexcept { append(std::string_view(&c, 1)); }

  std::string_view finish() noexcept {
    if (is_cut_) {
      std::memcpy(bytes_ + size_, "...", 3);
      size_ += 3;
    }
    bytes_[size_++] = '\n';
    return {bytes_, size_};
  }

 private:
  std::size_t room() const noexcept { return is_cut_ ? 0 : kMaxLine - 4 - size_; }
  void append_byte_as_hex(unsigned char byte) noexcept {
    constexpr char kDigits[] = "0123456789abcdef";
    const char text[] = {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    append({text, sizeof text});
  }

  char bytes_[kMaxLine];
  std::size_t size_ = 0;
  bool is_cut_ = false;
};

// The length of the valid UTF-8 sequence at the front of `text` that shows something; 0 for
// anything else, among it the control characters U+0080 to U+009F, which some terminals obey.
std::size_t printable_sequence(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return lead >= 0x20 && lead != 0x7f ? 1 : 0;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const unsigned char second = byte(1);
  if (lead == 0xc2 && second < 0xa0) return 0;  // C1 controls
  if (lead == 0xe0 && second < 0xa0) return 0;  // overlong
  if (lead == 0xed && second > 0x9f) return 0;  // surrogates
  if (lead == 0xf0 && second < 0x90) return 0;  // overlong
  if (lead == 0xf4 && second > 0x8f) return 0;  // above U+10FFFF
  return length;
}

void LineBuffer::append_escaped(std::string_view text) noexcept {
  while (!text.empty() && room() > 0) {
    std::size_t plain = 0;
    while (plain < text.size()) {
      const std::size_t step = printable_sequence(text.substr(plain));
      if (step == 0 || plain + step > room()) break;
      plain += step;
    }
    append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) return;
    if (printable_sequence(text) != 0) {  // it did not fit
      is_cut_ = true;
      return;
    }
    const char c = text.front();
    text.remove_prefix(1);
    if (room() < 4) {
      is_cut_ = true;
    } else if (c == '\n') {
      append("\\n");
    } else if (c == '\r') {
      append("\\r");
    } else if (c == '\t') {
      append("\\t");
    } else {
      append_byte_as_hex(static_cast<unsigned char>(c));
    }
  }
}

// --- The line's front
// -------------------------------------------------------------------------------

bool has_colours() noexcept {
  const auto is_set = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
  };
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) != 0 && !is_set("NO_COLOR") && terminal != nullptr &&
         std::strcmp(terminal, "dumb") != 0;
}

std::string_view colour_of(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::debug:
      return "\x1b[34m";
    case LogLevel::info:
      return "\x1b[32m";
    case LogLevel::warning:
      return "\x1b[33m";
    case LogLevel::error:
    case LogLevel::none:
      break;
  }
  return "\x1b[31m";
}

void append_time(LineBuffer& line) noexcept {
  thread_local std::time_t second = -1;
  thread_local std::tm local{};
  const std::time_t now = std::time(nullptr);
  if (now != second) {
    ::localtime_r(&now, &local);
    second = now;
  }
  line.append_padded(local.tm_year);
  line.append_padded(local.tm_mon + 1);
  line.append_padded(local.tm_mday);
  line.append_char(' ');
  line.append_padded(local.tm_hour);
  line.append_char(':');
  line.append_padded(local.tm_min);
  line.append_char(':');
  line.append_padded(local.tm_sec);
}

void append_front(LineBuffer& line, LogLevel level, std::string_view log) noexcept {
  static const bool colours = has_colours();
  if (colours) line.append(colour_of(level));
  line.append_char('[');
  line.append_char("DIWEE"[static_cast<int>(level)]);
  line.append_char(' ');
  append_time(line);
  line.append_char(' ');
  line.append(log);
  line.append_char(']');
  if (colours) line.append("\x1b[0m");
  line.append_char(' ');
}

// --- Standard error
// ---------------------------------------------------------------------------------

// A pipe or terminal may be in blocking mode, which belongs to everybody who has it open, so it
// can't be changed: ask before each write.
bool can_write() noexcept {
  pollfd waiting{STDERR_FILENO, POLLOUT, 0};
  const int limit = is_stalled.load(std::memory_order_relaxed) ? 0 : kMaxStallMs;
  return ::poll(&waiting, 1, limit) == 1 && (waiting.revents & POLLOUT) != 0;
}

bool write_all(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    if (!can_write()) return false;
    const ssize_t count = ::write(STDERR_FILENO, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void tell_lost_lines() noexcept {
  const std::uint64_t count = lost_lines.exchange(0, std::memory_order_relaxed);
  if (count == 0) return;
  LineBuffer line;
  append_front(line, LogLevel::warning, gen_log.name());
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, count).ptr;
  line.append({digits, static_cast<std::size_t>(end - digits)});
  line.append(" log lines before this one were lost: standard error did not take them");
  if (!write_all(line.finish())) lost_lines.fetch_add(count, std::memory_order_relaxed);
}

void write_to_stderr(const LogRecord& record) noexcept {
  const int saved_errno = errno;
  if (lost_lines.load(std::memory_order_relaxed) != 0 && can_write()) tell_lost_lines();
  LineBuffer line;
  append_front(line, record.level, record.log);
  line.append_escaped(record.text);
  const bool is_written = write_all(line.finish());
  is_stalled.store(!is_written, std::memory_order_relaxed);
  if (!is_written) lost_lines.fetch_add(1, std::memory_order_relaxed);
  errno = saved_errno;
}

}  // namespace

// --- Logger
// -----------------------------------------------------------------------------------------

std::size_t detail::LogPiece::write(char* to, std::size_t room) const noexcept {
  char digits[32];
  char* end = digits;
  switch (kind_) {
    case Kind::text: {
      const std::size_t count = std::min(room, text_.size());
      std::memcpy(to, text_.data(), count);
      return count;
    }
    case Kind::boolean:
      return LogPiece(unsigned_ != 0 ? "true" : "false").write(to, room);
    case Kind::character:
      *end++ = static_cast<char>(signed_);
      break;
    case Kind::signed_integer:
      end = std::to_chars(digits, digits + sizeof digits, signed_).ptr;
      break;
    case Kind::unsigned_integer:
      end = std::to_chars(digits, digits + sizeof digits, unsigned_).ptr;
      break;
    case Kind::real:
      end =
          std::to_chars(digits, digits + sizeof digits, double_, std::chars_format::general, 6).ptr;
      break;
  }
  return LogPiece(std::string_view(digits, static_cast<std::size_t>(end - digits))).write(to, room);
}

void Logger::write_pieces(LogLevel level, const detail::LogPiece* pieces,
                          std::size_t count) noexcept {
  char text[kMaxLine];
  std::size_t size = 0;
  for (const detail::LogPiece& piece : std::span(pieces, count)) {
    size += piece.write(text + size, sizeof text - size);
  }
  const LogRecord record{level, name_, {text, size}};
  pass_log_record(sink.load(std::memory_order_acquire), record);
}

void Logger::exception(std::string_view what) noexcept {
  if (!is_enabled(LogLevel::error)) return;
  try {
    throw;
  } catch (const std::exception& failure) {
    const char* name = typeid(failure).name();
    int status = 0;
    char* readable = abi::__cxa_demangle(name, nullptr, nullptr, &status);
    error(what, ": ", readable != nullptr ? readable : name, ": ", failure.what());
    std::free(readable);
  } catch (...) {
    error(what, ": an exception that is not a std::exception");
  }
}

void set_log_level(LogLevel level) noexcept {
  for (Logger* log : {&access_log, &app_log, &gen_log}) log->set_level(level);
}

LogSink* set_log_sink(LogSink* other) noexcept {
  return sink.exchange(other, std::memory_order_acq_rel);
}

void pass_log_record(LogSink* other, const LogRecord& record) noexcept {
  if (other != nullptr) {
    other->write(record);
  } else {
    write_to_stderr(record);
  }
}

}  // namespace bora
