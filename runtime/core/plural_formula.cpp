#include "runtime/core/plural_formula.h"

#include <charconv>

namespace bora {

constexpr std::size_t kMaxSize = 1000;
constexpr int kMaxDepth = 50;

/// Recursive descent, one function for `?:` and one for the binary operators by precedence.
class PluralParser {
 public:
  explicit PluralParser(std::string_view text) : rest_(text) {}

  std::optional<PluralFormula> parse() {
    PluralFormula formula;
    formula.steps_.clear();
    steps_ = &formula.steps_;
    if (rest_.size() > kMaxSize || !choice()) return std::nullopt;
    skip_blanks();
    if (!rest_.empty()) return std::nullopt;
    return formula;
  }

 private:
  using Op = PluralFormula::Op;

  struct Binary {
    std::string_view text;
    int precedence;
    Op op;
  };
  // Of two with the same beginning, the longer one comes first.
  static constexpr Binary kBinaries[] = {
      {"||", 1, Op::either},    {"&&", 2, Op::both},       {"==", 3, Op::equal},
      {"!=", 3, Op::not_equal}, {"<=", 4, Op::less_equal}, {">=", 4, Op::greater_equal},
      {"<", 4, Op::less},       {">", 4, Op::greater},     {"+", 5, Op::add},
      {"-", 5, Op::subtract},   {"*", 6, Op::multiply},    {"/", 6, Op::divide},
      {"%", 6, Op::modulo},
  };

  class Deeper {
   public:
    explicit Deeper(int& depth) : depth_(++depth) {}
    ~Deeper() { --depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

   private:
    int& depth_;
  };

  void skip_blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t' ||
                              rest_.front() == '\r' || rest_.front() == '\n')) {
      rest_.remove_prefix(1);
    }
  }

  bool take(std::string_view token) {
    skip_blanks();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  bool emit(Op op, std::uint64_t number = 0) {
    steps_->push_back({op, number});
    return true;
  }

  bool choice() {
    const Deeper deeper(depth_);
    if (depth_ > kMaxDepth || !binary(1)) return false;
    if (!take("?")) return true;
    return choice() && take(":") && choice() && emit(Op::choose);
  }

  bool binary(int lowest) {
    const Deeper deeper(depth_);
    if (depth_ > kMaxDepth * 4 || !unary()) return false;
    while (const Binary* found = next_binary(lowest)) {
      if (!binary(found->precedence + 1) || !emit(found->op)) return false;
    }
    return true;
  }

  const Binary* next_binary(int lowest) {
    for (const Binary& candidate : kBinaries) {
      skip_blanks();
      if (!rest_.starts_with(candidate.text)) continue;
      if (candidate.precedence < lowest) return nullptr;
      rest_.remove_prefix(candidate.text.size());
      return &candidate;
    }
    return nullptr;
  }

  bool unary() {
    const Deeper deeper(depth_);
    if (depth_ > kMaxDepth * 4) return false;
    skip_blanks();
    if (!rest_.starts_with("!=") && take("!")) return unary() && emit(Op::negate);
    if (take("(")) return choice() && take(")");
    if (take("n")) return emit(Op::n);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (error != std::errc()) return false;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return emit(Op::number, number);
  }

  std::string_view rest_;
  std::vector<PluralFormula::Step>* steps_ = nullptr;
  int depth_ = 0;
};

std::optional<PluralFormula> PluralFormula::parse(std::string_view text) {
  return PluralParser(text).parse();
}

PluralFormula::PluralFormula() : steps_{{Op::n}, {Op::number, 1}, {Op::not_equal}} {}

std::uint64_t PluralFormula::operator()(std::uint64_t n) const {
  std::vector<std::uint64_t> stack;
  const auto pop = [&] {
    const std::uint64_t value = stack.back();
    stack.pop_back();
    return value;
  };
  for (const Step& step : steps_) {
    if (step.op == Op::n || step.op == Op::number) {
      stack.push_back(step.op == Op::n ? n : step.number);
      continue;
    }
    const std::uint64_t b = pop();
    if (step.op == Op::negate) {
      stack.push_back(b == 0);
      continue;
    }
    const std::uint64_t a = pop();
    switch (step.op) {
      case Op::multiply:
        stack.push_back(a * b);
        break;
      case Op::divide:
        if (b == 0) return 0;
        stack.push_back(a / b);
        break;
      case Op::modulo:
        if (b == 0) return 0;
        stack.push_back(a % b);
        break;
      case Op::add:
        stack.push_back(a + b);
        break;
      case Op::subtract:
        stack.push_back(a - b);
        break;
      case Op::less:
        stack.push_back(a < b);
        break;
      case Op::less_equal:
        stack.push_back(a <= b);
        break;
      case Op::greater:
        stack.push_back(a > b);
        break;
      case Op::greater_equal:
        stack.push_back(a >= b);
        break;
      case Op::equal:
        stack.push_back(a == b);
        break;
      case Op::not_equal:
        stack.push_back(a != b);
        break;
      case Op::both:
        stack.push_back(a != 0 && b != 0);
        break;
      case Op::either:
        stack.push_back(a != 0 || b != 0);
        break;
      case Op::choose:
        stack.push_back(pop() != 0 ? a : b);
        break;
      case Op::n:
      case Op::number:
      case Op::negate:
        break;
    }
  }
  return stack.back();
}

}  // namespace bora
