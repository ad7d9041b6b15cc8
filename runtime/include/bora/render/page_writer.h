#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <bora/render/output.h>

// Optimised code must contain no call to these functions: all that is left of a PageWriter is a
// register.
#if defined(__OPTIMIZE__) && defined(__GNUC__)
#define BORA_IN_PLACE [[gnu::always_inline]]
#else
#define BORA_IN_PLACE
#endif

namespace bora::render {

/// Appends a page to an Output. It is a local variable of generated code.
///
/// The end of the text is a member of its own, which compilers keep in a register as long as no
/// function that is not inlined gets the writer. The Output itself changes only with finish(): if a
/// page throws, nothing of it remains, and until finish() nobody else may use the Output.
class PageWriter {
 public:
  /// @param expected  The bytes to make room for at once.
  BORA_IN_PLACE PageWriter(Output& out, std::size_t expected)
      : out_(out), at_(out.make_room(out.cursor_, expected + 1)) {}
  PageWriter(const PageWriter&) = delete;
  PageWriter& operator=(const PageWriter&) = delete;

  /// Passes the text to the Output.
  BORA_IN_PLACE void finish() { out_.cursor_ = at_; }

  /// While it lives, others may append to the Output; the page continues after their text, even
  /// after an exception.
  class Released {
   public:
    BORA_IN_PLACE explicit Released(PageWriter& page) : page_(page) { page.finish(); }
    // There is memory since the page was begun; the next append() checks whether there is room.
    BORA_IN_PLACE ~Released() { page_.at_ = page_.out_.cursor_; }
    Released(const Released&) = delete;
    Released& operator=(const Released&) = delete;

   private:
    PageWriter& page_;
  };

  BORA_IN_PLACE void append(std::string_view text) { at_ = out_.put(at_, text); }
  BORA_IN_PLACE void append_escaped(std::string_view text) { at_ = out_.put_escaped(at_, text); }
  BORA_IN_PLACE void append_integer(std::int64_t value) { at_ = out_.put_integer(at_, value); }
  BORA_IN_PLACE void append_unsigned(std::uint64_t value) { at_ = out_.put_unsigned(at_, value); }
  BORA_IN_PLACE void append_float(double value) { at_ = out_.put_float(at_, value); }
  BORA_IN_PLACE void append_float(float value) { at_ = out_.put_float(at_, value); }

  /// Appends the text that `write(out, text)` appends.
  BORA_IN_PLACE void append_by(Output::Write write, std::string_view text) {
    at_ = out_.put_by(at_, write, text);
  }
  /// The same; returns whether the function wrote the text itself.
  BORA_IN_PLACE bool append_by(Output::TryWrite write, std::string_view text) {
    bool is_written = true;
    at_ = out_.put_by(at_, write, text, is_written);
    return is_written;
  }

  BORA_IN_PLACE void append(const Literal& literal) {
#if defined(__OPTIMIZE__) && defined(__GNUC__)
    // In generated code the size is a constant: most literals become a few moves.
    if (__builtin_constant_p(literal.size) && literal.size <= Output::kMaxInline) {
      if (at_ > out_.end_) [[unlikely]]
        at_ = out_.grow(at_, 0);
      copy(literal);
      return;
    }
#endif
    append(std::string_view(literal.text, literal.size));
  }

  /// The same without checking for room. It may add at most Output::kMaxUnchecked bytes in all
  /// after the last append() of a literal, however many values come between.
  BORA_IN_PLACE void append_unchecked(const Literal& literal) {
#if defined(__OPTIMIZE__) && defined(__GNUC__)
    if (__builtin_constant_p(literal.size)) return copy(literal);
#endif
    append(std::string_view(literal.text, literal.size));
  }

 private:
  BORA_IN_PLACE void copy(const Literal& literal) {
    __builtin_memcpy(at_, literal.text, literal.size);
    at_ += literal.size;
  }

  Output& out_;
  char* at_;
};

}  // namespace bora::render
