#include <utility>

#include <bora/postgres/pool.h>

#include "runtime/postgres/pool_core.h"
#include "runtime/text/hex.h"

namespace bora::postgres {

using database::Parameter;
using database::Parameters;
using database::Statement;

namespace {

/// Begins a COPY on a link that is in exclusive mode.
Task<void> begin_copy(Link& link, const Statement& statement, ExecStatusType wanted,
                      Deadline deadline) {
  link.send_script(statement);
  co_await link.flush_out(statement.where());
  ResultPtr result = co_await link.next_result(deadline, statement.where());
  if (result != nullptr && PQresultStatus(result.get()) == wanted) co_return;
  if (result != nullptr && is_failure(result.get())) {
    link.throw_failure_of(result.get(), statement);
  }
  throw database::Error(wanted == PGRES_COPY_IN ? "the statement is no COPY … FROM STDIN"
                                                : "the statement is no COPY … TO STDOUT",
                        {}, statement.where());
}

/// Reads the results after a COPY.
Task<std::uint64_t> end_copy(Lease& lease, const Statement& statement, Deadline deadline,
                             bool& is_over) {
  std::uint64_t affected = 0;
  ResultPtr failure;
  for (;;) {
    ResultPtr result = co_await lease->next_result(deadline, statement.where());
    if (result == nullptr) break;
    affected += affected_by(result.get());
    if (is_failure(result.get()) && failure == nullptr) failure = std::move(result);
  }
  is_over = true;
  lease->leave_exclusive();
  const Lease done = std::move(lease);
  if (failure != nullptr) done->throw_failure_of(failure.get(), statement);
  co_return affected;
}

}  // namespace

class CopyIn::Impl {
 public:
  static constexpr std::size_t kPiece = std::size_t{64} * 1024;

  Impl(Lease given, Statement text, Deadline until)
      : lease(std::move(given)), statement(std::move(text)), deadline(until) {}
  ~Impl() {
    if (!is_over) lease->abandon_exclusive(is_begun);
  }

  Task<void> write(std::string bytes) {
    if (is_over) throw database::Error("the COPY is over", {}, statement.where());
    buffer += bytes;
    if (buffer.size() >= kPiece) co_await send();
  }

  Task<void> send() {
    if (!lease->is_open()) lease->throw_lost(statement.where());
    const int is_sent =
        PQputCopyData(lease->connection(), buffer.data(), static_cast<int>(buffer.size()));
    buffer.clear();
    if (is_sent < 0) {
      lease->close(PQerrorMessage(lease->connection()));
      lease->throw_lost(statement.where());
    }
    co_await lease->flush_out(statement.where());
  }

  Task<std::uint64_t> finish() {
    if (is_over) throw database::Error("the COPY is over", {}, statement.where());
    if (!buffer.empty()) co_await send();
    if (!lease->is_open()) lease->throw_lost(statement.where());
    PQputCopyEnd(lease->connection(), nullptr);
    is_begun = false;
    co_await lease->flush_out(statement.where());
    const std::uint64_t rows = co_await end_copy(lease, statement, deadline, is_over);
    co_return rows;
  }

  Lease lease;
  Statement statement;
  Deadline deadline;
  std::string buffer;
  bool is_begun = false;
  bool is_over = false;
};

CopyIn::CopyIn(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
CopyIn::CopyIn(CopyIn&&) noexcept = default;
CopyIn& CopyIn::operator=(CopyIn&&) noexcept = default;
CopyIn::~CopyIn() = default;

Task<void> CopyIn::write(std::string bytes) {
  return impl_->write(std::move(bytes));
}
Task<std::uint64_t> CopyIn::finish() {
  return impl_->finish();
}

std::string CopyIn::row_text(const Parameters& values) {
  std::string row;
  for (const Parameter& value : values) {
    if (&value != &*values.begin()) row += '\t';
    if (value.kind == Parameter::Kind::null) {
      row += "\\N";
    } else if (value.kind == Parameter::Kind::bytes) {
      row += "\\\\x";
      for (const char c : value.text) text::append_hex(row, c);
    } else {
      for (const char c : value.to_text()) {
        switch (c) {
          case '\\':
            row += "\\\\";
            break;
          case '\t':
            row += "\\t";
            break;
          case '\n':
            row += "\\n";
            break;
          case '\r':
            row += "\\r";
            break;
          default:
            row += c;
        }
      }
    }
  }
  row += '\n';
  return row;
}

class CopyOut::Impl {
 public:
  Impl(Lease given, Statement text, Deadline until)
      : lease(std::move(given)), statement(std::move(text)), deadline(until) {}
  ~Impl() {
    if (!is_over) lease->abandon_exclusive(false);
  }

  Task<std::optional<std::string>> next() {
    std::optional<std::string> row;
    if (is_over) co_return row;
    for (;;) {
      if (!lease->is_open()) lease->throw_lost(statement.where());
      char* line = nullptr;
      const int length = PQgetCopyData(lease->connection(), &line, 1);
      if (length > 0) {
        row.emplace(line, static_cast<std::size_t>(length));
        PQfreemem(line);
        co_return row;
      }
      if (length < 0) break;  // the end, or a failure, which the result tells
      co_await lease->wait_for_input(deadline, statement.where());
    }
    co_await end_copy(lease, statement, deadline, is_over);
    co_return row;
  }

  Lease lease;
  Statement statement;
  Deadline deadline;
  bool is_over = false;
};

CopyOut::CopyOut(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
CopyOut::CopyOut(CopyOut&&) noexcept = default;
CopyOut& CopyOut::operator=(CopyOut&&) noexcept = default;
CopyOut::~CopyOut() = default;

Task<std::optional<std::string>> CopyOut::next() {
  return impl_->next();
}

Task<CopyIn> Pool::copy_in(Statement statement) {
  const std::shared_ptr<PoolCore> core = core_;
  const Deadline deadline = begun(statement.deadline());
  std::shared_ptr<Link> link = co_await core->acquire(deadline);
  Lease lease(core, std::move(link));
  co_await lease->enter_exclusive(deadline);
  auto impl = std::make_unique<CopyIn::Impl>(std::move(lease), std::move(statement), deadline);
  co_await begin_copy(*impl->lease, impl->statement, PGRES_COPY_IN, deadline);
  impl->is_begun = true;
  co_return CopyIn(std::move(impl));
}

Task<CopyOut> Pool::copy_out(Statement statement) {
  const std::shared_ptr<PoolCore> core = core_;
  const Deadline deadline = begun(statement.deadline());
  std::shared_ptr<Link> link = co_await core->acquire(deadline);
  Lease lease(core, std::move(link));
  co_await lease->enter_exclusive(deadline);
  auto impl = std::make_unique<CopyOut::Impl>(std::move(lease), std::move(statement), deadline);
  co_await begin_copy(*impl->lease, impl->statement, PGRES_COPY_OUT, deadline);
  co_return CopyOut(std::move(impl));
}

}  // namespace bora::postgres
