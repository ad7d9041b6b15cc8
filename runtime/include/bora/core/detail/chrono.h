#pragma once

// Durations, points of time and clocks, for headers that need no more. The <chrono> of libstdc++
// brings calendars and, for their reading and writing, <sstream> with it: a sixth of what
// <bora/web.h> would cost the compiler. Its own headers (<mutex>, <future>) include this part of it.
#include <version>
#if defined(__GLIBCXX__) && __has_include(<bits/chrono.h>)
#include <bits/chrono.h>
#else
#include <chrono>
#endif
