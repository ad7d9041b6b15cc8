#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace shop {

struct Comment {
  std::string author;
  std::string text;
};

struct Entry {
  std::int64_t id = 0;
  std::string title;
  std::vector<Comment> comments;
};

}  // namespace shop
