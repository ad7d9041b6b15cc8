#pragma once

#include <bora/sqlite.h>
#include <bora/web/application.h>

#include <string>

#include "entries.h"

namespace app {

/// The whole site: its routes, its settings, and what its handlers share.
class Site : public bora::web::Application {
 public:
  /// @param database  a file of SQLite
  /// @param debug     Bora's own error pages: the exception, and for a 404 all routes.
  explicit Site(const std::string& database, bool debug = false);

  /// Brings the tables to what they should be. To be awaited before the first request.
  bora::Task<void> migrate(std::string folder = MIGRATIONS);

 private:
  bora::sqlite::Database db_;

 public:
  EntryStore entries{db_};
};

}  // namespace app
