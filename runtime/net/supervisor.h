#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <bora/core/unique_function.h>
#include <bora/net/netutil.h>
#include <bora/net/process.h>

#include "runtime/net/worker.h"

namespace bora::net {

/// Called by a supervisor about the places of its workers; either may be empty.
struct PlaceHooks {
  UniqueFunction<void(int place)> vacant;    ///< Nobody will serve there for some seconds.
  UniqueFunction<void(int place)> occupied;  ///< A worker is about to be forked.
};

/// The parent of fork_processes(): forks the workers, restarts them, replaces them, stops them.
///
/// It has no loop: it sleeps in poll() over a signalfd and the channels of its workers, until one
/// of them sends something or a time has come. Signals are blocked in it, so that nothing is lost
/// between two looks.
class Supervisor {
 public:
  Supervisor(int num_processes, const ForkOptions& options, PlaceHooks hooks);
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;
  ~Supervisor();

  /// Supervises until all is over.
  /// @returns  Nothing in the parent, whose exit_status() is known then; its role in each worker,
  ///           which must destroy the supervisor.
  std::optional<WorkerRole> run();

  [[nodiscard]] int exit_status() const noexcept { return exit_status_; }

 private:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;
  using milliseconds = std::chrono::milliseconds;

  enum class Duty {
    serving,    ///< the only process of its slot
    relieving,  ///< Forked by a reload; its predecessor still serves.
    leaving,    ///< it was asked to stop
  };

  struct Worker {
    pid_t pid = -1;
    int slot = 0;
    Duty duty = Duty::serving;
    bool is_ready = false;
    bool was_terminated = false;  ///< SIGTERM was sent because it was not ready when it should stop
    FileDescriptor channel;
    Time started;
    Time last_word;
    std::optional<Time> kill_at;
  };

  /// One of the numbers that workers have.
  struct Slot {
    int starts = 0;
    bool is_done = false;            ///< Its worker exited with 0.
    std::optional<Time> restart_at;  ///< set if it died
    milliseconds delay{0};           ///< The last one, while workers of it die young.
  };

  enum class Phase { running, stopping, stopping_at_once };

  // Each of these returns true in a forked child, which then leaves run().
  bool start_what_is_due();
  bool start(int slot, Duty duty);
  bool go_on_with_reload();

  void become_child(int slot, pid_t parent, FileDescriptor channel);
  void wait();
  [[nodiscard]] int poll_timeout() const;
  void read_signals();
  void read_channels();
  void read_channel(Worker& worker);
  void on_ready(Worker& worker);
  void reap();
  void on_exit(const Worker& worker, int status);
  void on_death(const Worker& worker, const std::string& how);
  void on_death_in_reload(const Worker& worker, const std::string& how);
  void keep_time();
  void kill(Worker& worker, int signal);
  void tell_to_stop(Worker& worker);
  void stop(const std::string& why);
  void stop_at_once();
  void give_up();
  void begin_reload();
  void end_reload();
  void tell_systemd_of_start();
  void tell_systemd_of_workers() const;
  [[nodiscard]] bool is_over() const;
  [[nodiscard]] Worker* find(pid_t pid);
  [[nodiscard]] Worker* worker_of(int slot, Duty duty);
  [[nodiscard]] Worker* reliever();

  ForkOptions options_;
  PlaceHooks hooks_;
  std::vector<Slot> slots_;
  std::vector<Worker> workers_;
  std::deque<Time> restarts_;
  std::deque<int> to_reload_;  // slots
  bool is_reloading_ = false;
  bool is_reload_wanted_ = false;  // another one, after the present one
  bool is_announced_ = false;      // READY=1 was sent
  bool ignores_hangup_ = false;
  Phase phase_ = Phase::running;
  int exit_status_ = 0;
  milliseconds watchdog_{0};
  Time next_watchdog_{};
  sigset_t signals_{};
  sigset_t former_mask_{};
  FileDescriptor signal_fd_;
  AcceptTurn* accept_turn_ = nullptr;  // never unmapped, because the workers use it
  std::optional<WorkerRole> role_;     // in a child
};

/// As fork_processes().
int fork_workers(int num_processes, const ForkOptions& options, PlaceHooks hooks);

}  // namespace bora::net
