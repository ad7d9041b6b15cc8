#include <bora/stores/jobs.h>

#include <algorithm>
#include <map>

#include "runtime/stores/present.h"

namespace bora::stores {
namespace {

class MemoryJobs final : public JobQueue {
 public:
  Task<std::string> push(std::string queue, std::string payload, JobOptions options) override {
    std::string id = new_id() + std::to_string(++count_);
    jobs_.emplace(id, Kept{.queue = std::move(queue),
                           .payload = std::move(payload),
                           .max_attempts = options.max_attempts,
                           .visible_at = present() + options.delay.count(),
                           .number = count_});
    co_return id;
  }
  Task<std::optional<Job>> take(std::string queue, std::chrono::milliseconds visibility) override {
    std::optional<Job> taken;
    const std::int64_t now = present();
    for (;;) {
      const std::string* first = nullptr;
      Kept* best = nullptr;
      for (auto& [id, job] : jobs_) {
        if (job.queue != queue || job.is_dead || job.visible_at > now) continue;
        if (best != nullptr &&
            std::pair(best->visible_at, best->number) < std::pair(job.visible_at, job.number)) {
          continue;
        }
        first = &id;
        best = &job;
      }
      if (best == nullptr) co_return taken;
      if (best->attempts >= best->max_attempts) {  // processes that had it have died
        best->is_dead = true;
        continue;
      }
      ++best->attempts;
      best->visible_at = now + visibility.count();
      best->receipt = new_id();
      taken = Job{*first, queue, best->payload, best->attempts, best->max_attempts, best->receipt};
      co_return taken;
    }
  }
  Task<bool> done(Job job) override {
    if (find(job) == nullptr) co_return false;
    jobs_.erase(job.id);
    co_return true;
  }
  Task<bool> extend(Job job, std::chrono::milliseconds visibility) override {
    Kept* const kept = find(job);
    if (kept != nullptr) kept->visible_at = present() + visibility.count();
    co_return kept != nullptr;
  }
  Task<bool> fail(Job job, std::string error, std::chrono::milliseconds delay) override {
    Kept* const kept = find(job);
    if (kept == nullptr) co_return false;
    kept->error = std::move(error);
    kept->receipt.clear();
    kept->visible_at = present() + delay.count();
    kept->is_dead = kept->attempts >= kept->max_attempts;
    co_return true;
  }
  Task<JobCounts> count(std::string queue) override {
    JobCounts counts;
    const std::int64_t now = present();
    for (const auto& [id, job] : jobs_) {
      if (job.queue != queue) continue;
      if (job.is_dead) {
        ++counts.dead;
      } else if (!job.receipt.empty() && job.visible_at > now) {
        ++counts.taken;
      } else {
        ++counts.waiting;
      }
    }
    co_return counts;
  }
  Task<std::vector<DeadJob>> dead(std::string queue, std::size_t limit) override {
    std::vector<DeadJob> jobs;
    for (const auto& [id, job] : jobs_) {
      if (job.queue == queue && job.is_dead && jobs.size() < limit) {
        jobs.push_back({id, job.payload, job.attempts, job.error});
      }
    }
    co_return jobs;
  }
  Task<bool> revive(std::string queue, std::string id) override {
    Kept* const kept = find_dead(queue, id);
    if (kept == nullptr) co_return false;
    kept->is_dead = false;
    kept->attempts = 0;
    kept->visible_at = present();
    co_return true;
  }
  Task<bool> forget(std::string queue, std::string id) override {
    if (find_dead(queue, id) == nullptr) co_return false;
    jobs_.erase(id);
    co_return true;
  }

 private:
  struct Kept {
    std::string queue{};
    std::string payload{};
    int attempts = 0;
    int max_attempts = 0;
    std::int64_t visible_at = 0;
    std::uint64_t number = 0;
    std::string receipt{};
    std::string error{};
    bool is_dead = false;
  };
  Kept* find(const Job& job) {
    const auto found = jobs_.find(job.id);
    if (found == jobs_.end() || found->second.receipt != job.receipt) return nullptr;
    return &found->second;
  }
  Kept* find_dead(const std::string& queue, const std::string& id) {
    const auto found = jobs_.find(id);
    if (found == jobs_.end() || found->second.queue != queue || !found->second.is_dead) {
      return nullptr;
    }
    return &found->second;
  }

  std::map<std::string, Kept> jobs_;
  std::uint64_t count_ = 0;
};

class DatabaseJobs final : public JobQueue {
 public:
  explicit DatabaseJobs(database::Database& database) : database_(database) {
    // SQLite has one writer, and does not know "for update skip locked".
    take_ =
        "update bora_jobs set attempts = case when attempts < max_attempts then attempts + 1 else "
        "attempts end, visible_at = $3, receipt = $4, "
        "is_dead = attempts >= max_attempts where id = (select id from bora_jobs where queue = $1 "
        "and is_dead = $5 and visible_at <= $2 order by visible_at, id limit 1";
    if (database.engine() == "postgresql") take_ += " for update skip locked";
    take_ += ") returning id, payload, attempts, max_attempts, is_dead";
  }

  Task<std::string> push(std::string queue, std::string payload, JobOptions options) override {
    return push_job(database_, std::move(queue), std::move(payload), options);
  }
  Task<std::optional<Job>> take(std::string queue, std::chrono::milliseconds visibility) override {
    struct Row {
      std::string id;
      std::vector<std::byte> payload;
      int attempts;
      int max_attempts;
      bool is_dead;
    };
    std::optional<Job> job;
    for (;;) {
      const std::int64_t now = present();
      const std::string receipt = new_id();
      const std::optional<Row> row = co_await database_.query_one<Row>(
          take_, queue, now, now + visibility.count(), receipt, false);
      if (!row) co_return job;
      if (row->is_dead) continue;  // processes that had it have died
      job = Job{row->id, queue, to_text(row->payload), row->attempts, row->max_attempts, receipt};
      co_return job;
    }
  }
  Task<bool> done(Job job) override {
    const std::uint64_t count = co_await database_.execute(
        "delete from bora_jobs where id = $1 and receipt = $2", job.id, job.receipt);
    co_return count > 0;
  }
  Task<bool> extend(Job job, std::chrono::milliseconds visibility) override {
    const std::uint64_t count = co_await database_.execute(
        "update bora_jobs set visible_at = $3 where id = $1 and receipt = $2", job.id, job.receipt,
        present() + visibility.count());
    co_return count > 0;
  }
  Task<bool> fail(Job job, std::string error, std::chrono::milliseconds delay) override {
    // PostgreSQL's texts have no NUL, and must be UTF-8.
    for (char& c : error) {
      if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '?';
    }
    const std::uint64_t count = co_await database_.execute(
        "update bora_jobs set visible_at = $3, receipt = null, error = $4, "
        "is_dead = attempts >= max_attempts where id = $1 and receipt = $2",
        job.id, job.receipt, present() + delay.count(), error);
    co_return count > 0;
  }
  Task<JobCounts> count(std::string queue) override {
    using Count = std::tuple<std::int64_t, std::int64_t, std::int64_t>;
    const auto row = co_await database_.query_one<Count>(
        "select count(*), "
        "coalesce(sum(case when receipt is not null and visible_at > $2 and is_dead = $3 "
        "then 1 else 0 end), 0), "
        "coalesce(sum(case when is_dead = $3 then 0 else 1 end), 0) "
        "from bora_jobs where queue = $1",
        queue, present(), false);
    JobCounts counts;
    const auto [all, taken, dead] = row.value_or(Count());
    counts.taken = static_cast<std::size_t>(taken);
    counts.dead = static_cast<std::size_t>(dead);
    counts.waiting = static_cast<std::size_t>(all - taken - dead);
    co_return counts;
  }
  Task<std::vector<DeadJob>> dead(std::string queue, std::size_t limit) override {
    struct Row {
      std::string id;
      std::vector<std::byte> payload;
      int attempts;
      std::optional<std::string> error;
    };
    const std::vector<Row> rows = co_await database_.query<Row>(
        "select id, payload, attempts, error from bora_jobs where queue = $1 and is_dead = $3 "
        "order by id limit $2",
        queue, static_cast<std::int64_t>(limit), true);
    std::vector<DeadJob> jobs;
    for (const Row& row : rows) {
      jobs.push_back({row.id, to_text(row.payload), row.attempts, row.error.value_or("")});
    }
    co_return jobs;
  }
  Task<bool> revive(std::string queue, std::string id) override {
    const std::uint64_t count = co_await database_.execute(
        "update bora_jobs set is_dead = $3, attempts = 0, visible_at = $4, receipt = null "
        "where queue = $1 and id = $2 and is_dead = $5",
        queue, id, false, present(), true);
    co_return count > 0;
  }
  Task<bool> forget(std::string queue, std::string id) override {
    const std::uint64_t count = co_await database_.execute(
        "delete from bora_jobs where queue = $1 and id = $2 and is_dead = $3", queue, id, true);
    co_return count > 0;
  }

 private:
  database::Database& database_;
  std::string take_;
};

}  // namespace

Task<std::string> push_job(database::Querier& querier, std::string queue, std::string payload,
                           JobOptions options) {
  std::string id = new_id();
  co_await querier.execute(
      "insert into bora_jobs (id, queue, payload, attempts, max_attempts, visible_at, is_dead) "
      "values ($1, $2, $3, 0, $4, $5, $6)",
      id, queue, to_bytes(payload), options.max_attempts, present() + options.delay.count(), false);
  co_return id;
}

std::unique_ptr<JobQueue> memory_jobs() {
  return std::make_unique<MemoryJobs>();
}
std::unique_ptr<JobQueue> database_jobs(database::Database& database) {
  return std::make_unique<DatabaseJobs>(database);
}

}  // namespace bora::stores
