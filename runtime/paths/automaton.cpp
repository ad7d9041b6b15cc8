#include "runtime/paths/automaton.h"

#include <set>
#include <utility>

#include "runtime/text/percent.h"

namespace bora::paths {
namespace {

constexpr std::uint8_t kState = 0x7f;

const unsigned char* rows(const unsigned char* automaton) {
  return automaton + 257;
}

std::uint8_t next(const unsigned char* automaton, std::uint8_t target, unsigned char byte) {
  return rows(automaton)[(target & kState) * automaton[0] + automaton[1 + byte]];
}

/// Walks two automata side by side; `wanted` is asked for every pair of targets that some text
/// leads to, and ends the walk.
template <class Wanted>
bool reach(const Automaton& a, const Automaton& b, Wanted wanted) {
  using Pair = std::pair<std::uint8_t, std::uint8_t>;
  std::set<Pair> seen = {{1, 1}};
  std::vector<Pair> open = {{1, 1}};
  while (!open.empty()) {
    const Pair from = open.back();
    open.pop_back();
    for (unsigned byte = 0; byte < 256; ++byte) {
      const Pair to = {a.step(from.first, static_cast<unsigned char>(byte)),
                       b.step(from.second, static_cast<unsigned char>(byte))};
      if (to.first == 0 || !seen.insert(to).second) continue;
      if (wanted(to.first, to.second)) return true;
      open.push_back(to);
    }
  }
  return false;
}

bool is_end(std::uint8_t target) {
  return (target & Automaton::kEnd) != 0;
}

}  // namespace

std::size_t Automaton::state_count() const {
  const auto classes = static_cast<unsigned char>(bytes_[0]);
  return (bytes_.size() - 257) / classes - 1;
}

std::uint8_t Automaton::step(std::uint8_t target, unsigned char byte) const {
  return next(reinterpret_cast<const unsigned char*>(bytes_.data()), target, byte);
}

bool takes(const unsigned char* automaton, std::string_view segment) {
  std::uint8_t target = 1;
  for (std::size_t i = 0; i < segment.size() && target != 0; ++i) {
    auto byte = static_cast<unsigned char>(segment[i]);
    if (byte == '%') {
      if (!text::is_escape(segment, i)) return false;
      byte = static_cast<unsigned char>(text::escaped_byte(segment, i));
      i += 2;
    }
    target = next(automaton, target, byte);
  }
  return is_end(target);
}

bool overlap(const Automaton& a, const Automaton& b) {
  return reach(a, b, [](std::uint8_t x, std::uint8_t y) { return is_end(x) && is_end(y); });
}

bool includes(const Automaton& outer, const Automaton& inner) {
  return !reach(inner, outer,
                [](std::uint8_t x, std::uint8_t y) { return is_end(x) && !is_end(y); });
}

}  // namespace bora::paths
