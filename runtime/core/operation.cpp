#include <bora/core/operation.h>

#include <utility>

#include <bora/core/io_loop.h>

namespace bora {

Operation::~Operation() {
  leave_coroutine();
  forget_deadline();
  leave_list();
}

bool Operation::begin(std::coroutine_handle<> coroutine, detail::PromiseBase* promise,
                      const Deadline& deadline) {
  if (promise != nullptr && std::exchange(promise->is_cancel_requested_, false)) {
    outcome_ = Outcome::cancelled;
    return false;
  }
  if (deadline.is_set()) {
    IOLoop& loop = IOLoop::current();
    const std::chrono::nanoseconds left = deadline.time_left(loop.clock());
    if (left == std::chrono::nanoseconds::zero()) {
      outcome_ = Outcome::timed_out;
      return false;
    }
    timeout_ = loop.call_later(left, [this] {
      timeout_ = 0;
      end(Outcome::timed_out);
      resume();
    });
  }
  coroutine_ = coroutine;
  promise_ = promise;
  tag_ = LogTag::current();
  outcome_ = Outcome::waiting;
  if (promise != nullptr) {
    promise->operation_ = this;
    promise->waits_for_ = detail::PromiseBase::WaitsFor::operation;
  }
  return true;
}

void Operation::forget_deadline() noexcept {
  if (timeout_ == 0) return;
  if (IOLoop* loop = IOLoop::current_if_any()) loop->remove_timeout(timeout_);
  timeout_ = 0;
}

void Operation::end(Outcome outcome) noexcept {
  BORA_ASSERT(outcome_ == Outcome::waiting && "an Operation ends once");
  outcome_ = outcome;
  forget_deadline();
  leave_list();
}

void Operation::wake() noexcept {
  end(Outcome::done);
  IOLoop::current().resume_soon(*this);
}

void Operation::complete() {
  if (outcome_ == Outcome::waiting) end(Outcome::done);
  resume();
}

void Operation::complete_at_once() noexcept {
  end(Outcome::done);
  leave_coroutine();
}

void Operation::leave_coroutine() noexcept {
  if (promise_ == nullptr) return;
  std::exchange(promise_, nullptr)->waits_for_ = detail::PromiseBase::WaitsFor::unknown;
}

void Operation::resume() {
  leave_coroutine();
  const std::coroutine_handle<> coroutine = coroutine_;  // resuming it may destroy this object
  const LogTagScope scope(std::move(tag_));
  coroutine.resume();
}

void Operation::request_cancel() noexcept {
  if (outcome_ == Outcome::waiting) {
    on_cancel();
  } else {
    not_cancelled();
  }
}

void Operation::on_cancel() noexcept {
  end(Outcome::cancelled);
  IOLoop::current().resume_soon(*this);
}

void Operation::not_cancelled() noexcept {
  if (promise_ != nullptr) promise_->is_cancel_requested_ = true;
}

void Operation::check() const {
  if (outcome_ == Outcome::cancelled) throw CancelledError();
  if (outcome_ == Outcome::timed_out) throw TimeoutError("the wait took longer than its deadline");
}

void WaitList::push_back(Operation& operation) noexcept {
  detail::WaitLink& link = operation;
  link.previous = head_.previous;
  link.next = &head_;
  head_.previous->next = &link;
  head_.previous = &link;
}

std::size_t WaitList::size() const noexcept {
  std::size_t count = 0;
  for (const detail::WaitLink* at = head_.next; at != &head_; at = at->next) ++count;
  return count;
}

void WaitList::append(WaitList& other) noexcept {
  if (other.is_empty()) return;
  detail::WaitLink* const first = other.head_.next;
  detail::WaitLink* const last = other.head_.previous;
  other.head_.leave_list();
  first->previous = head_.previous;
  head_.previous->next = first;
  last->next = &head_;
  head_.previous = last;
}

}  // namespace bora
