#include <bora/net/process.h>

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <bora/core/io_loop.h>
#include <bora/core/log.h>

#include "runtime/net/bind_hook.h"
#include "runtime/net/cpu_limit.h"
#include "runtime/net/supervisor.h"
#include "runtime/net/worker.h"

namespace bora::net {
namespace {

struct FreeSet {
  void operator()(cpu_set_t* set) const noexcept { CPU_FREE(set); }
};

/// Processors of this process's affinity mask; 0 if unknown.
int cpus_of_mask() {
  constexpr int kMostCpus = 1 << 16;
  for (int room = 1024; room <= kMostCpus; room *= 2) {
    const std::unique_ptr<cpu_set_t, FreeSet> set(CPU_ALLOC(room));
    const std::size_t size = CPU_ALLOC_SIZE(room);
    if (set == nullptr) return 0;
    if (::sched_getaffinity(0, size, set.get()) == 0) return CPU_COUNT_S(size, set.get());
    if (errno != EINVAL) return 0;
  }
  return 0;
}

}  // namespace

int cpu_count() {
  const int usable = cpus_of_mask();
  if (usable == 0) {
    gen_log.error("can't tell the number of processors: assuming 1");
    return 1;
  }
  std::ifstream groups("/proc/self/cgroup");
  const std::string self{std::istreambuf_iterator<char>(groups), {}};
  const int granted = cpu_limit("/sys/fs/cgroup", self);
  return granted == 0 ? usable : std::min(usable, granted);
}

int fork_processes(int num_processes, const ForkOptions& options) {
  return fork_workers(num_processes, options, {});
}

int fork_workers(int num_processes, const ForkOptions& options, PlaceHooks hooks) {
  if (IOLoop::current_if_any() != nullptr) {
    throw std::logic_error(
        "fork_processes() after this thread's IOLoop was made: fork first, then make loops, "
        "servers and whatever else uses one");
  }
  if (worker_role() != nullptr) {
    throw std::logic_error("fork_processes() in a worker: fork once, at the start of the program");
  }
  if (runs_alone()) {
    gen_log.info("one process for development, not ", num_processes, " workers");
    return 0;
  }
  if (num_processes <= 0) num_processes = cpu_count();
  int status = 0;
  std::optional<WorkerRole> role;
  {
    Supervisor supervisor(num_processes, options, std::move(hooks));
    gen_log.info("starting ", num_processes, num_processes == 1 ? " worker" : " workers");
    role = supervisor.run();
    status = supervisor.exit_status();
  }
  if (!role) std::exit(status);
  become_worker(std::move(*role));
  return worker_role()->task_id;
}

int fork_processes(int num_processes, int max_restarts) {
  ForkOptions options;
  options.max_restarts = max_restarts;
  return fork_processes(num_processes, options);
}

std::optional<int> task_id() noexcept {
  const WorkerRole* const role = worker_role();
  return role != nullptr ? std::optional<int>(role->task_id) : std::nullopt;
}

}  // namespace bora::net
