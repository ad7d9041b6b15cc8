// The program that the tests of this folder start: `forking_program DEED [option…]` forks workers,
// each of which writes its number and does the deed.

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

#include <bora/core/locks.h>
#include <bora/net/process.h>
#include <bora/net/systemd.h>
#include <bora/web.h>
#include <bora/web/event_stream.h>

namespace {

using std::chrono::milliseconds;

const auto workers = bora::define("workers", 2, "processes");
const auto deed = bora::define("deed", "wait", "what a worker does");
const auto max_restarts = bora::define("max-restarts", 100, "before the supervisor gives up");
const auto restart_delay = bora::define("restart-delay", milliseconds(1), "first delay");
const auto max_delay = bora::define("max-restart-delay", milliseconds(30'000), "longest delay");
const auto stop_timeout = bora::define("stop-timeout", milliseconds(20'000), "then killed");
const auto start_timeout = bora::define("start-timeout", milliseconds(20'000), "of a reload");
const auto hang_timeout = bora::define("hang-timeout", milliseconds(0), "of a loop");

const auto fail_if = bora::define("fail-if", "", "file: with it, workers fail to start");
const auto hang_if = bora::define("hang-if", "", "file: with it, workers never start");
const auto address = bora::define("address", "127.0.0.1:0", "to serve on");
const auto certfile = bora::define("certfile", "", "speak TLS");
const auto keyfile = bora::define("keyfile", "", "of the certificate");

bora::net::ForkOptions fork_options() {
  bora::net::ForkOptions options;
  options.max_restarts = *max_restarts;
  options.restart_delay = *restart_delay;
  options.max_restart_delay = *max_delay;
  options.stop_timeout = *stop_timeout;
  options.start_timeout = *start_timeout;
  options.hang_timeout = *hang_timeout;
  return options;
}

bora::Task<void> never() {
  for (;;) co_await bora::sleep(std::chrono::hours(1));
}

void say_ready() {
  std::printf("ready %d pid %d\n", bora::net::task_id().value_or(0), static_cast<int>(::getpid()));
  std::fflush(stdout);
}

void run_loop() {
  bora::IOLoop& loop = bora::IOLoop::current();
  loop.add_callback(say_ready);
  const std::uint64_t drain = loop.add_drain([]() -> bora::Task<void> {
    std::printf("draining %d\n", *bora::net::task_id());
    std::fflush(stdout);
    if (*deed == "hang at stop") co_await never();
  });
  loop.start();
  loop.remove_drain(drain);
}

// --- A server --------------------------------------------------------------------------

bora::Event& stopping() {
  static bora::Event event;
  return event;
}

class Pid : public bora::web::RequestHandler {
 public:
  void get() { write(std::to_string(::getpid())); }
};

/// Begins its answer at once, and ends it when the worker has to stop.
class Hold : public bora::web::RequestHandler {
 public:
  bora::Task<void> get() {
    write("begun ");
    co_await flush();
    co_await stopping().wait();
    write("ended");
  }
};

class Never : public bora::web::RequestHandler {
 public:
  bora::Task<void> get() {
    write("begun ");
    co_await flush();
    co_await never();
  }
};

/// Sends one event, and then nothing but the beats that keep the connection open.
class Events : public bora::web::RequestHandler {
 public:
  bora::Task<void> get() {
    bora::web::EventStream events(*this, {.heartbeat = std::chrono::milliseconds(200)});
    co_await events.send("begun");
    co_await events.closed().wait();
  }
};

void serve() {
  bora::web::Application app({bora::web::url<Pid>("/"), bora::web::url<Hold>("/hold"),
                              bora::web::url<Never>("/never"), bora::web::url<Events>("/events")});
  bora::http::HTTPServerOptions options;
  if (!certfile->empty()) {
    bora::net::SSLOptions tls;
    tls.certfile = *certfile;
    tls.keyfile = *keyfile;
    options.ssl_options = bora::net::SSLContext::server(tls);
  }
  bora::http::HTTPServer server(app, options);
  if (*deed != "serve") {
    auto sockets = bora::net::systemd::listen_fds();
    std::printf("passed %zu\n", sockets.size());
    std::fflush(stdout);
    if (*deed == "serve shared sockets") {
      bora::net::fork_processes(*workers, fork_options());
      server.add_sockets(std::move(sockets));
    } else {
      server.bind(std::move(sockets));
      server.start(*workers, fork_options());
    }
  } else {
    server.bind(*address);
    std::printf("port %d\n", server.port());
    std::fflush(stdout);
    server.start(*workers, fork_options());
  }
  bora::IOLoop& loop = bora::IOLoop::current();
  loop.add_drain([]() -> bora::Task<void> {
    stopping().set();
    co_return;
  });
  loop.add_callback(say_ready);
  loop.start();
}

void print_count(const char* what, std::size_t count) {
  std::printf("%s %zu\n", what, count);
}

void take_passed_sockets() {
  if (*deed == "take named sockets") {
    print_count("web", bora::net::systemd::listen_fds("web").size());
    print_count("other", bora::net::systemd::listen_fds("other").size());
    print_count("rest", bora::net::systemd::listen_fds().size());
    print_count("again", bora::net::systemd::listen_fds().size());
  } else {
    print_count("passed", bora::net::systemd::listen_fds().size());
  }
}

void do_deed(int id) {
  if (std::filesystem::exists(*fail_if)) std::exit(4);
  if (std::filesystem::exists(*hang_if)) ::pause();
  if (*deed == "exit") {
    std::printf("task %d\n", id);
  } else if (*deed == "fail") {
    std::exit(3);
  } else if (*deed == "crash") {
    std::raise(SIGSEGV);
  } else if (*deed == "hang") {
    bora::IOLoop::current().add_callback([] {
      bora::IOLoop::current().add_callback([] {  // after the message that it is ready
        for (;;) ::pause();
      });
    });
    run_loop();
  } else {
    run_loop();
  }
}

}  // namespace

int main(int argc, char** argv) try {
  bora::parse_command_line(argc, argv);
  if (deed->starts_with("take")) {
    take_passed_sockets();
    return 0;
  }
  if (deed->starts_with("serve")) {
    serve();
    return 0;
  }
  if (*deed == "loop first") bora::IOLoop::current();
  const int id = bora::net::fork_processes(*workers, fork_options());
  do_deed(id);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "forking_program: %s\n", error.what());
  return 1;
}
