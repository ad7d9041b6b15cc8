#include <utility>

#include <bora/postgres/pool.h>

#include "runtime/postgres/pool_core.h"

namespace bora::postgres {

using database::Parameters;
using database::Rows;
using database::Statement;

namespace {

/// A statement whose rows come one by one, on a link in exclusive mode.
class Cursor final : public database::RowCursor {
 public:
  Cursor(Lease lease, Statement statement, Deadline deadline)
      : lease_(std::move(lease)), statement_(std::move(statement)), deadline_(deadline) {}
  ~Cursor() override {
    if (!is_over_) lease_->abandon_exclusive(false);
  }

  Task<Rows> next() override {
    Rows rows;
    if (is_over_) co_return rows;
    ResultPtr result = co_await lease_->next_result(deadline_, statement_.where());
    if (result != nullptr && PQresultStatus(result.get()) == PGRES_SINGLE_TUPLE) {
      rows = Rows(std::make_shared<const Result>(std::move(result), 0));
      co_return rows;
    }
    // The end is an empty result or a failure, and nothing after it.
    ResultPtr rest = std::move(result);
    while (rest != nullptr) {
      result = std::move(rest);
      rest = co_await lease_->next_result(deadline_, statement_.where());
    }
    is_over_ = true;
    lease_->leave_exclusive();
    const Lease done = std::move(lease_);
    if (result != nullptr && is_failure(result.get())) {
      done->throw_failure_of(result.get(), statement_);
    }
    co_return rows;
  }

 private:
  Lease lease_;
  Statement statement_;
  Deadline deadline_;
  bool is_over_ = false;
};

}  // namespace

Task<std::unique_ptr<database::RowCursor>> Pool::open_cursor(Statement statement,
                                                             Parameters parameters) {
  const std::shared_ptr<PoolCore> core = core_;
  const Deadline deadline = begun(statement.deadline());
  std::shared_ptr<Link> link = co_await core->acquire(deadline);
  Lease lease(core, std::move(link));
  Link& used = *lease;
  co_await used.enter_exclusive(deadline);
  std::unique_ptr<database::RowCursor> cursor =
      std::make_unique<Cursor>(std::move(lease), statement, deadline);
  used.send_unprepared(statement, parameters);
  PQsetSingleRowMode(used.connection());
  co_await used.flush_out(statement.where());
  co_return cursor;
}

}  // namespace bora::postgres
