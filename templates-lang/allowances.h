#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "templates-lang/source_text.h"

namespace bora::lang {

/// The warnings that a file's own comments switch off. `{# bora: allow T101 T103 #}`, in a manifest
/// `# bora: allow R052`, in C++ `// bora: allow D004`, is for the comment's line and, if the
/// comment is alone in its line, for the next one; `{# bora: allow-file T101 #}` is for the whole
/// file.
class Allowances {
 public:
  explicit Allowances(const SourceText& source);

  [[nodiscard]] bool allows(std::string_view code, std::uint32_t line) const;

 private:
  using Codes = std::set<std::string, std::less<>>;

  Codes in_file_;
  std::map<std::uint32_t, Codes> by_line_;
};

}  // namespace bora::lang
