#pragma once

#include <string>
#include <string_view>

namespace bora::net {

/// The number of processors that a control group's cpu.max grants: "150000 100000" is 2, rounded
/// up. 0 means that there is no limit, or the text is malformed.
int cpus_of_quota(std::string_view cpu_max) noexcept;

/// The smallest number that the control groups of this process grant. 0 means no limit.
///
/// @param root  Where control groups are mounted: "/sys/fs/cgroup".
/// @param self  The text of /proc/self/cgroup.
int cpu_limit(const std::string& root, std::string_view self);

}  // namespace bora::net
