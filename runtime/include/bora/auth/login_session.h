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

// Sessions after a login that a store keeps: they can be listed, and ended. This needs
// nlohmann/json (see <bora/json.h>).

namespace bora::auth {

/// The cookie of a LoginSession.
struct LoginSessionOptions {
  /// The cookie of the session's token. `__Host-` limits it to https (or this machine) and to this
  /// host.
  std::string cookie = "__Host-session";
  /// Unless an option sets its expiry, the cookie lasts until the browser closes.
  web::CookieOptions cookie_options{};
};

namespace detail {

/// The parts that do not depend on a session's type.
class StoredSession {
 public:
  StoredSession(const StoredSession&) = delete;
  StoredSession& operator=(const StoredSession&) = delete;

  /// The user; empty if nobody is signed in, or load() was not called.
  [[nodiscard]] const std::string& user() const noexcept { return user_; }
  /// Signs out: the session is over for everybody who has its token.
  Task<void> end();
  /// All sessions of this user; the one that was used last comes first.
  Task<std::vector<stores::SessionInfo>> list();
  /// Whether `session` is the one of this request.
  [[nodiscard]] bool is_this(const stores::SessionInfo& session) const;
  /// Ends a session of list(); returns false if this user has none of that key.
  Task<bool> end_one(std::string key);
  /// Ends all sessions except this one, for instance after a password was changed. Returns how
  /// many.
  Task<std::size_t> end_others();

 protected:
  StoredSession(web::RequestHandler& handler, stores::SessionStore& store,
                LoginSessionOptions options);
  ~StoredSession() = default;

  /// The data, or nothing if nobody is signed in.
  Task<std::optional<std::string>> read();
  Task<void> start(std::string user, std::string data);
  Task<bool> write(std::string data);

 private:
  void forget();

  web::RequestHandler& handler_;
  stores::SessionStore& store_;
  LoginSessionOptions options_;
  std::string token_;  ///< empty if there is no valid one
  std::string user_;
};

}  // namespace detail

/// The session of a user after a login, kept by a store, with a value of the program's own:
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
/// The browser has a token of 32 random bytes, the store its SHA-256. It is a member of a handler;
/// the store must outlive it. A failure of the store is thrown.
template <class Value>
class LoginSession : public detail::StoredSession {
 public:
  LoginSession(web::RequestHandler& handler, stores::SessionStore& store,
               LoginSessionOptions options = {})
      : StoredSession(handler, store, std::move(options)) {}

  /// Loads the session, for instance in prepare(). If the value can't be read, because the program
  /// has another type for it now, it is a new one.
  /// @returns  Whether somebody is signed in.
  Task<bool> load() {
    Task<std::optional<std::string>> reading = read();
    const std::optional<std::string> data = co_await reading;
    if (data) set(*data);
    co_return data.has_value();
  }

  Value& operator*() noexcept { return value_; }
  Value* operator->() noexcept { return &value_; }

  /// Begins a session under a new token after a login, with the present value. The browser's
  /// earlier session is ended, so that nobody who knows its token is signed in.
  Task<void> begin(std::string user) { return start(std::move(user), text()); }
  /// Stores the value. Returns false if the session was ended meanwhile; then it stays ended.
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
