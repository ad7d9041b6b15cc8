#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include <bora/net/netutil.h>

// The messages of a worker and its supervisor, over a pair of sockets: single bytes. When one of
// them dies, the other sees the end of the stream.

namespace bora::net {

/// To the supervisor.
inline constexpr char kReady = 'r';      ///< My loop runs.
inline constexpr char kHeartbeat = 'h';  ///< It still turns.

/// To the worker.
inline constexpr char kStop = 's';     ///< Stop gracefully; repeating it changes nothing.
inline constexpr char kStopNow = 'k';  ///< Stop the loop in its present turn.

/// Which of several workers accepts next from sockets that they share. It is in memory that all of
/// them see.
using AcceptTurn = std::atomic<std::uint32_t>;

/// The role of a process that fork_processes() made.
struct WorkerRole {
  int task_id = 0;
  int workers = 1;  ///< It and its siblings.
  AcceptTurn* accept_turn = nullptr;
  int restarts = 0;  ///< the number of predecessors with this number
  FileDescriptor channel;
  std::chrono::milliseconds heartbeat{0};  ///< how often to report that the loop turns; 0 means
                                           ///< never
};

/// Makes the present process a worker; its loop, when it starts, serves the channel.
void become_worker(WorkerRole role) noexcept;

/// Null in a process that is not a worker.
[[nodiscard]] const WorkerRole* worker_role() noexcept;

}  // namespace bora::net
