#pragma once

#include <bora/web/request_handler.h>

#include <exception>

namespace app {

class Site;

/// What every page of the site has in common.
class Page : public bora::web::RequestHandler {
 public:
  Site& site() const;
  void write_error(int status, std::exception_ptr error) override;
};

/// Answers requests for addresses without a route.
class NotFound : public Page {
 public:
  void prepare() { throw bora::web::HTTPError(404); }
};

}  // namespace app
