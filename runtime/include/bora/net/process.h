#pragma once

#include <optional>

#include <bora/core/detail/chrono.h>

// One process for each processor: a program forks itself before it has an event loop, and the
// parent supervises its copies, the workers.
//
//   auto sockets = bora::net::bind_sockets(8888);
//   bora::net::fork_processes(0);              // from here on there are as many as processors
//   bora::http::HTTPServer server(app);
//   server.add_sockets(std::move(sockets));
//   bora::IOLoop::current().start();
//
// http::HTTPServer::start(n) does all of this, and gives each worker sockets of its own.
//
// What a fork copies, and what it does not: descriptors are shared, memory is copied, threads are
// not there any more in the child, nor is anything that one of them was doing (a lock that it held
// stays locked). So fork first; then make loops, connect to databases, start threads.

namespace bora::net {

/// Processors that this process may use: those of its affinity mask, and no more than the share
/// that its control group (a container) is given. At least 1.
[[nodiscard]] int cpu_count();

/// How the parent of fork_processes() treats its workers.
struct ForkOptions {
  /// Restarts of all workers together within restart_window; one more, and the parent gives up: it
  /// stops the others and exits with status 1.
  int max_restarts = 100;
  std::chrono::seconds restart_window{3600};

  /// A worker that dies is restarted after this long. Each time that the new one dies within
  /// stable_after, the delay doubles, up to max_restart_delay.
  std::chrono::milliseconds restart_delay{100};
  std::chrono::milliseconds max_restart_delay{30'000};
  std::chrono::milliseconds stable_after{10'000};

  /// A worker that was told to stop and has not ended by then is killed. Longer than what the
  /// worker itself needs (HTTPServerOptions::drain_timeout).
  std::chrono::milliseconds stop_timeout{35'000};

  /// A reload is given up when a new worker's loop does not run by then.
  std::chrono::milliseconds start_timeout{60'000};

  /// A worker whose loop has not turned for so long is ended by SIGABRT and restarted. Zero: never,
  /// unless systemd's watchdog is on (WatchdogSec=), whose interval it then is.
  std::chrono::milliseconds hang_timeout{0};
};

/// Forks `num_processes` workers, and returns in each of them, with its number: 0, 1, …; see
/// task_id(). 0 and less is cpu_count().
///
/// The parent stays inside as their supervisor, and ends with them:
/// - A worker that dies of a signal or exits with another status than 0 is restarted, with the same
///   number. One that exits with 0 is done. When all are done the parent exits with 0.
/// - SIGTERM and SIGINT: the workers stop gracefully (IOLoop::stop_gracefully()), then the parent
///   exits: with 0, or with 1 if one had to be killed. A second signal stops their loops at once,
///   a third kills them.
/// - SIGHUP: workers are replaced one by one. A new one is forked from the parent, so that all that
///   comes after fork_processes() is done anew; when its loop runs, the old one is told to stop. If
///   the new one fails to start, the old ones go on.
/// - When the parent dies, its workers stop gracefully.
/// - Under systemd, readiness, reloads and the watchdog are told; see <bora/net/systemd.h>.
/// Each of these events is a line of the general log.
///
/// A worker is ready when its first loop runs, IOLoop::start(). It ignores SIGHUP unless it handles
/// that itself.
///
/// @throws std::logic_error   This thread has a loop already, or this is a worker.
/// @throws std::system_error  The first workers can't be forked.
int fork_processes(int num_processes, const ForkOptions& options = {});
int fork_processes(int num_processes, int max_restarts);

/// The worker's number; nothing in a process that is none. A restarted worker has its
/// predecessor's.
[[nodiscard]] std::optional<int> task_id() noexcept;

}  // namespace bora::net
