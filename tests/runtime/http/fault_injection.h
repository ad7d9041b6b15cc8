#pragma once

#include <cstddef>

namespace bora::test {

/// The system calls of servers that a test can make fail. Its own client uses read() and write(),
/// which are not among them.
enum class Call { recv, send, accept4, epoll_add, epoll_modify };

/// As long as it lives, one call fails: the one after `before` others of its kind, or all from that
/// one on.
class Fault {
 public:
  static constexpr int kShort = -1;  ///< send() takes half of the bytes.

  Fault(Call call, int error, std::size_t before, bool is_lasting = false);
  ~Fault();
  Fault(const Fault&) = delete;
  Fault& operator=(const Fault&) = delete;

  /// How many calls of its kind there were.
  [[nodiscard]] std::size_t calls() const;
  /// Whether it has happened.
  [[nodiscard]] bool has_struck() const;
};

}  // namespace bora::test
