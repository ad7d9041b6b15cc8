#include "users.h"

namespace app {

bora::Task<std::optional<User>> UserStore::add(std::string email, std::string password) {
  co_return co_await db_.query_one<User>(
      "insert into users (email, password) values ($1, $2) on conflict (email) do nothing "
      "returning id, email, password",
      email, password);
}

bora::Task<std::optional<User>> UserStore::find(std::int64_t id) {
  co_return co_await db_.query_one<User>("select id, email, password from users where id = $1", id);
}

bora::Task<std::optional<User>> UserStore::find(std::string email) {
  co_return co_await db_.query_one<User>("select id, email, password from users where email = $1",
                                         email);
}

}  // namespace app
