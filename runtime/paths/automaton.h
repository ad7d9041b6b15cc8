#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bora::paths {

/// A deterministic automaton over bytes: a regular expression in compiled form. It accepts or
/// refuses a text as a whole, in one step for each byte.
///
/// It consists of bytes, as tables hold it: the number of byte classes; the class of each of the
/// 256 bytes; one row for each state, with the state that each class leads to. State 0 refuses
/// whatever follows, state 1 is the first; a target's highest bit says that a text may end there.
class Automaton {
 public:
  static constexpr std::size_t kMaxStates = 64;  ///< without state 0
  static constexpr std::uint8_t kEnd = 0x80;

  Automaton() = default;
  explicit Automaton(std::string bytes) : bytes_(std::move(bytes)) {}

  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] std::size_t state_count() const;  ///< without state 0

  /// `target` is a byte of the table: a state, perhaps with kEnd.
  [[nodiscard]] std::uint8_t step(std::uint8_t target, unsigned char byte) const;

  friend bool operator==(const Automaton&, const Automaton&) = default;

 private:
  std::string bytes_;
};

/// Whether the automaton with these bytes accepts `segment`, which is percent-decoded on the way; a
/// malformed escape is never accepted. The segment is not empty.
bool takes(const unsigned char* automaton, std::string_view segment);

/// Whether both accept some common text.
bool overlap(const Automaton& a, const Automaton& b);
/// Whether `outer` accepts every text that `inner` accepts.
bool includes(const Automaton& outer, const Automaton& inner);

}  // namespace bora::paths
