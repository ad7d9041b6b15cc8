#pragma once

#include <mutex>
#include <string>
#include <vector>

#include <bora/core/log.h>

namespace bora::test {

/// Takes all log records while it lives, in place of standard error.
class LogRecorder final : public LogSink {
 public:
  LogRecorder() : previous_(set_log_sink(this)) {}
  ~LogRecorder() { set_log_sink(previous_); }
  LogRecorder(const LogRecorder&) = delete;
  LogRecorder& operator=(const LogRecorder&) = delete;

  void write(const LogRecord& record) noexcept override {
    const std::scoped_lock lock(mutex_);
    lines.push_back(std::string(1, "DIWEE"[static_cast<int>(record.level)]) + ' ' +
                    std::string(record.log) + ": " + std::string(record.text));
  }

  std::vector<std::string> lines;  ///< "E application: what went wrong"

 private:
  std::mutex mutex_;
  LogSink* previous_;
};

}  // namespace bora::test
