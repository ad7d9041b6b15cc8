#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace bora {

/// Tells which form of a message goes with a number: the C expression of a gettext catalogue,
/// `n%10==1 && n%100!=11 ? 0 : 1`.
class PluralFormula {
 public:
  /// Returns nothing if the text is not such an expression, or is longer or nested deeper than any
  /// real one.
  static std::optional<PluralFormula> parse(std::string_view text);

  /// `n != 1`, as English has it.
  PluralFormula();

  /// The number of the form. A division by zero gives 0.
  [[nodiscard]] std::uint64_t operator()(std::uint64_t n) const;

 private:
  friend class PluralParser;

  enum class Op : std::uint8_t {
    n,
    number,
    negate,
    multiply,
    divide,
    modulo,
    add,
    subtract,
    less,
    less_equal,
    greater,
    greater_equal,
    equal,
    not_equal,
    both,
    either,
    choose
  };
  struct Step {
    Op op;
    std::uint64_t number = 0;
  };

  /// In the order of a stack machine: operands first. Nothing in it has side effects, so both sides
  /// of `&&`, `||` and `?:` may be computed.
  std::vector<Step> steps_;
};

}  // namespace bora
