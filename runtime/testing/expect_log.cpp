#include <bora/testing/expect_log.h>

#include <exception>
#include <mutex>
#include <regex>
#include <utility>

#include <bora/testing/failure.h>

namespace bora::testing {

class ExpectLog::Sink final : public LogSink {
 public:
  Sink(Logger& log, const std::string& pattern, const Options& options)
      : log_(log),
        pattern_(pattern),
        regex_(pattern),
        options_(options),
        former_level_(log.level()),
        previous_(set_log_sink(this)) {
    if (options.level && !log.is_enabled(*options.level)) log.set_level(*options.level);
  }
  ~Sink() {
    set_log_sink(previous_);
    log_.set_level(former_level_);
  }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  void write(const LogRecord& record) noexcept override {
    if (!matches(record)) {
      const bool was_enabled = record.log != log_.name() || record.level >= former_level_;
      if (was_enabled) pass_log_record(previous_, record);
      return;
    }
    const std::scoped_lock lock(mutex_);
    ++count_;
    text_ = record.text;
  }

  [[nodiscard]] std::size_t count() {
    const std::scoped_lock lock(mutex_);
    return count_;
  }
  [[nodiscard]] std::string text() {
    const std::scoped_lock lock(mutex_);
    return text_;
  }
  [[nodiscard]] bool is_unfulfilled() { return options_.required && count() == 0; }
  [[nodiscard]] std::string description() const {
    return "nothing was logged by '" + std::string(log_.name()) + "' that begins as /" + pattern_ +
           "/";
  }

 private:
  [[nodiscard]] bool matches(const LogRecord& record) const {
    if (record.log != log_.name()) return false;
    if (options_.level && record.level != *options_.level) return false;
    try {
      return std::regex_search(record.text.begin(), record.text.end(), regex_,
                               std::regex_constants::match_continuous);
    } catch (const std::regex_error&) {  // too much work for so long a text
      return false;
    }
  }

  Logger& log_;
  const std::string pattern_;
  const std::regex regex_;
  const Options options_;
  const LogLevel former_level_;
  LogSink* const previous_;
  std::mutex mutex_;
  std::size_t count_ = 0;
  std::string text_;
};

ExpectLog::ExpectLog(Logger& log, const std::string& pattern, Options options)
    : sink_(std::make_unique<Sink>(log, pattern, options)) {}

ExpectLog::~ExpectLog() {
  const bool is_failed = sink_->is_unfulfilled() && std::uncaught_exceptions() == 0;
  const std::string what = is_failed ? sink_->description() : std::string();
  sink_.reset();
  if (is_failed) report_failure(what);
}

std::size_t ExpectLog::count() const {
  return sink_->count();
}

std::string ExpectLog::text() const {
  return sink_->text();
}

}  // namespace bora::testing
