#pragma once

#include <string>

#include <bora/json.h>

/// What is kept about a visitor who has signed in.
struct Visit {
  std::string name;
  std::string provider;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Visit, name, provider)

/// A session, as its owner sees it in the list.
struct SessionLine {
  std::string key;
  std::string begun;
  std::string seen;
  bool is_this = false;
};
