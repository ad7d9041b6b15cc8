#pragma once

// std::function alone: in C++20 the rest of libstdc++'s <functional> is <unordered_map>, <vector>
// and half of <algorithm>.
#include <version>
#if defined(__GLIBCXX__) && __has_include(<bits/std_function.h>)
#include <bits/std_function.h>
#else
#include <functional>
#endif
