#include <bora/core/gen.h>

#include <bora/core/log.h>

namespace bora {

void detail::FirstFailure::note() noexcept {
  const std::exception_ptr failure = std::current_exception();
  if (!failure_) {
    failure_ = failure;
  } else if (!quiet_.contains(failure)) {
    app_log.exception("Exception beside another one");
  }
}

void TaskGroup::spawn(Task<void> task) {
  children_.emplace_back(std::move(task));
  Child& child = children_.back();
  child.group = this;
  child.place = std::prev(children_.end());
  if (is_cancelled_) child.task.cancel();
  if (child.task.start(&TaskGroup::child_ended, &child)) note_end(child);
}

void TaskGroup::cancel() noexcept {
  is_cancelled_ = true;
  for (Child& child : children_) child.task.cancel();
}

void TaskGroup::child_ended(void* child) {
  TaskGroup& group = *static_cast<Child*>(child)->group;
  group.note_end(*static_cast<Child*>(child));
  if (group.children_.empty() && group.end_ != nullptr) group.end_->complete();
}

void TaskGroup::note_end(Child& child) noexcept {
  bool has_failed = false;
  try {
    child.task.take();
  } catch (const CancelledError&) {  // as somebody wanted
  } catch (...) {
    failure_.note();
    has_failed = true;
  }
  children_.erase(child.place);
  if (has_failed && !is_cancelled_) cancel();
}

}  // namespace bora
