#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <utility>

#include <bora/core/task.h>
#include <bora/web/request_handler.h>

namespace bora::web {

/// A handler whose user is an object of the program's own, which may take a while to find:
///
///     class Page : public bora::web::UserHandler<User> {
///      protected:
///       Task<std::optional<User>> find_current_user() override {
///         const auto id = get_signed_cookie("user");
///         if (!id) co_return std::nullopt;
///         std::optional<User> user = co_await users().find(*id);
///         co_return user;
///       }
///     };
///     class Inbox : public Page {
///      public:
///       void get() {
///         const User& me = authenticated(current_user());
///
/// It is looked for once, in prepare(); a class with a prepare() of its own awaits this one's
/// first: `co_await Page::prepare();`. Templates with `{% handler shop::Page %}` have it as
/// `current_user`.
template <class User, std::derived_from<RequestHandler> Base = RequestHandler>
class UserHandler : public Base {
 public:
  /// The user; empty if nobody is known.
  [[nodiscard]] const std::optional<User>& current_user() const { return user_; }
  void set_current_user(std::optional<User> user) {
    user_ = std::move(user);
    // A filter may have asked before, when nobody was known yet.
    RequestHandler::set_current_user(get_current_user());
  }

  Task<void> prepare() {
    Task<std::optional<User>> finding = find_current_user();
    std::optional<User> found = co_await finding;
    set_current_user(std::move(found));
  }

  /// For callers that only ask whether there is a user.
  std::string get_current_user() override { return user_ ? "somebody" : ""; }

 protected:
  virtual Task<std::optional<User>> find_current_user() = 0;

 private:
  std::optional<User> user_;
};

}  // namespace bora::web
