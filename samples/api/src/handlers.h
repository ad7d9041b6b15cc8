#pragma once

#include <cstdint>
#include <string>

#include <bora/filters.h>
#include <bora/web.h>

#include "api.h"

namespace api {

/// What all handlers have in common: every request needs a token.
class Handler : public bora::web::RequestHandler {
 public:
  /// @throws HTTPError  401
  void prepare();

 protected:
  Notes& notes() const { return static_cast<Api&>(application()).notes; }
  [[nodiscard]] const std::string& owner() const { return owner_; }

 private:
  std::string owner_;
};

class AllNotes : public Handler {
 public:
  void get();
  void post();
};

class OneNote : public Handler {
 public:
  void get(std::int64_t id);
  void put(std::int64_t id);
  void delete_(std::int64_t id);

 private:
  Note& note_at(std::int64_t id);
  void require_version(const Note& note);
};

}  // namespace api
