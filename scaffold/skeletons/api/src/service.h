#pragma once

#include <bora/web/application.h>

#include <string>

#include "notes.h"

namespace app {

/// The whole service: its routes, its settings, and what its handlers share.
class Service : public bora::web::Application {
 public:
  Service();

  Notes notes;
};

}  // namespace app
