#include <bora/core/io_loop.h>

#include <atomic>
#include <csignal>
#include <stdexcept>
#include <string>

#include <bora/core/assert.h>

#include "runtime/core/io_loop_impl.h"
#include "runtime/core/log_writer.h"
#include "runtime/core/loop_start_hook.h"

namespace bora {

using std::chrono::nanoseconds;

namespace {

thread_local IOLoop* current_loop = nullptr;

constexpr nanoseconds kTimeToCancel = std::chrono::seconds(1);

std::atomic<LoopStartHook> start_hook{nullptr};

void ignore_broken_pipes() noexcept {
  struct sigaction action = {};
  if (::sigaction(SIGPIPE, nullptr, &action) != 0) return;
  if ((action.sa_flags & SA_SIGINFO) != 0 || action.sa_handler != SIG_DFL) return;
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
}

std::string in_seconds(nanoseconds duration) {
  std::string text = std::to_string(std::chrono::duration<double>(duration).count());
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + (text == "1" ? " second" : " seconds");
}

}  // namespace

LoopStartHook set_loop_start_hook(LoopStartHook hook) noexcept {
  return start_hook.exchange(hook, std::memory_order_relaxed);
}

struct IOLoop::Owner {
  ~Owner() {
    if (current_loop == nullptr) return;
    // A forked child leaves the parent's loop alone: closing it would close things of the parent.
    if (current_loop->impl_->is_of_this_process()) delete current_loop;
    // This is done last, since objects that the loop drops may use it.
    current_loop = nullptr;
  }

  /// It is not inlined, since current() must be short: each request calls it.
  [[gnu::noinline]] static IOLoop& make_current() {
    thread_local Owner owner;
    static_cast<void>(owner);
    current_loop = new IOLoop;
    return *current_loop;
  }
};

IOLoop& IOLoop::current() {
  return current_loop != nullptr ? *current_loop : Owner::make_current();
}

IOLoop* IOLoop::current_if_any() noexcept {
  return current_loop;
}

void IOLoop::close_current() {
  if (current_loop == nullptr) return;
  current_loop->require_idle("IOLoop::close_current() inside the running loop: stop() it first");
  current_loop->impl_->cancel_spawned();
  delete current_loop;
  current_loop = nullptr;
}

IOLoop::IOLoop() : impl_(std::make_unique<Impl>()) {
  ignore_broken_pipes();
  detail::keep_logs_from_blocking();
}
IOLoop::~IOLoop() {
  impl_->close();
}

void IOLoop::start() {
  BORA_ASSERT(current_loop == this && "a loop belongs to the thread that made it");
  impl_->assert_own_process();
  require_idle("IOLoop::start() inside the running loop: it runs already");
  if (const LoopStartHook hook = start_hook.load(std::memory_order_relaxed)) hook(*this);
  impl_->run();
}
void IOLoop::stop_gracefully() {
  impl_->stop_gracefully();
}
void IOLoop::stop() {
  impl_->stop();
}
bool IOLoop::is_running() const noexcept {
  return impl_->is_running();
}
void IOLoop::add_callback(Callback callback, const std::source_location& where) {
  impl_->add_callback(std::move(callback), where);
}
void IOLoop::Remote::add_callback(Callback callback, const std::source_location& where) const {
  inbox_->add(std::move(callback), where);
}
bool IOLoop::Remote::is_current() const noexcept {
  return current_loop != nullptr && current_loop->impl_->inbox() == inbox_;
}
IOLoop::Remote IOLoop::remote() const noexcept {
  return Remote(impl_->inbox());
}
Executor& IOLoop::default_executor() {
  return impl_->default_executor();
}
void IOLoop::set_default_executor(std::shared_ptr<Executor> executor) noexcept {
  impl_->set_default_executor(std::move(executor));
}
IOLoop::Timeout IOLoop::call_later(detail::Delay delay, Callback callback,
                                   const std::source_location& where) {
  return impl_->call_later(delay.value(), std::move(callback), where);
}
void IOLoop::add_handler(int fd, DescriptorHandler handler, unsigned events,
                         const std::source_location& where) {
  if (auto* descriptors = impl_->descriptors()) {
    descriptors->add(fd, std::move(handler), events, where);
  }
}
void IOLoop::update_handler(int fd, unsigned events) {
  if (auto* descriptors = impl_->descriptors()) descriptors->update(fd, events);
}
void IOLoop::remove_handler(int fd) noexcept {
  if (auto* descriptors = impl_->descriptors()) descriptors->remove(fd);
}
void IOLoop::add_signal_handler(int signal, Callback handler) {
  if (auto* handlers = impl_->signal_handlers()) handlers->add(signal, std::move(handler));
}
void IOLoop::remove_signal_handler(int signal) noexcept {
  if (auto* handlers = impl_->signal_handlers()) handlers->remove(signal);
}
void IOLoop::begin_work() noexcept {
  impl_->begin_work();
}
std::int64_t IOLoop::end_work() noexcept {
  return impl_->end_work();
}
void IOLoop::set_slow_callback_limit(detail::Delay limit) noexcept {
  impl_->set_slow_callback_limit(limit.value());
}
IOLoop::Statistics IOLoop::statistics() const {
  return impl_->statistics();
}
void IOLoop::remove_timeout(Timeout timeout) noexcept {
  impl_->remove_timeout(timeout);
}
void IOLoop::resume_soon(Operation& operation) {
  impl_->resume_soon(operation);
}
void IOLoop::spawn(Task<void> task) {
  impl_->spawn(std::move(task));
}
bool IOLoop::run_once(detail::Delay wait) {
  require_idle("IOLoop::run_once() inside the running loop");
  return impl_->run_once(wait.value());
}
bool IOLoop::is_stopping() const noexcept {
  return impl_->is_stopping();
}

std::uint64_t IOLoop::add_drain(UniqueFunction<Task<void>()> drain) {
  return impl_->add_drain(std::move(drain));
}
void IOLoop::remove_drain(std::uint64_t key) {
  impl_->remove_drain(key);
}
double IOLoop::time() const noexcept {
  return std::chrono::duration<double>(impl_->clock().since_epoch()).count();
}
const Clock& IOLoop::clock() const noexcept {
  return impl_->clock();
}
void IOLoop::set_clock(const Clock* clock) noexcept {
  impl_->set_clock(clock);
}
void* IOLoop::native_context() noexcept {
  return impl_->context();
}

void IOLoop::waiter_done(void* waiter) {
  auto* done = static_cast<Waiter*>(waiter);
  done->is_done = true;
  done->loop->impl_->leave();
}
void IOLoop::require_idle(const char* mistake) const {
  if (is_running()) throw std::logic_error(mistake);
}
bool IOLoop::run_until(const bool& is_done, detail::Delay timeout) {
  return impl_->run_until(is_done, timeout.value());
}
void IOLoop::end_timed_out(const bool& is_done, detail::Delay timeout) {
  if (!is_done) impl_->run_until(is_done, kTimeToCancel);
  throw TimeoutError("Operation timed out after " + in_seconds(timeout.value()));
}

}  // namespace bora
