#pragma once

#include <map>
#include <string>

#include <bora/web/application.h>

#include "notes.h"

namespace api {

/// The service: its routes and settings, and what its handlers share.
class Api : public bora::web::Application {
 public:
  /// @param tokens  From tokens to their owners, who may use the service.
  explicit Api(std::map<std::string, std::string> tokens);

  Notes notes;
  const std::map<std::string, std::string> tokens;
};

}  // namespace api
