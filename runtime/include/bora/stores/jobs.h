#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <bora/core/detail/chrono.h>
#include <bora/core/task.h>
#include <bora/core/unique_function.h>
#include <bora/database/querier.h>

namespace bora::stores {

/// Work that somebody has taken.
struct Job {
  std::string id{};
  std::string queue{};
  std::string payload{};
  int attempts = 0;  ///< This one included.
  int max_attempts = 0;
  std::string receipt{};  ///< Proves that it is still this worker's.
};

/// Work that failed as often as it may.
struct DeadJob {
  std::string id{};
  std::string payload{};
  int attempts = 0;
  std::string error{};  ///< Of the last attempt.
};

struct JobOptions {
  std::chrono::milliseconds delay{0};  ///< Not before.
  int max_attempts = 10;
};

struct JobCounts {
  std::size_t waiting = 0;  ///< To be taken now or later.
  std::size_t taken = 0;
  std::size_t dead = 0;
};

/// Work that is to be done later, by somebody, at least once: pushed by handlers, taken by workers
/// (JobWorker). Who takes a job has it for a time, the visibility; if it is not done by then (its
/// process died), it can be taken again. So a job may be done twice, and must bear that.
class JobQueue {
 public:
  virtual ~JobQueue() = default;

  /// @returns  Its id.
  virtual Task<std::string> push(std::string queue, std::string payload, JobOptions options) = 0;
  Task<std::string> push(std::string queue, std::string payload) {
    return push(std::move(queue), std::move(payload), JobOptions());
  }
  /// The job that has waited longest; nothing if there is none now.
  virtual Task<std::optional<Job>> take(std::string queue,
                                        std::chrono::milliseconds visibility) = 0;
  /// It is done, and forgotten. False: it was somebody else's meanwhile.
  virtual Task<bool> done(Job job) = 0;
  /// It stays this worker's for so long from now on.
  virtual Task<bool> extend(Job job, std::chrono::milliseconds visibility) = 0;
  /// It failed: it can be taken again after `delay`, or is dead if that was the last attempt.
  virtual Task<bool> fail(Job job, std::string error, std::chrono::milliseconds delay) = 0;

  virtual Task<JobCounts> count(std::string queue) = 0;
  /// The oldest ones.
  virtual Task<std::vector<DeadJob>> dead(std::string queue, std::size_t limit = 100) = 0;
  /// Lets a dead one be taken again, with all its attempts.
  virtual Task<bool> revive(std::string queue, std::string id) = 0;
  /// Removes a dead one.
  virtual Task<bool> forget(std::string queue, std::string id) = 0;
};

std::unique_ptr<JobQueue> memory_jobs();
/// In the table bora_jobs, which make_tables() makes; by SKIP LOCKED in PostgreSQL. `database` must
/// outlive it. To push within a transaction of the program's own, so that a job is there if and
/// only if what it belongs to is: push_job().
std::unique_ptr<JobQueue> database_jobs(database::Database& database);
/// Pushes into database_jobs() by any Querier, such as a Transaction.
Task<std::string> push_job(database::Querier& querier, std::string queue, std::string payload,
                           JobOptions options = {});

struct WorkerOptions {
  std::string queue = "default";
  std::size_t concurrency = 4;  ///< Jobs at once.
  /// For which a job is taken; prolonged while it is at work.
  std::chrono::milliseconds visibility{60'000};
  std::chrono::milliseconds poll{500};  ///< How often an empty queue is asked.
  /// After a failure; twice as long after each further one, with jitter.
  std::chrono::milliseconds backoff{1'000};
  std::chrono::milliseconds max_backoff{3'600'000};
};

/// Takes jobs and does them, in a program without HTTP or beside a server:
///
///     const auto work = [&](stores::Job job) -> Task<void> { … };
///     stores::JobWorker worker(queue, {.queue = "mails"}, work);
///     co_await worker.run();   // until stop(): what is at work is finished first
///
/// A function that throws has failed; its text is kept with the job.
class JobWorker {
 public:
  using Work = UniqueFunction<Task<void>(Job)>;

  /// @param work  A function from Job to Task<void>, kept as long as the worker. `queue` must
  ///              outlive it.
  JobWorker(JobQueue& queue, WorkerOptions options, Work work);
  ~JobWorker();
  JobWorker(const JobWorker&) = delete;
  JobWorker& operator=(const JobWorker&) = delete;

  Task<void> run();
  /// No more are taken; run() ends when those at work have.
  void stop() noexcept;

  [[nodiscard]] std::uint64_t succeeded() const noexcept;
  [[nodiscard]] std::uint64_t failed() const noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace bora::stores
