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

/// A job that a worker has taken.
struct Job {
  std::string id{};
  std::string queue{};
  std::string payload{};
  int attempts = 0;  ///< With this one.
  int max_attempts = 0;
  std::string receipt{};  ///< Proves that the job still belongs to this worker.
};

/// A job that failed as often as it may.
struct DeadJob {
  std::string id{};
  std::string payload{};
  int attempts = 0;
  std::string error{};  ///< The error of the last attempt.
};

/// The options of a job that is pushed.
struct JobOptions {
  std::chrono::milliseconds delay{0};  ///< The job can be taken after this time.
  /// The attempts after which a job that still fails is dead.
  int max_attempts = 10;
};

/// The numbers of jobs of a queue.
struct JobCounts {
  std::size_t waiting = 0;  ///< Jobs that can be taken now or later.
  std::size_t taken = 0;
  std::size_t dead = 0;
};

/// Jobs that are to be done later, at least once: handlers push them, workers (JobWorker) take
/// them. A worker has a job for a time, the visibility; if the job is not done by then (the process
/// died), it can be taken again. So a job may run twice, and must tolerate that.
class JobQueue {
 public:
  virtual ~JobQueue() = default;

  /// @returns  The id of the job.
  /// Adds a job with any text as payload. The queue need not exist.
  virtual Task<std::string> push(std::string queue, std::string payload, JobOptions options) = 0;
  Task<std::string> push(std::string queue, std::string payload) {
    return push(std::move(queue), std::move(payload), JobOptions());
  }
  /// Takes the job that has waited longest; returns nothing if there is none now.
  virtual Task<std::optional<Job>> take(std::string queue,
                                        std::chrono::milliseconds visibility) = 0;
  /// Removes a job that is done. Returns false if another worker has it meanwhile.
  virtual Task<bool> done(Job job) = 0;
  /// Extends the visibility: the job stays this worker's for this time from now on.
  virtual Task<bool> extend(Job job, std::chrono::milliseconds visibility) = 0;
  /// Reports that a job failed: it can be taken again after `delay`, or is dead if that was the
  /// last attempt.
  virtual Task<bool> fail(Job job, std::string error, std::chrono::milliseconds delay) = 0;

  /// The numbers of waiting, taken and dead jobs.
  virtual Task<JobCounts> count(std::string queue) = 0;
  /// The oldest dead jobs.
  virtual Task<std::vector<DeadJob>> dead(std::string queue, std::size_t limit = 100) = 0;
  /// Makes a dead job available again, with all its attempts.
  virtual Task<bool> revive(std::string queue, std::string id) = 0;
  /// Removes a dead job.
  virtual Task<bool> forget(std::string queue, std::string id) = 0;
};

/// Keeps jobs in the memory of the process: they are lost when it ends.
std::unique_ptr<JobQueue> memory_jobs();
/// Keeps jobs in the table bora_jobs, which make_tables() makes; in PostgreSQL it uses SKIP LOCKED.
/// `database` must outlive the queue. To push within a transaction, so that the job exists exactly
/// if the transaction is committed, use push_job().
std::unique_ptr<JobQueue> database_jobs(database::Database& database);
/// Pushes into database_jobs() by any Querier, such as a Transaction.
Task<std::string> push_job(database::Querier& querier, std::string queue, std::string payload,
                           JobOptions options = {});

/// The options of a JobWorker.
struct WorkerOptions {
  std::string queue = "default";
  std::size_t concurrency = 4;  ///< The most jobs at once.
  /// How long a job is taken for; it is extended while the job runs.
  std::chrono::milliseconds visibility{60'000};
  std::chrono::milliseconds poll{500};  ///< How often an empty queue is checked.
  /// The delay after a failure; it doubles after each further one, with jitter.
  std::chrono::milliseconds backoff{1'000};
  /// The longest delay after a failure.
  std::chrono::milliseconds max_backoff{3'600'000};
};

/// Takes jobs and runs them, in a program without HTTP or beside a server:
///
///     const auto work = [&](stores::Job job) -> Task<void> { … };
///     stores::JobWorker worker(queue, {.queue = "mails"}, work);
///     co_await worker.run();   // until stop(): what is at work is finished first
///
/// A job fails if its function throws; the text of the exception is kept with the job.
class JobWorker {
 public:
  using Work = UniqueFunction<Task<void>(Job)>;

  /// @param work  A function from Job to Task<void>, kept as long as the worker. `queue` must
  ///              outlive it.
  JobWorker(JobQueue& queue, WorkerOptions options, Work work);
  ~JobWorker();
  JobWorker(const JobWorker&) = delete;
  JobWorker& operator=(const JobWorker&) = delete;

  /// Takes and runs jobs until stop(). If the queue can't be reached, that is logged, and it tries
  /// again.
  Task<void> run();
  /// Takes no more jobs; run() ends when the running ones have ended.
  void stop() noexcept;

  /// The numbers of jobs so far that succeeded, and of attempts that failed.
  [[nodiscard]] std::uint64_t succeeded() const noexcept;
  [[nodiscard]] std::uint64_t failed() const noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace bora::stores
