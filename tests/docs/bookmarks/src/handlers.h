#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <bora/filters.h>
#include <bora/json.h>
#include <bora/session.h>
#include <bora/web.h>

#include "store.h"

namespace bookmarks {

using bora::Task;
using bora::web::RequestHandler;

struct User {
  std::string name;
};

struct Visit {
  std::string user;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Visit, user)

/// The fields of the form, and what is wrong with them.
struct Draft {
  std::string url{};
  std::string title{};
  std::string url_error{};
  std::string title_error{};

  void check(Store& store);
  bool is_fine() const { return url_error.empty() && title_error.empty(); }
};

/// What all pages share: the user of the session.
class Page : public RequestHandler {
 public:
  const std::optional<User>& current_user();

 protected:
  Store& store() { return application().state<Store>(); }
  bora::web::Session<Visit> session_{*this};

 private:
  std::optional<User> user_;
  bool is_user_known_ = false;
};

class List : public Page {
 public:
  void get();
};

class Add : public Page {
 public:
  void get();
  void post();
};

class Remove : public Page {
 public:
  void post(std::int64_t id);
};

class Login : public Page {
 public:
  void get();
  void post();
};

class Logout : public Page {
 public:
  void post();
};

class Export : public Page {
 public:
  Task<void> get();
};

/// Programs have a key instead of a session.
void check_api_key(RequestHandler& handler);

class API : public Page {
 public:
  void check_xsrf_cookie() override {}  // users are not identified by a cookie
};

class APIList : public API {
 public:
  void get();
  void post();
};

class APIOne : public API {
 public:
  void get(std::int64_t id);
  void delete_(std::int64_t id);
};

}  // namespace bookmarks
