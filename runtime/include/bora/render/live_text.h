#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <bora/render/output.h>

namespace bora::render {

/// The texts of a generated page in a development build: `bora dev` exchanges them when a template
/// was edited and nothing but its text changed, so that no compiler has to run. Release builds have
/// constants in their place.
///
/// Generated code makes one for each page, at namespace scope. They live as long as the program.
class LiveText {
 public:
  /// @param function  Names the page; no two in a program have the same name.
  /// @param shape     Of the page's code without its text.
  /// @param built     The texts that the program was built with. Must outlive the program's end.
  LiveText(const char* function, std::uint64_t shape, const Literal* built,
           std::size_t count) noexcept;
  LiveText(const LiveText&) = delete;
  LiveText& operator=(const LiveText&) = delete;

  /// The present texts. They stay valid when others take their place: a page that waits goes on
  /// with those that it began with.
  [[nodiscard]] const Literal* texts() const noexcept {
    return __atomic_load_n(&texts_, __ATOMIC_ACQUIRE);  // <atomic> is a costly header
  }

  /// Gives a page other texts, on any thread; they are copied.
  /// A page that no code of the program uses is not in it, and needs none. One whose code was
  /// exchanged (LiveCode) is there several times: those of that shape get the texts.
  /// @returns  False, and nothing changes, if all pages of that name have another shape or another
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
