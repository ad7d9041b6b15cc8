#pragma once

#include <string>
#include <vector>

// The data that the measured pages show.

namespace bench {

struct Fortune {
  int id;
  std::string message;
};

struct Team {
  std::string name;
  int score;
};

struct Link {
  std::string key;
  std::string text;
};

struct Item {
  int number;
  std::string slug;
  std::string name;
  std::string maker;
  std::string remark;
};

struct Row {
  int cells[10];
};

}  // namespace bench
