#include <bora/core/executor.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace bora {

class ThreadPool::Impl {
 public:
  explicit Impl(std::size_t threads)
      : limit_(threads != 0 ? threads
                            : std::max<std::size_t>(
                                  1, std::size_t{5} * std::thread::hardware_concurrency())) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() {
    std::deque<UniqueFunction<void()>> dropped;
    {
      const std::scoped_lock lock(mutex_);
      is_closed_ = true;
      dropped.swap(jobs_);
    }
    has_job_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void submit(UniqueFunction<void()> job) {
    {
      const std::scoped_lock lock(mutex_);
      jobs_.push_back(std::move(job));
      if (jobs_.size() > idle_ && threads_.size() < limit_) {
        threads_.emplace_back([this] { work(); });
      }
    }
    has_job_.notify_one();
  }

  std::size_t threads() {
    const std::scoped_lock lock(mutex_);
    return threads_.size();
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      ++idle_;
      has_job_.wait(lock, [this] { return is_closed_ || !jobs_.empty(); });
      --idle_;
      if (is_closed_) return;
      UniqueFunction<void()> job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
      job = {};
      lock.lock();
    }
  }

  const std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable has_job_;
  std::deque<UniqueFunction<void()>> jobs_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool is_closed_ = false;
};

ThreadPool::ThreadPool(std::size_t threads) : impl_(std::make_unique<Impl>(threads)) {}
ThreadPool::~ThreadPool() = default;
void ThreadPool::submit(UniqueFunction<void()> job) {
  impl_->submit(std::move(job));
}
std::size_t ThreadPool::threads() const {
  return impl_->threads();
}

}  // namespace bora
