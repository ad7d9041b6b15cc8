#pragma once

#include <functional>
#include <string>

#include <bora/core/periodic_callback.h>
#include <bora/web.h>

#include "store.h"

namespace bookmarks {

/// Says whether a page is there.
using Probe = std::function<bora::Task<bool>(std::string url)>;

/// The application and what it does in the background.
class App {
 public:
  /// @param database  ":memory:" for one that is gone with the object.
  App(const std::string& database, bora::web::Settings settings, Probe probe);

  bora::web::Application& application() { return application_; }
  /// Looks at all bookmarks and marks those that are dead; once an hour by itself.
  bora::Task<void> find_dead_links();

 private:
  Probe probe_;
  bora::web::Application application_;
  bora::PeriodicCallback hourly_;
};

}  // namespace bookmarks
