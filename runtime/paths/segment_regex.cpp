// Three steps: the text becomes a tree (RegexParser), the tree a network of states that can be in
// several places at once (NetworkMaker), the network an automaton that is in one (determined,
// minimised).

#include "runtime/paths/segment_regex.h"

#include <algorithm>
#include <bitset>
#include <map>
#include <string>
#include <unordered_set>
#include <utility>

#include "runtime/paths/codes.h"

namespace bora::paths {
namespace {

using Bytes = std::bitset<256>;

constexpr std::size_t kMaxDepth = 32;      // of groups
constexpr int kMaxCount = 63;              // `a{64}` alone would need 65 states
constexpr std::size_t kMaxBytes = 255;     // of the text
constexpr std::size_t kMaxPlaces = 2048;   // of the network
constexpr std::size_t kMaxPowerset = 256;  // states before they are minimised
constexpr int kNoLimit = -1;

struct Node {
  enum class Kind { nothing, byte, sequence, choice, repeat };
  Kind kind = Kind::nothing;
  Bytes bytes;              // of a byte
  std::vector<Node> nodes;  // of a sequence or choice; of a repeat the one
  int min = 0;
  int max = kNoLimit;
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}
bool is_control(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
}

Bytes byte_range(unsigned first, unsigned last) {
  Bytes bytes;
  for (unsigned c = first; c <= last; ++c) bytes.set(c);
  return bytes;
}

Bytes without_slash(Bytes bytes) {
  return bytes.reset('/');
}

/// `\d`, `\w`, `\s` and the opposites; empty for other letters.
std::optional<Bytes> class_escape(char c) {
  Bytes bytes;
  switch (c) {
    case 'd':
    case 'D':
      bytes = byte_range('0', '9');
      break;
    case 'w':
    case 'W':
      bytes = byte_range('0', '9') | byte_range('a', 'z') | byte_range('A', 'Z');
      bytes.set('_');
      break;
    case 's':
    case 'S':
      bytes = byte_range('\t', '\r');
      bytes.set(' ');
      break;
    default:
      return std::nullopt;
  }
  return c >= 'a' ? bytes : without_slash(~bytes);
}

class RegexParser {
 public:
  RegexParser(std::string_view text, std::vector<Problem>& problems)
      : text_(text), problems_(problems) {}

  std::optional<Node> parse() {
    Node tree = choice();
    if (!failed_ && at_ < text_.size()) {
      fail(codes::kMalformedRegex, at_, at_ + 1, "')' closes nothing", "the character is '\\)'");
    }
    if (failed_) return std::nullopt;
    return tree;
  }

 private:
  Node choice() {
    Node result;
    result.kind = Node::Kind::choice;
    result.nodes.push_back(sequence());
    while (!failed_ && peek() == '|') {
      ++at_;
      result.nodes.push_back(sequence());
    }
    return result;
  }

  Node sequence() {
    Node result;
    result.kind = Node::Kind::sequence;
    while (!failed_ && at_ < text_.size() && peek() != '|' && peek() != ')') {
      result.nodes.push_back(piece());
    }
    return result;
  }

  Node piece() {
    Node result = atom();
    if (failed_ || at_ == text_.size() || !is_count_start(peek())) return result;
    Node repeat;
    repeat.kind = Node::Kind::repeat;
    read_count(repeat);
    repeat.nodes.push_back(std::move(result));
    if (failed_ || at_ == text_.size()) return repeat;
    if (peek() == '?') {
      fail(codes::kUnsupportedRegex, at_, at_ + 1, "lazy repetition is not supported",
           "the whole segment is matched, so lazy and greedy mean the same: remove the '?'");
    } else if (is_count_start(peek())) {
      fail(codes::kMalformedRegex, at_, at_ + 1,
           std::string("'") + peek() + "' repeats what is repeated already",
           "put the inner repetition in parentheses");
    }
    return repeat;
  }

  static bool is_count_start(char c) { return c == '?' || c == '*' || c == '+' || c == '{'; }

  void read_count(Node& repeat) {
    const char c = text_[at_];
    if (c == '{') return read_braces(repeat);
    ++at_;
    repeat.min = c == '+' ? 1 : 0;
    repeat.max = c == '?' ? 1 : kNoLimit;
  }

  void read_braces(Node& repeat) {
    const std::size_t begin = at_++;
    const bool has_min = read_number(begin, repeat.min);
    bool is_well_formed = has_min;
    repeat.max = repeat.min;
    if (peek() == ',') {
      ++at_;
      repeat.max = kNoLimit;
      if (is_digit(peek())) is_well_formed &= read_number(begin, repeat.max);
    }
    if (failed_) return;
    if (!is_well_formed || peek() != '}') {
      return fail(codes::kMalformedRegex, begin, std::min(at_ + 1, text_.size()),
                  "a count is '{n}', '{n,}' or '{n,m}'", "the character is '\\{'");
    }
    ++at_;
    if (repeat.max != kNoLimit && repeat.max < repeat.min) {
      fail(codes::kMalformedRegex, begin, at_, "the count's second number is less than the first",
           "");
    }
  }

  bool read_number(std::size_t begin, int& number) {
    const std::size_t first = at_;
    number = 0;
    for (; is_digit(peek()); ++at_) number = std::min(number * 10 + (text_[at_] - '0'), 1000);
    if (number > kMaxCount) {
      fail(codes::kRegexTooLarge, begin, at_, "a count goes to 63",
           "a handler can check the length itself");
    }
    return at_ > first;
  }

  Node atom() {
    const std::size_t begin = at_;
    const char c = text_[at_++];
    switch (c) {
      case '(':
        return group(begin);
      case '[':
        return byte_node(read_class(begin));
      case '\\':
        return byte_node(read_escape(begin));
      case '.':
        return byte_node(without_slash(Bytes().set()));
      case '^':
      case '$':
        return refuse(begin, "anchors are not supported",
                      "the whole segment is always matched: leave it out");
      case '?':
      case '*':
      case '+':
        return malformed(begin, std::string("there is nothing for '") + c + "' to repeat",
                         std::string("the character is '\\") + c + "'");
      case '{':
        return malformed(begin, "there is nothing to repeat", "the character is '\\{'");
      case ']':
      case '}':
        return malformed(begin, std::string("'") + c + "' closes nothing",
                         std::string("the character is '\\") + c + "'");
      default:
        return character(begin);
    }
  }

  Node group(std::size_t begin) {
    if (++depth_ > kMaxDepth) {
      fail(codes::kRegexTooLarge, begin, begin + 1, "groups nest more than 32 deep", "");
      return {};
    }
    if (peek() == '?') check_group_kind(begin);
    Node inside = failed_ ? Node() : choice();
    if (!failed_ && peek() != ')') {
      return malformed(begin, "'(' is never closed", "the character is '\\('");
    }
    if (!failed_) ++at_;
    --depth_;
    return inside;
  }

  void check_group_kind(std::size_t begin) {
    const std::string_view kind = text_.substr(at_ + 1);
    if (kind.starts_with(":")) {
      at_ += 2;
      return;
    }
    const std::size_t end = std::min(at_ + 2, text_.size());
    if (kind.starts_with("=") || kind.starts_with("!") || kind.starts_with("<=") ||
        kind.starts_with("<!")) {
      fail(codes::kUnsupportedRegex, begin, end, "look-around is not supported",
           "each byte is looked at once: say what the segment is, or check in the handler");
    } else if (kind.starts_with("P<") || kind.starts_with("<") || kind.starts_with("'") ||
               kind.starts_with("P=") || kind.starts_with("P>")) {
      fail(codes::kUnsupportedRegex, begin, end, "named groups are not supported",
           "the parameter has a name: use '(…)'");
    } else {
      fail(codes::kUnsupportedRegex, begin, end, "groups are '(…)' or '(?:…)'",
           "flags, comments and atomic groups are not supported");
    }
  }

  /// One character, which may be several bytes: `ä+` repeats both.
  Node character(std::size_t begin) {
    const char c = text_[begin];
    if (c == '/') {
      return malformed(begin, "a segment has no '/'", "'{name:path}' takes several segments");
    }
    if (is_control(c)) return malformed(begin, "a control character", "");
    Node result = byte_node(Bytes().set(static_cast<unsigned char>(c)));
    if (is_ascii(c)) return result;
    Node whole;
    whole.kind = Node::Kind::sequence;
    whole.nodes.push_back(std::move(result));
    while (at_ < text_.size() && (static_cast<unsigned char>(text_[at_]) & 0xc0) == 0x80) {
      whole.nodes.push_back(byte_node(Bytes().set(static_cast<unsigned char>(text_[at_++]))));
    }
    return whole;
  }

  Bytes read_escape(std::size_t begin) {
    if (at_ == text_.size()) {
      malformed(begin, "nothing follows '\\'", "the character is '\\\\'");
      return {};
    }
    const char c = text_[at_++];
    if (const auto bytes = class_escape(c)) return *bytes;
    if (!is_letter(c) && !is_digit(c) && is_ascii(c) && !is_control(c)) {
      if (c == '/')
        malformed(begin, "a segment has no '/'", "'{name:path}' takes several segments");
      return Bytes().set(static_cast<unsigned char>(c));
    }
    refuse_escape(begin, c);
    return {};
  }

  void refuse_escape(std::size_t begin, char c) {
    const std::string written =
        is_ascii(c) && !is_control(c) ? std::string("'\\") + c + "'" : "this escape";
    if (c >= '1' && c <= '9') {
      refuse(begin, "back-references are not supported",
             "each byte is looked at once: check in the handler that two parts are the same");
    } else if (c == 'k' || c == 'g') {
      refuse(begin, "back-references are not supported", "");
    } else if (std::string_view("bBAzZG").find(c) != std::string_view::npos) {
      refuse(begin, "anchors are not supported: " + written,
             "the whole segment is always matched: leave it out");
    } else if (c == 'p' || c == 'P' || c == 'X') {
      refuse(begin, "classes of Unicode are not supported", "write the characters: '(ä|ö|ü)'");
    } else {
      refuse(begin, "there is no " + written,
             "there are \\d, \\w, \\s, \\D, \\W, \\S, and '\\' before punctuation");
    }
  }

  Bytes read_class(std::size_t begin) {
    Bytes bytes;
    const bool is_negated = peek() == '^';
    if (is_negated) ++at_;
    const std::size_t first = at_;
    while (!failed_) {
      if (at_ == text_.size()) {
        malformed(begin, "'[' is never closed", "the character is '\\['");
        break;
      }
      if (text_[at_] == ']') {
        if (at_ == first) malformed(begin, "the class is empty", "the character is '\\]'");
        ++at_;
        break;
      }
      read_class_item(bytes);
    }
    return is_negated ? without_slash(~bytes) : bytes;
  }

  void read_class_item(Bytes& bytes) {
    const std::size_t begin = at_;
    const Bytes low = class_character(begin);
    if (failed_) return;
    const bool is_range = peek() == '-' && at_ + 1 < text_.size() && text_[at_ + 1] != ']';
    if (!is_range) {
      bytes |= low;
      return;
    }
    ++at_;
    const Bytes high = class_character(at_);
    if (failed_) return;
    if (low.count() != 1 || high.count() != 1) {
      malformed(begin, "a range is between two characters", "the character is '\\-'");
      return;
    }
    const unsigned first = lowest(low);
    const unsigned last = lowest(high);
    if (first > last) {
      malformed(begin, "the range's second character comes before the first", "");
      return;
    }
    bytes |= without_slash(byte_range(first, last));
  }

  static unsigned lowest(const Bytes& bytes) { return static_cast<unsigned>(bytes._Find_first()); }

  Bytes class_character(std::size_t begin) {
    const char c = text_[at_++];
    if (c == '\\') return read_escape(begin);
    if (c == '[') {
      malformed(begin, "'[' in a class",
                "the character is '\\['; there are no classes such as [:alpha:]");
    } else if (c == '/') {
      malformed(begin, "a segment has no '/'", "'{name:path}' takes several segments");
    } else if (is_control(c)) {
      malformed(begin, "a control character", "");
    } else if (!is_ascii(c)) {
      while (at_ < text_.size() && (static_cast<unsigned char>(text_[at_]) & 0xc0) == 0x80) ++at_;
      refuse(begin, "classes hold ASCII characters only", "write the others beside: '([a-z]|ä)'");
    }
    return Bytes().set(static_cast<unsigned char>(c));
  }

  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  static Node byte_node(Bytes bytes) {
    Node node;
    node.kind = Node::Kind::byte;
    node.bytes = bytes;
    return node;
  }

  Node malformed(std::size_t begin, std::string message, std::string help) {
    fail(codes::kMalformedRegex, begin, at_, std::move(message), std::move(help));
    return {};
  }
  Node refuse(std::size_t begin, std::string message, std::string help) {
    fail(codes::kUnsupportedRegex, begin, at_, std::move(message), std::move(help));
    return {};
  }
  void fail(std::string_view code, std::size_t begin, std::size_t end, std::string message,
            std::string help) {
    if (!failed_)
      problems_.push_back(
          {code, begin, std::max(end, begin + 1), std::move(message), std::move(help)});
    failed_ = true;
  }

  std::string_view text_;
  std::vector<Problem>& problems_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  bool failed_ = false;
};

/// A place of the network: one byte of `bytes` leads to `next`, or nothing at all leads to both
/// `next` and `other`.
struct Place {
  bool takes_byte = false;
  Bytes bytes;
  std::size_t next = 0;
  std::size_t other = 0;
};

class NetworkMaker {
 public:
  std::vector<Place> places;  // the place 0 is the end
  bool is_too_large = false;

  NetworkMaker() { places.emplace_back(); }

  /// @returns  Where `node` begins, if `end` follows it.
  std::size_t make(const Node& node, std::size_t end) {
    switch (node.kind) {
      case Node::Kind::nothing:
        return end;
      case Node::Kind::byte:
        return add({true, node.bytes, end, end});
      case Node::Kind::sequence:
        for (auto part = node.nodes.rbegin(); part != node.nodes.rend(); ++part)
          end = make(*part, end);
        return end;
      case Node::Kind::choice: {
        std::size_t begin = make(node.nodes.back(), end);
        for (std::size_t i = node.nodes.size() - 1; i-- > 0;) {
          begin = add({false, {}, make(node.nodes[i], end), begin});
        }
        return begin;
      }
      case Node::Kind::repeat:
        return repeat(node, end);
    }
    return end;
  }

 private:
  std::size_t repeat(const Node& node, std::size_t end) {
    const Node& inside = node.nodes.front();
    std::size_t begin = end;
    if (node.max == kNoLimit) {
      const std::size_t loop = add({false, {}, end, end});
      places[loop].next = make(inside, loop);
      begin = loop;
    } else {
      for (int i = node.min; i < node.max && !is_too_large; ++i) {
        begin = add({false, {}, make(inside, begin), end});
      }
    }
    for (int i = 0; i < node.min && !is_too_large; ++i) begin = make(inside, begin);
    return begin;
  }

  std::size_t add(Place place) {
    if (places.size() >= kMaxPlaces) {
      is_too_large = true;
      return 0;
    }
    places.push_back(place);
    return places.size() - 1;
  }
};

/// An automaton in the making: state 0 refuses whatever follows, state 1 is the first.
struct States {
  std::vector<std::vector<std::size_t>> next;  // by state and byte class
  std::vector<bool> is_end;
};

/// Bytes that the network never tells apart share a class. There are fewer than 256: a text can't
/// name every byte.
std::vector<std::uint8_t> byte_classes(const std::vector<Place>& places, std::size_t& count) {
  std::unordered_set<Bytes> sets;
  for (const Place& place : places) {
    if (place.takes_byte) sets.insert(place.bytes);
  }
  std::vector<std::uint8_t> classes(256, 0);
  count = 1;
  for (const Bytes& set : sets) {
    std::map<std::pair<std::uint8_t, bool>, std::uint8_t> split;
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const auto number = static_cast<std::uint8_t>(split.size());
      classes[byte] = split.try_emplace({classes[byte], set[byte]}, number).first->second;
    }
    count = split.size();
  }
  return classes;
}

class Determiner {
 public:
  explicit Determiner(const std::vector<Place>& places, std::size_t begin) : places_(places) {
    classes_ = byte_classes(places, class_count_);
    number_of({});
    number_of(closed({begin}));
  }

  /// Empty if there are too many states.
  std::optional<States> run() {
    for (std::size_t state = 0; state < sets_.size(); ++state) {
      if (sets_.size() > kMaxPowerset) return std::nullopt;
      const std::vector<std::size_t> from = sets_[state];
      result_.is_end.push_back(std::ranges::binary_search(from, std::size_t{0}));
      std::vector<std::size_t> row;
      for (std::size_t c = 0; c < class_count_; ++c) row.push_back(number_of(after(from, c)));
      result_.next.push_back(std::move(row));
    }
    return std::move(result_);
  }

  [[nodiscard]] const std::vector<std::uint8_t>& classes() const { return classes_; }
  [[nodiscard]] std::size_t class_count() const { return class_count_; }

 private:
  std::vector<std::size_t> after(const std::vector<std::size_t>& from, std::size_t byte_class) {
    const auto byte = static_cast<std::size_t>(
        std::ranges::find(classes_, static_cast<std::uint8_t>(byte_class)) - classes_.begin());
    std::vector<std::size_t> next;
    for (const std::size_t place : from) {
      if (places_[place].takes_byte && places_[place].bytes[byte])
        next.push_back(places_[place].next);
    }
    return closed(std::move(next));
  }

  /// With all that is reached without a byte; sorted, only places that matter.
  [[nodiscard]] std::vector<std::size_t> closed(std::vector<std::size_t> open) const {
    std::vector<bool> seen(places_.size(), false);
    std::vector<std::size_t> result;
    while (!open.empty()) {
      const std::size_t place = open.back();
      open.pop_back();
      if (seen[place]) continue;
      seen[place] = true;
      if (place == 0 || places_[place].takes_byte) {
        result.push_back(place);
      } else {
        open.push_back(places_[place].next);
        open.push_back(places_[place].other);
      }
    }
    std::ranges::sort(result);
    return result;
  }

  std::size_t number_of(std::vector<std::size_t> set) {
    const auto [found, is_new] = numbers_.try_emplace(set, sets_.size());
    if (is_new) sets_.push_back(std::move(set));
    return found->second;
  }

  const std::vector<Place>& places_;
  std::vector<std::uint8_t> classes_;
  std::size_t class_count_ = 0;
  std::vector<std::vector<std::size_t>> sets_;
  std::map<std::vector<std::size_t>, std::size_t> numbers_;
  States result_;
};

/// Moore's way: states stay together as long as nothing tells them apart. The state that refuses
/// stays 0 and the first one 1, because groups are numbered in the states' order.
States minimised(const States& states) {
  const std::size_t count = states.next.size();
  std::vector<std::size_t> group(count, 0);
  for (std::size_t i = 0; i < count; ++i) group[i] = states.is_end[i] ? 1 : 0;
  for (std::size_t groups = 0;;) {
    std::map<std::vector<std::size_t>, std::size_t> keys;
    std::vector<std::size_t> better(count);
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<std::size_t> key = {group[i]};
      for (const std::size_t next : states.next[i]) key.push_back(group[next]);
      better[i] = keys.try_emplace(std::move(key), keys.size()).first->second;
    }
    group = std::move(better);
    if (keys.size() == groups) break;
    groups = keys.size();
  }
  States result;
  for (std::size_t i = 0; i < count; ++i) {
    if (group[i] != result.next.size()) continue;
    std::vector<std::size_t> row;
    for (const std::size_t next : states.next[i]) row.push_back(group[next]);
    result.next.push_back(std::move(row));
    result.is_end.push_back(states.is_end[i]);
  }
  return result;
}

Automaton written(const States& states, const std::vector<std::uint8_t>& classes,
                  std::size_t class_count) {
  std::string bytes(1, static_cast<char>(class_count));
  bytes.append(classes.begin(), classes.end());
  for (const auto& row : states.next) {
    for (const std::size_t next : row) {
      bytes += static_cast<char>(next | (states.is_end[next] ? Automaton::kEnd : 0));
    }
  }
  return Automaton(std::move(bytes));
}

}  // namespace

std::optional<Automaton> compile_regex(std::string_view text, std::vector<Problem>& problems) {
  const auto refuse = [&](std::string_view code, std::string message,
                          std::string help) -> std::optional<Automaton> {
    problems.push_back({code, 0, text.size(), std::move(message), std::move(help)});
    return std::nullopt;
  };
  if (text.size() > kMaxBytes) {
    return refuse(codes::kRegexTooLarge, "the regular expression is longer than 255 bytes", "");
  }
  const auto tree = RegexParser(text, problems).parse();
  if (!tree) return std::nullopt;
  NetworkMaker network;
  const std::size_t begin = network.make(*tree, 0);
  const char* const kTooLarge = "the regular expression needs more than 64 states";
  const char* const kShorter = "let it say less, and check the rest in the handler";
  if (network.is_too_large) return refuse(codes::kRegexTooLarge, kTooLarge, kShorter);
  Determiner determiner(network.places, begin);
  auto states = determiner.run();
  if (!states) return refuse(codes::kRegexTooLarge, kTooLarge, kShorter);
  if (states->is_end[1]) {
    return refuse(codes::kRegexTakesNothing, "the regular expression can match the empty text",
                  "a segment is never empty: '+' instead of '*'; '{name?:…}' for an optional one");
  }
  *states = minimised(*states);
  if (states->next.size() < 2) {
    return refuse(codes::kRegexTakesNothing, "the regular expression matches no text", "");
  }
  if (states->next.size() - 1 > Automaton::kMaxStates) {
    return refuse(codes::kRegexTooLarge, kTooLarge, kShorter);
  }
  return written(*states, determiner.classes(), determiner.class_count());
}

}  // namespace bora::paths
