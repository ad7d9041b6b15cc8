#pragma once

#include <optional>

#include <bora/core/detail/chrono.h>

// One process for each processor: a program forks itself before it has an event loop. The parent
// supervises the copies, which are called workers.
//
//   auto sockets = bora::net::bind_sockets(8888);
//   bora::net::fork_processes(0);              // from here on there are as many as processors
//   bora::http::HTTPServer server(app);
//   server.add_sockets(std::move(sockets));
//   bora::IOLoop::current().start();
//
// http::HTTPServer::start(n) does all of this, and gives each worker sockets of its own.
//
// A fork shares descriptors and copies memory; threads do not exist in the child, nor does anything
// that one of them was doing end there (a lock that it held stays locked). So fork first; then make
// loops, connect to databases and start threads.

namespace bora::net {

/// The number of processors that this process may use: those of its affinity mask, and no more than
/// the share that its control group (a container) is given. It is at least 1.
[[nodiscard]] int cpu_count();

/// How the parent of fork_processes() treats its workers.
struct ForkOptions {
  /// How often all workers together may be restarted within restart_window; after one more, the
  /// parent gives up: it stops the others and exits with status 1.
  int max_restarts = 100;
  std::chrono::seconds restart_window{3600};

  /// The time after which a worker that died is restarted. Each time that the new one dies within
  /// stable_after, the delay doubles, up to max_restart_delay.
  std::chrono::milliseconds restart_delay{100};
  std::chrono::milliseconds max_restart_delay{30'000};
  std::chrono::milliseconds stable_after{10'000};

  /// The time after which a worker that was asked to stop and has not ended is killed. It should be
  /// longer than what the worker itself needs (HTTPServerOptions::drain_timeout).
  std::chrono::milliseconds stop_timeout{35'000};

  /// The time after which a reload is given up if a new worker's loop does not run.
  std::chrono::milliseconds start_timeout{60'000};

  /// A worker whose loop has not turned for this long is ended by SIGABRT and restarted. Zero means
  /// never, unless systemd's watchdog is on (WatchdogSec=), whose interval is then used.
  std::chrono::milliseconds hang_timeout{0};
};

/// Forks `num_processes` workers, and returns in each of them with its number: 0, 1, …; see
/// task_id(). 0 and negative numbers mean cpu_count().
///
/// The parent stays inside the call as their supervisor, and ends with them:
/// - A worker that dies of a signal, or exits with another status than 0, is restarted with the
///   same number. A worker that exits with 0 is done. When all are done the parent exits with 0.
/// - On SIGTERM and SIGINT the workers stop gracefully (IOLoop::stop_gracefully()), then the parent
///   exits: with 0, or with 1 if one had to be killed. A second signal stops their loops at once, a
///   third kills them.
/// - On SIGHUP workers are replaced one by one. A new one is forked from the parent, so that
///   everything after fork_processes() is done anew; when its loop runs, the old one is asked to
///   stop. If the new one fails to start, the old ones go on.
/// - When the parent dies, its workers stop gracefully.
/// - Under systemd, the parent reports readiness and reloads and serves the watchdog; see
///   <bora/net/systemd.h>. Each of these events is a line of the general log.
///
/// A worker is ready when its first loop runs (IOLoop::start()). It ignores SIGHUP unless it
/// handles that signal itself.
///
/// @throws std::logic_error   This thread has a loop already, or this process is a worker.
/// @throws std::system_error  The first workers can't be forked.
int fork_processes(int num_processes, const ForkOptions& options = {});
int fork_processes(int num_processes, int max_restarts);

/// The worker's number, or nothing in a process that is not a worker. A restarted worker has its
/// predecessor's number.
[[nodiscard]] std::optional<int> task_id() noexcept;

}  // namespace bora::net
