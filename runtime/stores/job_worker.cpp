#include <algorithm>
#include <random>
#include <utility>

#include <bora/core/error.h>
#include <bora/core/future.h>
#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/core/locks.h>
#include <bora/core/log.h>
#include <bora/stores/jobs.h>

namespace bora::stores {

struct JobWorker::State : std::enable_shared_from_this<State> {
  State(JobQueue& of, WorkerOptions how, Work what)
      : queue(of), options(std::move(how)), work(std::move(what)) {}

  JobQueue& queue;
  WorkerOptions options;
  Work work;
  Condition changed;  ///< A job has ended, or stop() was called.
  std::size_t running = 0;
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  bool is_stopped = false;
  bool is_cut_off = false;  ///< The last attempt to take a job has failed.
  std::minstd_rand random{std::random_device{}()};

  std::chrono::milliseconds pause_after(int attempts) {
    const int doublings = std::clamp(attempts - 1, 0, 30);
    const double most = std::min(
        static_cast<double>(options.backoff.count()) * static_cast<double>(1L << doublings),
        static_cast<double>(options.max_backoff.count()));
    const double part = std::uniform_real_distribution<double>(0.5, 1)(random);
    return std::chrono::milliseconds(static_cast<std::int64_t>(most * part));
  }

  /// Keeps the job with this worker as long as it is at work.
  static Task<void> prolong(std::shared_ptr<State> state, Job job) {
    for (;;) {
      co_await sleep(state->options.visibility / 2);
      try {
        co_await state->queue.extend(job, state->options.visibility);
      } catch (const std::exception& failure) {
        app_log.warning("a job can't be prolonged: ", failure.what());
      }
    }
  }

  static Task<void> run_one(std::shared_ptr<State> state, Job job) {
    Future<void> prolonging = spawn(prolong(state, job));
    std::string error;
    bool is_done = false;
    bool is_cancelled = false;
    try {
      co_await state->work(job);
      is_done = true;
    } catch (const std::exception& failure) {
      error = failure.what();
    } catch (const CancelledError&) {
      is_cancelled = true;
    } catch (...) {
      error = "it threw what is no std::exception";
    }
    prolonging.cancel();
    try {
      if (is_done) {
        const bool was_own = co_await state->queue.done(job);
        ++state->succeeded;
        if (!was_own) app_log.warning("job ", job.id, " was taken again while it was at work");
      } else if (!is_cancelled) {
        ++state->failed;
        const bool is_last = job.attempts >= job.max_attempts;
        app_log.write(is_last ? LogLevel::error : LogLevel::warning, "job ", job.id, " of '",
                      job.queue, "' failed, attempt ", job.attempts, " of ", job.max_attempts, ": ",
                      error);
        co_await state->queue.fail(job, error, state->pause_after(job.attempts));
      }
    } catch (const std::exception& failure) {
      // The job can be taken again when its time is over.
      app_log.error("the end of job ", job.id, " can't be told: ", failure.what());
    }
    --state->running;
    state->changed.notify_all();
  }

  static Task<void> run(std::shared_ptr<State> state) {
    while (!state->is_stopped) {
      if (state->running >= state->options.concurrency) {
        static_cast<void>(co_await state->changed.wait());
        continue;
      }
      std::optional<Job> job;
      try {
        job = co_await state->queue.take(state->options.queue, state->options.visibility);
        if (std::exchange(state->is_cut_off, false)) app_log.warning("jobs can be taken again");
      } catch (const std::exception& failure) {
        // Once, and not at each poll: it may take hours until the engine is back.
        if (!std::exchange(state->is_cut_off, true))
          app_log.warning("no job can be taken: ", failure.what());
      }
      if (job) {
        ++state->running;
        IOLoop::current().spawn(run_one(state, std::move(*job)));
      } else if (!state->is_stopped) {
        static_cast<void>(co_await state->changed.wait(state->options.poll));
      }
    }
    while (state->running > 0) static_cast<void>(co_await state->changed.wait());
  }
};

JobWorker::JobWorker(JobQueue& queue, WorkerOptions options, Work work)
    : state_(std::make_shared<State>(queue, std::move(options), std::move(work))) {}
JobWorker::~JobWorker() {
  stop();
}

Task<void> JobWorker::run() {
  return State::run(state_);
}

void JobWorker::stop() noexcept {
  state_->is_stopped = true;
  state_->changed.notify_all();
}

std::uint64_t JobWorker::succeeded() const noexcept {
  return state_->succeeded;
}
std::uint64_t JobWorker::failed() const noexcept {
  return state_->failed;
}

}  // namespace bora::stores
