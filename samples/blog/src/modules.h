#pragma once

#include <string>

#include <bora/web/ui_module.h>

#include "store.h"

namespace blog {

/// An entry in a list: `{% module blog::Teaser(entry) %}`.
class Teaser : public bora::web::UIModule {
 public:
  std::string render(const Entry& entry);
};

}  // namespace blog
