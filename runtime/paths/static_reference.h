#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace bora::paths {

/// The argument of static_url() in parts: "icons.svg?small#arrow".
struct StaticReference {
  std::string_view path;
  std::string_view query;     ///< With its '?'; may be empty.
  std::string_view fragment;  ///< With its '#'; may be empty.
};

constexpr StaticReference split_static_reference(std::string_view argument) {
  const std::size_t hash = std::min(argument.find('#'), argument.size());
  const std::size_t mark = std::min(argument.find('?'), hash);
  return {argument.substr(0, mark), argument.substr(mark, hash - mark), argument.substr(hash)};
}

/// Reads the argument of static_url() at build time and at run time: it is the file of that very
/// name if there is one (names may contain '#' and '?'), else a path with a query and a fragment.
///
/// @param exists  Tells whether there is a file of a name; called only if that can make a
///                difference.
template <class Exists>
StaticReference read_static_reference(std::string_view argument, Exists exists) {
  const StaticReference parts = split_static_reference(argument);
  if (parts.path.size() == argument.size() || !exists(argument)) return parts;
  return {argument, {}, {}};
}

}  // namespace bora::paths
