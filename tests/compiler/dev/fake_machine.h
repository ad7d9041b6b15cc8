#pragma once

#include <algorithm>
#include <csignal>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/dev/dev_session.h"
#include "compiler/dev/machine.h"
#include "compiler/dev/messages.h"
#include "tests/support/memory_file_system.h"

namespace bora::testing {

/// A machine on which time passes only while something waits, and programs behave as a test says:
/// builds take half a second and end with the next of `results`, servers are ready after 100 ms.
class FakeMachine : public compiler::Machine {
 public:
  using Event = compiler::MachineEvent;
  using Kind = Event::Kind;
  using milliseconds = std::chrono::milliseconds;

  struct Result {
    int status = 0;
    std::string output{};
    bool changes_program = true;
  };

  // What a test sets.

  /// Calls `what` at this time since the beginning.
  void at(milliseconds when, std::function<void()> what) { planned_.emplace(Time(when), what); }
  void event(Event event) { events_.push_back(std::move(event)); }
  void changed(const std::string& path) { event({.kind = Kind::changed, .text = path}); }

  std::deque<Result> results;  ///< the results of builds; without one a build succeeds
  std::string old;             ///< a file that is older than the program
  std::string crash;           ///< the next server writes this and ends before it serves
  bool server_never_ready = false;
  std::string ready;  ///< what servers report about their pages
  /// Compilers of pages alone take 200 ms and end with the next of these; without one they succeed.
  std::deque<Result> patch_results;

  // What a test reads.

  std::vector<std::string> log;  ///< "start ninja", "signal 15 to 2", "send leave to 3", …
  std::map<int, compiler::ProcessSpec> started;
  const compiler::StandIn* standing_in = nullptr;
  int locked_by = 0;
  std::string code_answer = "taken 0\n";  ///< the answer of servers that get code

  [[nodiscard]] int count(const std::string& line) const {
    int found = 0;
    for (const std::string& entry : log) found += entry.starts_with(line) ? 1 : 0;
    return found;
  }

  // Machine.

  Time now() override { return now_; }
  std::string time_of_day() override { return "12:00:00"; }

  int start(const compiler::ProcessSpec& spec, std::string&) override {
    const int process = ++last_;
    started[process] = spec;
    running_[process] = true;
    log.push_back("start " + spec.command.front());
    if (spec.is_server) {
      if (!crash.empty()) {
        const std::string said = std::exchange(crash, {});
        later(milliseconds(50), {.kind = Kind::output, .process = process, .text = said});
        end_later(milliseconds(60), process, 1);
      } else if (!server_never_ready) {
        later(milliseconds(100), {.kind = Kind::message,
                                  .process = process,
                                  .text = compiler::channel_message("ready", ready)});
      }
      return process;
    }
    Result result;
    const auto has = [&](const char* word) {
      return std::find(spec.command.begin(), spec.command.end(), word) != spec.command.end();
    };
    if (has("-shared") || has("c++-header")) {
      if (has("-shared") && !patch_results.empty()) {
        result = patch_results.front();
        patch_results.pop_front();
      }
      if (!result.output.empty())
        later(milliseconds(190), {.kind = Kind::output, .process = process, .text = result.output});
      end_later(milliseconds(200), process, result.status);
      return process;
    }
    if (!results.empty()) {
      result = results.front();
      results.pop_front();
    }
    if (!result.output.empty())
      later(milliseconds(490), {.kind = Kind::output, .process = process, .text = result.output});
    planned_.emplace(now_ + milliseconds(499), [this, process, result] {
      if (running_[process] && result.status == 0 && result.changes_program) ++stamp_;
    });
    end_later(milliseconds(500), process, result.status);
    return process;
  }

  void signal(int process, int signal) override {
    log.push_back("signal " + std::to_string(signal) + " to " + std::to_string(process));
    end_later(milliseconds(5), process, 128 + signal);
  }

  void send(int process, std::string_view bytes) override {
    std::string input(bytes);
    std::string word;
    std::string body;
    while (compiler::take_message(input, word, body)) {
      log.push_back("send " + word + " to " + std::to_string(process) + ": " + body);
      if (word == "leave") end_later(milliseconds(20), process, 0);
      if (word == "code")
        later(milliseconds(5), {.kind = Kind::message, .process = process, .text = code_answer});
    }
  }
  int pid(int process) override { return 1000 + process; }
  std::string watch(const std::string& root, const std::string&) override {
    log.push_back("watch " + root);
    return {};
  }

  std::vector<Event> wait(std::optional<Time> deadline) override {
    if (!events_.empty()) return std::exchange(events_, {});
    if (planned_.empty() || (deadline && *deadline < planned_.begin()->first)) {
      if (!deadline) return {{.kind = Kind::interrupt}};  // nothing will happen any more
      now_ = std::max(now_, *deadline);
      return {};
    }
    now_ = std::max(now_, planned_.begin()->first);
    const std::function<void()> what = planned_.begin()->second;
    planned_.erase(planned_.begin());
    what();
    return std::exchange(events_, {});
  }

  int listen(const std::string&, int port, bool, std::string& problem) override {
    problem = listen_problem;
    return problem.empty() ? port : 0;
  }
  std::string listen_problem;
  void stand_in(const compiler::StandIn* answer) override { standing_in = answer; }
  int lock(const std::string&) override { return locked_by; }
  std::string stamp(const std::string&) override { return std::to_string(stamp_); }
  bool is_older(const std::string& file, const std::string&) override { return old == file; }
  std::string variable(const std::string&) override { return {}; }

 private:
  void later(milliseconds delay, Event event) {
    planned_.emplace(now_ + delay, [this, event] {
      if (running_[event.process]) events_.push_back(event);
    });
  }
  void end_later(milliseconds delay, int process, int status) {
    planned_.emplace(now_ + delay, [this, process, status] {
      if (std::exchange(running_[process], false))
        events_.push_back({.kind = Kind::ended, .process = process, .status = status});
    });
  }

  Time now_{};
  int last_ = 0;
  int stamp_ = 0;
  std::vector<Event> events_;
  std::multimap<Time, std::function<void()>> planned_;
  std::map<int, bool> running_;
};

/// Keeps what a session writes.
class KeptScreen : public compiler::DevScreen {
 public:
  std::string text;

  void write(const std::string& more) override { text += more; }
  [[nodiscard]] bool has_colours() const override { return false; }
  void progress(const std::string&) override {}
};

}  // namespace bora::testing
