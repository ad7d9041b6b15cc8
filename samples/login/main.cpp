#include <bora/auth/logins.h>
#include <bora/core/escape.h>
#include <bora/core/options.h>
#include <bora/session.h>
#include <bora/web.h>

#include <cstdio>
#include <string>

using bora::Task;
using bora::web::RequestHandler;

namespace {

const auto port = bora::define("port", 8888, "run on the given port");
const auto file = bora::define("logins", "samples/login/logins.toml", "who may sign people in");
const auto secret =
    bora::define("cookie-secret", "change this: it is known to everybody", "seals the cookies");

bora::auth::Logins& logins() {
  static bora::auth::Logins all;
  return all;
}

struct Visit {
  std::string who;
  std::string name;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Visit, who, name)

class Page : public RequestHandler {
 public:
  void get() {
    write("<!DOCTYPE html><title>login</title>");
    if (!session_->who.empty()) {
      write("<p id=who>" + bora::xhtml_escape(session_->name) + "</p>");
      write("<form method=post action=/logout>" + std::string(xsrf_form_html().text()) +
            "<button>Sign out</button></form>");
      return;
    }
    for (const std::string& name : logins().names())
      write("<p><a href=\"/login/" + name + "\">Sign in with " + name + "</a></p>");
  }

 private:
  bora::web::Session<Visit> session_{*this};
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
    session_->who = who.issuer + " " + who.subject;
    session_->name = who.claims.get("name", who.subject);
    session_.renew();
    redirect_local(who.return_to);
  }

 private:
  bora::web::Session<Visit> session_{*this};
};

class Logout : public RequestHandler {
 public:
  void post() {
    session_.clear();
    redirect("/");
  }

 private:
  bora::web::Session<Visit> session_{*this};
};

}  // namespace

int main(int argc, char** argv) try {
  bora::parse_command_line(argc, argv);
  logins().read_file(*file);
  bora::web::Application app(
      {bora::web::url<Page>("/"), bora::web::url<Begin>("/login/{name}"),
       bora::web::url<Callback>("/login/{name}/callback"), bora::web::url<Logout>("/logout")},
      {.cookie_secret = *secret, .xsrf_cookies = true});
  app.listen(*port);
  bora::IOLoop::current().start();
} catch (const std::exception& error) {
  std::fprintf(stderr, "login: %s\n", error.what());
  return 1;
}
