#pragma once

namespace dashboard {

struct Chart {
  const char* name;  ///< the name of a member of Figures
  const char* title;
  const char* unit;
};

/// The charts of the page, in order.
inline constexpr Chart kCharts[] = {
    {"cpu", "Processor", "%"},
    {"memory", "Memory", "MiB"},
    {"requests", "Requests", "per second"},
    {"lateness", "Loop is late by", "ms"},
};

}  // namespace dashboard
