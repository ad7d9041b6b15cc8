#include "runtime/sqlite/worker.h"

#include <pthread.h>

#include <csignal>

namespace bora::sqlite {

Worker::Worker(const Options& options, bool is_writer) : options_(options), is_writer_(is_writer) {
  // Signals are handled by the program's other threads.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { work(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Worker::~Worker() {
  {
    const std::scoped_lock lock(mutex_);
    is_ending_ = true;
    if (is_at_work_ && connection_ != nullptr) connection_->interrupt();
  }
  given_.notify_one();
  thread_.join();
}

void Worker::give(Job job) {
  {
    const std::scoped_lock lock(mutex_);
    job_ = std::move(job);
    has_job_ = true;
  }
  given_.notify_one();
}

void Worker::interrupt() noexcept {
  const std::scoped_lock lock(mutex_);
  if (is_at_work_ && connection_ != nullptr) connection_->interrupt();
}

void Worker::work() {
  for (;;) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      is_at_work_ = false;
      given_.wait(lock, [this] { return has_job_ || is_ending_; });
      if (is_ending_) break;
      job = std::move(job_);
      has_job_ = false;
      is_at_work_ = true;
    }
    std::exception_ptr failure;
    if (connection_ == nullptr) {
      try {
        auto opened = std::make_unique<Connection>(options_, is_writer_);
        const std::scoped_lock lock(mutex_);
        connection_ = std::move(opened);
      } catch (...) {
        failure = std::current_exception();
      }
    }
    job(connection_.get(), failure);
  }
  const std::scoped_lock lock(mutex_);
  connection_.reset();
}

}  // namespace bora::sqlite
