#pragma once

#include <concepts>
#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace bora {

template <class Signature>
class UniqueFunction;

/// Owns a callable that is moved but never copied, so it may hold what can't be copied (a Task, a
/// descriptor). Callables of four words or fewer are stored without allocating.
template <class Result, class... Arguments>
class UniqueFunction<Result(Arguments...)> {
 public:
  UniqueFunction() noexcept = default;

  template <class Callable>
    requires(!std::same_as<std::remove_cvref_t<Callable>, UniqueFunction> &&
             std::is_invocable_r_v<Result, std::decay_t<Callable>&, Arguments...>)
  UniqueFunction(Callable&& callable) {  // NOLINT: lambdas convert
    using Stored = std::decay_t<Callable>;
    if constexpr (kFits<Stored>) {
      ::new (static_cast<void*>(storage_)) Stored(std::forward<Callable>(callable));
      operations_ = &kInline<Stored>;
    } else {
      ::new (static_cast<void*>(storage_)) Stored*(new Stored(std::forward<Callable>(callable)));
      operations_ = &kOnHeap<Stored>;
    }
  }

  UniqueFunction(UniqueFunction&& other) noexcept { take(other); }
  UniqueFunction& operator=(UniqueFunction&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  UniqueFunction(const UniqueFunction&) = delete;
  UniqueFunction& operator=(const UniqueFunction&) = delete;
  ~UniqueFunction() { reset(); }

  explicit operator bool() const noexcept { return operations_ != nullptr; }

  /// Calls the callable; there must be one.
  Result operator()(Arguments... arguments) {
    return operations_->call(storage_, std::forward<Arguments>(arguments)...);
  }

 private:
  struct Operations {
    Result (*call)(void* stored, Arguments&&... arguments);
    void (*move)(void* from, void* to) noexcept;  // leaves nothing at `from`
    void (*destroy)(void* stored) noexcept;
  };

  template <class Stored>
  static constexpr bool kFits =
      sizeof(Stored) <= 4 * sizeof(void*) && alignof(Stored) <= alignof(std::max_align_t) &&
      std::is_nothrow_move_constructible_v<Stored>;

  template <class Stored>
  static Stored& inline_at(void* storage) noexcept {
    return *std::launder(static_cast<Stored*>(storage));
  }
  template <class Stored>
  static Stored*& pointer_at(void* storage) noexcept {
    return *std::launder(static_cast<Stored**>(storage));
  }

  template <class Stored>
  static constexpr Operations kInline = {
      [](void* stored, Arguments&&... arguments) -> Result {
        return static_cast<Result>(
            inline_at<Stored>(stored)(std::forward<Arguments>(arguments)...));
      },
      [](void* from, void* to) noexcept {
        ::new (to) Stored(std::move(inline_at<Stored>(from)));
        inline_at<Stored>(from).~Stored();
      },
      [](void* stored) noexcept { inline_at<Stored>(stored).~Stored(); }};

  template <class Stored>
  static constexpr Operations kOnHeap = {
      [](void* stored, Arguments&&... arguments) -> Result {
        return static_cast<Result>(
            (*pointer_at<Stored>(stored))(std::forward<Arguments>(arguments)...));
      },
      [](void* from, void* to) noexcept { ::new (to) Stored*(pointer_at<Stored>(from)); },
      [](void* stored) noexcept { delete pointer_at<Stored>(stored); }};

  void take(UniqueFunction& other) noexcept {
    operations_ = std::exchange(other.operations_, nullptr);
    if (operations_ != nullptr) operations_->move(other.storage_, storage_);
  }
  void reset() noexcept {
    if (operations_ != nullptr) std::exchange(operations_, nullptr)->destroy(storage_);
  }

  const Operations* operations_ = nullptr;
  alignas(std::max_align_t) std::byte storage_[4 * sizeof(void*)];
};

}  // namespace bora
