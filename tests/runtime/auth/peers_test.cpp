// Logins with other projects' providers: oidc-provider (npm, certified), LemonLDAP::NG (Debian) and
// oauthlib (Python). Registered separately, with a label that runs once; providers that are not
// installed are left out.

#include <unistd.h>

#include <optional>
#include <string>
#include <vector>

#include <bora/auth/oauth1.h>
#include <bora/auth/openid.h>
#include <bora/core/escape.h>
#include <bora/core/gen.h>
#include <bora/http/cookie_jar.h>
#include <bora/http/httputil.h>
#include <bora/net/subprocess.h>
#include <bora/net/tcp_client.h>
#include <bora/testing/bind_unused_port.h>
#include <bora/testing/catch.h>
#include <bora/testing/expect_log.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

using namespace bora::auth;
using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::http::AsyncHTTPClient;
using bora::http::HTTPRequest;
using bora::http::HTTPResponse;
using bora::testing::HTTPTest;
using bora::testing::Response;
using bora::web::RequestHandler;

namespace {

constexpr const char* kCallback = "http://localhost:8888/callback";

Task<bool> listens(int port) {
  bora::net::TCPClient client;
  for (int i = 0; i < 1500; ++i) {
    try {
      Task<bora::net::IOStream> connecting = client.connect("127.0.0.1", port);
      static_cast<void>(co_await connecting);
      co_return true;
    } catch (const bora::net::ConnectError&) {
    }
    co_await bora::sleep(20ms);
  }
  co_return false;
}

template <class T>
T now(Task<T> task) {
  return IOLoop::current().run_sync(std::move(task));
}

OpenIDClient* openid = nullptr;
OAuth1Client* oauth1 = nullptr;
std::optional<Identity> found;

class Login : public RequestHandler {
 public:
  Task<void> get() {
    return openid != nullptr ? openid->begin(*this, "/inside") : oauth1->begin(*this, "/inside");
  }
};
class Callback : public RequestHandler {
 public:
  Task<void> get() {
    Task<Identity> finishing = openid != nullptr ? openid->finish(*this) : oauth1->finish(*this);
    found = co_await finishing;
    redirect_local(found->return_to);
  }
};

/// The app, a provider's process, and the browser that visits both.
struct Stage {
  explicit Stage(std::vector<std::string> command)
      : port(bora::testing::bind_unused_port().port),
        app({bora::web::url<Login>("/login"), bora::web::url<Callback>("/callback")},
            {.cookie_secret = "a secret of more than thirty-two bytes, for tests"}),
        http(app),
        client(bora::http::AsyncHTTPClientOptions{}) {
    command.insert(command.begin() + 3, std::to_string(port));
    bora::net::SubprocessOptions options;
    options.kill_with_object = true;
    options.stdout_ = options.stderr_ = bora::net::Subprocess::DEVNULL;
    provider.emplace(std::move(command), options);
    openid = nullptr;
    oauth1 = nullptr;
    found.reset();
    REQUIRE(now(listens(port)));
  }
  ~Stage() {
    client.close();
    provider->terminate();
    static_cast<void>(now(provider->wait_for_exit(false)));
  }

  [[nodiscard]] std::string at(const std::string& path) const {
    return "http://localhost:" + std::to_string(port) + path;
  }
  Response get(const std::string& target) {
    bora::testing::FetchOptions options;
    options.follow_redirects = false;
    return http.fetch(target, options);
  }
  /// Follows the provider's redirects to itself; returns the answer that ends them: a page, or the
  /// redirect to the app.
  HTTPResponse visit(HTTPRequest request) {
    request.cookie_jar = jar;
    request.raise_error = false;
    request.follow_redirects = false;
    for (int i = 0; i < 10; ++i) {
      HTTPResponse response = now(client.fetch(request));
      const std::string to = response.headers.get("Location");
      if (response.code / 100 != 3 || to.starts_with(kCallback)) return response;
      request = HTTPRequest{.url = bora::http::url_join(request.url, to),
                            .raise_error = false,
                            .follow_redirects = false,
                            .cookie_jar = jar};
    }
    FAIL("redirects without an end");
    return {};
  }
  /// Sends the form of a page.
  HTTPResponse submit(const HTTPResponse& page, const std::string& body) {
    const std::size_t at = page.body.find("action=\"") + 8;
    return visit({.url = bora::http::url_join(page.effective_url,
                                              page.body.substr(at, page.body.find('"', at) - at)),
                  .method = "POST",
                  .body = body});
  }

  int port;
  bora::web::Application app;
  HTTPTest http;
  AsyncHTTPClient client;
  std::shared_ptr<bora::http::CookieJar> jar = std::make_shared<bora::http::CookieJar>();
  std::optional<bora::net::Subprocess> provider;
};

/// The first argument with that name in a URL's query.
std::string argument_of(const std::string& url, std::string_view name) {
  for (const auto& argument : bora::http::parse_qs(url.substr(url.find('?') + 1))) {
    if (argument.name == name) return std::string(argument.value);
  }
  return {};
}

}  // namespace

TEST_CASE("peers: oidc-provider", "[.][peers]") {
  if (::access("tests/browser/node_modules/oidc-provider/package.json", R_OK) != 0) {
    WARN("oidc-provider is not installed");
    return;
  }
  const bora::testing::ExpectLog quiet(bora::access_log, ".*", {.required = false});
  for (const std::string algorithm : {"RS256", "ES256", "EdDSA"}) {
    INFO(algorithm);
    Stage stage({"/usr/bin/env", "node", "tests/browser/oidc_provider.mjs", kCallback, algorithm});
    OpenIDOptions options;
    options.issuer = stage.at("");
    options.client_id = "bora-sample";
    options.client_secret = "bora-sample-secret";
    options.redirect_uri = kCallback;
    options.algorithm = algorithm;
    options.allow_http_loopback = true;
    OpenIDClient client(options);
    openid = &client;

    const Response begun = stage.get("/login");
    REQUIRE(begun.status == 302);
    HTTPResponse page = stage.visit({.url = begun.headers.get("Location")});
    REQUIRE(page.body.find("name=\"login\"") != std::string::npos);
    page = stage.submit(page, "prompt=login&login=ada&password=x");
    if (page.code == 200) page = stage.submit(page, "prompt=consent");
    const std::string back = page.headers.get("Location");
    REQUIRE(back.starts_with(kCallback));
    CHECK(back.find("&iss=") != std::string::npos);
    const Response done = stage.get(back.substr(back.find("/callback")));
    REQUIRE(done.status == 302);
    CHECK(done.headers.get("Location") == "/inside");
    REQUIRE(found);
    CHECK(found->subject == "ada");
    CHECK(found->issuer == stage.at(""));

    const Claims claims = now(client.userinfo(*found));
    CHECK(claims.get("name") == "Ada");
    CHECK(claims.is_true("email_verified"));
    REQUIRE_FALSE(found->tokens.refresh_token.empty());
    const Tokens fresh = now(client.refresh(found->tokens.refresh_token, "ada"));
    CHECK_FALSE(fresh.access_token.empty());
    CHECK(fresh.access_token != found->tokens.access_token);
    const std::string again =
        fresh.refresh_token.empty() ? found->tokens.refresh_token : fresh.refresh_token;
    CHECK_THROWS_AS(now(client.refresh(again, "eve")), AuthError);
    now(client.revoke(fresh.access_token));
    Identity former = *found;
    former.tokens = fresh;
    CHECK_THROWS_AS(now(client.userinfo(former)), AuthError);
    const std::string out =
        now(client.logout_url(found->tokens.id_token, "http://localhost:8888/"));
    const HTTPResponse leaving = stage.visit({.url = out});
    CHECK(leaving.code == 200);
    CHECK(leaving.body.find("sign-out") != std::string::npos);

    // The same code is used again, in another login.
    const bora::testing::ExpectLog refused(bora::gen_log, ".*login refused: ");
    const Response second = stage.get("/login");
    const std::string state = argument_of(second.headers.get("Location"), "state");
    CHECK(stage
              .get("/callback?code=" + argument_of(back, "code") + "&state=" + state +
                   "&iss=" + bora::url_escape(stage.at("")))
              .status == 403);
    CHECK(refused.text().find("invalid_grant") != std::string::npos);
  }
}

TEST_CASE("peers: LemonLDAP::NG", "[.][peers]") {
  for (const char* const module :
       {"Lemonldap/NG/Portal/Issuer/OpenIDConnect.pm", "String/Random.pm", "HTTP/Server/PSGI.pm"}) {
    if (::access((std::string("/usr/share/perl5/") + module).c_str(), R_OK) == 0) continue;
    WARN("liblemonldap-ng-portal-perl and libstring-random-perl are not installed");
    return;
  }
  const bora::testing::ExpectLog quiet(bora::access_log, ".*", {.required = false});
  Stage stage({"/usr/bin/env", "perl", "tests/runtime/auth/lemonldap.pl", kCallback});
  OpenIDOptions options;
  options.issuer = stage.at("/");
  options.client_id = "bora-sample";
  options.client_secret = "bora-sample-secret";
  options.redirect_uri = kCallback;
  options.allow_http_loopback = true;
  OpenIDClient client(options);
  openid = &client;

  const Response begun = stage.get("/login");
  REQUIRE(begun.status == 302);
  const HTTPResponse form = stage.visit({.url = begun.headers.get("Location")});
  const std::size_t at = form.body.find("name=\"url\" value=\"");
  REQUIRE(at != std::string::npos);
  const std::size_t value = form.body.find("value=\"", at) + 7;
  const std::string where =
      bora::url_escape(form.body.substr(value, form.body.find('"', value) - value));
  HTTPResponse page = stage.submit(form, "user=dwho&password=wrong&url=" + where);
  CHECK_FALSE(page.headers.contains("Location"));
  CHECK(page.body.find("name=\"password\"") != std::string::npos);
  page = stage.submit(form, "user=dwho&password=dwho&url=" + where);
  const std::string back = page.headers.get("Location");
  REQUIRE(back.starts_with(kCallback));
  const Response done = stage.get(back.substr(back.find("/callback")));
  REQUIRE(done.status == 302);
  REQUIRE(found);
  CHECK(found->subject == "dwho");
  CHECK(found->issuer == stage.at("/"));
  CHECK(found->claims.get("name") == "Doctor Who");

  CHECK(now(client.userinfo(*found)).get("email") == "dwho@badwolf.org");
  REQUIRE_FALSE(found->tokens.refresh_token.empty());
  const Tokens fresh = now(client.refresh(found->tokens.refresh_token, "dwho"));
  CHECK(fresh.access_token != found->tokens.access_token);
  CHECK_THROWS_AS(now(client.refresh(found->tokens.refresh_token, "eve")), AuthError);
  const std::string out = now(client.logout_url(found->tokens.id_token, "http://localhost:8888/"));
  CHECK(out.starts_with(stage.at("/oauth2/logout?id_token_hint=")));

  // A login has no verifier for a code that was given to another login (PKCE).
  const Response second = stage.get("/login");
  const HTTPResponse agreed = stage.visit({.url = second.headers.get("Location")});
  const std::string stolen = argument_of(agreed.headers.get("Location"), "code");
  REQUIRE_FALSE(stolen.empty());
  const bora::testing::ExpectLog refused(bora::gen_log, ".*login refused: ");
  const std::string state = argument_of(stage.get("/login").headers.get("Location"), "state");
  CHECK(stage.get("/callback?code=" + stolen + "&state=" + state).status == 403);
  CHECK(refused.text().find("invalid_grant") != std::string::npos);
}

TEST_CASE("peers: oauthlib, OAuth 1.0a", "[.][peers]") {
  if (::access("/usr/lib/python3/dist-packages/oauthlib/__init__.py", R_OK) != 0) {
    WARN("python3-oauthlib is not installed");
    return;
  }
  const bora::testing::ExpectLog quiet(bora::access_log, ".*", {.required = false});
  Stage stage({"/usr/bin/python3", "-B", "tests/runtime/auth/oauth1_server.py"});
  OAuth1Options options;
  options.request_token_url = stage.at("/request");
  options.authorize_url = stage.at("/authorize");
  options.access_token_url = stage.at("/access");
  options.user_url = stage.at("/user?a=b%20c");
  options.consumer = {"consumer-key-of-the-program", "consumer secret / of the program"};
  options.callback_uri = kCallback;
  options.allow_http_loopback = true;
  OAuth1Client client(options);
  oauth1 = &client;
  const Response begun = stage.get("/login");
  REQUIRE(begun.status == 302);
  const HTTPResponse agreed = stage.visit({.url = begun.headers.get("Location")});
  const std::string back = agreed.headers.get("Location");
  REQUIRE(back.starts_with(kCallback));
  const Response done = stage.get(back.substr(back.find("/callback")));
  REQUIRE(done.status == 302);
  REQUIRE(found);
  CHECK(found->subject == "7");
  CHECK(found->claims.get("name") == "Ada");

  const OAuth1Token token{found->tokens.access_token, found->tokens.refresh_token};
  OAuth1Parameters said;
  said.emplace_back("text", "a&b=c + d/ä~*'()");
  for (const bool post : {false, true}) {
    const Claims answer = now(client.oauth1_request(stage.at("/say"), token, said, post));
    CHECK(answer.get("said") == "a&b=c + d/ä~*'()");
  }
  CHECK_THROWS_AS(now(client.oauth1_request(stage.at("/say"), {token.key, "wrong"}, said)),
                  AuthError);
  options.consumer.secret = "wrong";
  OAuth1Client stranger(options);
  oauth1 = &stranger;
  const bora::testing::ExpectLog refused(bora::gen_log, ".*login refused: ");
  CHECK(stage.get("/login").status == 403);
}
