#include <bora/net/regex.h>

#include <algorithm>
#include <bitset>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "runtime/net/regex_automaton.h"

namespace bora::net {
namespace {

constexpr std::size_t kMaxPlaces = 1024;
constexpr std::size_t kMaxSteps = 20'000;
constexpr std::size_t kMaxDepth = 100;
constexpr std::size_t kUnlimited = static_cast<std::size_t>(-1);

using ByteSet = std::bitset<256>;

/// A piece of a pattern: the places with which it can begin and end.
struct Piece {
  bool is_optional = true;
  std::vector<std::size_t> first;
  std::vector<std::size_t> last;
};

ByteSet range(unsigned char from, unsigned char to) {
  ByteSet set;
  for (unsigned byte = from; byte <= to; ++byte) set.set(byte);
  return set;
}

void append(std::vector<std::size_t>& to, const std::vector<std::size_t>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

void set_bit(PlaceSet& set, std::size_t place) {
  set[place / 64] |= std::uint64_t{1} << (place % 64);
}

}  // namespace

/// Reads a pattern from left to right; a repeated piece is read once for each copy.
class RegexParser {
 public:
  explicit RegexParser(std::string_view pattern) : pattern_(pattern) {}

  void parse_into(Regex::Automaton& automaton) {
    automaton.is_anchored_ = accept('^');
    const Piece whole = alternatives();
    if (at_ < pattern_.size()) fail("')' closes nothing");
    if (whole.is_optional) fail("it would match nothing at all");
    const std::size_t words = (places_.size() + 63) / 64;
    const PlaceSet none(words, 0);
    automaton.words_ = words;
    automaton.first_ = to_set(whole.first, none);
    automaton.last_ = to_set(whole.last, none);
    for (const auto& following : follow_) automaton.follow_.push_back(to_set(following, none));
    automaton.taking_.assign(256, none);
    for (std::size_t place = 0; place < places_.size(); ++place) {
      for (std::size_t byte = 0; byte < 256; ++byte) {
        if (places_[place].test(byte)) set_bit(automaton.taking_[byte], place);
      }
    }
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw std::invalid_argument("regular expression \"" + std::string(pattern_) + "\", byte " +
                                std::to_string(at_) + ": " + why);
  }

  static PlaceSet to_set(const std::vector<std::size_t>& places, PlaceSet set) {
    for (const std::size_t place : places) set_bit(set, place);
    return set;
  }

  [[nodiscard]] bool is_at(char c) const { return at_ < pattern_.size() && pattern_[at_] == c; }
  bool accept(char c) {
    if (!is_at(c)) return false;
    ++at_;
    return true;
  }
  char next() {
    if (at_ == pattern_.size()) fail("it ends too early");
    return pattern_[at_++];
  }

  // a|b
  Piece alternatives() {
    if (++depth_ > kMaxDepth) fail("groups are nested too deep");
    Piece all = sequence();
    while (accept('|')) {
      const Piece other = sequence();
      all.is_optional |= other.is_optional;
      append(all.first, other.first);
      append(all.last, other.last);
    }
    --depth_;
    return all;
  }

  // ab
  Piece sequence() {
    Piece all;
    while (at_ < pattern_.size() && !is_at('|') && !is_at(')')) all = joined(all, repeated());
    return all;
  }

  Piece joined(const Piece& left, const Piece& right) {
    connect(left.last, right.first);
    Piece both;
    both.is_optional = left.is_optional && right.is_optional;
    both.first = left.first;
    if (left.is_optional) append(both.first, right.first);
    both.last = right.last;
    if (right.is_optional) append(both.last, left.last);
    return both;
  }

  // a{2,5}: a a (a (a (a)?)?)?, written flat.
  Piece repeated() {
    const std::size_t begin = at_;
    Piece one = atom();
    const std::size_t end = at_;
    const auto [least, most] = quantifier();
    accept('?');
    const std::size_t behind = at_;
    if (is_at('*') || is_at('+')) fail("a quantifier of a quantifier");
    const auto copy = [&](bool is_first) {
      if (is_first) return one;
      at_ = begin;
      Piece again = atom();
      at_ = end;
      return again;
    };
    Piece all;
    const std::size_t copies = most == kUnlimited ? std::max<std::size_t>(least, 1) : most;
    for (std::size_t i = 0; i < copies; ++i) {
      Piece next = copy(i == 0);
      if (i + 1 == copies && most == kUnlimited) connect(next.last, next.first);
      next.is_optional |= i >= least;
      all = joined(all, next);
    }
    at_ = behind;
    return all;
  }

  std::pair<std::size_t, std::size_t> quantifier() {
    if (accept('*')) return {0, kUnlimited};
    if (accept('+')) return {1, kUnlimited};
    if (accept('?')) return {0, 1};
    if (!accept('{')) return {1, 1};
    const std::size_t least = number();
    std::size_t most = least;
    if (accept(',')) most = is_at('}') ? kUnlimited : number();
    if (!accept('}')) fail("'}' is missing");
    if (most < least) fail("more at least than at most");
    return {least, most};
  }

  std::size_t number() {
    if (at_ == pattern_.size() || pattern_[at_] < '0' || pattern_[at_] > '9')
      fail("a number is missing behind '{' (write \\{ for the character)");
    std::size_t value = 0;
    while (at_ < pattern_.size() && pattern_[at_] >= '0' && pattern_[at_] <= '9') {
      value = value * 10 + static_cast<std::size_t>(pattern_[at_++] - '0');
      if (value > kMaxPlaces) fail("too many repetitions");
    }
    return value;
  }

  Piece atom() {
    if (++steps_ > kMaxSteps) fail("it is too large");
    const char c = next();
    switch (c) {
      case '(': {
        if (accept('?') && !accept(':')) fail("of the groups with '?', only (?:…) is known");
        Piece inner = alternatives();
        if (!accept(')')) fail("')' is missing");
        return inner;
      }
      case '[':
        return place(bracket());
      case '.':
        return place(~range('\n', '\n'));
      case '\\':
        return place(escape());
      case '*':
      case '+':
      case '?':
      case '{':
        fail("a quantifier behind nothing");
      case '^':
        fail("'^' is known at the beginning only");
      case '$':
        fail("'$' is not known: a stream has no lines");
      default:
        return place(range(static_cast<unsigned char>(c), static_cast<unsigned char>(c)));
    }
  }

  Piece place(const ByteSet& bytes) {
    if (places_.size() == kMaxPlaces) fail("it is too large");
    places_.push_back(bytes);
    follow_.emplace_back();
    return {false, {places_.size() - 1}, {places_.size() - 1}};
  }

  void connect(const std::vector<std::size_t>& from, const std::vector<std::size_t>& to) {
    for (const std::size_t place : from) {
      std::vector<std::size_t>& following = follow_[place];
      append(following, to);
      std::sort(following.begin(), following.end());
      following.erase(std::unique(following.begin(), following.end()), following.end());
    }
  }

  ByteSet bracket() {
    const bool is_negated = accept('^');
    ByteSet set;
    bool is_first = true;
    while (is_first || !is_at(']')) {
      is_first = false;
      const ByteSet from = member();
      const bool is_range =
          at_ + 1 < pattern_.size() && pattern_[at_] == '-' && pattern_[at_ + 1] != ']';
      set |= is_range ? span_from(from) : from;
    }
    ++at_;
    return is_negated ? ~set : set;
  }

  ByteSet span_from(const ByteSet& from) {
    ++at_;
    const ByteSet to = member();
    if (from.count() != 1 || to.count() != 1) fail("a range goes from one character to another");
    const unsigned char begin = only(from);
    const unsigned char end = only(to);
    if (end < begin) fail("a range goes from a lower character to a higher one");
    return range(begin, end);
  }

  ByteSet member() {
    const char c = next();
    if (c == '\\') return escape();
    return range(static_cast<unsigned char>(c), static_cast<unsigned char>(c));
  }

  static unsigned char only(const ByteSet& set) {
    std::size_t byte = 0;
    while (!set.test(byte)) ++byte;
    return static_cast<unsigned char>(byte);
  }

  ByteSet escape() {
    const char c = next();
    const ByteSet digits = range('0', '9');
    const ByteSet words = digits | range('a', 'z') | range('A', 'Z') | range('_', '_');
    const ByteSet spaces = range('\t', '\r') | range(' ', ' ');
    const auto one = [](unsigned char byte) { return range(byte, byte); };
    switch (c) {
      case 'd':
        return digits;
      case 'D':
        return ~digits;
      case 'w':
        return words;
      case 'W':
        return ~words;
      case 's':
        return spaces;
      case 'S':
        return ~spaces;
      case 'r':
        return one('\r');
      case 'n':
        return one('\n');
      case 't':
        return one('\t');
      case 'f':
        return one('\f');
      case 'v':
        return one('\v');
      case '0':
        return one('\0');
      case 'x':
        return one(hexadecimal());
      default:
        if (words.test(static_cast<unsigned char>(c))) fail("an escape that is not known");
        return one(static_cast<unsigned char>(c));
    }
  }

  unsigned char hexadecimal() {
    unsigned value = 0;
    for (int i = 0; i < 2; ++i) {
      const char c = next();
      const std::size_t digit =
          std::string_view("0123456789abcdef")
              .find(static_cast<char>(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c));
      if (digit == std::string_view::npos) fail("\\x takes two hexadecimal digits");
      value = value * 16 + static_cast<unsigned>(digit);
    }
    return static_cast<unsigned char>(value);
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t steps_ = 0;
  std::vector<ByteSet> places_;
  std::vector<std::vector<std::size_t>> follow_;
};

Regex::Regex(std::string_view pattern) : automaton_(std::make_shared<Automaton>(pattern)) {}

Regex::Automaton::Automaton(std::string_view pattern) {
  RegexParser(pattern).parse_into(*this);
}

RegexSearch::RegexSearch(Regex regex)
    : regex_(std::move(regex)),
      active_(regex_.automaton()->words_, 0),
      next_(regex_.automaton()->words_, 0) {}

std::size_t RegexSearch::feed(std::string_view bytes) {
  const Regex::Automaton& automaton = *regex_.automaton();
  while (end_ == kNone && searched_ < bytes.size()) {
    const auto byte = static_cast<unsigned char>(bytes[searched_]);
    const bool may_begin = searched_ == 0 || !automaton.is_anchored_;
    ++searched_;
    if (may_begin) {
      next_ = automaton.first_;
    } else {
      std::fill(next_.begin(), next_.end(), 0);
    }
    for (std::size_t word = 0; word < automaton.words_; ++word) {
      for (std::uint64_t places = active_[word]; places != 0; places &= places - 1) {
        const auto bit = static_cast<std::size_t>(__builtin_ctzll(places));
        const PlaceSet& following = automaton.follow_[word * 64 + bit];
        for (std::size_t i = 0; i < automaton.words_; ++i) next_[i] |= following[i];
      }
    }
    std::uint64_t ends = 0;
    for (std::size_t i = 0; i < automaton.words_; ++i) {
      next_[i] &= automaton.taking_[byte][i];
      ends |= next_[i] & automaton.last_[i];
    }
    active_.swap(next_);
    if (ends != 0) end_ = searched_;
  }
  return end_;
}

}  // namespace bora::net
