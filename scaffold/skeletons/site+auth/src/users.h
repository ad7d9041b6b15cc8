#pragma once

#include <bora/core/task.h>
#include <bora/database/querier.h>

#include <cstdint>
#include <optional>
#include <string>

namespace app {

struct User {
  std::int64_t id = 0;
  std::string email;
  std::string password;  ///< the hash of the password
};

/// The accounts of those who can sign in.
class UserStore {
 public:
  explicit UserStore(bora::database::Database& db) : db_(db) {}

  /// Returns nothing if somebody has this email already.
  bora::Task<std::optional<User>> add(std::string email, std::string password);
  bora::Task<std::optional<User>> find(std::int64_t id);
  bora::Task<std::optional<User>> find(std::string email);

 private:
  bora::database::Database& db_;
};

}  // namespace app
