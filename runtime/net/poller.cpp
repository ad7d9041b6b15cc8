#include "runtime/net/poller.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <new>
#include <system_error>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <bora/core/detail/loop_access.h>
#include <bora/core/error.h>
#include <bora/core/io_loop.h>
#include <bora/core/log.h>
#include <bora/net/netutil.h>

#include "runtime/core/ready_wait.h"
#include "runtime/core/turn.h"
#include "runtime/net/lingering_sockets.h"

// The set is a descriptor like any other for Asio, which reports it readable when it has events.
// Asio watches it edge-triggered: an event that comes after our last look is a new event of the
// set, and waiting for it costs no system call.
//
// After a batch of one event there is usually nothing more, so nobody looks again. After a larger
// batch there usually is more. A wake takes at most kTurns batches. If the last one was not empty,
// there may be more: a handler posted to Asio then takes the rest, after Asio has looked at its own
// descriptors and timers. It does not wait for a new event of the set, because a set that was left
// readable would make none.

namespace bora::net {
namespace {

constexpr int kBatchEvents = 256;
constexpr int kTurns = 8;
// Thousands of connections may be opened in one second, and are then pinged or closed in one.
constexpr std::size_t kDeadlinesInATurn = 256;

}  // namespace

class Poller::Impl {
 public:
  Impl(Poller& poller, IOLoop& loop)
      : poller_(poller),
        loop_(loop),
        context_(*static_cast<asio::io_context*>(detail::LoopAccess::native_context(loop))),
        turn_(Turn::of(context_)),
        set_(make_set()),
        wait_(loop, set_.get(), [this](ReadyWait::Event) { wake(); }, false) {
    wait_.wait_for_more();
  }
  ~Impl() {
    for (Handler* const handler : batch_end_) {
      if (handler != nullptr) handler->batch_slot_ = 0;
    }
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  int control(int operation, int fd, std::uint32_t events, Handler* handler) noexcept {
    epoll_event event{};
    event.events = events | EPOLLET;
    event.data.ptr = handler;
    return ::epoll_ctl(set_.get(), operation, fd, &event) == 0 ? 0 : errno;
  }

  /// Drops the events that were already fetched for a handler.
  void forget(const Handler& handler) noexcept {
    for (std::size_t i = next_; i < count_; ++i) {
      if (events_[i].data.ptr == &handler) events_[i].data.ptr = nullptr;
    }
  }

  void at_end_of_batch(Handler& handler) {
    if (handler.batch_slot_ != 0) return;
    batch_end_.push_back(&handler);
    handler.batch_slot_ = static_cast<std::uint32_t>(batch_end_.size());
    if (!poller_.in_batch_) post_batch_end();
  }

  void cancel_end_of_batch(Handler& handler) noexcept {
    if (handler.batch_slot_ == 0) return;
    batch_end_[handler.batch_slot_ - 1] = nullptr;
    handler.batch_slot_ = 0;
  }

  const Clock& clock() const noexcept { return loop_.clock(); }

  void start_ticking() {
    if (is_ticking_) return;
    is_ticking_ = true;
    loop_.call_later(std::chrono::seconds(1), [this] { tick(); });
  }

 private:
  static FileDescriptor make_set() {
    FileDescriptor set(::epoll_create1(EPOLL_CLOEXEC));
    if (set.get() < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
    return set;
  }

  void wake() {
    for (int turn = 0; turn < kTurns; ++turn) {
      const Turn::Handler scope(turn_);
      if (!run_batch()) return wait_.wait_for_more();
    }
    asio::post(context_, [this] { wake(); });
  }

  /// Returns false when nothing is left, as far as can be told.
  bool run_batch() noexcept {
    const int count = std::max(::epoll_wait(set_.get(), events_.data(), kBatchEvents, 0), 0);
    if (count == 0 && batch_end_.empty()) return false;
    poller_.read_clock();
    detail::LoopAccess::begin_work(loop_);
    poller_.in_batch_ = true;
    count_ = static_cast<std::size_t>(count);
    for (next_ = 0; next_ < count_;) {
      const epoll_event& event = events_[next_++];
      if (auto* handler = static_cast<Handler*>(event.data.ptr)) handler->on_events(event.events);
    }
    count_ = 0;
    run_batch_end();
    poller_.in_batch_ = false;
    end_work();
    return count > 1 || !batch_end_.empty();
  }

  // A connection that asks again while this runs is at the end of the next batch: otherwise one
  // that always has more to do would keep all others waiting.
  void run_batch_end() noexcept {
    if (batch_end_.empty()) return;
    const std::size_t count = batch_end_.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (Handler* handler = batch_end_[i]) {
        handler->batch_slot_ = 0;
        handler->on_batch_end();
      }
    }
    batch_end_.erase(batch_end_.begin(), batch_end_.begin() + static_cast<std::ptrdiff_t>(count));
    for (Handler* handler : batch_end_) {
      if (handler != nullptr) handler->batch_slot_ -= static_cast<std::uint32_t>(count);
    }
  }

  // Functions that call the program's code measure its time themselves; this is for the rest.
  void end_work() noexcept {
    if (const std::int64_t milliseconds = detail::LoopAccess::end_work(loop_)) {
      app_log.warning("the loop was kept for ", milliseconds, " ms by connections");
    }
  }

  void post_batch_end() {
    if (is_batch_end_posted_) return;
    is_batch_end_posted_ = true;
    asio::post(context_, [this] {
      is_batch_end_posted_ = false;
      poller_.read_clock();
      detail::LoopAccess::begin_work(loop_);
      poller_.in_batch_ = true;
      run_batch_end();
      poller_.in_batch_ = false;
      if (!batch_end_.empty()) post_batch_end();
      end_work();
    });
  }

  void tick() noexcept {
    if (!poller_.wheel_.advance_to(poller_.now().tick, kDeadlinesInATurn)) {
      loop_.add_callback([this] { tick(); });  // others have their turn
      return;
    }
    is_ticking_ = false;
    if (!poller_.wheel_.is_idle()) start_ticking();
  }

  Poller& poller_;
  IOLoop& loop_;
  asio::io_context& context_;
  Turn& turn_;
  FileDescriptor set_;
  std::array<epoll_event, kBatchEvents> events_;
  std::size_t next_ = 0;   // the first event of the batch that was not delivered yet
  std::size_t count_ = 0;  // 0 between batches
  std::vector<Handler*> batch_end_;
  bool is_batch_end_posted_ = false;
  bool is_ticking_ = false;
  ReadyWait wait_;
};

namespace {

/// Ties the poller's life to the loop's context.
class Service final : public asio::io_context::service {
 public:
  static asio::io_context::id id;

  explicit Service(asio::io_context& context) : asio::io_context::service(context) {}
  ~Service() override = default;

  std::unique_ptr<Poller> poller;

 private:
  void shutdown() override { poller.reset(); }
};

asio::io_context::id Service::id;

}  // namespace

Poller& Poller::of(IOLoop& loop) {
  auto* context = static_cast<asio::io_context*>(detail::LoopAccess::native_context(loop));
  BORA_ASSERT(context != nullptr && "the loop has ended");
  auto& service = asio::use_service<Service>(*context);
  if (!service.poller) service.poller.reset(new Poller(loop));
  return *service.poller;
}

Poller::Poller(IOLoop& loop) : impl_(std::make_unique<Impl>(*this, loop)) {}
Poller::~Poller() = default;

int Poller::add(int fd, std::uint32_t events, Handler& handler) noexcept {
  return impl_->control(EPOLL_CTL_ADD, fd, events, &handler);
}

int Poller::modify(int fd, std::uint32_t events, Handler& handler) noexcept {
  const int failure = impl_->control(EPOLL_CTL_MOD, fd, events, &handler);
  BORA_ASSERT(failure != ENOENT && "modify() of a descriptor that was not added");
  return failure;
}

void Poller::remove(int fd, Handler& handler) noexcept {
  impl_->control(EPOLL_CTL_DEL, fd, 0, nullptr);
  impl_->forget(handler);
  impl_->cancel_end_of_batch(handler);
}

void Poller::at_end_of_batch(Handler& handler) {
  impl_->at_end_of_batch(handler);
}
void Poller::cancel_end_of_batch(Handler& handler) noexcept {
  impl_->cancel_end_of_batch(handler);
}

void Poller::start_wheel() {
  wheel_.advance_to(now().tick);
  impl_->start_ticking();
}

void Poller::linger(FileDescriptor socket) noexcept {
  if (!lingering_) lingering_.reset(new (std::nothrow) LingeringSockets(*this));
  if (lingering_) lingering_->add(std::move(socket));
}

void Poller::read_clock() noexcept {
  using std::chrono::floor;
  using std::chrono::seconds;
  const Clock& clock = impl_->clock();
  const std::chrono::nanoseconds monotonic = clock.monotonic();
  time_.monotonic_ns = monotonic.count();
  time_.epoch_seconds = floor<seconds>(clock.since_epoch()).count();
  time_.tick = static_cast<std::uint32_t>(floor<seconds>(monotonic).count());
}

}  // namespace bora::net
