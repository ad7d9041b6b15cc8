#pragma once

#include "handlers/page.h"

namespace app {

/// The front page, with the latest entries.
class Home : public Page {
 public:
  bora::Task<void> get();
};

}  // namespace app
