#pragma once

#include <string_view>

namespace bora {

/// A version. Programs that work with one version work with later ones of the same major number
/// (before 1, of the same minor number).
struct VersionInfo {
  int major;
  int minor;
  int patch;
};

inline constexpr VersionInfo version_info{0, 2, 0};
inline constexpr std::string_view version = "0.2.0";

}  // namespace bora
