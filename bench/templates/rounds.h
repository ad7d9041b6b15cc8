#pragma once

#include <time.h>

#include <algorithm>
#include <vector>

// Measures two functions beside each other.

namespace bench {

inline double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Returns the time of one call.
template <class Function>
double round_of(const Function& function, long calls) {
  const double begin = cpu_seconds();
  for (long i = 0; i < calls; ++i) function();
  return (cpu_seconds() - begin) / static_cast<double>(calls);
}

template <class Function>
long calls_of_a_round(const Function& function) {
  constexpr double round_seconds = 0.004;
  long calls = 1;
  while (round_of(function, calls) * static_cast<double>(calls) < round_seconds) calls *= 2;
  return calls;
}

inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct Comparison {
  double first;  ///< seconds for a call
  double second;
  double ratio;  ///< the time of the second one divided by that of the first
};

/// The functions take turns; all three figures are medians over the rounds.
template <class First, class Second>
Comparison compare(const First& first, const Second& second) {
  constexpr int rounds = 101;
  const long first_calls = calls_of_a_round(first);
  const long second_calls = calls_of_a_round(second);
  std::vector<double> first_times;
  std::vector<double> second_times;
  std::vector<double> ratios;
  for (int round = 0; round < rounds; ++round) {
    first_times.push_back(round_of(first, first_calls));
    second_times.push_back(round_of(second, second_calls));
    ratios.push_back(second_times.back() / first_times.back());
  }
  return {median(first_times), median(second_times), median(ratios)};
}

}  // namespace bench
