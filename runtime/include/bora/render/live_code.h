#pragma once

#include <cstdint>
#include <string_view>

namespace bora::render {

/// The code of a generated page in a development build: `bora dev` compiles only the page whose
/// template was edited, and the running program calls that code from then on. Release builds call
/// their own.
///
/// Generated code makes one object for each page, at namespace scope. They live as long as the
/// program.
class LiveCode {
 public:
  /// Any function; generated code knows its real type.
  using Function = void (*)();

  /// @param function   The page's name; no two in a program have the same name.
  /// @param signature  A hash of all that callers see of the page: its parameters and its includes.
  /// @param built      The function that the program was built with.
  LiveCode(const char* function, std::uint64_t signature, Function built) noexcept;
  LiveCode(const LiveCode&) = delete;
  LiveCode& operator=(const LiveCode&) = delete;

  /// The present function. All that were ever called stay loaded: a page that waits ends with the
  /// code that it began with.
  [[nodiscard]] Function entry() const noexcept {
    return __atomic_load_n(&entry_, __ATOMIC_ACQUIRE);  // <atomic> is a costly header
  }

  /// Replaces the code of a page; any thread may call this.
  /// @returns  False, without an effect, if the program has no such page with this signature.
  static bool replace(std::string_view function, std::uint64_t signature, Function code) noexcept;

  /// All objects of the program, one after the other; null after the last.
  static const LiveCode* first() noexcept { return head(); }
  [[nodiscard]] const LiveCode* next() const noexcept { return next_; }
  [[nodiscard]] const char* function() const noexcept { return function_; }

 private:
  static LiveCode*& head() noexcept;

  const char* function_;
  std::uint64_t signature_;
  Function entry_;
  LiveCode* next_;
};

}  // namespace bora::render
