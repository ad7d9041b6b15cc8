#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

namespace bookmarks {

struct Bookmark {
  std::int64_t id = 0;
  std::string url;
  std::string title;
  bool is_dead = false;
};

/// The bookmarks, in SQLite.
class Store {
 public:
  /// @param path  ":memory:" for one that ends with the object.
  explicit Store(const std::string& path);

  std::int64_t add(std::string_view url, std::string_view title);
  bool remove(std::int64_t id);
  void mark(std::int64_t id, bool is_dead);
  std::optional<Bookmark> find(std::int64_t id);
  /// Returns the bookmarks after `after`, in the order of their numbers.
  std::vector<Bookmark> list(std::int64_t after, int limit);
  std::vector<Bookmark> page(int number, int size);
  bool has(std::string_view url);

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace bookmarks
