#pragma once

#include <exception>

namespace bora {

/// Types of exception that are expected, and so are not worth a log line when nobody is left to
/// catch them: `quiet_exceptions<StreamClosedError>`.
class QuietExceptions {
 public:
  constexpr QuietExceptions() noexcept = default;
  constexpr explicit QuietExceptions(bool (*is_quiet)(const std::exception_ptr&) noexcept) noexcept
      : is_quiet_(is_quiet) {}

  /// Whether `failure` is of one of the types; CancelledError always is.
  [[nodiscard]] bool contains(const std::exception_ptr& failure) const noexcept;

 private:
  bool (*is_quiet_)(const std::exception_ptr&) noexcept = nullptr;
};

namespace detail {

template <class Exception>
bool is_exception(const std::exception_ptr& failure) noexcept {
  try {
    std::rethrow_exception(failure);
  } catch (const Exception&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace detail

template <class... Exceptions>
inline constexpr QuietExceptions quiet_exceptions{[](const std::exception_ptr& failure) noexcept {
  return (detail::is_exception<Exceptions>(failure) || ...);
}};

}  // namespace bora
