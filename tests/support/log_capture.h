#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bora/core/log.h>

namespace bora::testing {

/// Takes what is logged while it lives, at every level, in place of standard error.
class LogCapture final : public LogSink {
 public:
  struct Record {
    LogLevel level;
    std::string log;
    std::string text;
  };

  LogCapture()
      : previous_(set_log_sink(this)),
        levels_{access_log.level(), app_log.level(), gen_log.level()} {
    set_log_level(LogLevel::debug);
  }
  ~LogCapture() {
    access_log.set_level(levels_[0]);
    app_log.set_level(levels_[1]);
    gen_log.set_level(levels_[2]);
    set_log_sink(previous_);
  }
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  void write(const LogRecord& record) noexcept override {
    records.push_back({record.level, std::string(record.log), std::string(record.text)});
  }

  /// How many records of `logger` contain `part`.
  [[nodiscard]] std::size_t count(const Logger& logger, std::string_view part = {}) const {
    std::size_t found = 0;
    for (const Record& record : records) {
      if (record.log == logger.name() && record.text.find(part) != std::string::npos) ++found;
    }
    return found;
  }

  std::vector<Record> records;

 private:
  LogSink* previous_;
  LogLevel levels_[3];
};

}  // namespace bora::testing
