#pragma once

#include <bora/filters.h>
#include <bora/web.h>
#include <bora/web/user_handler.h>

#include <optional>
#include <string>

#include "blog.h"

namespace blog {

/// What all pages have in common: who reads them, and the tables.
class Reader : public bora::web::UserHandler<Author> {
 public:
  Blog& blog() const { return static_cast<Blog&>(application()); }
  Store store() const { return blog().store(); }

 protected:
  Task<std::optional<Author>> find_current_user() override;
  /// The entry at this address, or 404.
  Task<Entry> entry_at(std::string slug);
  void sign_in(const Author& author);
  int page_number();
};

class Home : public Reader {
 public:
  Task<void> get();
};

class Tagged : public Reader {
 public:
  Task<void> get(std::string name);
};

class ShowEntry : public Reader {
 public:
  Task<void> get(std::string slug);
};

class AddComment : public Reader {
 public:
  Task<void> post(std::string slug);
};

class Archive : public Reader {
 public:
  Task<void> get();
};

class Feed : public Reader {
 public:
  Task<void> get();
};

class Compose : public Reader {
 public:
  void get();
  Task<void> post();
};

class Edit : public Reader {
 public:
  Task<void> get(std::string slug);
  Task<void> post(std::string slug);
};

class Delete : public Reader {
 public:
  Task<void> post(std::string slug);
};

class Login : public Reader {
 public:
  Task<void> get();
  Task<void> post();
};

class Logout : public Reader {
 public:
  void post();
};

/// Makes the first author; afterwards authors add each other.
class Join : public Reader {
 public:
  Task<void> get();
  Task<void> post();

 private:
  Task<void> check_permission();
};

}  // namespace blog
