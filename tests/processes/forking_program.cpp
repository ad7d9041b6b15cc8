// What the tests of this folder start: `forking_program DEED [option…]` forks workers, each of
// which says its number and does the deed.

#include <bora/core/io_loop.h>
#include <bora/core/log.h>
#include <bora/core/options.h>
#include <bora/net/process.h>

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

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

void run_loop() {
  bora::IOLoop& loop = bora::IOLoop::current();
  loop.add_callback([] {
    std::printf("ready %d pid %d\n", *bora::net::task_id(), static_cast<int>(::getpid()));
    std::fflush(stdout);
  });
  const std::uint64_t drain = loop.add_drain([]() -> bora::Task<void> {
    std::printf("draining %d\n", *bora::net::task_id());
    std::fflush(stdout);
    if (*deed == "hang at stop") co_await never();
  });
  loop.start();
  loop.remove_drain(drain);
}

void do_deed(int id) {
  if (*deed == "exit") {
    std::printf("task %d\n", id);
  } else if (*deed == "fail") {
    std::exit(3);
  } else if (*deed == "crash") {
    std::raise(SIGSEGV);
  } else if (*deed == "hang") {
    bora::IOLoop::current().add_callback([] {
      bora::IOLoop::current().add_callback([] {  // behind the word that it is ready
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
  if (*deed == "loop first") bora::IOLoop::current();
  const int id = bora::net::fork_processes(*workers, fork_options());
  do_deed(id);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "forking_program: %s\n", error.what());
  return 1;
}
