#include "pictures.h"

#include <cstdio>
#include <random>

namespace blog {

std::string picture_type(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return "image/png";
  if (bytes.starts_with("\xff\xd8\xff")) return "image/jpeg";
  if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a")) return "image/gif";
  if (bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP")) return "image/webp";
  return {};
}

std::string new_picture_name(std::string_view type) {
  std::random_device random;
  char name[33];
  std::snprintf(name, sizeof(name), "%08x%08x%08x%08x", random(), random(), random(), random());
  return std::string(name) + "." + std::string(type.substr(type.find('/') + 1));
}

}  // namespace blog
