#pragma once

#include <bora/core/task.h>
#include <bora/database/querier.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace app {

/// What somebody wrote into the guestbook.
struct Entry {
  std::int64_t id = 0;
  std::string name{};
  std::string message{};
  std::string date{};  ///< "2026-01-31"

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

  /// Fills in the problems. True: there are none.
  bool check();
};

/// The guestbook, in the database.
class EntryStore {
 public:
  static constexpr int kMaxShown = 200;

  explicit EntryStore(bora::database::Database& db) : db_(db) {}

  bora::Task<void> add(Entry entry);
  /// The newest first.
  bora::Task<std::vector<Entry>> newest(int count = kMaxShown);

 private:
  bora::database::Database& db_;
};

/// Today's date in UTC: "2026-01-31".
std::string today();

}  // namespace app
