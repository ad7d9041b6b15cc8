#include <bora/auth/login_session.h>

namespace bora::auth::detail {

StoredSession::StoredSession(web::RequestHandler& handler, stores::SessionStore& store,
                             LoginSessionOptions options)
    : handler_(handler), store_(store), options_(std::move(options)) {}

void StoredSession::forget() {
  token_.clear();
  user_.clear();
  handler_.clear_cookie(options_.cookie, options_.cookie_options);
}

Task<std::optional<std::string>> StoredSession::read() {
  std::optional<std::string> data;
  std::string token(handler_.get_cookie(options_.cookie));
  if (token.empty()) co_return data;
  Task<std::optional<stores::SessionInfo>> loading = store_.load(token);
  std::optional<stores::SessionInfo> session = co_await loading;
  if (!session) co_return data;
  token_ = std::move(token);
  user_ = std::move(session->user);
  data = std::move(session->data);
  co_return data;
}

Task<void> StoredSession::start(std::string user, std::string data) {
  const std::string former(handler_.get_cookie(options_.cookie));
  if (!former.empty()) {
    Task<void> ending = store_.end(former);
    co_await ending;
  }
  Task<std::string> beginning = store_.begin(user, std::move(data));
  token_ = co_await beginning;
  user_ = std::move(user);
  handler_.set_cookie(options_.cookie, token_, options_.cookie_options);
}

Task<bool> StoredSession::write(std::string data) {
  if (token_.empty()) co_return false;
  Task<bool> saving = store_.save(token_, std::move(data));
  const bool is_saved = co_await saving;
  if (!is_saved) forget();
  co_return is_saved;
}

Task<void> StoredSession::end() {
  const std::string token =
      token_.empty() ? std::string(handler_.get_cookie(options_.cookie)) : token_;
  forget();
  if (token.empty()) co_return;
  Task<void> ending = store_.end(token);
  co_await ending;
}

Task<std::vector<stores::SessionInfo>> StoredSession::list() {
  std::vector<stores::SessionInfo> sessions;
  if (user_.empty()) co_return sessions;
  Task<std::vector<stores::SessionInfo>> listing = store_.list(user_);
  sessions = co_await listing;
  co_return sessions;
}

bool StoredSession::is_this(const stores::SessionInfo& session) const {
  return !token_.empty() && session.key == stores::SessionStore::key_of(token_);
}

Task<bool> StoredSession::end_one(std::string key) {
  if (user_.empty()) co_return false;
  const bool is_own = key == stores::SessionStore::key_of(token_);
  Task<bool> ending = store_.end_one(user_, std::move(key));
  const bool is_ended = co_await ending;
  if (is_own) forget();
  co_return is_ended;
}

Task<std::size_t> StoredSession::end_others() {
  if (user_.empty()) co_return 0;
  Task<std::size_t> ending = store_.end_others(user_, token_);
  co_return co_await ending;
}

}  // namespace bora::auth::detail
