#pragma once

#include <string_view>
#include <vector>

#include <bora/core/detail/chrono.h>
#include <bora/net/netutil.h>

namespace bora {
class IOLoop;
}

// The two small protocols between a service and systemd: sockets that are handed over at the start
// (sd_listen_fds(3)), and messages about readiness (sd_notify(3)). No library is needed for them;
// without systemd nothing happens.
//
//   [Socket]                                  # web.socket
//   ListenStream=80
//   [Service]                                 # web.service
//   Type=notify
//
//   server.add_sockets(bora::net::systemd::listen_fds());
//
// Servers announce themselves: READY=1 when the loop runs, STOPPING=1 at a graceful stop,
// WATCHDOG=1 as long as the loop turns. So does the parent of fork_processes(), for all of its
// workers.

namespace bora::net::systemd {

/// The descriptors that this process was started with: LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES.
/// Each is handed out once, and is closed on exec. The variables are removed from the environment.
///
/// What is not a number, is meant for another process or counts descriptors that are not open is
/// logged and not used.
///
/// @param name  Only those of this FileDescriptorName=; empty: all that are left.
[[nodiscard]] std::vector<FileDescriptor> listen_fds(std::string_view name = {});

/// Sends lines such as "READY=1" or "STATUS=12 of 40 files read" to $NOTIFY_SOCKET, a path or, with
/// a leading '@', an abstract name. Waits at most a second, for "WATCHDOG=1" not at all.
/// @returns  False if nobody is there to be told.
bool notify(std::string_view state) noexcept;

/// RELOADING=1 with MONOTONIC_USEC, which Type=notify-reload asks for. READY=1 ends the reload.
bool notify_reloading() noexcept;

/// How often WATCHDOG=1 is due: WATCHDOG_USEC, if WATCHDOG_PID is this process or not given. Zero:
/// never.
[[nodiscard]] std::chrono::milliseconds watchdog_interval() noexcept;

/// Announces the process as ready when `loop` runs, as stopping when it stops gracefully, and as
/// alive while it turns. Servers call it; once for a process, nothing in a worker.
void announce(IOLoop& loop);

/// Removes the variables, for a process that must not act on them: a worker, a subprocess.
void forget_environment() noexcept;

}  // namespace bora::net::systemd
