#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace blog {

struct Picture {
  std::string type;  ///< "image/png"
  std::vector<std::byte> bytes;
};

inline constexpr std::size_t kMaxPicture = 2'000'000;

/// Returns the type of a file by its first bytes: "image/png", "image/jpeg", "image/gif" or
/// "image/webp"; empty for all others. Its name and what the browser says about it do not count.
/// SVG is not allowed, since it can contain scripts.
std::string picture_type(std::string_view bytes);

/// Returns a new name, "3f9a….png", which is never used again: the picture of a name never changes,
/// so browsers may keep it.
std::string new_picture_name(std::string_view type);

}  // namespace blog
