#pragma once

#include "handlers/page.h"

namespace app {

/// The guestbook: all entries, and the form to add one.
class Guestbook : public Page {
 public:
  void get();
  void post();
};

}  // namespace app
