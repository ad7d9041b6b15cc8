#pragma once

#include <string>

/// An empty database, in memory.
inline std::string test_database() { return ":memory:"; }
