#include "runtime/database/start_migrations.h"

#include <chrono>

#include <bora/core/gen.h>
#include <bora/core/log.h>
#include <bora/core/quiet_exceptions.h>
#include <bora/database/migrations.h>

namespace bora::database {

using namespace std::chrono_literals;

Task<void> StartMigrations::run(std::shared_ptr<StartMigrations> self) {
  std::exception_ptr refused;
  try {
    if (self->database_ == nullptr) self->database_ = self->make_();
    static_cast<void>(co_await migrate(*self->database_, self->folder_));
    self->is_done_ = true;
  } catch (const ConnectionError&) {
    throw;
  } catch (const Error& failure) {
    gen_log.error("migrations: ", failure.what());
    refused = std::current_exception();
  } catch (...) {
    self->database_.reset();
    throw;
  }
  self->database_.reset();  // it is not needed any more
  if (!refused) co_return;
  self->refused_ = refused;
  std::rethrow_exception(refused);
}

Task<void> StartMigrations::run_until_done(std::shared_ptr<StartMigrations> self) {
  for (;;) {
    bool is_lost = false;
    try {
      co_await self->wait({});
    } catch (const ConnectionError&) {
      is_lost = true;
    } catch (const TimeoutError&) {
      is_lost = true;
    } catch (const Error&) {
      // The failure is in the log, and callers that wait get it.
    }
    if (!is_lost) co_return;
    co_await sleep(500ms);
  }
}

void StartMigrations::start() {
  all_ = spawn(run_until_done(shared_from_this()));
  all_.set_quiet(quiet_exceptions<BrokenPromiseError>);  // the loop may end meanwhile
}

void StartMigrations::stop() noexcept {
  if (all_.is_valid() && !all_.done()) all_.cancel();
  if (running_.is_valid() && !running_.done()) {
    running_.cancel();  // it then destroys the database
  } else {
    database_.reset();
  }
}

Task<void> StartMigrations::wait(Deadline deadline) {
  const std::shared_ptr<StartMigrations> self = shared_from_this();
  if (is_done_) co_return;
  if (refused_) std::rethrow_exception(refused_);
  if (!running_.is_valid() || running_.done()) {
    running_ = spawn(run(self));
    running_.set_quiet(quiet_exceptions<BrokenPromiseError>);
  }
  const Future<void> running = running_;
  const bool has_ended = co_await running.end(deadline);
  if (!has_ended) throw TimeoutError("the migrations took longer than the statement's deadline");
  running.result();
}

}  // namespace bora::database
