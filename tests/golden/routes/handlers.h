#pragma once

#include <cstdint>
#include <string_view>

#include <bora/core/task.h>
#include <bora/web/request_handler.h>

namespace shop {

class Home : public bora::web::RequestHandler {
 public:
  void prepare() {}
  void get() {}
  void post() {}
};

namespace blog {

class Entry : public bora::web::RequestHandler {
 public:
  void initialize() {}
  bora::Task<void> get(std::string_view slug);
};

}  // namespace blog

class UserPost : public bora::web::RequestHandler {
 public:
  void get(std::int64_t, std::int64_t) {}
  bora::Task<void> post(const std::int64_t& id, std::int64_t n);
  void delete_(std::int64_t, std::int64_t) {}
};

class UserPut : public bora::web::RequestHandler {
 public:
  void put(std::int64_t, std::int64_t) {}
};

class Files final : public bora::web::RequestHandler {
 public:
  void get(std::string_view) {}
  void get(int, int) {}
};

}  // namespace shop
