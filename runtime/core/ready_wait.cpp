#include "runtime/core/ready_wait.h"

#include <string>
#include <system_error>
#include <utility>

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/version.hpp>

#include <bora/core/detail/loop_access.h>
#include <bora/core/log.h>

#include "runtime/core/turn.h"

// Asio's reactor has what is wanted here, and uses it for sockets: an operation that begins with an
// attempt and is then queued without epoll_ctl(). No public call reaches it without reading bytes,
// so this one is made of the parts that Asio's own are made of. Those parts are not promised to
// stay, so only the versions of Asio that were tried use them, 1.22 to 1.30; every other version
// uses Asio's public waits, which cost one system call more.
// docs/decisions/0015-waits-without-a-system-call.md has the reasons.

#ifndef BORA_HAS_EDGES
#if defined(ASIO_HAS_EPOLL) && !defined(ASIO_HAS_IO_URING_AS_DEFAULT) && ASIO_VERSION < 103100
#define BORA_HAS_EDGES 1
#else
#define BORA_HAS_EDGES 0
#endif
#endif
#if BORA_HAS_EDGES
#include <asio/detail/epoll_reactor.hpp>
#endif

namespace bora {
namespace {

asio::io_context& context_of(IOLoop& loop) {
  auto* const context = static_cast<asio::io_context*>(detail::LoopAccess::native_context(loop));
  if (context == nullptr) {
    throw std::system_error(std::make_error_code(std::errc::operation_canceled),
                            "the loop has ended");
  }
  return *context;
}

[[noreturn]] void refuse(const std::error_code& failure, int fd) {
  throw std::system_error(failure, "descriptor " + std::to_string(fd) + " can't be watched");
}

}  // namespace

/// Pending waits keep it alive.
class ReadyWait::State : public std::enable_shared_from_this<State> {
 public:
  State(IOLoop& loop, int fd, UniqueFunction<void(Event)> on_event, bool is_one_turn)
      : loop_(loop),
        context_(context_of(loop)),
        turn_(Turn::of(context_)),
        fd_(fd),
        on_event_(std::move(on_event)),
        is_one_turn_(is_one_turn) {}

  void call(Event event) noexcept {
    if (!is_one_turn_) return on_event_(event);
    const Turn::Handler scope(turn_);
    detail::LoopAccess::begin_work(loop_);
    on_event_(event);
    if (is_removed_) return;
    if (const std::int64_t milliseconds = detail::LoopAccess::end_work(loop_)) {
      app_log.warning("the loop was kept for ", milliseconds, " ms by the input of descriptor ",
                      fd_);
    }
  }

#if BORA_HAS_EDGES
  void start() {
    reactor_.init_task();
    const int failure = reactor_.register_descriptor(fd_, descriptor_);
    if (failure != 0) refuse({failure, std::generic_category()}, fd_);
  }
  void stop() noexcept {
    is_removed_ = true;
    if (has_loop_ended()) return;
    reactor_.deregister_descriptor(fd_, descriptor_, false);
    reactor_.cleanup_descriptor_data(descriptor_);
  }
  /// @param may_skip_look  Whether an event is enough, even one that came since the last wait. If
  ///                       not, the descriptor is looked at.
  void wait(Event event, bool may_skip_look) {
    Wait& wait = event == Event::input ? input_ : output_;
    if (wait.state != nullptr) return;
    wait.state = shared_from_this();
    reactor_.start_op(event == Event::input ? Reactor::read_op : Reactor::write_op, fd_,
                      descriptor_, &wait, false, may_skip_look);
  }

 private:
  using Reactor = asio::detail::epoll_reactor;

  struct Wait : asio::detail::reactor_op {
    explicit Wait(Event of) : reactor_op(asio::error_code(), &perform, &complete), event(of) {}

    /// "Exhausted" means that the next wait begins with an attempt only if another event has come
    /// by then.
    static status perform(reactor_op*) { return done_and_exhausted; }
    static void complete(void* owner, asio::detail::operation* base, const asio::error_code&,
                         std::size_t) {
      auto& self = *static_cast<Wait*>(base);
      const std::shared_ptr<State> state = std::move(self.state);
      const asio::error_code failure = std::exchange(self.ec_, asio::error_code());
      if (owner == nullptr || state->is_removed_ || failure)
        return;  // the loop, or this, has ended
      state->call(self.event);
    }

    Event event;
    std::shared_ptr<State> state{};  ///< Set while it is queued.
  };
#else
  void start() {
    asio::error_code failure;
    descriptor_.value.assign(fd_, failure);
    if (!failure) return;
    descriptor_.destroy();
    refuse(failure, fd_);
  }
  void stop() noexcept {
    is_removed_ = true;
    if (has_loop_ended()) return;
    descriptor_.value.release();
    descriptor_.destroy();
  }
  void wait(Event event, bool) {
    bool& is_pending = event == Event::input ? waits_for_input_ : waits_for_output_;
    if (std::exchange(is_pending, true)) return;
    descriptor_.value.async_wait(
        event == Event::input ? asio::posix::stream_descriptor::wait_read
                              : asio::posix::stream_descriptor::wait_write,
        [state = shared_from_this(), event](const asio::error_code& failure) {
          (event == Event::input ? state->waits_for_input_ : state->waits_for_output_) = false;
          if (!failure && !state->is_removed_) state->call(event);
        });
  }

 private:
  /// It is destroyed by hand, and not at all after the loop has ended, because its destructor uses
  /// the loop.
  struct Descriptor {
    explicit Descriptor(asio::io_context& context) : value(context) {}
    ~Descriptor() {}
    void destroy() noexcept { std::destroy_at(&value); }

    union {
      asio::posix::stream_descriptor value;
    };
  };

#endif
  /// The registration of the descriptor ends with the loop.
  [[nodiscard]] bool has_loop_ended() const noexcept {
    return detail::LoopAccess::native_context(loop_) == nullptr;
  }

  IOLoop& loop_;
  asio::io_context& context_;
  Turn& turn_;
  int fd_;
  UniqueFunction<void(Event)> on_event_;
  bool is_one_turn_;
  bool is_removed_ = false;
#if BORA_HAS_EDGES
  Reactor& reactor_ = asio::use_service<Reactor>(context_);
  Reactor::per_descriptor_data descriptor_ = nullptr;
  Wait input_{Event::input};
  Wait output_{Event::output};
#else
  Descriptor descriptor_{context_};
  bool waits_for_input_ = false;
  bool waits_for_output_ = false;
#endif
};

ReadyWait::ReadyWait(IOLoop& loop, int fd, UniqueFunction<void(Event)> on_event, bool is_one_turn)
    : state_(std::make_shared<State>(loop, fd, std::move(on_event), is_one_turn)) {
  state_->start();
}
ReadyWait::~ReadyWait() {
  state_->stop();
}

void ReadyWait::wait_for_more() {
  state_->wait(Event::input, true);
}
void ReadyWait::wait_for_input() {
  state_->wait(Event::input, false);
}
void ReadyWait::wait_for_output() {
  state_->wait(Event::output, false);
}

}  // namespace bora
