#include <bora/net/regex.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "runtime/net/regex_automaton.h"
#include "runtime/text/regex_syntax.h"

namespace bora::net {
namespace {

constexpr std::size_t kMaxPlaces = 1024;
constexpr std::size_t kMaxSteps = 20'000;

using Node = text::RegexNode;

/// A piece of a pattern: the places with which it can begin and end.
struct Piece {
  bool is_optional = true;
  std::vector<std::size_t> first;
  std::vector<std::size_t> last;
};

void append(std::vector<std::size_t>& to, const std::vector<std::size_t>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

void set_bit(PlaceSet& set, std::size_t place) {
  set[place / 64] |= std::uint64_t{1} << (place % 64);
}

}  // namespace

/// Makes the automaton of a tree. A part that is repeated is made once for each copy.
class RegexMaker {
 public:
  explicit RegexMaker(std::string_view pattern) : pattern_(pattern) {}

  void make_into(Regex::Automaton& automaton) {
    text::RegexFault fault;
    const auto tree = text::parse_regex(pattern_, text::RegexDialect::stream, fault);
    if (!tree) fail(fault.begin, fault.message);
    const Piece whole = piece(tree->root);
    if (whole.is_optional) fail(0, "it would match nothing at all");
    const std::size_t words = (places_.size() + 63) / 64;
    const PlaceSet none(words, 0);
    automaton.is_anchored_ = tree->is_anchored;
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
  [[noreturn]] void fail(std::size_t at, const std::string& why) const {
    throw std::invalid_argument("regular expression \"" + std::string(pattern_) + "\", byte " +
                                std::to_string(at) + ": " + why);
  }

  static PlaceSet to_set(const std::vector<std::size_t>& places, PlaceSet set) {
    for (const std::size_t place : places) set_bit(set, place);
    return set;
  }

  Piece piece(const Node& node) {
    if (++steps_ > kMaxSteps) fail(0, "it is too large");
    Piece all;
    switch (node.kind) {
      case Node::Kind::nothing:
        break;
      case Node::Kind::byte:
        return place(node.bytes);
      case Node::Kind::sequence:
        for (const Node& part : node.nodes) all = joined(all, piece(part));
        break;
      case Node::Kind::choice:
        all = piece(node.nodes.front());
        for (std::size_t i = 1; i < node.nodes.size(); ++i) {
          const Piece other = piece(node.nodes[i]);
          all.is_optional |= other.is_optional;
          append(all.first, other.first);
          append(all.last, other.last);
        }
        break;
      case Node::Kind::repeat:
        return repeated(node);
    }
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

  // a{2,5} becomes a a (a (a (a)?)?)?, but without nesting.
  Piece repeated(const Node& node) {
    const bool is_endless = node.max == Node::kNoLimit;
    const std::size_t copies = is_endless ? std::max<std::size_t>(node.min, 1) : node.max;
    Piece all;
    for (std::size_t i = 0; i < copies; ++i) {
      Piece next = piece(node.nodes.front());
      if (i + 1 == copies && is_endless) connect(next.last, next.first);
      next.is_optional |= i >= node.min;
      all = joined(all, next);
    }
    return all;
  }

  Piece place(const Node::Bytes& bytes) {
    if (places_.size() == kMaxPlaces) fail(0, "it is too large");
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

  std::string_view pattern_;
  std::size_t steps_ = 0;
  std::vector<Node::Bytes> places_;
  std::vector<std::vector<std::size_t>> follow_;
};

Regex::Regex(std::string_view pattern) : automaton_(std::make_shared<Automaton>(pattern)) {}

Regex::Automaton::Automaton(std::string_view pattern) {
  RegexMaker(pattern).make_into(*this);
}

RegexSearch::RegexSearch(Regex regex)
    : regex_(std::move(regex)),
      active_(regex_.automaton_->words_, 0),
      next_(regex_.automaton_->words_, 0) {}

std::size_t RegexSearch::feed(std::string_view bytes) {
  const Regex::Automaton& automaton = *regex_.automaton_;
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
