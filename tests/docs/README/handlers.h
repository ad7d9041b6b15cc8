#pragma once

#include <cstdint>
#include <string>

#include <bora/web.h>

#include "models.h"

namespace shop {

class Entries {
 public:
  Entry* find(std::int64_t id) { return id == entry_.id ? &entry_ : nullptr; }

 private:
  Entry entry_{7, "Oars", {}};
};

inline Entries& entries() {
  static Entries all;
  return all;
}

inline bora::Task<void> save_comment(std::int64_t id, std::string text) {
  if (Entry* const entry = entries().find(id)) entry->comments.push_back({"Ada", std::move(text)});
  co_return;
}

class Home : public bora::web::RequestHandler {
 public:
  void get() { write("home"); }
};

class ShowEntry : public bora::web::RequestHandler {
 public:
  void get(std::int64_t id);
};

class AddComment : public bora::web::RequestHandler {
 public:
  bora::Task<void> post(std::int64_t id);
};

}  // namespace shop

using namespace shop;
