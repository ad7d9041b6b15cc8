#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <bora/core/task.h>
#include <bora/json.h>
#include <bora/stores/sessions.h>
#include <bora/web/request_handler.h>

// What a login leaves when its sessions are kept by a store: then they can be listed, and ended.
// Needs nlohmann/json (see <bora/json.h>).

namespace bora::auth {

struct LoginSessionOptions {
  /// Holds the session's token. `__Host-`: over https only (or on this machine), of this host only.
  std::string cookie = "__Host-session";
  /// Unless something here says when it expires, it lasts as long as the browser.
  web::CookieOptions cookie_options{};
};

namespace detail {

/// What does not depend on a session's type.
class StoredSession {
 public:
  StoredSession(const StoredSession&) = delete;
  StoredSession& operator=(const StoredSession&) = delete;

  /// Who it is; empty: nobody, or load() was not called.
  [[nodiscard]] const std::string& user() const noexcept { return user_; }
  /// Signs out: the session is over for everybody who has its token.
  Task<void> end();
  /// All sessions of this user, the one used last first.
  Task<std::vector<stores::SessionInfo>> list();
  /// Whether that is the one of this request.
  [[nodiscard]] bool is_this(const stores::SessionInfo& session) const;
  /// Ends one that list() gave; false: this user has none of that key.
  Task<bool> end_one(std::string key);
  /// Ends all but this one, and tells how many: after a password was changed, for instance.
  Task<std::size_t> end_others();

 protected:
  StoredSession(web::RequestHandler& handler, stores::SessionStore& store,
                LoginSessionOptions options);
  ~StoredSession() = default;

  /// The data; nothing: nobody is signed in.
  Task<std::optional<std::string>> read();
  Task<void> start(std::string user, std::string data);
  Task<bool> write(std::string data);

 private:
  void forget();

  web::RequestHandler& handler_;
  stores::SessionStore& store_;
  LoginSessionOptions options_;
  std::string token_;  ///< Empty: none that is good.
  std::string user_;
};

}  // namespace detail

/// Somebody's session after a login, kept by a store, with a value of the program's own:
///
///     struct Visit {
///       std::string name;
///     };
///     NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Visit, name)
///
///     class Callback : public RequestHandler {
///      public:
///       Task<void> get() {
///         const bora::auth::Identity who = co_await provider.finish(*this);
///         session_->name = who.claims.get("name", who.subject);
///         co_await session_.begin(who.subject);
///         redirect_local(who.return_to);
///       }
///
///      private:
///       bora::auth::LoginSession<Visit> session_{*this, sessions()};
///     };
///
/// The browser has a token of 32 random bytes, the store its SHA-256. A member of a handler; the
/// store must outlive it. What the store can't do it throws.
template <class Value>
class LoginSession : public detail::StoredSession {
 public:
  LoginSession(web::RequestHandler& handler, stores::SessionStore& store,
               LoginSessionOptions options = {})
      : StoredSession(handler, store, std::move(options)) {}

  /// Looks who it is: in prepare(), for instance. A value that can't be read any more, because the
  /// program has another type for it now, is a new one.
  /// @returns  Whether somebody is signed in.
  Task<bool> load() {
    Task<std::optional<std::string>> reading = read();
    const std::optional<std::string> data = co_await reading;
    if (data) set(*data);
    co_return data.has_value();
  }

  Value& operator*() noexcept { return value_; }
  Value* operator->() noexcept { return &value_; }

  /// After a login: a session under a new token, with the value as it is now. The one that the
  /// browser had is ended, so that nobody who knows its token is signed in.
  Task<void> begin(std::string user) { return start(std::move(user), text()); }
  /// Keeps the value; false: the session was ended meanwhile, and stays so.
  Task<bool> save() { return write(text()); }

 private:
  [[nodiscard]] std::string text() const { return nlohmann::json(value_).dump(); }
  void set(const std::string& data) {
    try {
      value_ = json_decode(data).get<Value>();
    } catch (const nlohmann::json::exception&) {
      value_ = Value{};
    } catch (const JSONError&) {
      value_ = Value{};
    }
  }

  Value value_{};
};

}  // namespace bora::auth
