#pragma once

#include <string>

namespace bench {

struct Fortune {
  int id;
  std::string message;
};

}  // namespace bench
