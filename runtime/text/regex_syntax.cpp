#include "runtime/text/regex_syntax.h"

#include <algorithm>
#include <utility>

#include "runtime/text/hex.h"
#include "runtime/text/utf8.h"

namespace bora::text {
namespace {

using Bytes = RegexNode::Bytes;
using Kind = RegexFault::Kind;

constexpr std::size_t kMaxSegmentDepth = 32;  // of groups
constexpr std::size_t kMaxStreamDepth = 100;
constexpr std::size_t kMaxSegmentCount = 63;  // `a{64}` alone would need 65 states
constexpr std::size_t kMaxStreamCount = 1024;

// Escapes of a stream's expressions.
constexpr std::string_view kControlLetters = "rntfv0";
constexpr std::string_view kControls("\r\n\t\f\v\0", 6);

Bytes byte_range(unsigned first, unsigned last) {
  Bytes bytes;
  for (unsigned c = first; c <= last; ++c) bytes.set(c);
  return bytes;
}

/// `\d`, `\w`, `\s` and, for a capital, the same; empty for other letters.
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
  return bytes;
}

class RegexParser {
 public:
  RegexParser(std::string_view text, RegexDialect dialect, RegexFault& fault)
      : text_(text), is_segment_(dialect == RegexDialect::segment), fault_(fault) {}

  std::optional<RegexTree> parse() {
    RegexTree tree;
    tree.is_anchored = !is_segment_ && peek() == '^';
    if (tree.is_anchored) ++at_;
    tree.root = choice();
    if (!failed_ && at_ < text_.size()) {
      fail(Kind::malformed, at_, at_ + 1, "')' closes nothing", "the character is '\\)'");
    }
    if (failed_) return std::nullopt;
    return tree;
  }

 private:
  RegexNode choice() {
    RegexNode result;
    result.kind = RegexNode::Kind::choice;
    result.nodes.push_back(sequence());
    while (!failed_ && peek() == '|') {
      ++at_;
      result.nodes.push_back(sequence());
    }
    return result;
  }

  RegexNode sequence() {
    RegexNode result;
    result.kind = RegexNode::Kind::sequence;
    while (!failed_ && at_ < text_.size() && peek() != '|' && peek() != ')') {
      result.nodes.push_back(piece());
    }
    return result;
  }

  RegexNode piece() {
    RegexNode result = atom();
    if (failed_ || at_ == text_.size() || !is_count_start(peek())) return result;
    RegexNode repeat;
    repeat.kind = RegexNode::Kind::repeat;
    read_count(repeat);
    repeat.nodes.push_back(std::move(result));
    if (!is_segment_ && peek() == '?') ++at_;
    if (failed_ || at_ == text_.size()) return repeat;
    if (peek() == '?') {
      fail(Kind::unsupported, at_, at_ + 1, "lazy repetition is not supported",
           "the whole segment is matched, so lazy and greedy mean the same: remove the '?'");
    } else if (is_count_start(peek())) {
      fail(Kind::malformed, at_, at_ + 1,
           std::string("'") + peek() + "' repeats what is repeated already",
           "put the inner repetition in parentheses");
    }
    return repeat;
  }

  static bool is_count_start(char c) { return c == '?' || c == '*' || c == '+' || c == '{'; }

  void read_count(RegexNode& repeat) {
    const char c = text_[at_];
    if (c == '{') return read_braces(repeat);
    ++at_;
    repeat.min = c == '+' ? 1 : 0;
    repeat.max = c == '?' ? 1 : RegexNode::kNoLimit;
  }

  void read_braces(RegexNode& repeat) {
    const std::size_t begin = at_++;
    const bool has_min = read_number(begin, repeat.min);
    bool is_well_formed = has_min;
    repeat.max = repeat.min;
    if (peek() == ',') {
      ++at_;
      repeat.max = RegexNode::kNoLimit;
      if (is_digit(peek())) is_well_formed &= read_number(begin, repeat.max);
    }
    if (failed_) return;
    if (!is_well_formed || peek() != '}') {
      return fail(Kind::malformed, begin, std::min(at_ + 1, text_.size()),
                  "a count is '{n}', '{n,}' or '{n,m}'", "the character is '\\{'");
    }
    ++at_;
    if (repeat.max != RegexNode::kNoLimit && repeat.max < repeat.min) {
      fail(Kind::malformed, begin, at_, "the count's second number is less than the first", "");
    }
  }

  bool read_number(std::size_t begin, std::size_t& number) {
    const std::size_t first = at_;
    number = 0;
    for (; is_digit(peek()); ++at_) {
      number =
          std::min<std::size_t>(number * 10 + static_cast<std::size_t>(text_[at_] - '0'), 10'000);
    }
    if (number > (is_segment_ ? kMaxSegmentCount : kMaxStreamCount)) {
      fail(Kind::too_large, begin, at_, is_segment_ ? "a count goes to 63" : "a count goes to 1024",
           "a handler can check the length itself");
    }
    return at_ > first;
  }

  RegexNode atom() {
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
        return byte_node(opposite(is_segment_ ? Bytes() : byte_range('\n', '\n')));
      case '^':
      case '$':
        return refuse(begin, anchors_refused(),
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
        if (!is_segment_) return character(begin);
        return malformed(begin, std::string("'") + c + "' closes nothing",
                         std::string("the character is '\\") + c + "'");
      default:
        return character(begin);
    }
  }

  RegexNode group(std::size_t begin) {
    if (++depth_ > (is_segment_ ? kMaxSegmentDepth : kMaxStreamDepth)) {
      fail(Kind::too_large, begin, begin + 1,
           is_segment_ ? "groups nest more than 32 deep" : "groups nest more than 100 deep", "");
      return {};
    }
    if (peek() == '?') check_group_kind(begin);
    RegexNode inside = failed_ ? RegexNode() : choice();
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
      fail(Kind::unsupported, begin, end, "look-around is not supported",
           "each byte is looked at once: say what the segment is, or check in the handler");
    } else if (kind.starts_with("P<") || kind.starts_with("<") || kind.starts_with("'") ||
               kind.starts_with("P=") || kind.starts_with("P>")) {
      fail(Kind::unsupported, begin, end, "named groups are not supported",
           "the parameter has a name: use '(…)'");
    } else {
      fail(Kind::unsupported, begin, end, "groups are '(…)' or '(?:…)'",
           "flags, comments and atomic groups are not supported");
    }
  }

  /// One character, which may have several bytes: `ä+` repeats all of them.
  RegexNode character(std::size_t begin) {
    const char c = text_[begin];
    if (is_segment_ && !check_character(begin, c)) return {};
    RegexNode result = byte_node(Bytes().set(static_cast<unsigned char>(c)));
    if (is_ascii(c)) return result;
    RegexNode whole;
    whole.kind = RegexNode::Kind::sequence;
    whole.nodes.push_back(std::move(result));
    while (at_ < text_.size() && is_continuation(text_[at_])) {
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
    if (const auto bytes = class_escape(c)) return is_upper(c) ? opposite(*bytes) : *bytes;
    if (!is_segment_) {
      if (const std::size_t letter = kControlLetters.find(c); letter != std::string_view::npos) {
        return Bytes().set(static_cast<unsigned char>(kControls[letter]));
      }
      if (c == 'x') return hexadecimal(begin);
      if (!is_word(c)) return Bytes().set(static_cast<unsigned char>(c));
    } else if (!is_alphanumeric(c) && is_ascii(c) && !is_control(c)) {
      check_character(begin, c);
      return Bytes().set(static_cast<unsigned char>(c));
    }
    refuse_escape(begin, c);
    return {};
  }

  Bytes hexadecimal(std::size_t begin) {
    const int byte = at_ + 2 <= text_.size() ? hex_byte(text_[at_], text_[at_ + 1]) : -1;
    if (byte < 0) {
      malformed(begin, "\\x takes two hexadecimal digits", "");
      return {};
    }
    at_ += 2;
    return Bytes().set(static_cast<std::size_t>(byte));
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
      refuse(begin, anchors_refused() + ": " + written,
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
      if (text_[at_] == ']' && (is_segment_ || at_ > first)) {
        if (at_ == first) malformed(begin, "the class is empty", "the character is '\\]'");
        ++at_;
        break;
      }
      read_class_item(bytes);
    }
    return is_negated ? opposite(bytes) : bytes;
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
    bytes |= within(byte_range(first, last));
  }

  static unsigned lowest(const Bytes& bytes) { return static_cast<unsigned>(bytes._Find_first()); }

  Bytes class_character(std::size_t begin) {
    const char c = text_[at_++];
    if (c == '\\') return read_escape(begin);
    if (!is_segment_) {
      // Any byte stands for itself.
    } else if (c == '[') {
      malformed(begin, "'[' in a class",
                "the character is '\\['; there are no classes such as [:alpha:]");
    } else if (check_character(begin, c) && !is_ascii(c)) {
      while (at_ < text_.size() && is_continuation(text_[at_])) ++at_;
      refuse(begin, "classes hold ASCII characters only", "write the others beside: '([a-z]|ä)'");
    }
    return Bytes().set(static_cast<unsigned char>(c));
  }

  /// Whether a segment can have this character.
  bool check_character(std::size_t begin, char c) {
    if (c == '/') {
      malformed(begin, "a segment has no '/'", "'{name:path}' takes several segments");
    } else if (is_control(c)) {
      malformed(begin, "a control character", "");
    }
    return !failed_;
  }

  /// All bytes that the dialect knows, except these.
  [[nodiscard]] Bytes opposite(const Bytes& bytes) const { return within(~bytes); }
  [[nodiscard]] Bytes within(Bytes bytes) const { return is_segment_ ? bytes.reset('/') : bytes; }

  [[nodiscard]] std::string anchors_refused() const {
    return is_segment_ ? "anchors are not supported"
                       : "but for '^' at the beginning, anchors are not supported";
  }

  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  static RegexNode byte_node(Bytes bytes) {
    RegexNode node;
    node.kind = RegexNode::Kind::byte;
    node.bytes = bytes;
    return node;
  }

  RegexNode malformed(std::size_t begin, std::string message, std::string help) {
    fail(Kind::malformed, begin, at_, std::move(message), std::move(help));
    return {};
  }
  RegexNode refuse(std::size_t begin, std::string message, std::string help) {
    fail(Kind::unsupported, begin, at_, std::move(message), std::move(help));
    return {};
  }
  void fail(Kind kind, std::size_t begin, std::size_t end, std::string message, std::string help) {
    if (!failed_) {
      fault_ = {kind, begin, std::max(end, begin + 1), std::move(message), std::move(help)};
    }
    failed_ = true;
  }

  std::string_view text_;
  bool is_segment_;
  RegexFault& fault_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  bool failed_ = false;
};

}  // namespace

std::optional<RegexTree> parse_regex(std::string_view text, RegexDialect dialect,
                                     RegexFault& fault) {
  return RegexParser(text, dialect, fault).parse();
}

}  // namespace bora::text
