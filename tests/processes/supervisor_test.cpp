#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <bora/net/process.h>

#include "tests/processes/child_program.h"
#include "tests/support/catch.h"

using bora::test::ChildProgram;
using bora::test::count_of;

TEST_CASE("process: PRC-02 PRC-03: workers get numbers, and the parent ends with them",
          "[processes]") {
  ChildProgram program({"--deed=exit", "--workers=3"});
  CHECK(program.wait() == 0);
  program.read_to_end();
  for (const char* line : {"task 0\n", "task 1\n", "task 2\n"}) {
    CHECK(count_of(program.output(), line) == 1);
  }
}

TEST_CASE("process: PRC-02: 0 is as many as processors", "[processes]") {
  ChildProgram program({"--deed=exit", "--workers=0"});
  CHECK(program.wait() == 0);
  program.read_to_end();
  CHECK(count_of(program.output(), "task ") == static_cast<std::size_t>(bora::net::cpu_count()));
}

TEST_CASE("process: PRC-02: a worker that dies is restarted with its number; its sibling goes on",
          "[processes]") {
  ChildProgram program({});
  const std::vector<int> pids = program.pids_of_ready();
  ::kill(pids[1], SIGKILL);
  program.line_with("was killed by SIGKILL; restarting it in 1 ms");
  const std::string line = program.line_with("ready ");
  CHECK(line.starts_with("ready 1 pid "));
  CHECK(line.find(std::to_string(pids[1])) == std::string::npos);
  CHECK(::kill(pids[0], 0) == 0);
  CHECK(program.stop() == 0);
}

TEST_CASE("process: PRC-02 D-16: a crash loop slows down and ends", "[processes]") {
  ChildProgram program(
      {"--deed=fail", "--workers=1", "--max-restarts=5", "--max-restart-delay=6ms"});
  for (const char* delay : {"1 ms", "2 ms", "4 ms", "6 ms", "6 ms"}) {
    program.line_with(std::string("exited with status 3; restarting it in ") + delay);
  }
  program.line_with("too many restarts of workers (more than 5 in 3600 s): giving up");
  CHECK(program.wait() == 1);
}

TEST_CASE("process: D-16: giving up stops the workers that are well", "[processes]") {
  ChildProgram program({"--max-restarts=0"});
  const std::vector<int> pids = program.pids_of_ready();
  ::kill(pids[0], SIGKILL);
  program.line_with("giving up");
  program.line_with("draining 1");
  CHECK(program.wait() == 1);
}

TEST_CASE("process: D-16: SIGTERM and SIGINT stop all workers gracefully", "[processes]") {
  for (const int signal : {SIGTERM, SIGINT}) {
    ChildProgram program({"--workers=3"});
    program.pids_of_ready(3);
    program.signal(signal);
    CHECK(program.wait() == 0);
    program.read_to_end();
    CHECK(count_of(program.output(), "draining ") == 3);
  }
}

TEST_CASE("process: a signal to the whole group counts once", "[processes]") {
  // Ctrl-C in a terminal and a stop by systemd do this: each worker gets the signal, and another
  // one from the supervisor.
  ChildProgram program({});
  program.pids_of_ready();
  ::kill(-program.pid(), SIGTERM);
  CHECK(program.wait() == 0);
  program.read_to_end();
  CHECK(count_of(program.output(), "draining ") == 2);
  CHECK(count_of(program.output(), "again") == 0);
}

TEST_CASE("process: a second SIGTERM stops loops at once", "[processes]") {
  ChildProgram program({"--deed=hang at stop"});
  program.pids_of_ready();
  program.signal(SIGTERM);
  program.line_with("draining ");
  program.line_with("draining ");
  program.signal(SIGTERM);
  program.line_with("SIGTERM again: stopping at once");
  CHECK(program.wait() == 0);
}

TEST_CASE("process: a worker that does not stop in time is killed", "[processes]") {
  ChildProgram program({"--deed=hang at stop", "--stop-timeout=10ms"});
  program.pids_of_ready();
  program.signal(SIGTERM);
  program.line_with("takes too long to stop: killing it");
  program.line_with("was killed by SIGKILL while stopping");
  CHECK(program.wait() == 1);
}

TEST_CASE("process: workers end with a supervisor that is killed", "[processes]") {
  ChildProgram program({"--workers=3"});
  program.pids_of_ready(3);
  program.signal(SIGKILL);
  CHECK(program.wait() == 128 + SIGKILL);
  program.read_to_end();  // no process has the pipe open any more
  CHECK(count_of(program.output(), "the supervisor has ended: stopping") == 3);
  CHECK(count_of(program.output(), "draining ") == 3);
}

TEST_CASE("process: SIGHUP replaces the workers one by one", "[processes]") {
  ChildProgram program({"--workers=3"});
  const std::vector<int> before = program.pids_of_ready(3);
  program.signal(SIGHUP);
  const std::vector<int> after = program.pids_of_ready(3);
  program.line_with("the reload is over");
  for (const int pid : before) CHECK(std::find(after.begin(), after.end(), pid) == after.end());
  CHECK(program.stop() == 0);
  program.read_to_end();
  CHECK(count_of(program.output(), "draining ") == 6);
}

TEST_CASE("process: a reload whose workers do not start leaves the former ones", "[processes]") {
  const auto path =
      std::filesystem::temp_directory_path() / ("bora_reload_" + std::to_string(::getpid()));
  std::filesystem::remove(path);
  const std::pair<const char*, const char*> kinds[] = {
      {"--fail-if=", "exited with status 4 before it served"},
      {"--hang-if=", "was killed by SIGKILL before it served"},
  };
  for (const auto& [option, reason] : kinds) {
    ChildProgram program({option + path.string(), "--start-timeout=50ms"});
    const std::vector<int> pids = program.pids_of_ready();
    std::ofstream(path) << "x";
    program.signal(SIGHUP);
    CHECK(program.line_with("reload failed: ").find(reason) != std::string::npos);
    program.line_with("the reload is over");
    for (const int pid : pids) CHECK(::kill(pid, 0) == 0);
    std::filesystem::remove(path);
    program.signal(SIGHUP);  // the next one can work
    const std::vector<int> after = program.pids_of_ready();
    CHECK(after != pids);
    program.line_with("the reload is over");
    program.signal(SIGTERM);
    CHECK(program.wait() == 0);
  }
}

TEST_CASE("process: a stop ends workers that have not started yet", "[processes]") {
  ChildProgram program({"--hang-if=/"});
  program.line_with("started worker 1");
  CHECK(program.stop() == 0);
}

TEST_CASE("process: a supervisor that is killed takes workers along that have not started yet",
          "[processes]") {
  ChildProgram program({"--hang-if=/"});
  program.line_with("started worker 1");
  program.signal(SIGKILL);
  CHECK(program.wait() == 128 + SIGKILL);
  program.read_to_end();
}

TEST_CASE("process: a worker whose loop hangs is replaced", "[processes]") {
  ChildProgram program({"--deed=hang", "--workers=1", "--hang-timeout=50ms", "--max-restarts=1"});
  program.line_with("hangs: its loop has not turned for 50 ms");
  program.line_with("was killed by SIGABRT");
  program.line_with("giving up");
  CHECK(program.wait() == 1);
}

TEST_CASE("process: LOP-20: forking after a loop was made is refused, with the remedy",
          "[processes]") {
  ChildProgram program({"--deed=loop first"});
  CHECK(program.wait() == 1);
  program.line_with("fork first, then make loops");
}
