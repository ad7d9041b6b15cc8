#include "runtime/net/cpu_limit.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <bora/net/process.h>

#include "tests/support/catch.h"

using bora::net::cpu_limit;
using bora::net::cpus_of_quota;

namespace {

/// A folder that looks like mounted control groups.
class ControlGroups {
 public:
  ControlGroups() { std::filesystem::create_directories(root_); }
  ~ControlGroups() { std::filesystem::remove_all(root_); }
  ControlGroups(const ControlGroups&) = delete;
  ControlGroups& operator=(const ControlGroups&) = delete;

  void set(const std::string& file, const std::string& text) const {
    const std::filesystem::path path = root_ + file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  [[nodiscard]] const std::string& root() const { return root_; }

 private:
  std::string root_ =
      (std::filesystem::temp_directory_path() / ("bora_cgroup_" + std::to_string(::getpid())))
          .string();
};

}  // namespace

TEST_CASE("cpu_count: PRC-01: at least one", "[net]") {
  CHECK(bora::net::cpu_count() >= 1);
}

TEST_CASE("cpu_count: a quota is rounded up to whole processors", "[net]") {
  CHECK(cpus_of_quota("100000 100000\n") == 1);
  CHECK(cpus_of_quota("100001 100000\n") == 2);
  CHECK(cpus_of_quota("50000 100000\n") == 1);
  CHECK(cpus_of_quota("350000 100000\n") == 4);
}

TEST_CASE("cpu_count: a text that is no quota limits nothing", "[net]") {
  for (const char* text : {"", "max 100000\n", "x", "100000", "100000 ", "100000 0", "-1 100000",
                           "0 100000", "99999999999999999999 1", "100000 x"}) {
    CAPTURE(text);
    CHECK(cpus_of_quota(text) == 0);
  }
  CHECK(cpus_of_quota("9223372036854775807 1") == 1 << 20);
}

TEST_CASE("cpu_count: the least of the groups on the way up counts", "[net]") {
  const ControlGroups groups;
  groups.set("/a/cpu.max", "200000 100000\n");
  groups.set("/a/b/cpu.max", "max 100000\n");
  groups.set("/a/b/c/cpu.max", "400000 100000\n");
  CHECK(cpu_limit(groups.root(), "0::/a/b/c\n") == 2);
  CHECK(cpu_limit(groups.root(), "0::/elsewhere\n") == 0);
  CHECK(cpu_limit(groups.root(), "0::/\n") == 0);
  groups.set("/cpu.max", "100000 100000\n");
  CHECK(cpu_limit(groups.root(), "0::/\n") == 1);
}

TEST_CASE("cpu_count: control groups of version 1", "[net]") {
  const ControlGroups groups;
  groups.set("/cpu/box/cpu.cfs_quota_us", "150000\n");
  groups.set("/cpu/box/cpu.cfs_period_us", "100000\n");
  const std::string self = "11:memory:/box\n4:cpu,cpuacct:/box\n1:name=systemd:/box\n0::/\n";
  CHECK(cpu_limit(groups.root(), self) == 2);
  groups.set("/cpu/box/cpu.cfs_quota_us", "-1\n");
  CHECK(cpu_limit(groups.root(), self) == 0);
  CHECK(cpu_limit(groups.root(), "nonsense\n:\n::\n4:cpu\n") == 0);
}
