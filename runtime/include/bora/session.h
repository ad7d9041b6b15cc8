#pragma once

#include <cstdint>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include <bora/core/clock.h>
#include <bora/core/detail/chrono.h>
#include <bora/core/io_loop.h>
#include <bora/json.h>
#include <bora/web/request_handler.h>

// The data that a server keeps about a visitor between requests, in a cookie that only the server
// can read. It needs Settings::cookie_secret, and nlohmann/json (see <bora/json.h>).

namespace bora::web {

/// The cookie and the lifetimes of a session.
struct SessionOptions {
  std::string cookie = "session";
  /// The session ends this long after the last request.
  std::chrono::seconds idle_lifetime = std::chrono::hours(24);
  /// It ends this long after renew(), or its beginning, in any case.
  std::chrono::seconds absolute_lifetime = std::chrono::hours(24 * 14);
  /// The attributes of its cookie. Unless one of them sets its expiry, it lasts until the browser
  /// closes.
  CookieOptions cookie_options{};
};

/// A visitor's session, as a value of a type of the program's own:
///
///     struct Visit {
///       std::string user;
///       std::vector<int> basket;
///     };
///     NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Visit, user, basket)
///
///     class Basket : public RequestHandler {
///      public:
///       void post() {
///         session_->basket.push_back(get_argument<int>("item"));
///         session_.save();
///       }
///
///      private:
///       bora::web::Session<Visit> session_{*this};
///     };
///
/// It is read when it is first used. If it can't be read (too old, changed, of another type since
/// the last version of the program), it is a new one. All of it is in the cookie, with 3,500 bytes
/// at most: keep a name or a number of large data here, not the data itself. The server can't
/// revoke a cookie: a copy of it is valid until it is too old.
template <class Value>
class Session {
 public:
  explicit Session(RequestHandler& handler, SessionOptions options = {})
      : handler_(handler), options_(std::move(options)) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Value& operator*() {
    load();
    return value_;
  }
  Value* operator->() { return &**this; }

  /// Whether the request brought no valid session.
  [[nodiscard]] bool is_new() {
    load();
    return is_new_;
  }

  /// Sends the value with the answer. Call it once, after the last change.
  /// @throws std::length_error  The value is too large for a cookie.
  void save() {
    load();
    seen_ = now();
    write();
  }
  /// Begins the lifetimes again and saves the session: call it after logging in, and whenever a
  /// visitor gets more rights. The program must remove data of an earlier visitor itself.
  void renew() {
    load();
    begun_ = now();
    save();
  }
  /// Removes the session, here and in the browser: call it after logging out.
  void clear() {
    value_ = Value{};
    is_loaded_ = true;
    is_new_ = true;
    begun_ = seen_ = now();
    handler_.clear_cookie(options_.cookie, options_.cookie_options);
  }

 private:
  static std::int64_t now() {
    const auto time = IOLoop::current().clock().since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(time).count();
  }

  void load() {
    if (is_loaded_) return;
    is_loaded_ = true;
    begun_ = seen_ = now();
    const double days = static_cast<double>(options_.absolute_lifetime.count()) / 86400.0;
    const std::optional<std::string> text = handler_.get_sealed_cookie(options_.cookie, days);
    if (!text || !read(*text)) return;
    is_new_ = false;
    // The visit counts, but not each request needs a cookie for it.
    if (now() - seen_ > options_.idle_lifetime.count() / 10) {
      seen_ = now();
      write();
    }
  }

  /// Reads "[begun, seen, value]".
  bool read(const std::string& text) {
    try {
      const nlohmann::json all = json_decode(text);
      const auto begun = all.at(0).get<std::int64_t>();
      const auto seen = all.at(1).get<std::int64_t>();
      if (now() - seen > options_.idle_lifetime.count() ||
          now() - begun > options_.absolute_lifetime.count()) {
        return false;
      }
      value_ = all.at(2).get<Value>();
      begun_ = begun;
      seen_ = seen;
      return true;
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception&) {  // also of the value's own from_json()
    }
    value_ = Value{};
    return false;
  }

  void write() {
    const nlohmann::json all = nlohmann::json::array({begun_, seen_, value_});
    handler_.set_sealed_cookie(options_.cookie, all.dump(), std::nullopt, options_.cookie_options);
  }

  RequestHandler& handler_;
  SessionOptions options_;
  Value value_{};
  std::int64_t begun_ = 0;  ///< in seconds since the Epoch
  std::int64_t seen_ = 0;
  bool is_loaded_ = false;
  bool is_new_ = true;
};

}  // namespace bora::web
