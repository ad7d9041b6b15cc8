#pragma once

// Durations, points of time and clocks, for headers that need no more. The <chrono> of libstdc++
// brings calendars and, to read and write them, <sstream> with it: a sixth of the cost of
// <bora/web.h> for the compiler. Its own headers (<mutex>, <future>) include this part of it.
#include <version>
#if defined(__GLIBCXX__) && __has_include(<bits/chrono.h>)
#include <bits/chrono.h>
#else
#include <chrono>
#endif
