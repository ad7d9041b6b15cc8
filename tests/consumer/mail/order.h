#pragma once

#include <string>
#include <vector>

struct Item {
  std::string name;
  int count = 0;
};

struct Order {
  std::string customer;
  std::vector<Item> items;
};
