#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <bora/web/request_handler.h>

namespace shop {

class ApiUsers : public bora::web::RequestHandler {
 public:
  void get(std::string_view tenant, std::int64_t id) {
    write(tenant);
    write(" has user " + std::to_string(id));
  }
};

class ApiHome : public bora::web::RequestHandler {
 public:
  void get(std::string_view tenant) {
    write("home of ");
    write(tenant);
  }
  void get() { write("www"); }
};

}  // namespace shop
