#pragma once

#include <coroutine>
#include <type_traits>
#include <utility>

// g++ before 13 loses an object that stands in the expression of a co_await and was made by braces
// or is a lambda: it is destroyed twice, and the heap is broken without a warning. Objects that a
// constructor or a function makes are fine (docs/coroutines.md has the whole list). A call that is
// awaited can't prevent what its caller writes. So a call that is given such a temporary returns an
// AwaitByName, which these compilers accept only under a name, in an expression of its own:
//
//     auto done = bora::run_in_executor([this, link] { … });
//     co_await done;
//
// To make such a call safe: take the argument by a forwarding reference, and return
// AwaitByNameIf<LostTemporary<Argument>, Result>. An aggregate must not be a default argument:
// leave the parameter out by an overload.

namespace bora::detail {

#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
inline constexpr bool kLosesTemporaries = true;
#else
inline constexpr bool kLosesTemporaries = false;
#endif

/// `Argument`, as it was deduced for a forwarding reference, is a temporary that is lost. A class
/// that can't be assigned is taken for a lambda with captures. An object that was given by
/// std::move() looks the same as a temporary.
template <class Argument>
concept LostTemporary =
    kLosesTemporaries && std::is_class_v<Argument> && !std::is_trivially_copyable_v<Argument> &&
    (std::is_aggregate_v<Argument> || !std::is_move_assignable_v<Argument>);

/// An awaiter that stands for another one: g++ before 13 would await a copy of an awaiter that is
/// given by reference.
template <class Awaiter>
struct AwaiterReference {
  Awaiter& awaiter;
  bool await_ready() { return awaiter.await_ready(); }
  template <class Caller>
  auto await_suspend(std::coroutine_handle<Caller> caller) {
    return awaiter.await_suspend(caller);
  }
  decltype(auto) await_resume() { return awaiter.await_resume(); }
};

template <class Awaitable>
class [[nodiscard]] AwaitByName : public Awaitable {
 public:
  using Awaitable::Awaitable;
  AwaitByName(Awaitable&& awaitable) noexcept(  // NOLINT: stands for it
      std::is_nothrow_move_constructible_v<Awaitable>)
      : Awaitable(std::move(awaitable)) {}

  auto operator co_await() & {
    Awaitable& same = *this;
    if constexpr (requires { same.operator co_await(); }) {
      return same.operator co_await();
    } else {
      return AwaiterReference<Awaitable>{same};
    }
  }
  template <class Never = void>
  auto operator co_await() && {
    static_assert(!std::is_void_v<Never>,
                  "g++ before 13 miscompiles this co_await, because a lambda with captures or an "
                  "object made by braces stands in it: write auto name = ...; and then co_await "
                  "name; (or use clang, or g++ 13)");
    return static_cast<AwaitByName&>(*this).operator co_await();
  }
};

template <bool kMustBeNamed, class Awaitable>
using AwaitByNameIf = std::conditional_t<kMustBeNamed, AwaitByName<Awaitable>, Awaitable>;

}  // namespace bora::detail
