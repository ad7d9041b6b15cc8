#pragma once

#include <string_view>

namespace bora {

/// Three numbers; the same major version keeps its promises (before 1: the same minor one).
struct VersionInfo {
  int major;
  int minor;
  int patch;
};

inline constexpr VersionInfo version_info{0, 2, 0};
inline constexpr std::string_view version = "0.2.0";

}  // namespace bora
