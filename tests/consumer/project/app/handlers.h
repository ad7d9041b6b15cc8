#pragma once

#include <bora/web/request_handler.h>

namespace consumer {

class First : public bora::web::RequestHandler {
 public:
  void get();
};

}  // namespace consumer
