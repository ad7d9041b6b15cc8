#pragma once

// The comparisons of the programs that are made from the examples in docs/.

#include <cstdio>
#include <string>
#include <string_view>

#include <bora/render/compiled_template.h>

namespace bora_docs {

inline int failures = 0;
inline int checks = 0;

// Returns a text without white space at line ends, and without empty lines at both ends.
inline std::string trimmed(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
    if (!line.empty() || !result.empty()) result.append(line).push_back('\n');
  }
  result.resize(result.find_last_not_of('\n') + 1);
  return result;
}

}  // namespace bora_docs

inline void check(const char* place, std::string_view actual, std::string_view expected) {
  ++bora_docs::checks;
  const std::string is = bora_docs::trimmed(actual);
  const std::string wanted = bora_docs::trimmed(expected);
  if (is == wanted) return;
  ++bora_docs::failures;
  std::printf("%s: it prints\n%s\n--- and not\n%s\n", place, is.c_str(), wanted.c_str());
}

inline int result() {
  std::printf("%d of %d examples as shown\n", bora_docs::checks - bora_docs::failures,
              bora_docs::checks);
  return bora_docs::failures == 0 ? 0 : 1;
}
