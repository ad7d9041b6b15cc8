#pragma once

#include <concepts>
#include <coroutine>
#include <type_traits>
#include <utility>

#include <bora/core/task.h>

// What can be awaited, and a Task made of it: for calls that accept anything that can be awaited
// (multi, with_timeout, spawn …).

namespace bora::detail {

template <class Awaited>
concept HasMemberCoAwait =
    requires(Awaited&& awaited) { std::forward<Awaited>(awaited).operator co_await(); };
template <class Awaited>
concept HasFreeCoAwait =
    requires(Awaited&& awaited) { operator co_await(std::forward<Awaited>(awaited)); };

/// The awaiter that the compiler asks when a Task awaits `awaited`.
template <class Awaited>
decltype(auto) awaiter_of(Awaited&& awaited) {
  if constexpr (HasMemberCoAwait<Awaited>) {
    return std::forward<Awaited>(awaited).operator co_await();
  } else if constexpr (HasFreeCoAwait<Awaited>) {
    return operator co_await(std::forward<Awaited>(awaited));
  } else {
    return std::forward<Awaited>(awaited);
  }
}

template <class Awaiter>
concept IsAwaiter = requires(std::remove_cvref_t<Awaiter>& awaiter) {
  { awaiter.await_ready() } -> std::convertible_to<bool>;
  awaiter.await_resume();
};

/// Whether a Task can await it.
template <class Awaited>
concept Awaitable = (HasMemberCoAwait<Awaited> || HasFreeCoAwait<Awaited> || IsAwaiter<Awaited>) &&
                    IsAwaiter<decltype(awaiter_of(std::declval<Awaited>()))>;

/// The type that `co_await` gives: a value, void or a reference.
template <Awaitable Awaited>
using AwaitResult = std::remove_cv_t<std::conditional_t<
    std::is_rvalue_reference_v<decltype(awaiter_of(std::declval<Awaited>()).await_resume())>,
    std::remove_reference_t<decltype(awaiter_of(std::declval<Awaited>()).await_resume())>,
    decltype(awaiter_of(std::declval<Awaited>()).await_resume())>>;

/// Reports each way of being wrong in one sentence, instead of pages of messages.
template <class Awaited, bool kKeepsResult = true>
consteval bool require_awaitable() {
  using Plain = std::remove_cvref_t<Awaited>;
  constexpr bool kIsAwaitable = Awaitable<Plain>;
  static_assert(kIsAwaitable || !std::invocable<Plain&>,
                "this argument is a function: call it, so that what it returns is awaited");
  static_assert(kIsAwaitable || std::invocable<Plain&>,
                "this argument can't be awaited: give a Task, a Future, or what a call such as "
                "queue.get() or event.wait() returns");
  if constexpr (kIsAwaitable) {
    static_assert(std::constructible_from<Plain, Awaited>,
                  "what is awaited here is handed over: write std::move(task)");
    static_assert(
        !kKeepsResult || !std::is_reference_v<AwaitResult<Plain>>,
        "what is awaited here gives a reference, which can't be kept: await it by itself, "
        "or let it give a value or a pointer");
  }
  return kIsAwaitable;
}

template <class T>
Task<T> as_task(Task<T> task) {
  return task;
}
/// Makes a Task that owns `awaited` and awaits it.
template <Awaitable Awaited>
Task<AwaitResult<Awaited>> as_task(Awaited awaited) {
  co_return co_await std::move(awaited);
}

/// The type of Task that as_task() returns.
template <class Awaited>
using AwaitedTask = decltype(as_task(std::declval<std::remove_cvref_t<Awaited>>()));
template <class Awaited>
using AwaitedValue = typename AwaitedTask<Awaited>::value_type;

/// Awaits `task` and drops its result.
template <class T>
Task<void> without_result(Task<T> task) {
  static_cast<void>(co_await task);
}
inline Task<void> without_result(Task<void> task) {
  return task;
}

}  // namespace bora::detail
