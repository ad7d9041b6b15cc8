#pragma once

#include <string>

struct Order {
  int number;
  std::string customer;
  std::string item;
  double price;
};
