#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

#include <bora/core/io_loop.h>
#include <bora/core/log.h>
#include <bora/core/options.h>
#include <bora/core/periodic_callback.h>
#include <bora/net/subprocess.h>

using bora::net::Subprocess;

namespace {

/// Prints the output of date(1); any other program would do.
bora::Task<void> show_time(const std::string& format, const std::string& zone, int& shown) {
  bora::net::SubprocessOptions options;
  options.stdout_ = Subprocess::STREAM;
  options.env = {{"TZ", zone}};
  Subprocess date({"date", "+" + format}, options);
  const std::string time = co_await date.stdout_->read_until_close();
  co_await date.wait_for_exit();  // throws if it failed, which is logged
  std::printf("%s: %s", zone.c_str(), time.c_str());
  std::fflush(stdout);
  ++shown;
}

}  // namespace

int main(int argc, char** argv) try {
  const auto every = bora::define("every", std::chrono::milliseconds(1000), "time between two");
  const auto format = bora::define("format", "%H:%M:%S", "as date(1) takes it");
  const auto zones = bora::define("zones", std::vector<std::string>{"UTC"}, "to show, with commas");
  const auto count = bora::define("count", 0, "stop after as many; 0 never does");
  bora::parse_command_line(argc, argv);

  bora::IOLoop& loop = bora::IOLoop::current();
  int shown = 0;
  std::size_t next = 0;
  // A tick is skipped if the one before still waits for date.
  bora::PeriodicCallback ticks(
      [&]() -> bora::Task<void> {
        co_await show_time(*format, (*zones)[next++ % zones->size()], shown);
        if (shown == *count) loop.stop();
      },
      *every);
  ticks.start();

  loop.add_signal_handler(SIGINT, [&loop] { loop.stop(); });
  loop.add_signal_handler(SIGTERM, [&loop] { loop.stop(); });
  loop.add_signal_handler(SIGUSR1, [&ticks] { ticks.is_running() ? ticks.stop() : ticks.start(); });
  loop.start();
  std::printf("%d times shown\n", shown);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "clock: %s\n", error.what());
  return 1;
}
