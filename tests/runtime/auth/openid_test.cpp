// Logins with a provider that lies in every way that we know of.

#include <bora/auth/openid.h>

#include <string>
#include <vector>

#include <bora/core/gen.h>
#include <bora/http/async_http_client.h>
#include <bora/session.h>
#include <bora/testing/catch.h>
#include <bora/testing/expect_log.h>
#include <bora/testing/fake_clock.h>
#include <bora/testing/http_test.h>

#include "tests/runtime/auth/lying_provider.h"

using namespace bora::auth;
using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::test::json;
using bora::test::LyingProvider;
using bora::test::SigningKey;
using bora::testing::HTTPTest;
using bora::testing::Response;
using bora::web::RequestHandler;

namespace {

struct Visit {
  std::string user;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Visit, user)

OpenIDClient* provider = nullptr;
Identity last_identity;

class Login : public RequestHandler {
 public:
  Task<void> get() {
    Task<void> going = provider->begin(*this, get_argument("next", "/"));
    co_await going;
  }
};

class Callback : public RequestHandler {
 public:
  Task<void> get() {
    Task<Identity> finishing = provider->finish(*this);
    const Identity who = co_await finishing;
    last_identity = who;
    session_->user = who.subject;
    session_.renew();
    redirect_local(who.return_to);
  }

 private:
  bora::web::Session<Visit> session_{*this};
};

std::shared_ptr<SigningKey> rsa_key() {
  static const auto key = std::make_shared<SigningKey>(SigningKey::Kind::rsa);
  return key;
}

OpenIDOptions options_for(const LyingProvider& there) {
  OpenIDOptions options;
  options.issuer = there.issuer();
  options.client_id = "client";
  options.client_secret = "secret";
  options.redirect_uri = "http://localhost:8888/callback";
  options.allow_http_loopback = true;
  options.timeout = 5s;
  return options;
}

/// A browser, the app and the provider.
struct Stage {
  explicit Stage(const std::function<void(OpenIDOptions&)>& change = {})
      : app({bora::web::url<Login>("/login"), bora::web::url<Callback>("/callback")},
            {.cookie_secret = "a secret of more than thirty-two bytes, for tests"}),
        http(app) {
    there.key = rsa_key();
    OpenIDOptions options = options_for(there);
    if (change) change(options);
    client.emplace(options);
    provider = &*client;
  }

  Response begin(const std::string& next = "/inside") {
    bora::testing::FetchOptions options;
    options.follow_redirects = false;
    Response response = http.fetch("/login?next=" + bora::url_escape(next), options);
    if (response.status == 302) there.authorize(response.headers.get("Location"));
    return response;
  }
  Response come_back(const std::string& query) {
    bora::testing::FetchOptions options;
    options.follow_redirects = false;
    return http.fetch("/callback?" + query, options);
  }
  [[nodiscard]] std::string query() const {
    return "code=good&state=" + bora::url_escape(there.asked.at("state"));
  }
  /// @param name  A whole name, or its beginning.
  [[nodiscard]] std::size_t count_cookies(std::string_view name) const {
    std::size_t count = 0;
    for (const auto& [known, value] : http.cookies()) {
      if (known.starts_with(name)) ++count;
    }
    return count;
  }
  [[nodiscard]] bool has_cookie(std::string_view name) const { return count_cookies(name) > 0; }

  LyingProvider there;
  bora::web::Application app;
  HTTPTest http;
  std::optional<OpenIDClient> client;
};

constexpr std::string_view kCookie = "__Host-login_openid.";

struct Lie {
  const char* claim;
  const char* reason;
  std::function<void(Stage&, std::string& query)> tell;
  bool is_of_no_login = false;  ///< The login that was begun can then still be ended.
};

std::string hmac_signature(const std::string& text, const SigningKey& key) {
  return bora::crypto::hmac_sha256(key.jwk("k").dump(), text);
}

/// Returns a lie that changes a claim.
Lie about(const char* name, const char* reason, json value) {
  return {name, reason, [name, value](Stage& stage, std::string&) {
            stage.there.change_claims = [name, value](json& claims) {
              if (value.is_null()) {
                claims.erase(name);
              } else {
                claims[name] = value;
              }
            };
          }};
}

std::vector<Lie> lies() {
  const std::int64_t now = LyingProvider::now();
  std::vector<Lie> list = {
      {"wrong state", "state is not that of a login",
       [](Stage&, std::string& q) { q = "code=good&state=x"; }, true},
      {"no state", "has no state", [](Stage&, std::string& q) { q = "code=good"; }, true},
      {"state twice", "state twice", [](Stage&, std::string& q) { q += "&state=x"; }, true},
      {"another browser", "no login was begun in this browser",
       [](Stage& s, std::string&) { s.http.clear_cookies(); }},
      {"another browser's login", "state is not that of a login",
       [](Stage& s, std::string&) {
         s.http.clear_cookies();
         s.begin();
       },
       true},
      {"a forged cookie", "no login was begun in this browser",
       [](Stage& s, std::string&) { s.http.set_cookie(s.http.cookies().front().first, "forged"); }},
      {"the cookie of another state", "no login was begun in this browser",
       [](Stage& s, std::string&) {
         const auto own = s.http.cookies().front();
         s.http.clear_cookies();
         s.begin();
         const std::string value = s.http.cookies().front().second;
         s.http.clear_cookies();
         s.http.set_cookie(own.first, value);
       }},
      {"a code that was used", "invalid_grant",
       [](Stage& s, std::string& q) { q = "code=used&state=" + s.there.asked["state"]; }},
      {"a code of another login: PKCE", "invalid_grant",
       [](Stage& s, std::string&) { s.there.asked["code_challenge"] = "another"; }},
      {"no code", "has no code",
       [](Stage& s, std::string& q) { q = "state=" + s.there.asked["state"]; }},
      {"the provider refuses", "the provider says access_denied",
       [](Stage& s, std::string& q) { q = "error=access_denied&state=" + s.there.asked["state"]; }},
      {"an issuer that was mixed up", "comes from another issuer (iss)",
       [](Stage&, std::string& q) { q += "&iss=https%3A%2F%2Fevil.example"; }},
      {"no issuer where there always is one", "does not name its issuer",
       [](Stage& s, std::string&) {
         s.there.change_discovery = [](json& d) {
           d["authorization_response_iss_parameter_supported"] = true;
         };
         s.client.emplace(options_for(s.there));
         provider = &*s.client;
       }},
      {"alg none", "is signed by \"none\"",
       [](Stage& s, std::string&) {
         s.there.change_head = [](json& head) { head["alg"] = "none"; };
         s.there.sign = [](const std::string&) { return std::string(); };
       }},
      {"HS256 with the public key", "is signed by \"HS256\"",
       [](Stage& s, std::string&) {
         s.there.change_head = [](json& head) { head["alg"] = "HS256"; };
         s.there.sign = [&s](const std::string& text) {
           return hmac_signature(text, *s.there.key);
         };
       }},
      {"no alg", "is signed by \"\"",
       [](Stage& s, std::string&) { s.there.change_head = [](json& head) { head.erase("alg"); }; }},
      {"a key of another type", "a key that",
       [](Stage& s, std::string&) {
         s.there.change_keys = [](json& keys) {
           keys["keys"] = json::array({SigningKey(SigningKey::Kind::p256).jwk("k")});
           keys["keys"][0]["alg"] = "RS256";
         };
       }},
      {"a key that is too short", "a key that",
       [](Stage& s, std::string&) {
         s.there.key = std::make_shared<SigningKey>(SigningKey::Kind::weak_rsa);
       }},
      {"a key for encryption", "a key that",
       [](Stage& s, std::string&) {
         s.there.change_keys = [](json& keys) { keys["keys"][0]["use"] = "enc"; };
       }},
      {"a key that nobody knows", "a key that",
       [](Stage& s, std::string&) {
         s.there.change_head = [](json& head) { head["kid"] = "other"; };
       }},
      {"no keys", "a key that",
       [](Stage& s, std::string&) {
         s.there.change_keys = [](json& keys) { keys["keys"] = "none"; };
       }},
      {"another key's signature", "signature is wrong",
       [](Stage& s, std::string&) {
         s.there.sign = [](const std::string& text) {
           return SigningKey(SigningKey::Kind::rsa).sign(text);
         };
       }},
      {"a signature of nothing", "signature is wrong",
       [](Stage& s, std::string&) {
         s.there.sign = [](const std::string&) { return std::string(); };
       }},
      {"critical extensions", "critical extensions",
       [](Stage& s, std::string&) {
         s.there.change_head = [](json& head) { head["crit"] = json::array({"x"}); };
       }},
      about("iss", "is of the issuer", "https://evil.example"),
      about("aud", "is for another client (aud)", "other"),
      about("aud", "is for another client (aud)", nullptr),
      about("aud", "(azp)", json::array({"client", "other"})),
      about("azp", "(azp)", "other"),
      about("nonce", "(nonce)", "other"),
      about("nonce", "(nonce)", nullptr),
      about("at_hash", "(at_hash)", "AAAAAAAAAAAAAAAAAAAAAA"),
      about("exp", "has expired", now - 61),
      about("exp", "does not say when it expires", nullptr),
      about("exp", "does not say when it expires", "soon"),
      about("iat", "in the future", now + 3600),
      about("iat", "does not say when it was issued", nullptr),
      about("nbf", "not valid yet", now + 3600),
      about("sub", "does not say who", nullptr),
      about("sub", "does not say who", ""),
      {"a claim twice", "is malformed",
       [](Stage& s, std::string&) {
         s.there.change_claims_text = [](std::string& text) { text.insert(1, "\"sub\":\"eve\","); };
       }},
      {"no ID token", "gives no ID token",
       [](Stage& s, std::string&) {
         s.there.change_tokens = [](json& tokens) { tokens.erase("id_token"); };
       }},
      {"half an ID token", "has not three parts",
       [](Stage& s, std::string&) {
         s.there.change_tokens = [](json& tokens) { tokens["id_token"] = "a.b"; };
       }},
      {"an ID token of five parts", "has not three parts",
       [](Stage& s, std::string&) {
         s.there.change_tokens = [](json& tokens) { tokens["id_token"] = "a.b.c.d.e"; };
       }},
      {"another type of token", "gives no bearer token",
       [](Stage& s, std::string&) {
         s.there.change_tokens = [](json& tokens) { tokens["token_type"] = "mac"; };
       }},
      {"huge JSON", "max_body_size",
       [](Stage& s, std::string&) {
         s.there.change_tokens = [](json& tokens) { tokens["x"] = std::string(70'000, 'x'); };
       }},
      {"a huge set of keys", "max_body_size",
       [](Stage& s, std::string&) {
         s.there.change_keys = [](json& keys) { keys["x"] = std::string(70'000, 'x'); };
       }},
      {"no JSON", "something else than a JSON object",
       [](Stage& s, std::string&) {
         s.there.token_answer = [](RequestHandler& h) { h.write("<html>"); };
       }},
      {"deep JSON", "something else than a JSON object",
       [](Stage& s, std::string&) {
         s.there.token_answer = [](RequestHandler& h) { h.write(std::string(60'000, '[')); };
       }},
      {"a redirect of the token endpoint", "redirects",
       [](Stage& s, std::string&) {
         s.there.token_answer = [](RequestHandler& h) { h.redirect("/elsewhere"); };
       }},
      {"500", "answers with 500",
       [](Stage& s, std::string&) {
         s.there.token_answer = [](RequestHandler& h) { h.set_status(500); };
       }},
      {"silence", "Timeout",
       [](Stage& s, std::string&) {
         s.there.is_silent = true;
         OpenIDOptions options = options_for(s.there);
         options.timeout = 100ms;
         s.client.emplace(options);
         provider = &*s.client;
       }},
      {"discovery of another issuer", "is that of another issuer",
       [](Stage& s, std::string&) {
         s.there.change_discovery = [](json& d) { d["issuer"] = "https://evil.example"; };
         s.client.emplace(options_for(s.there));
         provider = &*s.client;
       }},
      {"an endpoint of http", "has no https URL as token_endpoint",
       [](Stage& s, std::string&) {
         s.there.change_discovery = [](json& d) {
           d["token_endpoint"] = "http://provider.example/token";
         };
         s.client.emplace(options_for(s.there));
         provider = &*s.client;
       }},
      {"keys by another protocol", "has no https URL as jwks_uri",
       [](Stage& s, std::string&) {
         s.there.change_discovery = [](json& d) { d["jwks_uri"] = "file:///etc/passwd"; };
         s.client.emplace(options_for(s.there));
         provider = &*s.client;
       }},
  };
  return list;
}

}  // namespace

TEST_CASE("logins: a provider that tells the truth", "[auth]") {
  const bora::testing::ExpectLog quiet(bora::access_log, ".*", {.required = false});
  for (const auto kind :
       {SigningKey::Kind::rsa, SigningKey::Kind::p256, SigningKey::Kind::ed25519}) {
    const auto key = kind == SigningKey::Kind::rsa ? rsa_key() : std::make_shared<SigningKey>(kind);
    Stage stage([&](OpenIDOptions& options) { options.algorithm = key->algorithm(); });
    INFO(key->algorithm());
    stage.there.key = key;
    const Response begun = stage.begin();
    REQUIRE(begun.status == 302);
    CHECK(begun.headers.get("Location").starts_with(stage.there.issuer() + "/authorize?"));
    CHECK(stage.there.asked["response_type"] == "code");
    CHECK(stage.there.asked["code_challenge_method"] == "S256");
    CHECK(stage.there.asked["redirect_uri"] == "http://localhost:8888/callback");
    CHECK(stage.there.asked["state"].size() == 43);
    CHECK(stage.there.asked["nonce"] != stage.there.asked["state"]);
    const std::string cookie = begun.headers.get("Set-Cookie");
    for (const char* const part :
         {"__Host-login_openid.", "Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=600"}) {
      INFO(part);
      CHECK(cookie.find(part) != std::string::npos);
    }
    CHECK(cookie.find(stage.there.asked["state"]) == std::string::npos);
    CHECK(cookie.find("Domain") == std::string::npos);

    stage.there.change_claims = [&](json& claims) {
      const auto digest = kind == SigningKey::Kind::ed25519 ? bora::crypto::Digest::sha512
                                                            : bora::crypto::Digest::sha256;
      bora::crypto::Hasher hasher(digest);
      hasher.update("access");
      const std::string whole = hasher.finish();
      claims["at_hash"] = bora::crypto::to_base64url(whole.substr(0, whole.size() / 2));
      claims["aud"] = json::array({"client", "other"});
      claims["azp"] = "client";
    };
    const std::string query = stage.query() + "&iss=" + bora::url_escape(stage.there.issuer());
    const auto cookies = stage.http.cookies();
    const Response done = stage.come_back(query);
    REQUIRE(done.status == 302);
    CHECK(done.headers.get("Location") == "/inside");
    CHECK(stage.has_cookie("session"));
    CHECK_FALSE(stage.has_cookie(kCookie));
    CHECK(last_identity.subject == "ada");
    CHECK(last_identity.claims.get("email") == "ada@example.com");
    CHECK(last_identity.tokens.access_token == "access");
    CHECK(last_identity.tokens.refresh_token == "again");
    CHECK(stage.there.token_requests.back().find("client_secret") == std::string::npos);

    // The same callback comes again, without the cookie and with a copy of it.
    stage.http.clear_cookies();
    for (const bool has_copy : {false, true}) {
      if (has_copy) {
        for (const auto& [name, value] : cookies) stage.http.set_cookie(name, value);
      }
      const bora::testing::ExpectLog log(bora::gen_log, ".*login refused: ");
      CHECK(stage.come_back(query).status == 400);
      CHECK_FALSE(stage.has_cookie("session"));
      CHECK(log.count() == 1);
    }
  }
}

TEST_CASE("logins: every lie is refused, without a session and with one line in the log",
          "[auth]") {
  const bora::testing::ExpectLog quiet(bora::access_log, ".*", {.required = false});
  int count = 0;
  for (const Lie& lie : lies()) {
    INFO(lie.claim << ": " << lie.reason);
    Stage stage;
    REQUIRE(stage.begin().status == 302);
    std::string query = stage.query();
    lie.tell(stage, query);
    const bora::testing::ExpectLog log(bora::gen_log, ".*login refused: ");
    const Response response = stage.come_back(query);
    CHECK((response.status == 400 || response.status == 403 || response.status == 502));
    CHECK(response.body.find(lie.reason) == std::string::npos);
    CHECK_FALSE(stage.has_cookie("session"));
    CHECK(stage.has_cookie(kCookie) == lie.is_of_no_login);
    CHECK(log.count() == 1);
    INFO(log.text());
    CHECK(log.text().find(lie.reason) != std::string::npos);
    ++count;
  }
  CHECK(count >= 50);
}

TEST_CASE("logins: a provider that can't be trusted is not used", "[auth]") {
  const bora::testing::ExpectLog quiet(bora::access_log, ".*", {.required = false});
  const std::function<void(json&)> changes[] = {
      [](json& d) { d["issuer"] = "https://evil.example"; },
      [](json& d) { d["authorization_endpoint"] = "javascript:alert(1)"; },
      [](json& d) { d["authorization_endpoint"] = "http://evil.example/"; },
      [](json& d) { d["authorization_endpoint"] = "https://u:p@evil.example/"; },
      [](json& d) { d.erase("token_endpoint"); },
      [](json& d) { d["token_endpoint"] = "http://provider.example/token"; },
      [](json& d) { d["jwks_uri"] = "http://provider.example/keys"; },
      [](json& d) { d["userinfo_endpoint"] = "http://provider.example/userinfo"; },
      [](json& d) { d["end_session_endpoint"] = "http://provider.example/logout"; },
      [](json& d) { d["revocation_endpoint"] = "http://provider.example/revoke"; },
      [](json& d) { d["x"] = std::string(65'537, 'x'); },
  };
  for (const auto& change : changes) {
    Stage stage;
    stage.there.change_discovery = change;
    const bora::testing::ExpectLog log(bora::gen_log, ".*login refused: ");
    CHECK(stage.begin().status == 502);
    CHECK_FALSE(stage.has_cookie(kCookie));
    CHECK(log.count() == 1);
  }
}

TEST_CASE("logins: the way back is a path on this server", "[auth]") {
  const bora::testing::ExpectLog quiet(bora::access_log, ".*", {.required = false});
  for (const char* const next : {"//evil.example", "/\\evil.example", "https://evil.example/",
                                 "/\t/evil.example", "/\r\nX: y", "evil", "", "javascript:x"}) {
    INFO(next);
    Stage stage;
    stage.begin(next);
    const Response done = stage.come_back(stage.query());
    REQUIRE(done.status == 302);
    CHECK(done.headers.get("Location") == "/");
  }
}

TEST_CASE("logins: several at once in one browser, five at most, don't affect each other",
          "[auth]") {
  const bora::testing::ExpectLog quiet(bora::access_log, ".*", {.required = false});
  const bora::testing::ExpectLog refused(bora::gen_log, ".*login refused: ", {.required = false});
  Stage stage;
  std::vector<std::map<std::string, std::string>> begun;
  for (int i = 0; i < 7; ++i) {
    REQUIRE(stage.begin("/" + std::to_string(i)).status == 302);
    begun.push_back(stage.there.asked);
    CHECK(stage.count_cookies(kCookie) == std::min<std::size_t>(begun.size(), 5));
  }
  // A forged callback, and one that comes a second time, don't harm the other logins.
  CHECK(stage.come_back("code=good&state=x").status == 400);
  int ended = 0;
  for (int i = 6; i >= 0; --i) {
    stage.there.asked = begun[static_cast<std::size_t>(i)];
    const Response done = stage.come_back(stage.query());
    if (done.status != 302) continue;
    ++ended;
    CHECK(done.headers.get("Location") == "/" + std::to_string(i));
    CHECK(stage.come_back(stage.query()).status == 400);
  }
  CHECK(ended == 5);
  CHECK_FALSE(stage.has_cookie(kCookie));
}

TEST_CASE("logins: keys are asked for again when one is unknown, and not too often", "[auth]") {
  const bora::testing::ExpectLog quiet(bora::access_log, ".*", {.required = false});
  const bora::testing::ExpectLog refused(bora::gen_log, ".*login refused: ", {.required = false});
  Stage stage;
  for (int i = 0; i < 5; ++i) {
    stage.there.change_head = [](json& head) { head["kid"] = "unknown"; };
    stage.begin();
    CHECK(stage.come_back(stage.query()).status == 403);
  }
  CHECK(stage.there.key_fetches == 1);
  stage.there.change_head = {};
  stage.begin();
  CHECK(stage.come_back(stage.query()).status == 302);
}

TEST_CASE("logins: keys that could not be had are asked for at the next login", "[auth]") {
  const bora::testing::ExpectLog quiet(bora::access_log, ".*", {.required = false});
  const bora::testing::ExpectLog refused(bora::gen_log, ".*login refused: ");
  Stage stage;
  stage.there.change_keys = [](json&) { throw bora::web::HTTPError(500); };
  stage.begin();
  CHECK(stage.come_back(stage.query()).status == 502);
  stage.there.change_keys = {};
  stage.begin();
  CHECK(stage.come_back(stage.query()).status == 302);
  CHECK(stage.there.key_fetches == 2);
}

TEST_CASE("logins: visitors wait for a provider that is silent all together", "[auth]") {
  const bora::testing::ExpectLog quiet(bora::access_log, ".*", {.required = false});
  const bora::testing::ExpectLog refused(bora::gen_log, ".*login refused: the discovery of ");
  Stage stage([](OpenIDOptions& options) { options.timeout = 200ms; });
  stage.there.is_discovery_silent = true;
  const auto visit = [&stage]() -> Task<int> {
    bora::http::AsyncHTTPClient browser;
    bora::http::HTTPRequest request{.url = stage.http.url("/login")};
    request.raise_error = false;
    const bora::http::HTTPResponse response = co_await browser.fetch(request);
    co_return response.code;
  };
  const auto all = [&visit]() -> Task<std::vector<int>> {
    std::vector<Task<int>> visits;
    for (int i = 0; i < 5; ++i) visits.push_back(visit());
    auto visiting = bora::multi(std::move(visits));
    std::vector<int> codes = co_await visiting;
    co_return codes;
  };
  CHECK(bora::IOLoop::current().run_sync(all) == std::vector<int>(5, 502));
  CHECK(stage.there.discoveries == 1);
  CHECK(refused.count() == 5);
  // The next one tries again.
  stage.there.is_discovery_silent = false;
  CHECK(stage.begin().status == 302);
  CHECK(stage.there.discoveries == 2);
}

TEST_CASE("logins: a provider's new key is learned, half a minute after the last look", "[auth]") {
  const bora::testing::ExpectLog quiet(bora::access_log, ".*", {.required = false});
  const bora::testing::ExpectLog refused(bora::gen_log, ".*login refused: ");
  bora::testing::FakeClock clock;
  clock.step_wall_clock(std::chrono::seconds(LyingProvider::now()) - clock.since_epoch());
  Stage stage;
  stage.begin();
  CHECK(stage.come_back(stage.query()).status == 302);
  stage.there.key = std::make_shared<SigningKey>(SigningKey::Kind::rsa);
  stage.there.change_head = [](json& head) { head["kid"] = "next"; };
  stage.there.change_keys = [](json& keys) { keys["keys"][0]["kid"] = "next"; };
  stage.begin();
  CHECK(stage.come_back(stage.query()).status == 403);
  CHECK(stage.there.key_fetches == 1);
  clock.advance(30s);
  stage.begin();
  CHECK(stage.come_back(stage.query()).status == 302);
  CHECK(stage.there.key_fetches == 2);
  CHECK(refused.count() == 1);
}

TEST_CASE("logins: a minute of difference between clocks, ten minutes for the visitor", "[auth]") {
  const bora::testing::ExpectLog quiet(bora::access_log, ".*", {.required = false});
  const bora::testing::ExpectLog refused(bora::gen_log, ".*login refused: no login was begun");
  bora::testing::FakeClock clock;
  clock.step_wall_clock(std::chrono::seconds(LyingProvider::now()) - clock.since_epoch());
  for (const auto& [name, difference] : {std::pair("exp", -50), std::pair("iat", 50)}) {
    Stage stage;
    stage.there.change_claims = [&](json& claims) {
      claims[name] = LyingProvider::now() + difference;
    };
    stage.begin();
    CHECK(stage.come_back(stage.query()).status == 302);
  }
  Stage stage;
  stage.begin();
  clock.advance(601s);
  CHECK(stage.come_back(stage.query()).status == 400);
  CHECK_FALSE(stage.has_cookie(kCookie));
  CHECK_FALSE(stage.has_cookie("session"));
  CHECK(stage.there.token_requests.empty());
  CHECK(refused.count() == 1);
}

TEST_CASE("logins: refresh, userinfo, logout, revocation", "[auth]") {
  Stage stage;
  stage.begin();
  stage.come_back(stage.query());
  IOLoop& loop = IOLoop::current();
  const Claims claims = loop.run_sync(stage.client->userinfo(last_identity));
  CHECK(claims.get("name") == "Ada Lovelace");
  CHECK(claims.is_true("email_verified"));
  Identity other = last_identity;
  other.subject = "eve";
  CHECK_THROWS_AS(loop.run_sync(stage.client->userinfo(other)), AuthError);
  stage.there.asked.clear();
  CHECK(loop.run_sync(stage.client->refresh("again", "ada")).access_token == "access");
  CHECK(stage.there.token_requests.back().find("refresh_token=again") != std::string::npos);
  CHECK_THROWS_AS(loop.run_sync(stage.client->refresh("again", "eve")), AuthError);
  const std::string url = loop.run_sync(stage.client->logout_url("hint", "https://here/bye"));
  CHECK(url == stage.there.issuer() +
                   "/logout?id_token_hint=hint&client_id=client&post_logout_redirect_uri=https%3A%"
                   "2F%2Fhere%2Fbye");
  loop.run_sync(stage.client->revoke("again"));
  CHECK(stage.there.token_requests.back() == "token=again");
}

TEST_CASE("logins: wrong options are reported", "[auth]") {
  const auto refuses = [](const std::function<void(OpenIDOptions&)>& change) {
    OpenIDOptions options;
    options.issuer = "https://provider.example";
    options.client_id = "client";
    options.redirect_uri = "https://here.example/callback";
    change(options);
    try {
      const OpenIDClient client(options);
    } catch (const std::invalid_argument&) {
      return true;
    }
    return false;
  };
  CHECK_FALSE(refuses([](OpenIDOptions&) {}));
  CHECK(refuses([](OpenIDOptions& o) { o.issuer = "http://provider.example"; }));
  CHECK(refuses([](OpenIDOptions& o) { o.issuer = "http://localhost"; }));
  CHECK_FALSE(refuses([](OpenIDOptions& o) {
    o.issuer = "http://localhost";
    o.allow_http_loopback = true;
  }));
  CHECK(refuses([](OpenIDOptions& o) {
    o.issuer = "http://localhost.evil.example";
    o.allow_http_loopback = true;
  }));
  CHECK(refuses([](OpenIDOptions& o) { o.client_id.clear(); }));
  CHECK(refuses([](OpenIDOptions& o) { o.redirect_uri = "/callback"; }));
  CHECK(refuses([](OpenIDOptions& o) { o.redirect_uri = "http://here.example/callback"; }));
  CHECK(refuses([](OpenIDOptions& o) { o.algorithm = "none"; }));
  CHECK(refuses([](OpenIDOptions& o) { o.algorithm = "HS256"; }));
  CHECK(refuses([](OpenIDOptions& o) { o.scope = "profile"; }));
  CHECK(refuses([](OpenIDOptions& o) { o.name = "a;b"; }));
}
