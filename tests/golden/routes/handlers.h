#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/core/task.h>
#include <bora/web/filter.h>
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

class Calendar : public bora::web::RequestHandler {
 public:
  void get(std::string_view path) { write(path); }
  bora::Task<void> propfind(std::string path) {
    co_await bora::sleep(std::chrono::milliseconds(1));
    write("found " + path);
  }
  void report(std::string_view) { write("report of " + std::string(path_args().text("path"))); }
  using SupportedMethods =
      bora::web::SupportedMethods<bora::web::Supports<"PROPFIND", &Calendar::propfind>,
                                  bora::web::Supports<"REPORT", &Calendar::report>>;
};

class Files final : public bora::web::RequestHandler {
 public:
  void get(std::string_view) {}
  void get(int, int) {}
};

class NotFound : public bora::web::RequestHandler {
 public:
  void prepare() {
    set_status(404);
    finish("nothing at " + std::string(request().path()));
  }
};

inline const std::string hall = "the hall";

class Desk : public bora::web::RequestHandler {
 public:
  struct Init {
    std::string_view db;
    int limit = 20;
    double rate = 1;
    bool strict = false;
    std::vector<std::string> names{"none"};
    std::string unused = "kept";
    const std::string* place = nullptr;
    std::string copy{};
  };
  void initialize(const Init& init) { init_ = &init; }
  const char* current_user() const { return request().query() == "user" ? "ann" : nullptr; }

  void get(std::string_view room, std::int64_t n) {
    write(room);
    write("/" + std::to_string(n) + " limit " + std::to_string(init_->limit));
    if (init_->db == std::string_view("a\0\"b", 4) && init_->strict) write(" strict");
    write(" " + init_->names.front() + " " + init_->unused);
  }
  void get(std::string_view room) {
    write(room);
    write(" limit " + std::to_string(init_->limit) + " " + init_->names.back());
    if (init_->place != nullptr) write(", " + *init_->place + ", " + init_->copy);
  }
  void post(std::string_view room, std::int64_t) { write(room); }

 private:
  const Init* init_ = nullptr;
};

inline void note(bora::web::RequestHandler& handler) { handler.set_header("X-Note", "seen"); }
inline void stop(bora::web::RequestHandler& handler) {
  if (handler.request().query() == "stop") handler.finish("stopped");
}

namespace desk {

/// An object that is called like a function; it waits.
struct Open {
  bora::Task<void> operator()(bora::web::RequestHandler& handler) const {
    co_await bora::sleep(std::chrono::milliseconds(1));
    handler.add_header("X-Note", "opened");
  }
};
inline constexpr Open open{};

/// A class that the manifest makes an object of.
class Limit {
 public:
  struct Options {
    int rate = 0;
    std::vector<std::string> names{};
  };
  explicit Limit(Options options) : options_(std::move(options)) {}
  bora::Task<void> operator()(bora::web::RequestHandler& handler, bora::web::Next next) const {
    handler.add_header("X-Limit", std::to_string(options_.rate) + options_.names.at(0));
    bora::Task<void> rest = next();
    co_await rest;
  }

 private:
  Options options_;
};

}  // namespace desk

}  // namespace shop
