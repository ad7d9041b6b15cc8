#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <bora/core/task.h>
#include <bora/database/querier.h>

#include "pictures.h"

namespace blog {

using bora::Task;

struct Author {
  std::int64_t id = 0;
  std::string email;
  std::string name;
  std::string password;  ///< the hash of the password
};

struct Entry {
  std::int64_t id = 0;
  std::string author;
  std::string slug;
  std::string title;
  std::string markdown;
  std::string html;
  std::chrono::sys_seconds published;
  std::chrono::sys_seconds updated;
};

struct Comment {
  std::string name;
  std::string text;
  std::chrono::sys_seconds written;
};

/// What an author has written into the form.
struct Draft {
  std::string title;
  std::string markdown;
  std::string tags;
  std::string problem;  ///< what is wrong with it; empty if nothing is

  /// Sets `problem`.
  bool check();
};

/// One page of a list.
struct Page {
  std::vector<Entry> entries;
  int number = 1;
  bool has_next = false;
};

/// The blog's tables. Each call is a statement or a transaction. A Store is cheap to copy.
class Store {
 public:
  static constexpr int kPerPage = 10;

  explicit Store(bora::database::Database& db) : db_(db) {}

  Task<std::int64_t> count_authors();
  /// Returns nothing if somebody has this email already.
  Task<std::optional<Author>> add_author(std::string email, std::string name, std::string password);
  Task<std::optional<Author>> find_author(std::int64_t id);
  Task<std::optional<Author>> find_author(std::string email);
  /// Finds the author by an OpenID provider and its name for the account.
  Task<std::optional<Author>> find_author_of(std::string issuer, std::string subject);
  Task<void> add_identity(std::string issuer, std::string subject, std::int64_t author);
  Task<void> set_password(std::int64_t id, std::string password);

  /// Returns the newest first. @param search  Text in the title or the entry; if empty, all entries.
  Task<Page> list(int page, std::string search);
  Task<Page> tagged(std::string tag, int page);
  Task<std::vector<Entry>> all();
  Task<std::optional<Entry>> find_entry(std::string slug);
  Task<std::vector<std::string>> tags(std::int64_t entry);
  /// @returns  The slug, which is unique.
  Task<std::string> add_entry(std::int64_t author, Draft draft);
  Task<void> change_entry(std::int64_t id, Draft draft);
  Task<void> remove_entry(std::int64_t id);

  Task<std::vector<Comment>> comments(std::int64_t entry);
  Task<void> add_comment(std::int64_t entry, std::string name, std::string text);

  Task<void> add_picture(std::int64_t author, std::string name, Picture picture);
  Task<std::optional<Picture>> find_picture(std::string name);
  /// Returns the names of the newest ones.
  Task<std::vector<std::string>> pictures();

 private:
  bora::database::Database& db_;
};

}  // namespace blog
