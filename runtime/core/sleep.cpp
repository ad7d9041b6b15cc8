#include <chrono>
#include <source_location>
#include <utility>

#include <bora/core/io_loop.h>
#include <bora/core/operation.h>

namespace bora {
namespace {

class SleepAwaiter final : public Operation {
 public:
  SleepAwaiter(detail::Delay duration, const std::source_location& where) noexcept
      : duration_(duration), where_(where) {}
  SleepAwaiter(const SleepAwaiter&) = delete;
  SleepAwaiter& operator=(const SleepAwaiter&) = delete;
  ~SleepAwaiter() override { forget(); }

  template <class Caller>
  bool await_suspend(std::coroutine_handle<Caller> caller) {
    if (!suspend(caller)) return false;
    const auto wake = [this] {
      timeout_ = 0;
      complete();
    };
    timeout_ = loop_.call_later(duration_, wake, where_);
    return true;
  }
  void await_resume() const { check(); }

 private:
  void on_cancel() noexcept override {
    forget();
    Operation::on_cancel();
  }
  void forget() noexcept {
    if (timeout_ != 0) loop_.remove_timeout(std::exchange(timeout_, 0));
  }

  IOLoop& loop_ = IOLoop::current();
  detail::Delay duration_;
  std::source_location where_;
  IOLoop::Timeout timeout_ = 0;
};

}  // namespace

Task<void> sleep(detail::Delay duration, std::source_location where) {
  co_await SleepAwaiter(duration, where);
}

}  // namespace bora
