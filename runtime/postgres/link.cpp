#include "runtime/postgres/link.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

#include <bora/core/assert.h>
#include <bora/core/executor.h>
#include <bora/core/log.h>
#include <bora/core/quiet_exceptions.h>

#include "runtime/postgres/attempt.h"

namespace bora::postgres {

using database::ConnectionError;
using database::Parameter;
using database::Parameters;
using database::Rows;
using database::Statement;

namespace {

/// How long a server may take to notice that a statement was cancelled.
constexpr std::chrono::seconds kCancelLimit{10};

/// Rounds up to two digits, so that the same duration gives the same number again.
std::int64_t rounded_up(std::int64_t milliseconds) {
  std::int64_t unit = 1;
  while (milliseconds / unit >= 100) unit *= 10;
  return (milliseconds + unit - 1) / unit * unit;
}

}  // namespace

Link::Arguments::Arguments(const Parameters& parameters, const std::source_location& where) {
  if (parameters.size() > 65'535) {
    throw database::Error(
        "a statement has at most 65,535 parameters, not " + std::to_string(parameters.size()), {},
        where);
  }
  if (parameters.size() > kFew) make_room(parameters.size());
  for (const Parameter& parameter : parameters) add(parameter, where);
}

void Link::Arguments::make_room(std::size_t count) {
  many_values_.resize(count);
  many_lengths_.resize(count);
  many_formats_.resize(count);
  many_numbers_.resize(count);
  values_ = many_values_.data();
  lengths_ = many_lengths_.data();
  formats_ = many_formats_.data();
  numbers_ = many_numbers_.data();
}

void Link::Arguments::add(const Parameter& parameter, const std::source_location& where) {
  const std::size_t i = count_++;
  formats_[i] = parameter.kind == Parameter::Kind::bytes ? 1 : 0;
  switch (parameter.kind) {
    case Parameter::Kind::null:
      values_[i] = nullptr;
      lengths_[i] = 0;
      return;
    case Parameter::Kind::integer: {
      Number& number = numbers_[i];
      char* const end =
          std::to_chars(number.data(), number.data() + number.size() - 1, parameter.integer).ptr;
      *end = '\0';
      values_[i] = number.data();
      lengths_[i] = static_cast<int>(end - number.data());
      return;
    }
    case Parameter::Kind::boolean:
    case Parameter::Kind::real: {
      const std::string text = parameter.to_text();
      BORA_ASSERT(text.size() < numbers_[i].size());
      std::ranges::copy(text, numbers_[i].begin());
      numbers_[i][text.size()] = '\0';
      values_[i] = numbers_[i].data();
      lengths_[i] = static_cast<int>(text.size());
      return;
    }
    case Parameter::Kind::text:
    case Parameter::Kind::array:
      if (parameter.text.find('\0') != std::string::npos) {
        // libpq would send only the part before it.
        throw database::Error("a text with a NUL in it can't be a parameter", {.code = "22021"},
                              where);
      }
      break;
    case Parameter::Kind::bytes:
      break;
  }
  values_[i] = parameter.text.c_str();
  lengths_[i] = static_cast<int>(parameter.text.size());
}

Link::Link(ConnectionPtr connection, const ConnectOptions& options)
    : made_at(IOLoop::current().clock().coarse()),
      used_at(made_at),
      loop_(IOLoop::current()),
      connection_(std::move(connection)),
      options_(options),
      is_tls_(PQsslInUse(connection_.get()) != 0),
      server_timeout_(options.statement_timeout.count()) {
  const auto on_event = [this](ReadyWait::Event event) { handle(event); };
  wait_.emplace(loop_, PQsocket(connection_.get()), on_event);
  wait_->wait_for_input();
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
  // The statement was cancelled, and not by us: after a cancellation of ours nobody waits for the
  // answer.
  if (code_of(result) == "57014" &&
      (statement.deadline().is_set() || options_.statement_timeout.count() > 0)) {
    throw TimeoutError("the statement took longer than its time limit at the server");
  }
  throw_failure(result, statement.where());
}

// Input.

void Link::handle(ReadyWait::Event event) {
  const std::shared_ptr<Link> self = weak_from_this().lock();
  if (self == nullptr || !is_open()) return;
  if (event == ReadyWait::Event::input) {
    if (!wants_input_) return;
    const std::uint64_t before = finished_;
    take_input();
    if (is_open() && wants_input_) wait_for_more(finished_ != before);
  } else if (is_exclusive_) {
    input_.notify_all();
  } else {
    flush();
  }
}

/// libpq does not tell whether it has read everything. After the answer to all that was sent it
/// has, unless the server ends the connection or sends something unasked: both may then be one
/// event. A connection that ends right after an answer is noticed by the next sending; see
/// end_entry().
void Link::wait_for_more(bool has_answered) {
  if (has_answered && entries_.empty() && !is_tls_ && !on_notify) {
    wait_->wait_for_more();
  } else {
    wait_->wait_for_input();
  }
}

void Link::take_input() {
  consume();
  // libpq may have read only the first half of a TLS record, while the socket has no more bytes.
  if (is_tls_ && is_open() && PQisBusy(connection_.get()) != 0) consume();
}

void Link::consume() {
  if (PQconsumeInput(connection_.get()) == 0) {
    // The server's last message may still be there: why it ends the connection.
    if (!is_exclusive_) take_results();
    if (is_open()) lose(PQerrorMessage(connection_.get()));
    return;
  }
  if (is_exclusive_) {
    // It reads no more than is asked for: see wait_for_input().
    want_input(false);
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
      return;  // the first failure is known already
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
      // COPY can't be in a pipeline: the server waits for data that libpq does not send.
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
    server_timeout_ = -1;  // a setting that was made in the transaction is undone
  }
  // Without this call, libpq says that the connection is active.
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
  wait_.reset();
  connection_.reset();
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

// Output.

void Link::want_input(bool is_wanted) {
  if (std::exchange(wants_input_, is_wanted) == is_wanted) return;
  if (is_wanted) wait_->wait_for_input();
}

void Link::flush() {
  const int rest = PQflush(connection_.get());
  if (rest < 0) return take_input();  // it finds out why
  if (rest > 0) wait_->wait_for_output();
}

void Link::require_sent(int is_sent, const std::source_location& where) {
  if (is_sent != 0) return;
  // Half an entry may have been sent: the connection can't go on.
  lose(PQerrorMessage(connection_.get()));
  throw_lost(where);
}

Link::Entry& Link::begin_entry(const Statement& statement) {
  if (!is_open()) throw_lost(statement.where());
  set_server_timeout(statement);
  return entries_.emplace_back();
}

void Link::end_entry() {
  errno = 0;
  require_sent(PQpipelineSync(connection_.get()), {});
  flush();
  // libpq does not report a failed send before it reads. It can't read here, because the entry has
  // no answer yet.
  if (errno == 0 || !is_open()) return;
  loop_.add_callback([self = weak_from_this()] {
    const std::shared_ptr<Link> link = self.lock();
    if (link != nullptr && link->is_open() && !link->is_exclusive_) link->take_input();
  });
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
  // This is an entry of its own: in a failed transaction it is refused, and ROLLBACK must not be.
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
  const int format = statement.is_binary() ? 1 : 0;
  int is_sent = 0;
  if (name != nullptr) {
    is_sent =
        PQsendQueryPrepared(connection_.get(), name->c_str(), arguments.count(), arguments.values(),
                            arguments.lengths(), arguments.formats(), format);
  } else {
    is_sent =
        PQsendQueryParams(connection_.get(), statement.text().c_str(), arguments.count(), nullptr,
                          arguments.values(), arguments.lengths(), arguments.formats(), format);
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

Link::Entry& Link::Attempt::send(Attempt& attempt, const Arguments& arguments) {
  Link& link = attempt.link_;
  const Statement& statement = attempt.statement_;
  if (!link.is_open()) link.throw_lost(statement.where());
  attempt.was_idle_ = PQtransactionStatus(link.connection_.get()) == PQTRANS_IDLE;
  Entry& entry = link.begin_entry(statement);
  const std::string* const name = link.prepared_name(entry, statement);
  attempt.is_prepared_ = name != nullptr;
  link.send_one(name, statement, arguments);
  link.end_entry();
  if (!link.is_open()) link.throw_lost(statement.where());
  return entry;
}

Link::Attempt::Attempt(Link& link, const Statement& statement, const Arguments& arguments,
                       const Deadline& deadline)
    : link_(link), statement_(statement), answer(link, send(*this, arguments), deadline) {}

std::optional<Rows> Link::Attempt::rows_of(Sent sent, bool may_repeat) {
  if (sent.failure == nullptr) {
    if (sent.is_lost) link_.throw_lost(statement_.where());
    return Rows(std::make_shared<const Result>(std::move(sent.result), sent.affected));
  }
  // The prepared statement is out of date after a change of its table, or was never made (the first
  // of several statements with the same text was refused). Preparing it again works or tells why.
  const std::string code = code_of(sent.failure.get());
  const bool is_outdated = code == "26000" || (code == "0A000" && was_idle_);
  if (!may_repeat || !is_prepared_ || !is_outdated) {
    link_.throw_failure_of(sent.failure.get(), statement_);
  }
  link_.forget_prepared(statement_.text());
  return std::nullopt;
}

Task<Rows> Link::run(Statement statement, Parameters parameters) {
  const std::shared_ptr<Link> self = shared_from_this();
  const Deadline deadline = begun(statement.deadline());
  const Arguments arguments(parameters, statement.where());
  for (bool is_first = true;; is_first = false) {
    if (!is_ready()) co_await wait_until_ready(deadline);
    Attempt attempt(*this, statement, arguments, deadline);
    Sent sent = co_await attempt.answer;
    std::optional<Rows> rows = attempt.rows_of(std::move(sent), is_first);
    if (rows) co_return std::move(*rows);
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
    std::string problem;
    try {
      Statement rollback = Statement("rollback").within(kCancelLimit).unprepared();
      co_await run(std::move(rollback), Parameters());
    } catch (const std::exception& failure) {
      problem = failure.what();
    }
    if (problem.empty() || !is_open()) co_return;  // the end of a connection ends its transaction
    gen_log.warning("postgres: a transaction could not be rolled back: ", problem);
    lose("its transaction could not be rolled back");
  }
}

// Cancelling.

void Link::abandon() noexcept {
  if (!is_open() || is_cancelling_ || entries_.empty()) return;
  for (const Entry& entry : entries_) {
    if (entry.answer != nullptr) return;  // somebody waits, so it takes the time that it takes
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
  asking.set_quiet(quiet_exceptions<BrokenPromiseError>);  // the loop may end meanwhile
  co_await asking;
}

Task<void> Link::cancel() {
  const std::shared_ptr<Link> self = shared_from_this();
  const Deadline limit = begun(kCancelLimit);
  std::chrono::milliseconds patience{100};
  bool is_asked = false;
  while (is_open() && !entries_.empty()) {
    const std::uint64_t before = finished_;
    co_await request_cancel();
    is_asked = true;
    // The server ignores a request that arrives between two messages of a statement, so it is
    // repeated.
    const Deadline again = begun(patience);
    patience = std::min<std::chrono::milliseconds>(patience * 2, std::chrono::seconds(2));
    bool is_told = true;
    while (is_told && is_open() && finished_ == before && !entries_.empty()) {
      is_told = co_await progress_.wait(again);
    }
    if (is_open() && !is_told && limit.time_left(loop_.clock()) == std::chrono::nanoseconds(0)) {
      lose("a statement that was cancelled did not end");
    }
  }
  if (is_open() && is_asked) {
    // A request that arrives late has no effect: when this empty entry is answered, the request was
    // handled.
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
  // The connection may have ended right after the last answer: see wait_for_more().
  if (is_open()) take_input();
  if (!is_open()) throw_lost({});
  if (PQexitPipelineMode(connection_.get()) != 1) {
    lose(PQerrorMessage(connection_.get()));
    throw_lost({});
  }
  is_exclusive_ = true;
  want_input(false);
}

void Link::leave_exclusive() {
  if (is_open() && PQenterPipelineMode(connection_.get()) != 1) {
    lose(PQerrorMessage(connection_.get()));
  }
  is_exclusive_ = false;
  if (is_open()) {
    want_input(true);
    take_notifications();
  }
  ready_.notify_all();
}

Task<void> Link::wait_for_input(Deadline deadline, const std::source_location& where) {
  if (!is_open()) throw_lost(where);
  want_input(true);
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
    if (rest == 0) co_return;
    // A server that must send before it goes on reading is read from meanwhile.
    want_input(true);
    wait_->wait_for_output();
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
    // Reads the rest of what was under way, and then an empty statement, which a late request would
    // cancel.
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
