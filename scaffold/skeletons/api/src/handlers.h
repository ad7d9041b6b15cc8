#pragma once

#include <bora/filters.h>
#include <bora/web.h>

#include <cstdint>

#include "service.h"

namespace app {

/// What all handlers have in common.
class Handler : public bora::web::RequestHandler {
 protected:
  [[nodiscard]] Service& service() const { return static_cast<Service&>(application()); }
};

class AllNotes : public Handler {
 public:
  Task<void> get();
  Task<void> post();
};

class OneNote : public Handler {
 public:
  Task<void> get(std::int64_t id);
  Task<void> put(std::int64_t id);
  Task<void> delete_(std::int64_t id);

 private:
  /// @throws HTTPError  404
  Task<Note> note_at(std::int64_t id);
  /// @throws HTTPError  428, 412
  void require_version(const Note& note);
};

}  // namespace app
