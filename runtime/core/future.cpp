#include <bora/core/future.h>

#include <bora/core/log.h>

namespace bora {

bool QuietExceptions::contains(const std::exception_ptr& failure) const noexcept {
  return detail::is_exception<CancelledError>(failure) ||
         (is_quiet_ != nullptr && is_quiet_(failure));
}

namespace detail {
namespace {

void log_failure(const std::exception_ptr& failure, std::string_view what) noexcept {
  try {
    std::rethrow_exception(failure);
  } catch (...) {
    app_log.exception(what);
  }
}

}  // namespace

FutureState::FutureState() : loop(IOLoop::current().remote()) {}

FutureState::~FutureState() {
  if (failure_ && !is_seen_ && !quiet.contains(failure_)) {
    log_failure(failure_, "Exception that nobody awaited");
  }
}

void FutureState::cancel() {
  if (is_done_) return;
  if (!on_cancel) return fail(std::make_exception_ptr(CancelledError()));
  UniqueFunction<void()> handler = std::move(on_cancel);  // its call may end this Future
  handler();
  if (!is_done_) on_cancel = std::move(handler);
}

void FutureState::fail(std::exception_ptr failure) {
  if (is_done_) {
    if (!quiet.contains(failure)) log_failure(failure, "Exception after a Future was cancelled");
    return;
  }
  is_cancelled_ = is_exception<CancelledError>(failure);
  failure_ = std::move(failure);
  end();
}

void FutureState::end() {
  is_done_ = true;
  on_cancel = {};
  waiting.wake_all();
  for (UniqueFunction<void()>& callback : callbacks_) loop.add_callback(std::move(callback));
  callbacks_.clear();
}

void FutureState::add_callback(UniqueFunction<void()> callback) {
  if (is_done_) {
    loop.add_callback(std::move(callback));
  } else {
    callbacks_.push_back(std::move(callback));
  }
}

}  // namespace detail
}  // namespace bora
