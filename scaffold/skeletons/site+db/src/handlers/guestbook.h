#pragma once

#include "handlers/page.h"

namespace app {

struct EntryForm;

/// The guestbook: all entries, and the form to add one.
class Guestbook : public Page {
 public:
  bora::Task<void> get();
  bora::Task<void> post();

 private:
  bora::Task<void> show(EntryForm form);
};

}  // namespace app
