// Passwords, OAuth 1.0a and 2, and logins that a file names.

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>

#include <bora/auth/login_session.h>
#include <bora/auth/logins.h>
#include <bora/auth/oauth1.h>
#include <bora/auth/password.h>
#include <bora/core/executor.h>
#include <bora/http/http_server.h>
#include <bora/http/httputil.h>
#include <bora/testing/catch.h>
#include <bora/testing/expect_log.h>
#include <bora/testing/fake_clock.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "runtime/auth/login_cookie.h"
#include "runtime/core/crypto.h"

using namespace bora::auth;
using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::testing::HTTPTest;
using bora::testing::Response;
using bora::web::RequestHandler;

namespace {

const PasswordWork kQuick{.cost = 1 << 4};

template <class T>
T now(Task<T> task) {
  return IOLoop::current().run_sync(std::move(task));
}

}  // namespace

TEST_CASE("passwords: what is kept of them, and what is right", "[auth]") {
  const std::string hash = now(hash_password("correct horse", kQuick));
  CHECK(hash.starts_with("$scrypt$ln=4,r=8,p=1$"));
  CHECK(hash != now(hash_password("correct horse", kQuick)));
  CHECK(now(verify_password("correct horse", hash, kQuick)).is_right);
  CHECK_FALSE(now(verify_password("correct horse", hash, kQuick)).needs_rehash);
  CHECK_FALSE(now(verify_password("Correct horse", hash, kQuick)).is_right);
  CHECK_FALSE(now(verify_password("", hash, kQuick)).is_right);
  // The cost is higher than the one that the hash was made with.
  const PasswordVerdict grown = now(verify_password("correct horse", hash, {.cost = 1 << 5}));
  CHECK(grown.is_right);
  CHECK(grown.needs_rehash);
  CHECK_FALSE(now(verify_password("wrong", hash, {.cost = 1 << 5})).needs_rehash);
  // A password may consist of any bytes.
  const std::string odd("\0\xff\n", 3);
  CHECK(now(verify_password(odd, now(hash_password(odd, kQuick)), kQuick)).is_right);
  CHECK_FALSE(
      now(verify_password(std::string(), now(hash_password(odd, kQuick)), kQuick)).is_right);

  for (const char* const bad :
       {"", "x", "$scrypt$", "$scrypt$ln=4,r=8,p=1$",
        "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$",
        "$scrypt$ln=0,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=63,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=20,r=999,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=4,r=8,p=0$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=4,r=8,p=1$A A$AAAAAAAAAAAAAAAAAAAAAA", "$2b$12$abcdefghijklmnopqrstuv"}) {
    INFO(bad);
    CHECK_FALSE(now(verify_password("x", bad, kQuick)).is_right);
    CHECK_FALSE(now(verify_password("", bad, kQuick)).is_right);
  }
  CHECK_THROWS_AS(now(hash_password(std::string(5000, 'x'), kQuick)), std::invalid_argument);
  CHECK_FALSE(now(verify_password(std::string(5000, 'x'), hash, kQuick)).is_right);
  CHECK_THROWS_AS(now(hash_password("x", {.cost = 3})), std::invalid_argument);
}

TEST_CASE("passwords: computed by a thread, and not by the loop", "[auth]") {
  class Counting final : public bora::Executor {
   public:
    void submit(bora::UniqueFunction<void()> job) override {
      ++jobs;
      threads_.submit(std::move(job));
    }
    int jobs = 0;

   private:
    bora::ThreadPool threads_{1};
  };
  const auto executor = std::make_shared<Counting>();
  IOLoop& loop = IOLoop::current();
  loop.set_default_executor(executor);
  const std::string hash = now(hash_password("secret", kQuick));
  CHECK(executor->jobs == 1);
  CHECK(now(verify_password("secret", hash, kQuick)).is_right);
  CHECK(executor->jobs == 2);
  // An unknown user takes as long as a known one.
  CHECK_FALSE(now(verify_password("secret", "", kQuick)).is_right);
  CHECK(executor->jobs == 3);
  loop.set_default_executor(nullptr);
}

TEST_CASE("limits: of an account and of an address", "[auth]") {
  bora::testing::FakeClock clock;
  LoginLimiter limiter({.failures_per_account = 3, .failures_per_address = 5, .period = 300s});
  for (int i = 0; i < 3; ++i) {
    CHECK(limiter.may_try("ada", "192.0.2." + std::to_string(i)));
    limiter.note_failure("ada", "192.0.2." + std::to_string(i));
  }
  CHECK_FALSE(limiter.may_try("ada", "192.0.2.99"));
  CHECK(limiter.may_try("eve", "192.0.2.99"));
  clock.advance(101s);  // one of three is forgotten
  CHECK(limiter.may_try("ada", "192.0.2.99"));
  limiter.note_failure("ada", "192.0.2.99");
  CHECK_FALSE(limiter.may_try("ada", "192.0.2.99"));
  limiter.note_success("ada");
  CHECK(limiter.may_try("ada", "192.0.2.99"));
  // A whole IPv6 network counts as one user.
  for (int i = 0; i < 5; ++i)
    limiter.note_failure("u" + std::to_string(i), "2001:db8::" + std::to_string(i + 1));
  CHECK_FALSE(limiter.may_try("new", "2001:db8::ffff"));
  CHECK(limiter.may_try("new", "2001:db8:0:1::1"));
  LoginLimiter small({.max_entries = 4});
  for (int i = 0; i < 1000; ++i) small.note_failure(std::to_string(i), "192.0.2.1");
  CHECK(small.may_try("5", "192.0.2.7"));
}

TEST_CASE("limits: an attempt counts from its beginning, until it has succeeded", "[auth]") {
  bora::testing::FakeClock clock;
  LoginLimiter limiter({.failures_per_account = 3, .failures_per_address = 5, .period = 300s});
  for (int i = 0; i < 3; ++i) CHECK(limiter.may_try("ada", "192.0.2." + std::to_string(i)));
  CHECK_FALSE(limiter.may_try("ada", "192.0.2.9"));  // although none has failed yet
  limiter.note_failure("ada", "192.0.2.0");
  CHECK_FALSE(limiter.may_try("ada", "192.0.2.9"));
  // The failure is forgotten, the attempt that is still under way is not.
  limiter.note_success("ada", "192.0.2.1");
  CHECK(limiter.may_try("ada", "192.0.2.9"));
  CHECK(limiter.may_try("ada", "192.0.2.9"));
  CHECK_FALSE(limiter.may_try("ada", "192.0.2.9"));
  // Many who succeed from one address are welcome; their failures there stay.
  limiter.note_failure("eve", "198.51.100.7");
  for (int i = 0; i < 100; ++i) {
    const std::string name = "user" + std::to_string(i);
    CHECK(limiter.may_try(name, "198.51.100.7"));
    limiter.note_success(name, "198.51.100.7");
  }
  for (int i = 0; i < 4; ++i) CHECK(limiter.may_try(std::to_string(i), "198.51.100.7"));
  CHECK_FALSE(limiter.may_try("new", "198.51.100.7"));
  // Attempts whose end is never told are failures that pass.
  clock.advance(301s);
  CHECK(limiter.may_try("ada", "192.0.2.9"));
  limiter.note_failure("ada", "192.0.2.9");
  limiter.note_failure("ada", "192.0.2.9");
  limiter.note_failure("ada", "192.0.2.9");
  CHECK_FALSE(limiter.may_try("ada", "192.0.2.9"));
}

TEST_CASE("OAuth 1.0a: signatures, RFC 5849, 1.2", "[auth]") {
  const OAuth1Token consumer{"dpf43f3p2l4k3l03", "kd94hf93k423kf44"};
  OAuth1Parameters parameters;
  parameters.emplace_back("file", "vacation.jpg");
  parameters.emplace_back("size", "original");
  parameters.emplace_back("oauth_consumer_key", consumer.key);
  parameters.emplace_back("oauth_token", "nnch734d00sl2jdk");
  parameters.emplace_back("oauth_signature_method", "HMAC-SHA1");
  parameters.emplace_back("oauth_timestamp", "137131202");
  parameters.emplace_back("oauth_nonce", "chapoH");
  CHECK(oauth1_signature(consumer, "get", "HTTP://Photos.Example.net:80/photos?x", parameters,
                         {"nnch734d00sl2jdk", "pfkkdhi9sl3r4s00"}) ==
        "MdpQcU8iPSUjWoN/UDMsK2sui9I=");
}

namespace {

/// A provider of OAuth 1.0a and 2 that a test can make lie.
struct Provider {
  static inline std::string request_token =
      "oauth_token=rk&oauth_token_secret=rs&oauth_callback_confirmed=true";
  static inline std::string access_token = "oauth_token=ak&oauth_token_secret=as";
  static inline std::string tokens = R"({"access_token": "at", "token_type": "bearer"})";
  static inline std::string user = R"({"id": 7, "login": "ada"})";
  static inline std::vector<std::string> seen;
  static void reset() {
    request_token = "oauth_token=rk&oauth_token_secret=rs&oauth_callback_confirmed=true";
    access_token = "oauth_token=ak&oauth_token_secret=as";
    tokens = R"({"access_token": "at", "token_type": "bearer"})";
    user = R"({"id": 7, "login": "ada"})";
    seen.clear();
  }
};

void note(RequestHandler& handler) {
  Provider::seen.push_back(std::string(handler.request().uri()) + " " +
                           handler.request().headers().get("Authorization") + " " +
                           std::string(handler.request().body()));
}

class RequestToken : public RequestHandler {
 public:
  void post() {
    note(*this);
    write(Provider::request_token);
  }
};
class AccessToken : public RequestHandler {
 public:
  void post() {
    note(*this);
    write(Provider::access_token);
  }
};
class Token : public RequestHandler {
 public:
  void post() {
    note(*this);
    write(Provider::tokens);
  }
};
class User : public RequestHandler {
 public:
  void get() {
    note(*this);
    write(Provider::user);
  }
};

OAuth1Client* one = nullptr;
OAuth2Client* two = nullptr;

class Begin : public RequestHandler {
 public:
  Task<void> get(int version) {
    if (version == 2) {
      two->begin(*this, get_argument("next", "/"));
      co_return;
    }
    Task<void> going = one->begin(*this, get_argument("next", "/"));
    co_await going;
  }
};
class End : public RequestHandler {
 public:
  Task<void> get(int version) {
    Task<Identity> finishing = version == 2 ? two->finish(*this) : one->finish(*this);
    const Identity who = co_await finishing;
    write(who.subject + " " + who.claims.get("login", "") + " " + who.tokens.access_token + " " +
          who.return_to);
  }
};

struct Stage {
  Stage()
      : app({bora::web::url<Begin>("/begin/{version:int}"),
             bora::web::url<End>("/end/{version:int}"), bora::web::url<RequestToken>("/request"),
             bora::web::url<AccessToken>("/access"), bora::web::url<Token>("/token"),
             bora::web::url<User>("/user")},
            {.cookie_secret = "a secret of more than thirty-two bytes, for tests"}),
        http(app) {
    Provider::reset();
    OAuth1Options first;
    first.request_token_url = http.url("/request");
    first.authorize_url = http.url("/authorize");
    first.access_token_url = http.url("/access");
    first.user_url = http.url("/user?a=b");
    first.consumer = {"ck", "cs"};
    first.callback_uri = http.url("/end/1");
    first.allow_http_loopback = true;
    client1.emplace(first);
    OAuth2Options second = facebook("client", "secret", http.url("/end/2"));
    second.authorize_url = http.url("/authorize");
    second.access_token_url = http.url("/token");
    second.user_url = http.url("/user");
    second.allow_http_loopback = true;
    client2.emplace(second);
    one = &*client1;
    two = &*client2;
  }
  Response get(const std::string& target) {
    bora::testing::FetchOptions options;
    options.follow_redirects = false;
    return http.fetch(target, options);
  }
  std::string parameter(const Response& response, std::string_view name) {
    const std::string to = response.headers.get("Location");
    for (const auto& argument : bora::http::parse_qs(to.substr(to.find('?') + 1))) {
      if (argument.name == name) return std::string(argument.value);
    }
    return {};
  }

  bora::web::Application app;
  HTTPTest http;
  std::optional<OAuth1Client> client1;
  std::optional<OAuth2Client> client2;
};

}  // namespace

TEST_CASE("OAuth 1.0a: the whole way, and where it is refused", "[auth]") {
  const bora::testing::ExpectLog quiet(bora::access_log, ".*", {.required = false});
  const bora::testing::ExpectLog refusals(bora::gen_log, ".*login refused: ", {.required = false});
  Stage stage;
  const Response begun = stage.get("/begin/1?next=/inside");
  REQUIRE(begun.status == 302);
  CHECK(stage.parameter(begun, "oauth_token") == "rk");
  const std::string& asked = Provider::seen.front();
  for (const char* const part :
       {"oauth_callback=\"http%3A%2F%2F127.0.0.1", "oauth_consumer_key=\"ck\"",
        "oauth_signature=\"", "oauth_signature_method=\"HMAC-SHA1\"", "oauth_version=\"1.0\""}) {
    INFO(part);
    CHECK(asked.find(part) != std::string::npos);
  }
  const Response done = stage.get("/end/1?oauth_token=rk&oauth_verifier=v");
  CHECK(done.status == 200);
  CHECK(done.body == "7 ada ak /inside");
  CHECK(Provider::seen[1].find("oauth_verifier=\"v\"") != std::string::npos);
  CHECK(Provider::seen[2].starts_with("/user?a=b OAuth "));
  CHECK(stage.get("/end/1?oauth_token=rk&oauth_verifier=v").status == 400);

  const std::pair<const char*, int> refused[] = {
      {"oauth_token=other&oauth_verifier=v", 400},
      {"oauth_verifier=v", 400},
      {"oauth_token=rk", 400},
      {"denied=rk", 403},
      {"oauth_token=rk&oauth_token=rk&oauth_verifier=v", 400}};
  for (const auto& [query, status] : refused) {
    INFO(query);
    stage.get("/begin/1");
    const std::size_t before = refusals.count();
    CHECK(stage.get(std::string("/end/1?") + query).status == status);
    CHECK(refusals.count() == before + 1);
  }
  Provider::access_token = "nothing=1";
  stage.get("/begin/1");
  CHECK(stage.get("/end/1?oauth_token=rk&oauth_verifier=v").status == 502);
  Provider::request_token = "oauth_token=rk&oauth_token_secret=rs";
  CHECK(stage.get("/begin/1").status == 502);  // 1.0, which is not safe
}

TEST_CASE("OAuth 2: the whole way, and where it is refused", "[auth]") {
  const bora::testing::ExpectLog quiet(bora::access_log, ".*", {.required = false});
  const bora::testing::ExpectLog refusals(bora::gen_log, ".*login refused: ", {.required = false});
  Stage stage;
  const Response begun = stage.get("/begin/2?next=//evil");
  REQUIRE(begun.status == 302);
  CHECK(stage.parameter(begun, "code_challenge_method") == "S256");
  const std::string state = stage.parameter(begun, "state");
  const Response done = stage.get("/end/2?code=c&state=" + state);
  CHECK(done.status == 200);
  CHECK(done.body == "7 ada at /");
  CHECK(Provider::seen[0].find("client_secret=secret") != std::string::npos);
  CHECK(Provider::seen[0].find("code_verifier=") != std::string::npos);
  const std::string proof = bora::crypto::to_hex(bora::crypto::hmac_sha256("secret", "at"));
  CHECK(Provider::seen[1] == "/user?appsecret_proof=" + proof + " Bearer at ");

  const auto attempt = [&](const std::string& query) {
    const std::string own = stage.parameter(stage.get("/begin/2"), "state");
    const std::size_t before = refusals.count();
    const int status = stage.get("/end/2?" + query + own).status;
    CHECK(refusals.count() == before + 1);
    return status;
  };
  CHECK(attempt("code=c&x=") == 400);
  CHECK(attempt("code=c&state=x") == 400);
  CHECK(attempt("error=access_denied&state=") == 403);
  CHECK(attempt("state=") == 400);
  Provider::user = R"({"login": "nobody"})";
  CHECK(attempt("code=c&state=") == 502);
  Provider::user = "[]";
  CHECK(attempt("code=c&state=") == 502);
  Provider::tokens = R"({"error": "bad_verification_code"})";
  CHECK(attempt("code=c&state=") == 403);
  CHECK(attempt("code=c&state=") == 403);
  CHECK_THROWS_AS(now(two->oauth2_request("http://evil.example/", "at")), AuthError);
}

TEST_CASE("logins: from a file, and what is wrong with one", "[auth]") {
  ::setenv("BORA_TEST_LOGIN_SECRET", "secret", 1);
  Logins logins;
  logins.read(R"(
[[login]]
name = "google"
issuer = "https://accounts.google.com"
client_id = "a"
client_secret_env = "BORA_TEST_LOGIN_SECRET"
redirect_uri = "https://shop.example/login/google"

[[login]]
name = "hub"
kind = "github"
client_id = "b"
redirect_uri = "https://shop.example/login/hub"
)",
              "logins.toml");
  CHECK(logins.names() == std::vector<std::string>{"google", "hub"});
  REQUIRE(logins.openid("google") != nullptr);
  CHECK(logins.openid("google")->options().client_secret == "secret");
  REQUIRE(logins.oauth2("hub") != nullptr);
  CHECK(logins.oauth2("hub")->options().access_token_url ==
        "https://github.com/login/oauth/access_token");
  CHECK(logins.openid("hub") == nullptr);
  logins.add(microsoft("tenant", "c", "s", "https://shop.example/login/ms"));
  CHECK(logins.openid("microsoft")->options().issuer ==
        "https://login.microsoftonline.com/tenant/v2.0");
  CHECK_THROWS_AS(logins.add(google("a", "b", "https://shop.example/x")), std::invalid_argument);

  const auto message_of = [](const char* text) -> std::string {
    try {
      Logins wrong;
      wrong.read(text, "l.toml");
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return {};
  };
  CHECK(message_of("x = ").starts_with("l.toml:1: "));
  CHECK(message_of("").find("no [[login]]") != std::string::npos);
  CHECK(message_of("[[login]]\nnmae = \"x\"\n") == "l.toml:2: a [[login]] has no key nmae");
  CHECK(message_of("[[login]]\nname = 1\n") == "l.toml:2: name is a text");
  CHECK(message_of("[[login]]\nkind = \"saml\"\n").find("openid, github or facebook") !=
        std::string::npos);
  CHECK(message_of("[[login]]\nissuer = \"https://a\"\n").find("client_id is missing") !=
        std::string::npos);
  CHECK(message_of("[[login]]\nclient_secret_env = \"BORA_NO_SUCH\"\n").find("BORA_NO_SUCH") !=
        std::string::npos);
}

namespace {

struct Profile {
  std::string name;
  int visits = 0;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Profile, name, visits)

std::unique_ptr<bora::stores::SessionStore> store;

/// Does what its argument says: "load", "enter" and others.
class Desk : public RequestHandler {
 public:
  Task<void> get(std::string what) {
    Task<bool> loading = session_.load();
    const bool is_known = co_await loading;
    if (what == "enter") {
      session_->name = get_argument("name");
      Task<void> beginning = session_.begin(get_argument("name"));
      co_await beginning;
    } else if (what == "visit") {
      ++session_->visits;
      Task<bool> saving = session_.save();
      const bool is_saved = co_await saving;
      write(is_saved ? "saved " : "lost ");
    } else if (what == "leave") {
      Task<void> ending = session_.end();
      co_await ending;
    } else if (what == "list") {
      Task<std::vector<bora::stores::SessionInfo>> listing = session_.list();
      const auto all = co_await listing;
      for (const auto& one : all) write(one.key + (session_.is_this(one) ? "! " : " "));
    } else if (what == "end") {
      Task<bool> ending = session_.end_one(get_argument("key"));
      const bool is_ended = co_await ending;
      write(is_ended ? "ended " : "none ");
    } else if (what == "others") {
      Task<std::size_t> ending = session_.end_others();
      const std::size_t count = co_await ending;
      write(std::to_string(count) + " ");
    }
    write((is_known ? "known " : "unknown ") + session_.user() + " " +
          std::to_string(session_->visits));
  }

 private:
  LoginSession<Profile> session_{*this, *store};
};

}  // namespace

TEST_CASE("sessions: listed and ended by their user, and nobody else", "[auth]") {
  store = bora::stores::memory_sessions();
  bora::web::Application app({bora::web::url<Desk>("/{what}")});
  HTTPTest laptop(app);
  HTTPTest phone(app);
  HTTPTest stranger(app);
  CHECK(laptop.fetch("/load").body == "unknown  0");
  CHECK(laptop.fetch("/visit").body == "lost unknown  1");
  CHECK(laptop.fetch("/list").body == "unknown  0");
  CHECK(laptop.fetch("/others").body == "0 unknown  0");
  laptop.set_cookie("__Host-session", "known to somebody else before");
  const Response entered = laptop.fetch("/enter?name=ada");
  const std::string cookie = entered.headers.get("Set-Cookie");
  for (const char* const part : {"__Host-session=", "Path=/", "Secure", "HttpOnly", "SameSite=Lax"})
    CHECK(cookie.find(part) != std::string::npos);
  CHECK(laptop.fetch("/load").body == "known ada 0");
  CHECK(laptop.fetch("/visit").body == "saved known ada 1");
  CHECK(laptop.fetch("/load").body == "known ada 1");

  // Each login makes a new token, and the former one is worth nothing.
  const std::string former = laptop.cookies().front().second;
  laptop.fetch("/enter?name=ada");
  CHECK(laptop.cookies().front().second != former);
  stranger.set_cookie("__Host-session", former);
  CHECK(stranger.fetch("/load").body == "unknown  0");

  phone.fetch("/enter?name=ada");
  stranger.fetch("/enter?name=eve");
  const std::string list = phone.fetch("/list").body;
  CHECK(std::count(list.begin(), list.end(), '!') == 1);
  CHECK(std::count(list.begin(), list.end(), ' ') == 4);
  const std::string own = bora::stores::SessionStore::key_of(phone.cookies().front().second);
  const std::string other = bora::stores::SessionStore::key_of(laptop.cookies().front().second);
  CHECK(list.find(own + "!") != std::string::npos);
  CHECK(list.find(phone.cookies().front().second) == std::string::npos);
  CHECK(stranger.fetch("/end?key=" + other).body.starts_with("none "));
  CHECK(phone.fetch("/end?key=" + other).body.starts_with("ended "));
  CHECK(laptop.fetch("/load").body == "unknown  0");
  // A session that was ended stays ended, even for somebody who still has its token.
  CHECK(laptop.fetch("/visit").body == "lost unknown  1");
  laptop.fetch("/enter?name=ada");
  CHECK(phone.fetch("/others").body == "1 known ada 0");
  CHECK(laptop.fetch("/load").body == "unknown  0");
  CHECK(stranger.fetch("/load").body == "known eve 0");

  CHECK(phone.fetch("/leave").body == "known  0");
  CHECK(phone.cookies().empty());
  phone.fetch("/enter?name=ada");
  CHECK(
      phone.fetch("/end?key=" + bora::stores::SessionStore::key_of(phone.cookies().front().second))
          .body == "ended known  0");
  CHECK(phone.cookies().empty());

  // A value that a former version of the program stored.
  const std::string token = now(store->begin("ada", R"({"name": 7})"));
  phone.set_cookie("__Host-session", token);
  CHECK(phone.fetch("/load").body == "known ada 0");
  store.reset();
}
