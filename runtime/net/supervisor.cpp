#include "runtime/net/supervisor.h"

#include <dirent.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <system_error>
#include <utility>

#include <bora/core/log.h>
#include <bora/net/systemd.h>

namespace bora::net {
namespace {

// The time that a worker has, before SIGKILL, to stop its loop at once or to die of SIGABRT.
constexpr std::chrono::milliseconds kTimeToEnd{2000};

constexpr std::chrono::milliseconds kShortVacancy{1000};

std::string signal_name(int signal) {
  const char* const name = ::sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

std::string describe(int status) {
  if (!WIFSIGNALED(status)) return "exited with status " + std::to_string(WEXITSTATUS(status));
  return "was killed by " + signal_name(WTERMSIG(status)) +
         (WCOREDUMP(status) ? " (core dumped)" : "");
}

std::string name_of(int slot, pid_t pid) {
  return "worker " + std::to_string(slot) + " (pid " + std::to_string(pid) + ")";
}

/// The sockets that listen here were opened for the workers, and nobody accepts from them here. As
/// long as the parent held them, connections would still come in, and be lost.
void close_listening_sockets() {
  struct Close {
    void operator()(DIR* folder) const noexcept { ::closedir(folder); }
  };
  const std::unique_ptr<DIR, Close> open(::opendir("/proc/self/fd"));
  std::vector<int> listening;
  for (const dirent* entry; open && (entry = ::readdir(open.get())) != nullptr;) {
    const int fd = std::atoi(entry->d_name);
    int listens = 0;
    socklen_t size = sizeof listens;
    const bool is_socket = ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0;
    if (is_socket && listens == 1) listening.push_back(fd);
  }
  for (const int fd : listening) ::close(fd);
}

void say(const FileDescriptor& channel, char word) noexcept {
  // A worker that has died gets nothing; it will be reaped.
  static_cast<void>(::send(channel.get(), &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT));
}

/// Limits durations to between 0 and a century, so that they can be added to the present.
ForkOptions bounded(ForkOptions options) noexcept {
  const auto bound = [](auto& duration) {
    using Duration = std::remove_reference_t<decltype(duration)>;
    constexpr Duration kCentury = std::chrono::duration_cast<Duration>(std::chrono::years(100));
    duration = std::clamp(duration, Duration::zero(), kCentury);
  };
  bound(options.restart_window);
  bound(options.restart_delay);
  bound(options.max_restart_delay);
  bound(options.stable_after);
  bound(options.stop_timeout);
  bound(options.start_timeout);
  bound(options.hang_timeout);
  return options;
}

}  // namespace

Supervisor::Supervisor(int num_processes, const ForkOptions& options, PlaceHooks hooks)
    : options_(bounded(options)),
      hooks_(std::move(hooks)),
      slots_(static_cast<std::size_t>(num_processes)) {
  ::sigemptyset(&signals_);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&signals_, signal);
  ::sigprocmask(SIG_BLOCK, &signals_, &former_mask_);
  signal_fd_ = FileDescriptor(::signalfd(-1, &signals_, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!signal_fd_) {
    const int error = errno;
    ::sigprocmask(SIG_SETMASK, &former_mask_, nullptr);
    throw std::system_error(error, std::generic_category(), "can't watch signals");
  }
  // Ignored signals would never be seen. A program that was told to ignore the terminal's end
  // (nohup) still ignores it, but can be reloaded.
  ::signal(SIGCHLD, SIG_DFL);
  ignores_hangup_ = ::signal(SIGHUP, SIG_DFL) == SIG_IGN;

  void* const shared = ::mmap(nullptr, sizeof(AcceptTurn), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared != MAP_FAILED) accept_turn_ = new (shared) AcceptTurn(0);

  watchdog_ = systemd::watchdog_interval();
  if (options_.hang_timeout.count() <= 0) options_.hang_timeout = watchdog_;
}

Supervisor::~Supervisor() {
  ::sigprocmask(SIG_SETMASK, &former_mask_, nullptr);
}

std::optional<WorkerRole> Supervisor::run() {
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) slots_[slot].restart_at = Clock::now();
  for (;;) {
    if (start_what_is_due() || go_on_with_reload()) return std::move(role_);
    if (is_over()) break;
    wait();
    read_signals();
    read_channels();
    reap();
    keep_time();
  }
  gen_log.info("all workers have ended");
  return std::nullopt;
}

bool Supervisor::is_over() const {
  const auto is_waiting = [](const Slot& slot) { return slot.restart_at.has_value(); };
  return workers_.empty() && std::none_of(slots_.begin(), slots_.end(), is_waiting);
}

// --- Starting ------------------------------------------------------------------------------------

bool Supervisor::start_what_is_due() {
  if (phase_ != Phase::running) return false;
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
    std::optional<Time>& at = slots_[slot].restart_at;
    if (!at || *at > Clock::now()) continue;
    at.reset();
    if (start(static_cast<int>(slot), Duty::serving)) return true;
  }
  return false;
}

// A fork that fails counts as the death of a worker, except for the very first one, which throws.
bool Supervisor::start(int slot, Duty duty) {
  if (hooks_.occupied) hooks_.occupied(slot);
  int ends[2] = {-1, -1};
  std::fflush(nullptr);  // else buffered output would be written by both processes
  const pid_t parent = ::getpid();
  const bool has_channel =
      ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0;
  FileDescriptor own(ends[0]);
  FileDescriptor of_worker(ends[1]);
  const pid_t pid = has_channel ? ::fork() : -1;
  if (pid == 0) {
    become_child(slot, parent, std::move(of_worker));
    return true;
  }
  const int error = errno;
  Slot& place = slots_[static_cast<std::size_t>(slot)];
  if (pid < 0) {
    if (workers_.empty() && place.starts == 0) {
      throw std::system_error(error, std::generic_category(), "can't fork a worker");
    }
    Worker unborn;
    unborn.slot = slot;
    unborn.duty = duty;
    unborn.started = Clock::now();
    on_death(unborn, std::string("can't be forked: ") + std::strerror(error));
    return false;
  }
  ++place.starts;
  Worker worker;
  worker.pid = pid;
  worker.slot = slot;
  worker.duty = duty;
  worker.channel = std::move(own);
  worker.started = worker.last_word = Clock::now();
  if (duty == Duty::relieving) worker.kill_at = worker.started + options_.start_timeout;
  gen_log.info("started ", name_of(slot, pid));
  workers_.push_back(std::move(worker));
  return false;
}

void Supervisor::become_child(int slot, pid_t parent, FileDescriptor channel) {
  workers_.clear();
  signal_fd_.close();
  ::signal(SIGHUP, SIG_IGN);
  // Until its loop runs, this is the only way in which a worker learns that the supervisor has
  // died.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(1);
  systemd::forget_environment();
  role_.emplace();
  role_->task_id = slot;
  role_->workers = static_cast<int>(slots_.size());
  role_->accept_turn = accept_turn_;
  role_->restarts = slots_[static_cast<std::size_t>(slot)].starts;
  role_->channel = std::move(channel);
  role_->heartbeat = options_.hang_timeout / 3;
}

// --- Waiting -------------------------------------------------------------------------------------

void Supervisor::wait() {
  std::vector<pollfd> watched;
  watched.push_back({signal_fd_.get(), POLLIN, 0});
  for (const Worker& worker : workers_) {
    if (worker.channel) watched.push_back({worker.channel.get(), POLLIN, 0});
  }
  ::poll(watched.data(), watched.size(), poll_timeout());
}

int Supervisor::poll_timeout() const {
  std::optional<Time> next;
  const auto consider = [&next](const std::optional<Time>& at) {
    if (at && (!next || *at < *next)) next = at;
  };
  if (phase_ == Phase::running) {
    for (const Slot& slot : slots_) consider(slot.restart_at);
  }
  for (const Worker& worker : workers_) {
    consider(worker.kill_at);
    if (worker.is_ready && worker.duty != Duty::leaving && options_.hang_timeout.count() > 0) {
      consider(worker.last_word + options_.hang_timeout);
    }
  }
  if (watchdog_.count() > 0) consider(next_watchdog_);
  if (!next) return -1;
  const auto left = std::chrono::ceil<milliseconds>(*next - Clock::now());
  return static_cast<int>(std::clamp(left, milliseconds(0), milliseconds(60'000)).count());
}

void Supervisor::read_signals() {
  signalfd_siginfo info{};
  while (::read(signal_fd_.get(), &info, sizeof info) == sizeof info) {
    const int signal = static_cast<int>(info.ssi_signo);
    if (signal == SIGCHLD) continue;  // reap() looks anyway
    const bool is_from_terminal = info.ssi_code == SI_KERNEL;
    if (signal == SIGHUP && !is_from_terminal) {
      begin_reload();
    } else if (signal == SIGHUP && ignores_hangup_) {
      continue;
    } else if (phase_ == Phase::running) {
      stop(signal_name(signal));
    } else if (phase_ == Phase::stopping) {
      gen_log.warning(signal_name(signal), " again: stopping at once");
      stop_at_once();
    } else {
      for (Worker& worker : workers_) kill(worker, SIGKILL);
    }
  }
}

void Supervisor::read_channels() {
  for (Worker& worker : workers_) read_channel(worker);
}

void Supervisor::read_channel(Worker& worker) {
  char words[64];
  ssize_t count = 0;
  while (worker.channel && (count = ::read(worker.channel.get(), words, sizeof words)) > 0) {
    worker.last_word = Clock::now();
    if (!worker.is_ready && std::find(words, words + count, kReady) != words + count) {
      on_ready(worker);
    }
  }
  // The worker has ended, or has closed what it should not have closed; SIGCHLD reports the former.
  if (count == 0) worker.channel.close();
}

void Supervisor::on_ready(Worker& worker) {
  worker.is_ready = true;
  if (worker.duty == Duty::relieving) {
    if (Worker* const former = worker_of(worker.slot, Duty::serving)) tell_to_stop(*former);
    worker.duty = Duty::serving;
    worker.kill_at.reset();
    gen_log.info(name_of(worker.slot, worker.pid), " serves in its predecessor's place");
  }
  tell_systemd_of_start();
}

void Supervisor::reap() {
  int status = 0;
  pid_t pid = 0;
  while ((pid = ::waitpid(-1, &status, WNOHANG)) > 0) {
    const auto found = std::find_if(workers_.begin(), workers_.end(),
                                    [pid](const Worker& worker) { return worker.pid == pid; });
    if (found == workers_.end()) continue;  // started before, or an orphan that init would take
    Worker worker = std::move(*found);
    workers_.erase(found);
    read_channel(worker);  // it may have sent something before it died
    on_exit(worker, status);
  }
}

void Supervisor::on_exit(const Worker& worker, int status) {
  const bool has_succeeded = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  const bool was_terminated =
      worker.was_terminated && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM;
  const std::string who = name_of(worker.slot, worker.pid);
  if (worker.duty == Duty::relieving && phase_ == Phase::running) {
    on_death(worker, describe(status));
  } else if (worker.duty == Duty::leaving) {
    if (has_succeeded || was_terminated) {
      gen_log.info(who, " has stopped");
    } else {
      gen_log.warning(who, " ", describe(status), " while stopping");
      if (phase_ != Phase::running) exit_status_ = 1;
    }
  } else if (has_succeeded) {
    gen_log.info(who, " exited normally");
    slots_[static_cast<std::size_t>(worker.slot)].is_done = true;
    tell_systemd_of_start();
  } else {
    on_death(worker, describe(status));
  }
}

void Supervisor::on_death(const Worker& worker, const std::string& how) {
  if (worker.duty == Duty::relieving) return on_death_in_reload(worker, how);
  const Time now = Clock::now();
  while (!restarts_.empty() && restarts_.front() + options_.restart_window <= now) {
    restarts_.pop_front();
  }
  restarts_.push_back(now);
  const std::string who = name_of(worker.slot, worker.pid);
  if (restarts_.size() > static_cast<std::size_t>(std::max(options_.max_restarts, 0))) {
    gen_log.error(who, " ", how);
    return give_up();
  }
  Slot& slot = slots_[static_cast<std::size_t>(worker.slot)];
  const bool died_young = now - worker.started < options_.stable_after;
  slot.delay = died_young && slot.delay.count() > 0
                   ? std::min(slot.delay * 2, options_.max_restart_delay)
                   : std::min(options_.restart_delay, options_.max_restart_delay);
  slot.restart_at = now + slot.delay;
  if (slot.delay > kShortVacancy && hooks_.vacant) hooks_.vacant(worker.slot);
  gen_log.error(who, " ", how, "; restarting it in ", slot.delay.count(), " ms");
}

void Supervisor::on_death_in_reload(const Worker& worker, const std::string& how) {
  gen_log.error("reload failed: the new ", name_of(worker.slot, worker.pid), " ", how,
                " before it served; the former workers go on");
  to_reload_.clear();
}

// --- Times ---------------------------------------------------------------------------------------

void Supervisor::keep_time() {
  const Time now = Clock::now();
  const bool watches_loops = options_.hang_timeout.count() > 0;
  for (Worker& worker : workers_) {
    if (worker.kill_at && *worker.kill_at <= now) {
      gen_log.error(name_of(worker.slot, worker.pid), " takes too long to ",
                    worker.duty == Duty::relieving ? "start" : "stop", ": killing it");
      kill(worker, SIGKILL);
    } else if (watches_loops && worker.is_ready && worker.duty != Duty::leaving &&
               worker.last_word + options_.hang_timeout <= now && !worker.kill_at) {
      gen_log.error(name_of(worker.slot, worker.pid), " hangs: its loop has not turned for ",
                    options_.hang_timeout.count(), " ms");
      kill(worker, SIGABRT);
      worker.kill_at = now + kTimeToEnd;
    }
  }
  if (watchdog_.count() > 0 && next_watchdog_ <= now) {
    systemd::notify("WATCHDOG=1");
    next_watchdog_ = now + watchdog_ / 2;
  }
}

void Supervisor::kill(Worker& worker, int signal) {
  worker.kill_at.reset();
  ::kill(worker.pid, signal);  // not reaped yet: the pid is still its own
}

// --- Stopping ------------------------------------------------------------------------------------

void Supervisor::tell_to_stop(Worker& worker) {
  read_channel(worker);  // it may be ready by now
  worker.duty = Duty::leaving;
  worker.kill_at = Clock::now() + options_.stop_timeout;
  if (worker.is_ready) {
    say(worker.channel, kStop);
  } else {  // nobody reads the channel; a server whose loop starts just now drains at SIGTERM, too
    worker.was_terminated = true;
    ::kill(worker.pid, SIGTERM);
  }
}

void Supervisor::stop(const std::string& why) {
  gen_log.info(why, ": stopping ", workers_.size(), " workers");
  systemd::notify("STOPPING=1\nSTATUS=stopping");
  phase_ = Phase::stopping;
  close_listening_sockets();
  to_reload_.clear();
  for (Slot& slot : slots_) slot.restart_at.reset();
  for (Worker& worker : workers_) {
    if (worker.duty != Duty::leaving) tell_to_stop(worker);
  }
}

void Supervisor::stop_at_once() {
  phase_ = Phase::stopping_at_once;
  const Time limit = Clock::now() + kTimeToEnd;
  for (Worker& worker : workers_) {
    say(worker.channel, kStopNow);
    if (worker.kill_at && *worker.kill_at > limit) worker.kill_at = limit;
  }
}

void Supervisor::give_up() {
  exit_status_ = 1;
  if (phase_ != Phase::running) return;
  gen_log.error("too many restarts of workers (more than ", options_.max_restarts, " in ",
                options_.restart_window.count(), " s): giving up");
  stop("giving up");
}

// --- Reloading -----------------------------------------------------------------------------------

void Supervisor::begin_reload() {
  if (phase_ != Phase::running) return;
  if (is_reloading_) {
    is_reload_wanted_ = true;
    return;
  }
  gen_log.info("SIGHUP: replacing the workers");
  systemd::notify_reloading();
  is_reloading_ = true;
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
    if (!slots_[slot].is_done) to_reload_.push_back(static_cast<int>(slot));
  }
}

bool Supervisor::go_on_with_reload() {
  while (phase_ == Phase::running && is_reloading_ && reliever() == nullptr) {
    if (to_reload_.empty()) {
      end_reload();
      continue;
    }
    const int number = to_reload_.front();
    to_reload_.pop_front();
    Slot& slot = slots_[static_cast<std::size_t>(number)];
    if (slot.is_done) continue;
    // A worker that has just died needs nobody to relieve it.
    const bool is_vacant = slot.restart_at.has_value();
    slot.restart_at.reset();
    slot.delay = milliseconds(0);
    if (start(number, is_vacant ? Duty::serving : Duty::relieving)) return true;
  }
  return false;
}

void Supervisor::end_reload() {
  is_reloading_ = false;
  gen_log.info("the reload is over");
  systemd::notify("READY=1");
  tell_systemd_of_workers();
  if (std::exchange(is_reload_wanted_, false)) begin_reload();
}

Supervisor::Worker* Supervisor::worker_of(int slot, Duty duty) {
  const auto found = std::find_if(workers_.begin(), workers_.end(), [&](const Worker& worker) {
    return worker.slot == slot && worker.duty == duty;
  });
  return found == workers_.end() ? nullptr : &*found;
}

Supervisor::Worker* Supervisor::reliever() {
  const auto found = std::find_if(workers_.begin(), workers_.end(), [](const Worker& worker) {
    return worker.duty == Duty::relieving;
  });
  return found == workers_.end() ? nullptr : &*found;
}

// --- systemd -------------------------------------------------------------------------------------

void Supervisor::tell_systemd_of_start() {
  if (phase_ != Phase::running) return;
  const auto is_up = [](const Worker& worker) { return worker.is_ready; };
  const bool are_all_up = std::all_of(workers_.begin(), workers_.end(), is_up);
  if (!is_announced_ && are_all_up) {
    is_announced_ = true;
    systemd::notify("READY=1\nMAINPID=" + std::to_string(::getpid()));
  }
  if (is_announced_) tell_systemd_of_workers();
}

void Supervisor::tell_systemd_of_workers() const {
  std::string status = "STATUS=workers:";
  for (const Worker& worker : workers_) {
    if (worker.duty == Duty::serving) status += " " + std::to_string(worker.pid);
  }
  systemd::notify(status);
}

}  // namespace bora::net
