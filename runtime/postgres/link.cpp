#include "runtime/postgres/link.h"

#include <algorithm>
#include <utility>

#include <bora/core/executor.h>
#include <bora/core/log.h>

namespace bora::postgres {

using database::ConnectionError;
using database::Parameter;
using database::Parameters;
using database::Rows;
using database::Statement;

namespace {

/// How long a server may take to notice that a statement was cancelled.
constexpr std::chrono::seconds kCancelLimit{10};

/// Rounded up to two digits, so that the same duration is the same number again.
std::int64_t rounded_up(std::int64_t milliseconds) {
  std::int64_t unit = 1;
  while (milliseconds / unit >= 100) unit *= 10;
  return (milliseconds + unit - 1) / unit * unit;
}

}  // namespace

/// libpq's view of parameters.
class Link::Arguments {
 public:
  Arguments(const Parameters& parameters, const std::source_location& where) {
    const std::size_t count = parameters.size();
    if (count > 65'535) {
      throw database::Error(
          "a statement has at most 65,535 parameters, not " + std::to_string(count), {}, where);
    }
    texts_.reserve(count);
    values_.reserve(count);
    lengths_.reserve(count);
    formats_.reserve(count);
    for (const Parameter& parameter : parameters) add(parameter, where);
  }

  [[nodiscard]] int count() const noexcept { return static_cast<int>(values_.size()); }
  [[nodiscard]] const char* const* values() const noexcept { return values_.data(); }
  [[nodiscard]] const int* lengths() const noexcept { return lengths_.data(); }
  [[nodiscard]] const int* formats() const noexcept { return formats_.data(); }

 private:
  void add(const Parameter& parameter, const std::source_location& where) {
    const bool is_binary = parameter.kind == Parameter::Kind::bytes;
    formats_.push_back(is_binary ? 1 : 0);
    if (parameter.kind == Parameter::Kind::null) {
      values_.push_back(nullptr);
      lengths_.push_back(0);
      return;
    }
    const std::string* text = &parameter.text;
    if (parameter.kind == Parameter::Kind::boolean || parameter.kind == Parameter::Kind::integer ||
        parameter.kind == Parameter::Kind::real) {
      text = &texts_.emplace_back(parameter.to_text());
    } else if (!is_binary && text->find('\0') != std::string::npos) {
      // libpq would send it up to there.
      throw database::Error("a text with a NUL in it can't be a parameter", {.code = "22021"},
                            where);
    }
    values_.push_back(text->c_str());
    lengths_.push_back(static_cast<int>(text->size()));
  }

  std::vector<std::string> texts_;  // reserved: what values_ points to does not move
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

/// A wait for one entry's answer.
class Link::Answer final : public Operation {
 public:
  Answer(Link& link, Entry& entry, const Deadline& deadline) noexcept
      : link_(link), entry_(&entry), deadline_(deadline) {
    entry.answer = this;
  }
  ~Answer() override {
    if (entry_ == nullptr) return;
    entry_->answer = nullptr;
    link_.abandon();
  }

  [[nodiscard]] bool await_ready() const noexcept { return entry_ == nullptr; }
  template <class Caller>
  bool await_suspend(std::coroutine_handle<Caller> caller) {
    return suspend(caller, deadline_);
  }
  Sent await_resume() {
    if (has_timed_out()) throw TimeoutError("the statement took longer than its deadline");
    check();
    return std::move(sent_);
  }

  void finish(Sent sent) noexcept {
    sent_ = std::move(sent);
    entry_ = nullptr;
    if (is_waiting()) wake();
  }

 private:
  Link& link_;
  Entry* entry_;
  Deadline deadline_;
  Sent sent_;
};

Link::Link(ConnectionPtr connection, const ConnectOptions& options)
    : made_at(std::chrono::steady_clock::now()),
      used_at(made_at),
      connection_(std::move(connection)),
      fd_(PQsocket(connection_.get())),
      options_(options),
      server_timeout_(options.statement_timeout.count()) {
  loop_.add_handler(fd_, [this](int, unsigned events) { handle(events); }, IOLoop::READ);
  events_ = IOLoop::READ;
}

Link::~Link() {
  close("the connection was closed");
}

bool Link::is_clean() const noexcept {
  return is_open() && entries_.empty() && is_ready() &&
         PQtransactionStatus(connection_.get()) == PQTRANS_IDLE;
}

int Link::backend_pid() const noexcept {
  return is_open() ? PQbackendPID(connection_.get()) : 0;
}

bool Link::is_transaction_failed() const noexcept {
  return is_open() && PQtransactionStatus(connection_.get()) == PQTRANS_INERROR;
}

void Link::close(const std::string& why) noexcept {
  on_lost = {};
  if (is_open()) lose(why);
}

void Link::throw_lost(const std::source_location& where) const {
  throw ConnectionError("the connection to PostgreSQL is lost: " + why_lost_, {.code = "08006"},
                        where);
}

void Link::throw_failure_of(const PGresult* result, const Statement& statement) {
  // Query cancelled, and not by us: who cancels does not wait for the answer.
  if (code_of(result) == "57014" &&
      (statement.deadline().is_set() || options_.statement_timeout.count() > 0)) {
    throw TimeoutError("the statement took longer than its time limit at the server");
  }
  throw_failure(result, statement.where());
}

// What comes.

void Link::handle(unsigned events) {
  const std::shared_ptr<Link> self = weak_from_this().lock();
  if (self == nullptr || !is_open()) return;
  if ((events & IOLoop::READ) != 0) take_input();
  if (is_open() && (events & IOLoop::WRITE) != 0) {
    if (is_exclusive_) {
      input_.notify_all();
    } else {
      flush();
    }
  }
}

void Link::take_input() {
  if (PQconsumeInput(connection_.get()) == 0) {
    // What the server said last may be there still: why it ends the connection.
    if (!is_exclusive_) take_results();
    if (is_open()) lose(PQerrorMessage(connection_.get()));
    return;
  }
  if (is_exclusive_) {
    // No more than is asked for: see wait_for_input().
    watch(events_ & ~IOLoop::READ);
    input_.notify_all();
  } else {
    take_results();
  }
  if (is_open()) take_notifications();
}

void Link::take_results() {
  int nothing = 0;
  while (is_open() && !entries_.empty() && PQisBusy(connection_.get()) == 0) {
    ResultPtr result(PQgetResult(connection_.get()));
    if (result == nullptr) {
      if (++nothing > 2) break;
      continue;
    }
    nothing = 0;
    take(std::move(result));
  }
  if (is_open() && PQstatus(connection_.get()) == CONNECTION_BAD) {
    lose(PQerrorMessage(connection_.get()));
  }
}

void Link::take(ResultPtr result) {
  Sent& sent = entries_.front().sent;
  switch (PQresultStatus(result.get())) {
    case PGRES_PIPELINE_SYNC:
      finish_entry();
      return;
    case PGRES_PIPELINE_ABORTED:
      return;  // after the failure that is known
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
      if (entries_.front().skipped > 0) {
        --entries_.front().skipped;
        return;
      }
      sent.affected += affected_by(result.get());
      sent.result = std::move(result);
      return;
    case PGRES_FATAL_ERROR:
    case PGRES_BAD_RESPONSE:
      if (sent.failure == nullptr) sent.failure = std::move(result);
      return;
    default:
      // COPY, which can't be in a pipeline: the server waits for what libpq does not send.
      lose("COPY is for copy_in() and copy_out()");
  }
}

void Link::finish_entry() {
  Entry entry = std::move(entries_.front());
  entries_.pop_front();
  ++finished_;
  if (entry.sent.failure != nullptr) {
    if (!entry.prepared.empty() && entry.skipped > 0) forget_prepared(entry.prepared);
    if (entry.is_setting) server_timeout_ = -1;
  } else if (entry.sent.result != nullptr &&
             std::string_view(PQcmdStatus(entry.sent.result.get())) == "ROLLBACK") {
    server_timeout_ = -1;  // what was set in the transaction is taken back
  }
  // Without this libpq calls the connection active.
  if (entries_.empty()) PQclear(PQgetResult(connection_.get()));
  progress_.notify_all();
  if (entry.answer != nullptr) entry.answer->finish(std::move(entry.sent));
}

void Link::take_notifications() {
  while (PGnotify* const told = PQnotifies(connection_.get())) {
    if (on_notify) on_notify(*told);
    PQfreemem(told);
  }
}

void Link::lose(std::string why) noexcept {
  while (why.ends_with('\n')) why.pop_back();
  std::ranges::replace(why, '\n', ' ');
  why_lost_ = std::move(why);
  loop_.remove_handler(fd_);
  connection_.reset();
  events_ = 0;
  std::deque<Entry> entries = std::move(entries_);
  entries_.clear();
  for (Entry& entry : entries) {
    if (entry.answer == nullptr) continue;
    entry.sent.is_lost = true;
    entry.answer->finish(std::move(entry.sent));
  }
  ready_.notify_all();
  progress_.notify_all();
  input_.notify_all();
  if (on_lost) std::exchange(on_lost, {})();
}

// What goes.

void Link::watch(unsigned events) {
  if (events == events_) return;
  events_ = events;
  loop_.update_handler(fd_, events);
}

void Link::flush() {
  const int rest = PQflush(connection_.get());
  if (rest < 0) return take_input();  // which finds out why
  watch(rest == 0 ? events_ & ~IOLoop::WRITE : events_ | IOLoop::WRITE);
}

void Link::require_sent(int is_sent, const std::source_location& where) {
  if (is_sent != 0) return;
  // Half an entry may be out: there is no going on.
  lose(PQerrorMessage(connection_.get()));
  throw_lost(where);
}

Link::Entry& Link::begin_entry(const Statement& statement) {
  if (!is_open()) throw_lost(statement.where());
  set_server_timeout(statement);
  return entries_.emplace_back();
}

void Link::end_entry() {
  require_sent(PQpipelineSync(connection_.get()), {});
  flush();
}

void Link::set_server_timeout(const Statement& statement) {
  if (!options_.is_prepared) return;
  std::int64_t wanted = options_.statement_timeout.count();
  if (statement.deadline().is_set()) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(statement.deadline().time_left(loop_.clock()));
    wanted = rounded_up(std::clamp<std::int64_t>(left.count(), 1, 2'000'000'000));
  }
  if (wanted == server_timeout_) return;
  const std::string text = "set statement_timeout = " + std::to_string(wanted);
  require_sent(
      PQsendQueryParams(connection_.get(), text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0),
      statement.where());
  // Apart from the statement: in a failed transaction it is refused, and ROLLBACK must not be.
  entries_.emplace_back().is_setting = true;
  require_sent(PQpipelineSync(connection_.get()), statement.where());
  server_timeout_ = wanted;
}

const std::string* Link::prepared_name(Entry& entry, const Statement& statement) {
  if (!options_.is_prepared || !statement.is_prepared() || options_.max_prepared == 0) {
    return nullptr;
  }
  if (const auto found = prepared_by_text_.find(statement.text());
      found != prepared_by_text_.end()) {
    prepared_.splice(prepared_.begin(), prepared_, found->second);
    return &found->second->name;
  }
  if (prepared_.size() >= options_.max_prepared) {
    const std::string text = "deallocate " + prepared_.back().name;
    require_sent(PQsendQueryParams(connection_.get(), text.c_str(), 0, nullptr, nullptr, nullptr,
                                   nullptr, 0),
                 statement.where());
    ++entry.skipped;
    const std::string gone = prepared_.back().text;
    forget_prepared(gone);
  }
  prepared_.push_front({statement.text(), "bora_" + std::to_string(++prepared_count_)});
  prepared_by_text_.emplace(prepared_.front().text, prepared_.begin());
  require_sent(PQsendPrepare(connection_.get(), prepared_.front().name.c_str(),
                             statement.text().c_str(), 0, nullptr),
               statement.where());
  ++entry.skipped;
  entry.prepared = statement.text();
  return &prepared_.front().name;
}

void Link::forget_prepared(const std::string& text) {
  const auto found = prepared_by_text_.find(text);
  if (found == prepared_by_text_.end()) return;
  const auto place = found->second;
  prepared_by_text_.erase(found);
  prepared_.erase(place);
}

void Link::send_one(const std::string* name, const Statement& statement,
                    const Arguments& arguments) {
  int is_sent = 0;
  if (name != nullptr) {
    is_sent = PQsendQueryPrepared(connection_.get(), name->c_str(), arguments.count(),
                                  arguments.values(), arguments.lengths(), arguments.formats(), 0);
  } else {
    is_sent =
        PQsendQueryParams(connection_.get(), statement.text().c_str(), arguments.count(), nullptr,
                          arguments.values(), arguments.lengths(), arguments.formats(), 0);
  }
  require_sent(is_sent, statement.where());
}

void Link::send_unprepared(const Statement& statement, const Parameters& parameters) {
  const Arguments arguments(parameters, statement.where());
  send_one(nullptr, statement, arguments);
}

void Link::send_script(const Statement& statement) {
  require_sent(PQsendQuery(connection_.get(), statement.text().c_str()), statement.where());
}

// Statements.

Task<void> Link::wait_until_ready(Deadline deadline) {
  while (is_open() && !is_ready()) {
    const bool is_told = co_await ready_.wait(deadline);
    if (!is_told) throw TimeoutError("the connection was at work until the statement's deadline");
  }
}

Task<Rows> Link::run(Statement statement, Parameters parameters) {
  const std::shared_ptr<Link> self = shared_from_this();
  const Deadline deadline = begun(statement.deadline());
  const Arguments arguments(parameters, statement.where());
  for (int attempt = 0;; ++attempt) {
    if (!is_ready()) co_await wait_until_ready(deadline);
    if (!is_open()) throw_lost(statement.where());
    const bool was_idle = PQtransactionStatus(connection_.get()) == PQTRANS_IDLE;
    Entry& entry = begin_entry(statement);
    const std::string* const name = prepared_name(entry, statement);
    send_one(name, statement, arguments);
    end_entry();
    if (!is_open()) throw_lost(statement.where());
    Answer answer(*this, entry, deadline);
    Sent sent = co_await answer;
    if (sent.failure == nullptr && !sent.is_lost) {
      co_return Rows(std::make_shared<const Result>(std::move(sent.result), sent.affected));
    }
    if (sent.failure == nullptr) throw_lost(statement.where());
    const std::string code = code_of(sent.failure.get());
    // A prepared statement that is out of date after a change of its table, or that was never made
    // (of statements in a row with the same text, the first was refused): prepared anew, it works
    // or tells why.
    const bool may_retry = code == "26000" || (code == "0A000" && was_idle);
    if (attempt == 0 && name != nullptr && may_retry) {
      forget_prepared(statement.text());
      continue;
    }
    throw_failure_of(sent.failure.get(), statement);
  }
}

Task<std::uint64_t> Link::run_many(Statement statement, std::vector<Parameters> all) {
  const std::shared_ptr<Link> self = shared_from_this();
  const Deadline deadline = begun(statement.deadline());
  if (all.empty()) co_return 0;
  for (const Parameters& parameters : all) {
    static_cast<void>(Arguments(parameters, statement.where()));
  }
  co_await wait_until_ready(deadline);
  Entry& entry = begin_entry(statement);
  const std::string* const name = prepared_name(entry, statement);
  for (const Parameters& parameters : all) {
    const Arguments arguments(parameters, statement.where());
    send_one(name, statement, arguments);
  }
  all.clear();
  end_entry();
  if (!is_open()) throw_lost(statement.where());
  Answer answer(*this, entry, deadline);
  const Sent sent = co_await answer;
  if (sent.failure != nullptr) throw_failure_of(sent.failure.get(), statement);
  if (sent.is_lost) throw_lost(statement.where());
  co_return sent.affected;
}

Task<void> Link::check(Deadline deadline) {
  const std::shared_ptr<Link> self = shared_from_this();
  co_await wait_until_ready(deadline);
  if (!is_open()) throw_lost({});
  Entry& entry = entries_.emplace_back();
  end_entry();
  if (!is_open()) throw_lost({});
  Answer answer(*this, entry, deadline);
  const Sent sent = co_await answer;
  if (sent.is_lost) throw_lost({});
}

Task<void> Link::clean() {
  const std::shared_ptr<Link> self = shared_from_this();
  while (is_open() && (!is_ready() || !entries_.empty())) {
    if (!is_ready()) {
      co_await wait_until_ready({});
    } else {
      static_cast<void>(co_await progress_.wait());
    }
  }
  if (is_open() && PQtransactionStatus(connection_.get()) != PQTRANS_IDLE) {
    bool is_rolled_back = false;
    try {
      Statement rollback = Statement("rollback").within(kCancelLimit).unprepared();
      co_await run(std::move(rollback), Parameters());
      is_rolled_back = true;
    } catch (const std::exception& failure) {
      gen_log.warning("postgres: a transaction could not be rolled back: ", failure.what());
    }
    if (!is_rolled_back && is_open()) lose("its transaction could not be rolled back");
  }
}

// Cancelling.

void Link::abandon() noexcept {
  if (!is_open() || is_cancelling_ || entries_.empty()) return;
  for (const Entry& entry : entries_) {
    if (entry.answer != nullptr) return;  // somebody waits: it takes the time that it takes
  }
  is_cancelling_ = true;
  loop_.spawn(cancel());
}

Task<void> Link::request_cancel() {
  // PQcancel() makes a connection of its own and waits until the server has closed it.
  const auto ask = [handle =
                        std::shared_ptr<PGcancel>(PQgetCancel(connection_.get()), PQfreeCancel)] {
    char why[256];
    PQcancel(handle.get(), why, sizeof why);
  };
  auto asking = run_in_executor(ask);
  co_await asking;
}

Task<void> Link::cancel() {
  const std::shared_ptr<Link> self = shared_from_this();
  const Deadline limit = begun(kCancelLimit);
  bool is_asked = false;
  while (is_open() && !entries_.empty()) {
    const std::uint64_t before = finished_;
    co_await request_cancel();
    is_asked = true;
    while (is_open() && finished_ == before && !entries_.empty()) {
      const bool is_told = co_await progress_.wait(limit);
      if (!is_told && is_open()) lose("a statement that was cancelled did not end");
    }
  }
  if (is_open() && is_asked) {
    // A request that came late meets nothing: when this is answered, it has been taken.
    entries_.emplace_back();
    try {
      end_entry();
    } catch (const ConnectionError&) {
    }
    while (is_open() && !entries_.empty()) {
      const bool is_told = co_await progress_.wait(limit);
      if (!is_told && is_open()) lose("the server does not answer");
    }
  }
  is_cancelling_ = false;
  ready_.notify_all();
}

// Exclusive mode.

Task<void> Link::enter_exclusive(Deadline deadline) {
  const std::shared_ptr<Link> self = shared_from_this();
  while (is_open() && (!is_ready() || !entries_.empty())) {
    if (!is_ready()) {
      co_await wait_until_ready(deadline);
    } else {
      const bool is_told = co_await progress_.wait(deadline);
      if (!is_told) throw TimeoutError("the connection was at work until the statement's deadline");
    }
  }
  if (!is_open()) throw_lost({});
  if (PQexitPipelineMode(connection_.get()) != 1) {
    lose(PQerrorMessage(connection_.get()));
    throw_lost({});
  }
  is_exclusive_ = true;
  watch(0);
}

void Link::leave_exclusive() {
  if (is_open() && PQenterPipelineMode(connection_.get()) != 1) {
    lose(PQerrorMessage(connection_.get()));
  }
  is_exclusive_ = false;
  if (is_open()) {
    watch(IOLoop::READ);
    take_notifications();
  }
  ready_.notify_all();
}

Task<void> Link::wait_for_input(Deadline deadline, const std::source_location& where) {
  if (!is_open()) throw_lost(where);
  watch(events_ | IOLoop::READ);
  const bool is_told = co_await input_.wait(deadline);
  if (!is_told) throw TimeoutError("the statement took longer than its deadline");
  if (!is_open()) throw_lost(where);
}

Task<void> Link::flush_out(const std::source_location& where) {
  for (;;) {
    if (!is_open()) throw_lost(where);
    const int rest = PQflush(connection_.get());
    if (rest < 0) {
      lose(PQerrorMessage(connection_.get()));
      throw_lost(where);
    }
    if (rest == 0) {
      watch(events_ & ~IOLoop::WRITE);
      co_return;
    }
    // A server that sends before it reads on is read.
    watch(events_ | IOLoop::WRITE | IOLoop::READ);
    static_cast<void>(co_await input_.wait());
  }
}

Task<ResultPtr> Link::next_result(Deadline deadline, std::source_location where) {
  for (;;) {
    if (!is_open()) throw_lost(where);
    if (PQisBusy(connection_.get()) == 0) break;
    co_await wait_for_input(deadline, where);
  }
  ResultPtr result(PQgetResult(connection_.get()));
  if (result == nullptr && PQstatus(connection_.get()) == CONNECTION_BAD) {
    lose(PQerrorMessage(connection_.get()));
    throw_lost(where);
  }
  co_return result;
}

Task<void> Link::run_script(Statement script) {
  const std::shared_ptr<Link> self = shared_from_this();
  const Deadline deadline = begun(script.deadline());
  co_await enter_exclusive(deadline);
  /// Cancels if this coroutine ends early.
  struct Guard {
    Link& link;
    bool is_over = false;
    ~Guard() {
      if (!is_over) link.abandon_exclusive(false);
    }
  } guard{*this};
  send_script(script);
  co_await flush_out(script.where());
  ResultPtr failure;
  for (;;) {
    ResultPtr result = co_await next_result(deadline, script.where());
    if (result == nullptr) break;
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
      lose("COPY is for copy_in() and copy_out()");
      throw_lost(script.where());
    }
    if (is_failure(result.get()) && failure == nullptr) failure = std::move(result);
  }
  guard.is_over = true;
  leave_exclusive();
  server_timeout_ = -1;  // whatever it was set to
  if (failure != nullptr) throw_failure_of(failure.get(), script);
}

void Link::abandon_exclusive(bool is_copy_in) {
  if (!is_open()) {
    is_exclusive_ = false;
    ready_.notify_all();
    return;
  }
  loop_.spawn(cancel_exclusive(is_copy_in));
}

Task<void> Link::cancel_exclusive(bool is_copy_in) {
  const std::shared_ptr<Link> self = shared_from_this();
  const Deadline limit = begun(kCancelLimit);
  try {
    if (is_copy_in) {
      PQputCopyEnd(connection_.get(), "the program gave it up");
      co_await flush_out({});
    } else {
      co_await request_cancel();
    }
    // What was under way, and an empty statement behind it, which a late request would meet.
    for (int round = 0; round < 2; ++round) {
      for (;;) {
        const ResultPtr result = co_await next_result(limit, {});
        if (result == nullptr) break;
        if (PQresultStatus(result.get()) == PGRES_COPY_IN) {
          PQputCopyEnd(connection_.get(), "the program gave it up");
        }
        if (PQresultStatus(result.get()) == PGRES_COPY_OUT) {
          for (;;) {
            char* line = nullptr;
            const int length = PQgetCopyData(connection_.get(), &line, 1);
            if (length > 0) PQfreemem(line);
            if (length < 0) break;
            if (length == 0) co_await wait_for_input(limit, {});
          }
        }
      }
      if (round == 0) {
        require_sent(PQsendQuery(connection_.get(), ""), {});
        co_await flush_out({});
      }
    }
  } catch (const std::exception& failure) {
    if (is_open()) lose(failure.what());
  }
  leave_exclusive();
}

}  // namespace bora::postgres
