#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <bora/core/locale.h>
#include <bora/filters.h>
#include <bora/web.h>
#include <bora/web/user_handler.h>

#include "blog.h"

namespace blog {

/// What all pages have in common: the reader, and the tables.
class Reader : public bora::web::UserHandler<Author> {
 public:
  Blog& blog() const { return static_cast<Blog&>(application()); }
  Store store() const { return blog().store(); }

 protected:
  Task<std::optional<Author>> find_current_user() override;
  /// Returns the language that the reader has chosen at the foot of the page, or else the
  /// browser's.
  const bora::Locale* get_user_locale() override;
  /// The entry at this address, or 404.
  Task<Entry> entry_at(std::string slug);
  void sign_in(const Author& author);
  int page_number();
  /// Returns a sentence of the program in the reader's language.
  std::string tr(std::string_view text) { return std::string(locale().translate(text)); }
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

class ShowPicture : public Reader {
 public:
  Task<void> get(std::string name);
};

class Language : public Reader {
 public:
  void post();
};

class Compose : public Reader {
 public:
  void get();
  Task<void> post();

 private:
  void show(const Draft& draft);
};

class Edit : public Reader {
 public:
  Task<void> get(std::string slug);
  Task<void> post(std::string slug);

 private:
  void show(const Draft& draft);
};

class Delete : public Reader {
 public:
  Task<void> post(std::string slug);
};

class Pictures : public Reader {
 public:
  Task<void> get();
  Task<void> post();

 private:
  Task<void> show(std::string problem);
};

class Login : public Reader {
 public:
  Task<void> get();
  Task<void> post();

 private:
  void show(const std::string& email, const std::string& problem);
};

/// Sends the visitor to an OpenID provider of the file that --logins names.
class LoginWith : public Reader {
 public:
  Task<void> get(std::string name);
};

/// The provider sends visitors here after they have signed in.
class LoginCallback : public Reader {
 public:
  Task<void> get(std::string name);
};

class Logout : public Reader {
 public:
  void post();
};

/// Makes the first author; later, authors add others.
class Join : public Reader {
 public:
  Task<void> get();
  Task<void> post();

 private:
  Task<void> check_permission();
};

}  // namespace blog
