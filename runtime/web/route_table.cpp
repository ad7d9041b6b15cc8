#include <bora/web/route_table.h>

#include <charconv>
#include <cstring>

#include "paths-lang/automaton.h"
#include "paths-lang/path_pattern.h"
#include "paths-lang/route_tree.h"
#include "paths-lang/segment_key.h"
#include "paths-lang/segment_values.h"
#include "runtime/web/path_scan.h"
#include "runtime/web/path_text.h"

namespace bora::web {
namespace {

using paths::Converter;
using paths::RouteTree;
using paths::SegmentKey;

constexpr std::uint32_t low(std::uint64_t word) {
  return static_cast<std::uint32_t>(word);
}
constexpr std::uint32_t high(std::uint64_t word) {
  return static_cast<std::uint32_t>(word >> 32);
}

constexpr MethodMask bit(Method method) {
  return static_cast<MethodMask>(1U << static_cast<unsigned>(method));
}

constexpr MethodMask kAllMethods = (1U << kMethodCount) - 1;

MethodMask own_methods(const Route& route) {
  if (route.endpoint != nullptr) return route.endpoint->methods();
  return route.mount != nullptr ? bit(Method::get) | bit(Method::head) : kAllMethods;
}

/// A segment without its escapes, on the stack: what is longer than any value that makes sense, or
/// has a malformed escape, is empty.
class Decoded {
 public:
  explicit Decoded(std::string_view segment) {
    for (std::size_t i = 0; i < segment.size(); ++i) {
      char c = segment[i];
      if (c == '%') {
        if (!paths::is_escape(segment, i)) return;
        c = static_cast<char>(paths::escaped_byte(segment, i));
        i += 2;
      }
      if (length_ == sizeof bytes_) return;
      bytes_[length_++] = c;
    }
    is_whole_ = true;
  }
  [[nodiscard]] std::string_view text() const {
    return is_whole_ ? std::string_view(bytes_, length_) : std::string_view();
  }

 private:
  char bytes_[1024];
  std::size_t length_ = 0;
  bool is_whole_ = false;
};

}  // namespace

/// One match: walks down the tree, segment by segment, and back where a way ends.
class RouteWalk {
 public:
  RouteWalk(const RouteTable& table, std::string_view path, RouteMatch& result)
      : table_(table), path_(path), scan_(path), result_(result) {
    keys_ = path.data();
    key_limit_ = path.size() - 8;
    if (path.size() >= 8) return;
    std::memset(short_path_, 0, sizeof short_path_);
    std::memcpy(short_path_, path.data(), path.size());
    keys_ = short_path_;
    key_limit_ = 0;
  }

  void run() {
    const std::uint64_t* node = table_.tables_.words;
    enter(1);
    std::uint32_t link = first_link(node);
    while (true) {
      if (link == 0) {
        if (frame_count_ == 0) return;
        const Frame& frame = frames_[--frame_count_];
        node = frame.node;
        enter(frame.begin);
        result_.arguments.cut(frame.arguments);
        link = other_link(node, frame.stage);
        continue;
      }
      if ((link & RouteTree::kLeafLink) != 0) {
        if (end_ == path_.size()) return found(link & ~RouteTree::kLeafLink);
        link = 0;
        continue;
      }
      node = table_.tables_.words + link;
      if (end_ == path_.size()) {
        link = low(node[2]);
        if (link != 0) return found(link);
        continue;
      }
      enter(end_ + 1);
      link = first_link(node);
    }
  }

 private:
  // What is left to try at a node: its typed children from `stage` on, `{x}` as the one behind
  // them, then `{x:path}`. Each level of the tree has at most one.
  struct Frame {
    const std::uint64_t* node;
    std::uint32_t begin;
    std::uint16_t stage;
    std::uint16_t arguments;
  };

  /// Goes to the segment that begins at `begin`, the byte behind a slash.
  void enter(std::size_t begin) {
    begin_ = begin;
    end_ = scan_.slash_from(begin);
  }
  [[nodiscard]] std::string_view segment() const { return {path_.data() + begin_, end_ - begin_}; }

  /// The best way on from `node` with this segment; 0 if there is none.
  std::uint32_t first_link(const std::uint64_t* node) {
    if (begin_ == end_) {
      const std::uint32_t leaf = high(node[2]);
      if (end_ == path_.size() && leaf != 0) return leaf | RouteTree::kLeafLink;
      return rest_link(node);
    }
    const std::uint32_t link = literal_link(node);
    const bool has_others = (node[1] | node[3]) != 0;
    if (link == 0) return has_others ? other_link(node, 0) : 0;
    if (has_others) push(node, 0);
    return link;
  }

  std::uint32_t other_link(const std::uint64_t* node, std::size_t stage) {
    const std::size_t typed_count = node[0] >> 56;
    for (; stage < typed_count; ++stage) {
      const std::uint64_t word = typed_word(node, stage);
      if (!accepts(word, segment())) continue;
      if (stage + 1 < typed_count || node[3] != 0) push(node, stage + 1);
      result_.arguments.push(segment());
      return high(word);
    }
    const std::uint32_t string_link = high(node[3]);
    if (string_link == 0 || stage > typed_count) return rest_link(node);
    if (low(node[3]) != 0) push(node, stage + 1);
    result_.arguments.push(segment());
    return string_link;
  }

  /// The route that takes all that is left.
  std::uint32_t rest_link(const std::uint64_t* node) {
    if (low(node[3]) == 0) return 0;
    result_.arguments.push(path_.substr(begin_));
    end_ = path_.size();
    return low(node[3]) | RouteTree::kLeafLink;
  }

  static std::uint64_t typed_word(const std::uint64_t* node, std::size_t index) {
    if (index == 0) return node[1];
    const std::uint32_t shift = node[0] >> 32 & 0xff;
    const std::size_t probes = node[0] >> 40 & 0xffff;
    const std::size_t slots = (std::size_t{1} << (32 - shift)) + probes - 1;
    return node[RouteTree::kFirstSlot + slots * RouteTree::kSlotWords + index - 1];
  }

  [[nodiscard]] bool accepts(std::uint64_t word, std::string_view segment) const {
    const auto converter = static_cast<Converter>(word & 0xff);
    const std::size_t argument = word >> 8 & 0xffffff;
    if (converter == Converter::regex) {
      return paths::takes(table_.tables_.automata + argument, segment);
    }
    if (scan_.has_escapes() && segment.find('%') != std::string_view::npos) {
      const Decoded decoded(segment);
      return !decoded.text().empty() && accepts_text(converter, argument, decoded.text());
    }
    return accepts_text(converter, argument, segment);
  }

  [[nodiscard]] bool accepts_text(Converter converter, std::size_t argument,
                                  std::string_view text) const {
    if (converter == Converter::integer) return text[0] <= '9' && paths::is_integer(text);
    if (converter == Converter::custom) return table_.tables_.converters[argument](text);
    return paths::is_value(converter, text);
  }

  [[nodiscard]] std::uint32_t literal_link(const std::uint64_t* node) const {
    if (!scan_.has_escapes() || segment().find('%') == std::string_view::npos) {
      return look_up(node, key(), segment());
    }
    if (!has_valid_escapes(segment())) return 0;
    char buffer[256];  // a longer literal is refused in patterns
    const std::string_view text = canonical(segment(), buffer, sizeof buffer);
    return text.empty() ? 0 : look_up(node, SegmentKey(text), text);
  }

  /// Reads whole words within the path, and shifts and masks away what is not the segment's.
  [[nodiscard]] SegmentKey key() const {
    const std::size_t size = end_ - begin_;
    const std::size_t from = begin_ < key_limit_ ? begin_ : key_limit_;
    const std::uint64_t head = paths::load_8(keys_ + from) >> (8 * (begin_ - from));
    if (size < 8) return {head & ~(~std::uint64_t{0} << (8 * size)), 0};
    return {head, size == 8 ? 0 : paths::load_8(keys_ + end_ - 8)};
  }

  [[nodiscard]] std::uint32_t look_up(const std::uint64_t* node, SegmentKey key,
                                      std::string_view segment) const {
    const std::uint64_t head = node[0];
    const std::uint32_t first = paths::slot_of(key.mixed(), low(head), head >> 32 & 0xff);
    const std::uint64_t* slot = node + RouteTree::kFirstSlot + first * RouteTree::kSlotWords;
    for (std::size_t probes = head >> 40 & 0xffff; probes > 0; --probes) {
      if (slot[0] == key.head && slot[1] == key.tail && (slot[2] & 0xff) == segment.size()) {
        if (segment.size() <= 16) return high(slot[2]);
        const char* text = table_.tables_.texts + (slot[2] >> 8 & 0xffffff);
        if (std::memcmp(text, segment.data(), segment.size()) == 0) return high(slot[2]);
      }
      slot += RouteTree::kSlotWords;
    }
    return 0;
  }

  void push(const std::uint64_t* node, std::size_t stage) {
    frames_[frame_count_++] = {node, static_cast<std::uint32_t>(begin_),
                               static_cast<std::uint16_t>(stage),
                               static_cast<std::uint16_t>(result_.arguments.size())};
  }

  void found(std::uint32_t route) { result_.route = table_.routes_.data() + (route - 1); }

  const RouteTable& table_;
  std::string_view path_;
  PathScan scan_;
  RouteMatch& result_;
  const char* keys_;
  std::size_t key_limit_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t frame_count_ = 0;
  char short_path_[8];
  Frame frames_[paths::kMaxSegments];
};

void match(const RouteTable& table, std::string_view path, RouteMatch& result) {
  result.route = nullptr;
  result.arguments.clear();
  if (path.empty() || path.front() != '/') return;
  RouteWalk(table, path, result).run();
}

std::span<const Route> routes(const RouteTable& table) {
  return table.routes_;
}

namespace {

template <class Number>
Number number(std::string_view text) {
  Number value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::int64_t PathArgs::integer(std::size_t index) const {
  return number<std::int64_t>(text(index));
}

std::uint64_t PathArgs::unsigned_integer(std::size_t index) const {
  return number<std::uint64_t>(text(index));
}

double PathArgs::real(std::size_t index) const {
  return number<double>(text(index));
}

MethodMask methods_of(const Route& found) {
  MethodMask mask = 0;
  for (const Route* route = &found; route != nullptr; route = route->next)
    mask |= own_methods(*route);
  return mask;
}

}  // namespace bora::web
