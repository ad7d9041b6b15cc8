#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace app {

/// What somebody wrote into the guestbook.
struct Entry {
  std::string name;
  std::string message;
  std::string date;  ///< "2026-01-31"

  /// The first character of the name.
  std::string_view initial() const;
};

/// The form as it was filled in, and what is wrong with it.
struct EntryForm {
  static constexpr std::size_t kMaxName = 40;  ///< In characters, not bytes.
  static constexpr std::size_t kMaxMessage = 500;

  std::string name;
  std::string message;
  std::string name_problem{};
  std::string message_problem{};

  /// Fills in the problems. Returns true if there are none.
  bool check();
};

/// The guestbook, in memory: it is empty again after a restart, and it keeps the newest entries
/// only, so that nobody can fill the memory. With a database, only these two functions change.
class EntryStore {
 public:
  static constexpr std::size_t kMaxEntries = 200;

  void add(Entry entry);
  /// Newest first. Valid until the next add().
  std::span<const Entry> newest() const { return entries_; }

 private:
  std::vector<Entry> entries_;
};

/// Today's date in UTC: "2026-01-31".
std::string today();

}  // namespace app
