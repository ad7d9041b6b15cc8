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

/// What a file is, by its first bytes: "image/png", "image/jpeg", "image/gif" or "image/webp";
/// empty: something else. Neither its name nor what the browser says of it counts. SVG is not among
/// them: it can hold scripts.
std::string picture_type(std::string_view bytes);

/// "3f9a….png", never the same again: what has a name never changes, so browsers may keep it.
std::string new_picture_name(std::string_view type);

}  // namespace blog
