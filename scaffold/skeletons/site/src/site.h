#pragma once

#include <bora/web/application.h>

#include "entries.h"

namespace app {

/// The whole site: its routes, its settings, and what its handlers share.
class Site : public bora::web::Application {
 public:
  /// @param debug  Bora's own error pages: the exception, and for a 404 all routes.
  explicit Site(bool debug = false);

  EntryStore entries;
};

}  // namespace app
