// Signs people in by OpenID Connect, shows who they are, and lets them see and end their sessions.

#include <chrono>
#include <cstdio>
#include <ctime>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include <bora/auth/login_session.h>
#include <bora/auth/logins.h>
#include <bora/core/options.h>
#include <bora/stores.h>
#include <bora/web.h>

#include "views/page.h"
#include "views/problem.h"
#include "visit.h"

using bora::Task;
using bora::web::RequestHandler;

namespace {

bora::auth::Logins& logins() {
  static bora::auth::Logins all;
  return all;
}

/// The sessions are in memory, and end with the program. A database or Redis would keep them
/// (docs/jobs.md).
bora::stores::SessionStore& sessions() {
  static const auto store = bora::stores::memory_sessions();
  return *store;
}

/// "1 Dec 12:30 UTC"
template <class Time>
std::string shown(Time time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  const std::size_t size = std::strftime(text, sizeof text, "%e %b %H:%M UTC", &parts);
  return {text, size};
}

/// What all handlers have in common: they know who the visitor is.
class Visitor : public RequestHandler {
 public:
  Task<void> prepare() {
    Task<bool> loading = session_.load();
    co_await loading;
  }

 protected:
  bora::auth::LoginSession<Visit> session_{*this, sessions()};
};

class Page : public Visitor {
 public:
  Task<void> get() {
    std::vector<SessionLine> lines;
    Task<std::vector<bora::stores::SessionInfo>> listing = session_.list();
    const std::vector<bora::stores::SessionInfo> all = co_await listing;
    for (const bora::stores::SessionInfo& session : all) {
      lines.push_back({.key = session.key,
                       .begun = shown(session.begun),
                       .seen = shown(session.seen),
                       .is_this = session_.is_this(session)});
    }
    set_header("Cache-Control", "no-store");
    render(views::page{.visit = *session_, .logins = logins().names(), .sessions = lines});
  }
};

class Begin : public RequestHandler {
 public:
  Task<void> get(std::string name) {
    Task<void> going = logins().begin(*this, name, get_next_url());
    co_await going;
  }
};

class Callback : public RequestHandler {
 public:
  Task<void> get(std::string name) {
    Task<bora::auth::Identity> finishing = logins().finish(*this, name);
    const bora::auth::Identity who = co_await finishing;
    session_->name = who.claims.get("name", who.subject);
    session_->provider = name;
    Task<void> beginning = session_.begin(who.issuer + " " + who.subject);
    co_await beginning;
    redirect_local(who.return_to);
  }

 private:
  bora::auth::LoginSession<Visit> session_{*this, sessions()};
};

class Logout : public Visitor {
 public:
  Task<void> post() {
    Task<void> ending = session_.end();
    co_await ending;
    redirect("/");
  }
};

class EndSession : public Visitor {
 public:
  Task<void> post() {
    Task<bool> ending = session_.end_one(get_argument("key"));
    co_await ending;
    redirect("/");
  }
};

class EndOthers : public Visitor {
 public:
  Task<void> post() {
    Task<std::size_t> ending = session_.end_others();
    co_await ending;
    redirect("/");
  }
};

/// Shows that a sign-in was refused; only the log has the reason.
void show_problem(RequestHandler& handler, const bora::web::HTTPError*) {
  handler.set_header("Cache-Control", "no-store");
  handler.render(views::problem{.status = handler.get_status()});
}

}  // namespace

int main(int argc, char** argv) try {
  const auto port = bora::define("port", 8888, "listen on this port");
  const auto address = bora::define("address", "127.0.0.1", "listen on this address");
  const auto file = bora::define("logins", "samples/login/logins.toml", "who may sign people in");
  const auto secret =
      bora::define("cookie-secret", "change this: it is known to everybody", "seals the cookies");
  bora::parse_command_line(argc, argv);

  logins().read_file(*file);
  bora::web::Application app(
      {bora::web::url<Page>("/"), bora::web::url<Begin>("/login/{name}"),
       bora::web::url<Callback>("/login/{name}/callback"), bora::web::url<Logout>("/logout"),
       bora::web::url<EndSession>("/sessions/end"),
       bora::web::url<EndOthers>("/sessions/end-others")},
      {.cookie_secret = *secret,
       .cross_origin_protection = true,
       .xsrf_cookies = true,
       .error_pages = {{0, &show_problem}}});
  bora::http::HTTPServer server(app);
  server.listen(*port, *address);
  std::printf("listening on http://%s:%d\n", address->c_str(), server.port());
  std::fflush(stdout);
  bora::IOLoop::current().start();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "login: %s\n", error.what());
  return 1;
}
