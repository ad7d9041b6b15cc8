#include <bora/database/querier.h>

#include <algorithm>
#include <chrono>
#include <random>

#include <bora/core/io_loop.h>

namespace bora::database {

Task<std::uint64_t> Querier::affected_by(Task<Rows> running) {
  const Rows rows = co_await running;
  co_return rows.affected();
}

Task<std::unique_ptr<Transaction>> Database::begin() {
  return begin(TransactionOptions());
}

Task<void> Database::wait_to_retry(int attempt) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const int most = 5 << std::min(attempt, 7);  // milliseconds
  const std::chrono::milliseconds pause(std::uniform_int_distribution<int>(1, most)(random));
  co_await sleep(pause);
}

Task<void> Transaction::Savepoint::rollback() {
  const std::string name = "bora_" + std::to_string(number_);
  co_await transaction_->execute(Statement("rollback to savepoint " + name).unprepared());
}

Task<void> Transaction::Savepoint::release() {
  const std::string name = "bora_" + std::to_string(number_);
  co_await transaction_->execute(Statement("release savepoint " + name).unprepared());
}

Task<Transaction::Savepoint> Transaction::savepoint() {
  const int number = ++savepoints_;
  const std::string name = "bora_" + std::to_string(number);
  co_await execute(Statement("savepoint " + name).unprepared());
  co_return Savepoint(*this, number);
}

}  // namespace bora::database
