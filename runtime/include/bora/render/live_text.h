#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <bora/render/output.h>

namespace bora::render {

/// The texts of a generated page in a development build: `bora dev` exchanges them when only the
/// text of a template was edited, so that no compiler has to run. Release builds have constants
/// instead.
///
/// Generated code makes one object for each page, at namespace scope. They live as long as the
/// program.
class LiveText {
 public:
  /// @param function  The page's name; no two in a program have the same name.
  /// @param shape     A hash of the page's code without its text.
  /// @param built     The texts that the program was built with. They must live until the program
  ///                  ends.
  LiveText(const char* function, std::uint64_t shape, const Literal* built,
           std::size_t count) noexcept;
  LiveText(const LiveText&) = delete;
  LiveText& operator=(const LiveText&) = delete;

  /// The present texts. They stay valid when others replace them: a page that waits goes on with
  /// the texts that it began with.
  [[nodiscard]] const Literal* texts() const noexcept {
    return __atomic_load_n(&texts_, __ATOMIC_ACQUIRE);  // <atomic> is a costly header
  }

  /// Replaces the texts of a page; any thread may call this, and the texts are copied. A page that
  /// no code of the program uses is not in it, and needs no texts. A page whose code was exchanged
  /// (LiveCode) is there several times: those of that shape get the texts.
  /// @returns  False, without an effect, if all pages of that name have another shape or another
  ///           number of texts.
  static bool replace(std::string_view function, std::uint64_t shape, const std::string_view* texts,
                      std::size_t count);

 private:
  static LiveText*& first() noexcept;

  const char* function_;
  std::uint64_t shape_;
  std::size_t count_;
  const Literal* texts_;
  LiveText* next_;
};

}  // namespace bora::render
