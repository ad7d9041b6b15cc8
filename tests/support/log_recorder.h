#pragma once

#include <mutex>
#include <string>
#include <vector>

#include <bora/core/log.h>

namespace bora::test {

/// Takes all log records while it lives, in place of standard error. Those of slow callbacks are
/// left out unless they are asked for, since on a busy machine any callback may be slow.
class LogRecorder final : public LogSink {
 public:
  enum class SlowCallbacks { left_out, recorded };

  explicit LogRecorder(SlowCallbacks slow_callbacks = SlowCallbacks::left_out)
      : slow_callbacks_(slow_callbacks), previous_(set_log_sink(this)) {}
  ~LogRecorder() { set_log_sink(previous_); }
  LogRecorder(const LogRecorder&) = delete;
  LogRecorder& operator=(const LogRecorder&) = delete;

  void write(const LogRecord& record) noexcept override {
    const bool is_of_slow_callback = record.text.starts_with("the loop was kept for ");
    if (is_of_slow_callback && slow_callbacks_ == SlowCallbacks::left_out) return;
    const std::scoped_lock lock(mutex_);
    lines.push_back(std::string(1, "DIWEE"[static_cast<int>(record.level)]) + ' ' +
                    std::string(record.log) + ": " + std::string(record.text));
  }

  std::vector<std::string> lines;  ///< "E application: what went wrong"

 private:
  const SlowCallbacks slow_callbacks_;
  std::mutex mutex_;
  LogSink* previous_;
};

}  // namespace bora::test
