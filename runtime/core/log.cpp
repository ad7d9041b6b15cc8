#include <bora/core/log.h>

#include <cxxabi.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <span>
#include <typeinfo>

#include <bora/core/log_tag.h>

#include "runtime/core/log_line.h"
#include "runtime/core/log_writer.h"

namespace bora {

// Their constructor is constexpr, so they can be used by constructors of other static objects.
constinit Logger access_log("access");
constinit Logger app_log("application");
constinit Logger gen_log("general");

namespace {

std::atomic<LogSink*> sink{nullptr};

}  // namespace

std::size_t detail::LogPiece::write(char* to, std::size_t room) const noexcept {
  char digits[32];
  char* end = digits;
  switch (kind_) {
    case Kind::text: {
      const std::size_t count = std::min(room, text_.size());
      if (count != 0) std::memcpy(to, text_.data(), count);  // an empty text may have no place
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

// It is not inlined, because link-time optimisation would put the line on the stack of every
// function that might log.
[[gnu::noinline]] void Logger::write_pieces(LogLevel level, const detail::LogPiece* pieces,
                                            std::size_t count) noexcept {
  char text[detail::kMaxLogLine];
  std::size_t size = 0;
  for (const detail::LogPiece& piece : std::span(pieces, count)) {
    size += piece.write(text + size, sizeof text - size);
  }
  const LogTag tag = LogTag::current();
  const LogRecord record{level, name_, {text, size}, tag.text()};
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
    char line[detail::kMaxLogLine];
    const std::size_t length = detail::format_log_line(detail::log_format(), record, line);
    detail::write_log_line({line, length}, record.level);
  }
}

}  // namespace bora
