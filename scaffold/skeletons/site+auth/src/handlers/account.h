#pragma once

#include <string>

#include "handlers/page.h"

namespace app {

/// Makes an account.
class Join : public Page {
 public:
  void get();
  bora::Task<void> post();

 private:
  void show(const std::string& email, const std::string& problem);
};

class Login : public Page {
 public:
  void get();
  bora::Task<void> post();

 private:
  void show(const std::string& email, const std::string& problem);
};

class Logout : public Page {
 public:
  void post();
};

}  // namespace app
