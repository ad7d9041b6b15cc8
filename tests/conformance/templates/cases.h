#pragma once

#include <string>
#include <vector>

#include <bora/web.h>

namespace conformance {

struct Case {
  std::string name;
  /// Renders the case's page.
  void (*run)(bora::web::RequestHandler& handler);
};

/// conformance.py generates them from the files in cases/.
const std::vector<Case>& cases();

}  // namespace conformance
