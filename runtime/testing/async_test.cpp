#include <bora/testing/async_test.h>

#include <cstdlib>
#include <exception>
#include <mutex>
#include <string>
#include <vector>

#include <bora/core/error.h>
#include <bora/core/log.h>
#include <bora/testing/failure.h>

namespace bora::testing {

using std::chrono::nanoseconds;

namespace {

constexpr double kDefaultSeconds = 5;
constexpr double kMostSeconds = 24 * 3600;

}  // namespace

nanoseconds async_test_timeout() {
  double seconds = kDefaultSeconds;
  if (const char* const text = std::getenv("ASYNC_TEST_TIMEOUT")) {
    const double wanted = std::strtod(text, nullptr);
    if (wanted > 0) seconds = wanted < kMostSeconds ? wanted : kMostSeconds;
  }
  return std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(seconds));
}

/// Keeps the errors of the program's own code, and lets everything pass.
class AsyncTest::Failures final : public LogSink {
 public:
  Failures() : previous_(set_log_sink(this)) {}
  ~Failures() { set_log_sink(previous_); }
  Failures(const Failures&) = delete;
  Failures& operator=(const Failures&) = delete;

  void write(const LogRecord& record) noexcept override {
    if (record.level == LogLevel::error && record.log == app_log.name()) {
      const std::scoped_lock lock(mutex_);
      texts_.emplace_back(record.text);
    }
    pass_log_record(previous_, record);
  }

  std::vector<std::string> take() {
    const std::scoped_lock lock(mutex_);
    return std::move(texts_);
  }

 private:
  LogSink* previous_;
  std::mutex mutex_;
  std::vector<std::string> texts_;
};

AsyncTest::AsyncTest() : failures_(std::make_unique<Failures>()) {
  IOLoop::close_current();
  IOLoop::current().set_slow_callback_limit({});
}

AsyncTest::~AsyncTest() {
  IOLoop::close_current();
  const std::vector<std::string> failures = failures_->take();
  failures_.reset();
  for (const std::string& text : failures) report_failure("in the background: " + text);
}

void AsyncTest::stop() {
  is_stopped_ = true;
  IOLoop::current().stop();
}

void AsyncTest::wait(nanoseconds timeout) {
  wait([] { return false; }, timeout);
}

void AsyncTest::wait(UniqueFunction<bool()> condition, nanoseconds timeout) {
  IOLoop& loop = IOLoop::current();
  bool is_over = false;
  const IOLoop::Timeout limit = loop.call_later(timeout, [&] { is_over = true; });
  while (!is_stopped_ && !condition() && !is_over) loop.run_once(timeout);
  loop.remove_timeout(limit);
  is_stopped_ = false;
  if (is_over) throw TimeoutError("the test waited in vain");
}

}  // namespace bora::testing
