#pragma once

// Asio on Bora's loop: include this only where Asio is used. The program finds and links Asio
// itself (standalone, 1.22 or newer; the same version in the whole program).
//
//   asio::ip::tcp::socket socket(bora::asio_context());
//   co_await socket.async_connect(endpoint, bora::use_task);
//   const std::size_t count = co_await asio::async_write(socket, asio::buffer(text),
//   bora::use_task);
//
// Asio's own coroutines and Tasks can await each other; exceptions and requests to cancel pass
// between them:
//
//   int rows = co_await asio::co_spawn(bora::asio_context(), count_rows(), bora::use_task);
//   int rows = co_await bora::run_task(count_rows_in_a_task(), asio::use_awaitable);
//
// docs/asio.md tells more. The context locks what other threads need to post to it and to resolve
// names, but not its sockets and timers: use those on the loop's thread only.

#ifndef ASIO_STANDALONE
#define ASIO_STANDALONE
#endif
// Asio 1.22 offers `awaitable` to clang only with the former experimental coroutines: include this
// header first.
#if defined(__clang__) && !defined(ASIO_HAS_CO_AWAIT)
#define ASIO_HAS_CO_AWAIT 1
#endif

#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <asio/error_code.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <bora/core/detail/loop_access.h>
#include <bora/core/io_loop.h>
#include <bora/core/operation.h>
#include <bora/core/task.h>

namespace bora {

/// The context that a loop runs.
inline asio::io_context& asio_context(IOLoop& loop = IOLoop::current()) {
  return *static_cast<asio::io_context*>(detail::LoopAccess::native_context(loop));
}

/// A completion token: the operation is awaited, and gives the values that Asio passes after the
/// error code. An error is thrown as std::system_error. The operation starts when it is awaited.
///
/// A request to cancel reaches Asio's per-operation cancellation; the await then throws
/// CancelledError. Operations that don't support it (resolving, in Asio 1.22) go on to their end,
/// and so does one that has just succeeded: then the next wait meets the request. The wait can't be
/// abandoned: cancel it and await its end.
struct UseTask {};
inline constexpr UseTask use_task{};

/// The same, but errors are returned: `auto [error, count] = co_await ….async_read_some(…,
/// use_task_tuple)`. CancelledError is thrown here too.
struct UseTaskTuple {};
inline constexpr UseTaskTuple use_task_tuple{};

namespace detail {

/// Takes the memory of Asio's operations from the free lists of coroutine frames.
template <class T>
struct FrameAllocator {
  using value_type = T;
  FrameAllocator() noexcept = default;
  template <class U>
  FrameAllocator(const FrameAllocator<U>&) noexcept {}  // NOLINT: allocators convert
  T* allocate(std::size_t count) { return static_cast<T*>(allocate_frame(count * sizeof(T))); }
  void deallocate(T* memory, std::size_t count) noexcept {
    release_frame(memory, count * sizeof(T));
  }
  template <class U>
  bool operator==(const FrameAllocator<U>&) const noexcept {
    return true;
  }
};

// The value that co_await gives for a list of completion arguments.
inline void asio_value(std::tuple<>&&) noexcept {}
template <class Value>
Value asio_value(std::tuple<Value>&& values) {
  return std::get<0>(std::move(values));
}
template <class... Values>
std::tuple<Values...> asio_value(std::tuple<Values...>&& values) {
  return std::move(values);
}

template <class... Values>
std::tuple<Values...> without_first(std::tuple<asio::error_code, Values...>&& all) {
  return std::apply([](auto&, auto&... rest) { return std::tuple<Values...>(std::move(rest)...); },
                    all);
}
template <class... Values>
std::tuple<Values...> without_first(std::tuple<std::exception_ptr, Values...>&& all) {
  return std::apply([](auto&, auto&... rest) { return std::tuple<Values...>(std::move(rest)...); },
                    all);
}

template <class... Values>
auto asio_result(UseTaskTuple, std::tuple<Values...>&& all) {
  return std::move(all);
}
template <class... Values>
auto asio_result(UseTask, std::tuple<Values...>&& all) {
  return asio_value(std::move(all));
}
template <class... Values>
auto asio_result(UseTask, std::tuple<asio::error_code, Values...>&& all) {
  if (std::get<0>(all)) throw std::system_error(std::get<0>(all));
  return asio_value(without_first(std::move(all)));
}
template <class... Values>
auto asio_result(UseTask, std::tuple<std::exception_ptr, Values...>&& all) {
  if (std::get<0>(all)) std::rethrow_exception(std::get<0>(all));
  return asio_value(without_first(std::move(all)));
}

inline bool is_aborted(const asio::error_code& error) noexcept {
  return error == asio::error::operation_aborted;
}
inline bool is_aborted(const std::exception_ptr& failure) noexcept {
  if (!failure) return false;
  try {
    std::rethrow_exception(failure);
  } catch (const std::system_error& error) {
    return is_aborted(error.code());
  } catch (...) {
    return false;
  }
}
template <class Other>
bool is_aborted(const Other&) noexcept {
  return false;
}

/// An operation that a coroutine awaits, and the place for its result.
template <class... Arguments>
class AsioOperation : public Operation {
 public:
  using Outcome = std::tuple<std::decay_t<Arguments>...>;

  template <class... Given>
  void end_with(Given&&... given) {
    outcome_.emplace(std::forward<Given>(given)...);
    if (is_starting_) return;
    if (is_cancel_requested_) tell_cancelled();
    complete();
  }
  asio::cancellation_slot slot() noexcept { return signal_.slot(); }

 protected:
  AsioOperation() noexcept = default;
  AsioOperation(AsioOperation&& other) noexcept : Operation(std::move(other)) {}
  ~AsioOperation() override = default;

  // Whether the operation is still being started; it may complete within that, as dispatch() does.
  bool is_starting_ = true;
  std::optional<Outcome> outcome_;

 private:
  void on_cancel() noexcept override {
    is_cancel_requested_ = true;
    signal_.emit(asio::cancellation_type::all);
  }
  void tell_cancelled() noexcept {
    bool was_aborted = false;
    if constexpr (sizeof...(Arguments) > 0) was_aborted = is_aborted(std::get<0>(*outcome_));
    was_aborted ? cancelled() : not_cancelled();
  }

  asio::cancellation_signal signal_;
  bool is_cancel_requested_ = false;
};

/// The completion handler. It runs on the loop, wherever the operation itself runs.
template <class... Arguments>
class AsioHandler {
 public:
  using executor_type = asio::io_context::executor_type;
  using allocator_type = FrameAllocator<std::byte>;
  using cancellation_slot_type = asio::cancellation_slot;

  AsioHandler(AsioOperation<Arguments...>& operation, executor_type executor) noexcept
      : operation_(&operation), executor_(std::move(executor)) {}

  executor_type get_executor() const noexcept { return executor_; }
  allocator_type get_allocator() const noexcept { return {}; }
  cancellation_slot_type get_cancellation_slot() const noexcept { return operation_->slot(); }

  template <class... Given>
  void operator()(Given&&... given) {
    operation_->end_with(std::forward<Given>(given)...);
  }

 private:
  AsioOperation<Arguments...>* operation_;
  executor_type executor_;
};

template <class Token, class Initiation, class InitiationArguments, class... Arguments>
class AsioAwaiter final : public AsioOperation<Arguments...> {
 public:
  AsioAwaiter(Initiation initiation, InitiationArguments arguments)
      : initiation_(std::move(initiation)), arguments_(std::move(arguments)) {}

  template <class Caller>
  bool await_suspend(std::coroutine_handle<Caller> caller) {
    if (!this->suspend(caller)) return false;
    std::apply(
        [this](auto&&... arguments) {
          std::move(initiation_)(AsioHandler<Arguments...>(*this, asio_context().get_executor()),
                                 std::forward<decltype(arguments)>(arguments)...);
        },
        std::move(arguments_));
    this->is_starting_ = false;
    if (!this->outcome_) return true;
    this->complete_at_once();
    return false;
  }
  auto await_resume() {
    this->check();
    return asio_result(Token{}, std::move(*this->outcome_));
  }

 private:
  Initiation initiation_;
  InitiationArguments arguments_;
};

template <class Token, class... Arguments>
class AsioResult {
 public:
  template <class Initiation, class... InitiationArguments>
  static auto initiate(Initiation&& initiation, Token, InitiationArguments&&... arguments) {
    using Tuple = std::tuple<std::decay_t<InitiationArguments>...>;
    return AsioAwaiter<Token, std::decay_t<Initiation>, Tuple, Arguments...>(
        std::forward<Initiation>(initiation),
        Tuple(std::forward<InitiationArguments>(arguments)...));
  }
};

/// A Task that one of Asio's completion handlers waits for. It owns itself until it has ended.
template <class T, class Handler>
class AsioTask {
  using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

 public:
  static void start(Task<T> task, Handler handler) {
    auto* self = new AsioTask(std::move(task), std::move(handler));
    self->watch_cancellation();
    const auto on_done = [](void* ended) { static_cast<AsioTask*>(ended)->end(); };
    if (self->task_.start(on_done, self)) self->end();
  }

 private:
  AsioTask(Task<T> task, Handler handler) : task_(std::move(task)), handler_(std::move(handler)) {}

  void watch_cancellation() {
    auto slot = asio::get_associated_cancellation_slot(handler_);
    if (!slot.is_connected()) return;
    slot.assign([this](asio::cancellation_type type) {
      if (type == asio::cancellation_type::none) return;
      is_cancel_requested_ = true;
      task_.cancel();
    });
  }

  // The handler is never called from within the call that starts the Task, nor from the Task's last
  // step.
  void end() {
    auto slot = asio::get_associated_cancellation_slot(handler_);
    if (slot.is_connected()) slot.clear();
    const auto executor = asio::get_associated_executor(handler_, asio_context().get_executor());
    asio::post(executor, [self = std::unique_ptr<AsioTask>(this)]() mutable {
      self->take_outcome();
      Handler handler = std::move(self->handler_);
      const std::exception_ptr failure = self->failure_;
      std::optional<Value> value = std::move(self->value_);
      self.reset();
      if constexpr (std::is_void_v<T>) {
        std::move(handler)(failure);
      } else {
        std::move(handler)(failure, value ? std::move(*value) : Value());
      }
    });
  }

  void take_outcome() noexcept {
    try {
      if constexpr (std::is_void_v<T>) {
        task_.take();
      } else {
        value_.emplace(task_.take());
      }
    } catch (const CancelledError&) {
      failure_ = is_cancel_requested_ ? std::make_exception_ptr(std::system_error(
                                            make_error_code(asio::error::operation_aborted)))
                                      : std::current_exception();
    } catch (...) {
      failure_ = std::current_exception();
    }
  }

  Task<T> task_;
  Handler handler_;
  std::exception_ptr failure_;
  std::optional<Value> value_;
  bool is_cancel_requested_ = false;
};

template <class T>
struct AsioTaskSignature {
  using type = void(std::exception_ptr, T);
};
template <>
struct AsioTaskSignature<void> {
  using type = void(std::exception_ptr);
};

}  // namespace detail

/// Starts a Task as one of Asio's asynchronous operations, with any completion token, such as
/// `asio::use_awaitable`. Call it on the loop's thread.
///
/// Its signature is void(std::exception_ptr, T); T, unless it is void, must have a default
/// constructor. Asio's per-operation cancellation cancels the Task, which then, if it does end,
/// gives std::system_error(asio::error::operation_aborted).
template <class T, class Token>
auto run_task(Task<T> task, Token&& token) {
  return asio::async_initiate<Token, typename detail::AsioTaskSignature<T>::type>(
      [](auto&& handler, Task<T> started) {
        using Handler = std::decay_t<decltype(handler)>;
        detail::AsioTask<T, Handler>::start(std::move(started),
                                            std::forward<decltype(handler)>(handler));
      },
      token, std::move(task));
}

}  // namespace bora

/// @cond  Asio's own way of asking.
template <class... Arguments>
class asio::async_result<bora::UseTask, void(Arguments...)>
    : public bora::detail::AsioResult<bora::UseTask, Arguments...> {};

template <class... Arguments>
class asio::async_result<bora::UseTaskTuple, void(Arguments...)>
    : public bora::detail::AsioResult<bora::UseTaskTuple, Arguments...> {};
/// @endcond
