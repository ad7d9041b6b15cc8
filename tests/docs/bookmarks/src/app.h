#pragma once

#include <functional>
#include <string>

#include <bora/core/periodic_callback.h>
#include <bora/web.h>

#include "store.h"

namespace bookmarks {

/// Tells whether a page exists.
using Probe = std::function<bora::Task<bool>(std::string url)>;

/// The application and its work in the background.
class App {
 public:
  /// @param database  ":memory:" for one that ends with the object.
  App(const std::string& database, bora::web::Settings settings, Probe probe);

  bora::web::Application& application() { return application_; }
  /// Checks all bookmarks and marks dead ones. This also happens once an hour.
  bora::Task<void> find_dead_links();

 private:
  Probe probe_;
  bora::web::Application application_;
  bora::PeriodicCallback hourly_;
};

}  // namespace bookmarks
