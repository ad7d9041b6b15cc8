// What the loop and its coroutines cost, in nanoseconds each: a Task that never suspends, a spawned
// one that suspends once, add_callback(), a timeout set and removed while 100,000 others wait, and
// a line of the access log in a file: the CPU time of the loop's thread, and of all threads.
//
//   build/release/bin/core_bench [PART [COUNT]]
//
// A part alone, for callgrind: task, spawn, callback, timer, timer_random, log, log_all.

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/core/log_output.h>

namespace {

using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;

constexpr int kLiveTimers = 100'000;

struct Part {
  std::string_view name;
  std::string_view what;
  int count;
  std::int64_t (*run)(int count);
};

[[gnu::noinline]] Task<int> one() {
  co_return 1;
}

Task<std::int64_t> sum(int count) {
  std::int64_t total = 0;
  for (int i = 0; i < count; ++i) total += co_await one();
  co_return total;
}

std::int64_t run_tasks(int count) {
  return IOLoop::current().run_sync(sum(count));
}

// Suspends until resume_all() is called.
struct Stop {
  static std::vector<std::coroutine_handle<>>& stopped() {
    static std::vector<std::coroutine_handle<>> handles;
    return handles;
  }
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) const { stopped().push_back(handle); }
  void await_resume() const noexcept {}
};

Task<void> suspend_once(std::int64_t& finished) {
  co_await Stop();
  ++finished;
}

std::int64_t run_spawns(int count) {
  constexpr int kBatch = 100;
  IOLoop& loop = IOLoop::current();
  std::int64_t finished = 0;
  for (int done = 0; done < count; done += kBatch) {
    for (int i = 0; i < kBatch; ++i) loop.spawn(suspend_once(finished));
    for (const auto handle : Stop::stopped()) handle.resume();
    Stop::stopped().clear();
  }
  return finished;
}

std::int64_t run_callbacks(int count) {
  constexpr int kBatch = 100;
  IOLoop& loop = IOLoop::current();
  std::int64_t finished = 0;
  for (int done = 0; done < count; done += kBatch) {
    for (int i = 0; i < kBatch; ++i) loop.add_callback([&finished] { ++finished; });
    loop.run_once();
  }
  return finished;
}

/// Keeps many timeouts waiting while `use` is measured.
template <class Use>
std::int64_t among_live_timers(Use use) {
  IOLoop& loop = IOLoop::current();
  std::minstd_rand random(1);
  std::vector<IOLoop::Timeout> live;
  for (int i = 0; i < kLiveTimers; ++i) {
    live.push_back(loop.call_later(1h + std::chrono::milliseconds(random() % 3'600'000), [] {}));
  }
  const std::int64_t result = use(loop, live, random);
  for (const IOLoop::Timeout timeout : live) loop.remove_timeout(timeout);
  return result;
}

std::int64_t run_timers(int count) {
  return among_live_timers([count](IOLoop& loop, auto&, auto&) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < count; ++i) loop.remove_timeout(loop.call_later(2h, [] {}));
    return (std::chrono::steady_clock::now() - begin).count();
  });
}

// Each call removes any one of the waiting timeouts; the new one is due at any time.
std::int64_t run_random_timers(int count) {
  return among_live_timers([count](IOLoop& loop, auto& live, auto& random) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < count; ++i) {
      IOLoop::Timeout& timeout = live[random() % live.size()];
      loop.remove_timeout(timeout);
      timeout = loop.call_later(1h + std::chrono::milliseconds(random() % 3'600'000), [] {});
    }
    return (std::chrono::steady_clock::now() - begin).count();
  });
}

template <std::int64_t (*run)(int)>
std::int64_t timed(int count) {
  const auto begin = std::chrono::steady_clock::now();
  if (run(count) < count) std::abort();
  return (std::chrono::steady_clock::now() - begin).count();
}

// --- The access log ------------------------------------------------------------------------------

std::int64_t cpu_time(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

/// Writes lines as a server does, in bursts that fit into the memory for lines.
template <clockid_t clock>
std::int64_t run_log(int count) {
  constexpr int kBurst = 1000;
  IOLoop::current();
  const auto file = std::filesystem::temp_directory_path() /
                    ("bora-bench-" + std::to_string(::getpid()) + ".log");
  bora::enable_pretty_logging({.log_file_prefix = file, .log_file_num_backups = 1});
  const std::int64_t begin = cpu_time(clock);
  for (int done = 0; done < count; done += kBurst) {
    for (int i = 0; i < kBurst; ++i) {
      bora::access_log.info(200, " ", std::string_view("GET"), " ",
                            std::string_view("/entry/2026/11/a-headline-of-usual-length?page=2"),
                            " (", std::string_view("192.168.100.27"), ") ", i / 100, ".",
                            i / 10 % 10, i % 10, "ms");
    }
    if (!bora::flush_logs()) std::abort();
  }
  const std::int64_t used = cpu_time(clock) - begin;
  bora::enable_pretty_logging();
  std::filesystem::remove(file);
  std::filesystem::remove(file.string() + ".1");
  return used;
}

constexpr Part kParts[] = {
    {"task", "awaited Task that never suspends", 5'000'000, timed<run_tasks>},
    {"spawn", "spawned Task that suspends once", 1'000'000, timed<run_spawns>},
    {"callback", "callback added and run, by hundreds", 2'000'000, timed<run_callbacks>},
    {"timer", "timeout set and removed, 100,000 live", 1'000'000, run_timers},
    {"timer_random", "any of 100,000 removed, one set", 1'000'000, run_random_timers},
    {"log", "line of the access log, the loop's thread", 500'000, run_log<CLOCK_THREAD_CPUTIME_ID>},
    {"log_all", "line of the access log, all threads", 500'000, run_log<CLOCK_PROCESS_CPUTIME_ID>},
};

}  // namespace

int main(int argc, char** argv) {
  for (const Part& part : kParts) {
    if (argc > 1 && part.name != argv[1]) continue;
    const int count = argc > 2 ? std::atoi(argv[2]) : part.count;
    double best = 1e9;
    for (int round = 0; round < (argc > 2 ? 1 : 5); ++round) {
      best = std::min(best, static_cast<double>(part.run(count)) / count);
    }
    std::printf("%-12s %8.1f ns  %.*s\n", part.name.data(), best,
                static_cast<int>(part.what.size()), part.what.data());
  }
}
