#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>

#include <bora/core/deadline.h>
#include <bora/core/future.h>
#include <bora/database/querier.h>

namespace bora::database {

/// The migrations that a database runs at the program's start, before any other statement. All that
/// wait for their end share the object.
class StartMigrations : public std::enable_shared_from_this<StartMigrations> {
 public:
  /// @param make  Gives a database that runs statements at once; called once.
  StartMigrations(std::string folder, std::function<std::unique_ptr<Database>()> make)
      : folder_(std::move(folder)), make_(std::move(make)) {}

  [[nodiscard]] bool is_done() const noexcept { return is_done_; }
  /// Runs them, unless that has begun, and again while the server can't be reached.
  void start();
  /// Ends when they were run.
  /// @throws Error            A step is edited or missing, or failed. This lasts until the program
  ///                          ends.
  /// @throws ConnectionError  The server can't be reached so far.
  Task<void> wait(Deadline deadline);
  void stop() noexcept;

 private:
  static Task<void> run(std::shared_ptr<StartMigrations> self);
  static Task<void> run_until_done(std::shared_ptr<StartMigrations> self);

  std::string folder_;
  std::function<std::unique_ptr<Database>()> make_;
  std::unique_ptr<Database> database_;
  Future<void> running_;  ///< one attempt
  Future<void> all_;      ///< attempts until one ends for another reason than a lost connection
  std::exception_ptr refused_;
  bool is_done_ = false;
};

}  // namespace bora::database
