#pragma once

#include <string>
#include <vector>

// What the measured pages show.

namespace bench {

struct Fortune {
  int id;
  std::string message;
};

struct User {
  std::string name;
  std::string role;
  int posts;
};

struct Row {
  int cells[10];
};

}  // namespace bench
