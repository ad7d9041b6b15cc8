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
// WATCHDOG=1 as long as the loop turns. The parent of fork_processes() does the same for all of its
// workers.

namespace bora::net::systemd {

/// Takes the descriptors that this process was started with: LISTEN_FDS, LISTEN_PID and
/// LISTEN_FDNAMES. Each is handed out once, and is closed on exec. The variables are removed from
/// the environment.
///
/// A variable that is not a number, is meant for another process or counts descriptors that are not
/// open is logged and ignored.
///
/// @param name  Only descriptors of this FileDescriptorName=; empty means all that are left.
[[nodiscard]] std::vector<FileDescriptor> listen_fds(std::string_view name = {});

/// Sends lines such as "READY=1" or "STATUS=12 of 40 files read" to $NOTIFY_SOCKET, a path or, with
/// a leading '@', an abstract name. It waits at most a second, and for "WATCHDOG=1" not at all.
/// @returns  False if nobody listens there.
bool notify(std::string_view state) noexcept;

/// Sends RELOADING=1 with MONOTONIC_USEC, which Type=notify-reload asks for. READY=1 ends the
/// reload.
bool notify_reloading() noexcept;

/// How often WATCHDOG=1 is due: WATCHDOG_USEC, if WATCHDOG_PID is this process or not given. Zero
/// means never.
[[nodiscard]] std::chrono::milliseconds watchdog_interval() noexcept;

/// Announces the process as ready when `loop` runs, as stopping when it stops gracefully, and as
/// alive while it turns. Servers call it. It has an effect once for a process, and none in a
/// worker.
void announce(IOLoop& loop);

/// Removes the variables, for a process that must not act on them: a worker, a subprocess.
void forget_environment() noexcept;

}  // namespace bora::net::systemd
