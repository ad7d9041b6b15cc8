#pragma once

#include <bora/web/application.h>

#include "entries.h"

namespace app {

/// The whole site: its routes, its settings, and what its handlers share.
class Site : public bora::web::Application {
 public:
  Site();

  EntryStore entries;
};

}  // namespace app
