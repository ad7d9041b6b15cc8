#include <bora/web/route_table.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <string>

#include <bora/web/route_urls.h>

#include "runtime/paths/automaton.h"
#include "runtime/paths/path_pattern.h"
#include "runtime/paths/route_tree.h"
#include "runtime/paths/segment_key.h"
#include "runtime/paths/segment_values.h"
#include "runtime/text/percent.h"
#include "runtime/web/path_scan.h"
#include "runtime/web/path_text.h"

namespace bora::web {
namespace {

using paths::Converter;
using paths::RouteTree;
using paths::SegmentKey;

/// The words of a string, which may begin at any address.
using Word = std::uint64_t __attribute__((may_alias, aligned(1)));

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

/// A segment without its escapes, on the stack. It is empty if the segment is longer than any value
/// that makes sense, or has a malformed escape.
class Decoded {
 public:
  explicit Decoded(std::string_view segment) {
    for (std::size_t i = 0; i < segment.size(); ++i) {
      char c = segment[i];
      if (c == '%') {
        if (!text::is_escape(segment, i)) return;
        c = static_cast<char>(text::escaped_byte(segment, i));
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

using detail::RouteTables;

// These are seldom needed, so they are kept out of the walk.

[[gnu::noinline]] bool accepts_escaped(const RouteTables& tables, Converter converter,
                                       std::size_t argument, std::string_view segment) {
  const Decoded decoded(segment);
  const std::string_view text = decoded.text();
  if (text.empty()) return false;
  return converter == Converter::custom ? tables.converters[argument](text)
                                        : paths::is_value(converter, text);
}

/// Whether the typed child that `word` describes takes the segment.
bool accepts(const RouteTables& tables, std::uint64_t word, std::string_view segment,
             bool may_have_escapes) {
  const auto converter = static_cast<Converter>(word & 0xff);
  const std::size_t argument = word >> 8 & 0xffffff;
  if (converter == Converter::regex)
    return paths::takes(reinterpret_cast<const unsigned char*>(tables.automata) + argument,
                        segment);
  if (may_have_escapes && segment.find('%') != std::string_view::npos) {
    return accepts_escaped(tables, converter, argument, segment);
  }
  if (converter == Converter::integer) return segment[0] <= '9' && paths::is_integer(segment);
  if (converter == Converter::custom) return tables.converters[argument](segment);
  return paths::is_value(converter, segment);
}

std::size_t probe_count(const Word* node) {
  return node[0] >> 40 & 0xffff;
}

/// The link of the literal `segment` at a node that has literals.
inline std::uint32_t look_up(const RouteTables& tables, const Word* node, SegmentKey key,
                             std::string_view segment) {
  const std::uint32_t first = paths::slot_of(key.mixed(), low(node[0]), node[0] >> 32 & 0xff);
  const Word* slot = node + RouteTree::kFirstSlot + first * RouteTree::kSlotWords;
  for (std::size_t probes = probe_count(node); probes > 0; --probes) {
    if (slot[0] == key.head && slot[1] == key.tail && (slot[2] & 0xff) == segment.size()) {
      const char* text = tables.texts + (slot[2] >> 8 & 0xffffff);
      if (segment.size() <= 16 || std::memcmp(text, segment.data(), segment.size()) == 0) {
        return high(slot[2]);
      }
    }
    slot += RouteTree::kSlotWords;
  }
  return 0;
}

[[gnu::noinline]] std::uint32_t look_up_escaped(const RouteTables& tables, const Word* node,
                                                std::string_view segment) {
  if (segment.find('%') == std::string_view::npos) {
    return look_up(tables, node, SegmentKey(segment), segment);
  }
  if (!has_valid_escapes(segment)) return 0;
  char buffer[256];  // a longer literal is refused in patterns
  const std::string_view text = canonical(segment, buffer, sizeof buffer);
  return text.empty() ? 0 : look_up(tables, node, SegmentKey(text), text);
}

std::uint64_t typed_word(const Word* node, std::size_t index) {
  if (index == 0) return node[1];
  const std::uint32_t shift = node[0] >> 32 & 0xff;
  const std::size_t probes = probe_count(node);
  const std::size_t slots = probes == 0 ? 0 : (std::size_t{1} << (32 - shift)) + probes - 1;
  return node[RouteTree::kFirstSlot + slots * RouteTree::kSlotWords + index - 1];
}

/// The choices that are left at a node: its typed children from `stage` on, `{x}` as the one after
/// them, then `{x:path}`. Each level of the tree has at most one.
struct Frame {
  const Word* node;
  std::uint32_t begin;
  std::uint16_t stage;
  std::uint16_t arguments;
};

}  // namespace

[[gnu::always_inline]] inline const Route* RouteTable::made_routes() const {
  if (records_ != nullptr && !std::atomic_ref(are_made_).load(std::memory_order_acquire))
    make_routes();
  return routes_.data();
}

/// One match: it walks down the tree, segment by segment, and back where a way ends. Its members
/// are in registers, so arrays are kept elsewhere.
class RouteWalk {
 public:
  struct Memory {
    char short_path[8];
    Frame frames[paths::kMaxSegments];
  };

  RouteWalk(const RouteTable& table, std::string_view path, RouteMatch& result, Memory& memory)
      : table_(table),
        words_(reinterpret_cast<const Word*>(table.tables_.words)),
        path_(path),
        scan_(path),
        result_(result),
        frames_(memory.frames) {
    keys_ = path.data();
    key_limit_ = path.size() - 8;
    top_ = frames_;
    if (path.size() >= 8) return;
    std::memset(memory.short_path, 0, sizeof memory.short_path);
    std::memcpy(memory.short_path, path.data(), path.size());
    keys_ = memory.short_path;
    key_limit_ = 0;
  }

  [[gnu::always_inline]] void run() {
    const Word* node = words_;
    enter(1);
    std::uint32_t link = first_link(node);
    while (true) {
      if (link == 0) {
        if (top_ == frames_) return;
        --top_;
        node = top_->node;
        enter(top_->begin);
        result_.arguments.cut(top_->arguments);
        link = other_link(node, top_->stage);
        continue;
      }
      if ((link & RouteTree::kLeafLink) != 0) {
        if (end_ == path_.size()) return found(link & ~RouteTree::kLeafLink);
        link = 0;
        continue;
      }
      node = words_ + link;
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
  /// Goes to the segment that begins at `begin`, the byte after a slash.
  [[gnu::always_inline]] void enter(std::size_t begin) {
    begin_ = begin;
    end_ = scan_.slash_from(begin);
  }
  [[nodiscard]] std::string_view segment() const { return {path_.data() + begin_, end_ - begin_}; }

  /// The best way on from `node` with this segment; 0 if there is none.
  [[gnu::always_inline]] std::uint32_t first_link(const Word* node) {
    if (begin_ == end_) {
      const std::uint32_t leaf = high(node[2]);
      if (end_ == path_.size() && leaf != 0) return leaf | RouteTree::kLeafLink;
      return rest_link(node);
    }
    const bool has_others = (node[1] | node[3]) != 0;
    if (probe_count(node) != 0) {
      const std::uint32_t link = literal_link(node);
      if (link != 0) {
        if (has_others) push(node, 0);
        return link;
      }
    }
    return has_others ? other_link(node, 0) : 0;
  }

  [[gnu::always_inline]] std::uint32_t other_link(const Word* node, std::size_t stage) {
    const std::size_t typed_count = node[0] >> 56;
    for (; stage < typed_count; ++stage) {
      const std::uint64_t word = typed_word(node, stage);
      if (!accepts(table_.tables_, word, segment(), scan_.has_escapes())) continue;
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

  /// The link that takes the rest of the path.
  [[gnu::always_inline]] std::uint32_t rest_link(const Word* node) {
    if (low(node[3]) == 0) return 0;
    result_.arguments.push(path_.substr(begin_));
    end_ = path_.size();
    return low(node[3]) | RouteTree::kLeafLink;
  }

  [[gnu::always_inline]] [[nodiscard]] std::uint32_t literal_link(const Word* node) const {
    if (scan_.has_escapes()) return look_up_escaped(table_.tables_, node, segment());
    return look_up(table_.tables_, node, key(), segment());
  }

  /// Reads whole words within the path, and removes by shifts and masks what does not belong to the
  /// segment. A branch would be predicted wrongly too often.
  [[gnu::always_inline]] [[nodiscard]] SegmentKey key() const {
    const std::size_t size = end_ - begin_;
    const std::size_t from = std::min(begin_, key_limit_);
    const std::uint64_t head = paths::load_8(keys_ + from) >> (8 * (begin_ - from));
    const std::uint64_t mask = ~std::uint64_t{0} >> (64 - 8 * std::min<std::size_t>(size, 8));
    const std::uint64_t tail = paths::load_8(keys_ + std::max<std::size_t>(end_, 8) - 8);
    return {head & mask, tail & (0 - std::uint64_t{size > 8})};
  }

  [[gnu::always_inline]] void push(const Word* node, std::size_t stage) {
    *top_++ = {node, static_cast<std::uint32_t>(begin_), static_cast<std::uint16_t>(stage),
               static_cast<std::uint16_t>(result_.arguments.size())};
  }

  void found(std::uint32_t route) {
    result_.route = table_.made_routes() + (route - 1);
    result_.arguments.take_names(*result_.route);
  }

  const RouteTable& table_;
  const Word* const words_;
  std::string_view path_;
  PathScan scan_;
  RouteMatch& result_;
  Frame* const frames_;
  Frame* top_;
  const char* keys_;
  std::size_t key_limit_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

void match(const RouteTable& table, std::string_view path, RouteMatch& result) {
  result.route = nullptr;
  result.arguments.clear();
  if (path.empty() || path.front() != '/') return;
  RouteWalk::Memory memory;
  RouteWalk(table, path, result, memory).run();
}

std::span<const Route> routes(const RouteTable& table) {
  return {table.made_routes(), table.routes_.size()};
}

namespace {

/// Reads the records of generated routes.
class RecordReader {
 public:
  explicit RecordReader(const detail::RouteRecords& records)
      : records_(records), at_(records.text), redirect_(records.redirects) {}

  void read() {
    for (std::size_t i = 0; i < records_.count; ++i) read(records_.routes[i]);
  }

 private:
  void read(Route& route) {
    const char kind = *at_;
    at_ += 2;
    const std::size_t target = number();
    const std::size_t next = number();
    const std::size_t rules = number();
    const std::size_t name_size = number();
    const std::size_t pattern_size = number();
    const std::size_t location_size = number();
    route.name = text(name_size);
    route.pattern = text(pattern_size);
    if (kind == 'h') {
      route.endpoint = records_.endpoints + target;
    } else if (kind == 'm') {
      route.mount = records_.mounts + target;
    } else {
      *redirect_ = {text(location_size), (target & 1) != 0, (target & 2) != 0};
      route.redirect = redirect_++;
    }
    if (next != 0) route.next = records_.routes + (next - 1);
    if (rules != 0) route.rules = records_.rules + (rules - 1);
    ++at_;
  }

  std::size_t number() {
    std::size_t value = 0;
    for (; *at_ != ' '; ++at_) value = value * 10 + static_cast<std::size_t>(*at_ - '0');
    ++at_;
    return value;
  }

  std::string_view text(std::size_t size) {
    at_ += size;
    return {at_ - size, size};
  }

  const detail::RouteRecords& records_;
  const char* at_;
  Redirect* redirect_;
};

}  // namespace

/// Several tables have the same records, and threads may ask at the same time.
void RouteTable::make_routes() const {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  if (!records_->is_read) RecordReader(*records_).read();
  records_->is_read = true;
  std::atomic_ref(are_made_).store(true, std::memory_order_release);
}

std::string detail::url_of_route(const RouteTable& table, std::uint32_t route,
                                 std::initializer_list<URLArgument> arguments) {
  return reverse_url(routes(table)[route], arguments);
}

namespace {

template <class Number>
Number number(std::string_view text) {
  Number value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

namespace {

/// Calls `visit` with the name of each capture, in their order, until it returns true.
template <class Visit>
void visit_names(const Route& route, Visit visit) {
  std::string_view host = route.rules == nullptr ? std::string_view() : route.rules->host;
  for (std::size_t brace = 0; (brace = host.find('{')) != std::string_view::npos;) {
    const std::size_t end = host.find('}', brace);
    if (visit(host.substr(brace + 1, end - brace - 1))) return;
    host.remove_prefix(end + 1);
  }
  std::string_view rest = route.pattern;
  for (std::size_t at = 0; (at = rest.find("/{")) != std::string_view::npos;) {
    rest.remove_prefix(at + 2);
    if (visit(rest.substr(0, rest.find_first_of(":?}")))) return;
  }
}

}  // namespace

std::string_view PathArgs::name(std::size_t index) const {
  std::string_view found;
  if (route_ == nullptr || index >= size_) return found;
  visit_names(*route_, [&](std::string_view name) {
    found = name;
    return index-- == 0;
  });
  return found;
}

std::size_t PathArgs::index_of(std::string_view name) const {
  std::size_t index = 0;
  bool is_found = false;
  if (route_ != nullptr) {
    visit_names(*route_, [&](std::string_view each) {
      is_found = each == name;
      index += is_found ? 0 : 1;
      return is_found;
    });
  }
  return is_found && index < size_ ? index : size_;
}

std::string_view PathArgs::text(std::string_view name) const {
  const std::size_t index = index_of(name);
  if (index < size_) return text(index);
  std::string message = "no capture of the path is called '" + std::string(name) + "'";
  std::string names;
  for (std::size_t i = 0; i < size_; ++i) {
    if (!this->name(i).empty()) names += (names.empty() ? "" : ", ") + std::string(this->name(i));
  }
  if (!names.empty()) message += "; there is " + names;
  throw std::out_of_range(message);
}

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
