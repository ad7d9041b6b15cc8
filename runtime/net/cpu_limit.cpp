#include "runtime/net/cpu_limit.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <iterator>

namespace bora::net {
namespace {

std::string read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool take_number(std::string_view& text, std::int64_t& number) noexcept {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

int fewer(int limit, int other) noexcept {
  return limit == 0 || (other != 0 && other < limit) ? other : limit;
}

/// Its own limit and those of the groups around it.
template <class LimitOf>
int least_on_the_way_up(std::string group, const LimitOf& limit_of) {
  int limit = 0;
  for (;;) {
    limit = fewer(limit, limit_of(group));
    const std::size_t slash = group.rfind('/');
    if (slash == std::string::npos) return limit;
    group.resize(slash);
  }
}

}  // namespace

int cpus_of_quota(std::string_view cpu_max) noexcept {
  std::int64_t quota = 0;
  std::int64_t period = 0;
  if (!take_number(cpu_max, quota) || quota <= 0 || cpu_max.empty()) return 0;
  cpu_max.remove_prefix(1);
  if (!take_number(cpu_max, period) || period <= 0) return 0;
  constexpr std::int64_t kMost = 1 << 20;
  return static_cast<int>(std::min(kMost, quota / period + (quota % period != 0 ? 1 : 0)));
}

// Lines of cgroups(7): "0::/group" for version 2; "4:cpu,cpuacct:/group" for version 1.
int cpu_limit(const std::string& root, std::string_view self) {
  int limit = 0;
  while (!self.empty()) {
    const std::string_view line = self.substr(0, self.find('\n'));
    self.remove_prefix(std::min(line.size() + 1, self.size()));
    const std::size_t names = line.find(':');
    const std::size_t path = names == line.npos ? line.npos : line.find(':', names + 1);
    if (path == line.npos) continue;
    const std::string controllers =
        "," + std::string(line.substr(names + 1, path - names - 1)) + ",";
    std::string group(line.substr(path + 1));
    if (group == "/") group.clear();
    if (controllers == ",,") {
      limit = fewer(limit, least_on_the_way_up(group, [&root](const std::string& at) {
                      return cpus_of_quota(read(root + at + "/cpu.max"));
                    }));
    } else if (controllers.find(",cpu,") != std::string::npos) {
      limit = fewer(limit, least_on_the_way_up(group, [&root](const std::string& at) {
                      const std::string folder = root + "/cpu" + at;
                      std::string quota = read(folder + "/cpu.cfs_quota_us");
                      quota.erase(std::min(quota.find('\n'), quota.size()));
                      return cpus_of_quota(quota + " " + read(folder + "/cpu.cfs_period_us"));
                    }));
    }
  }
  return limit;
}

}  // namespace bora::net
