#include "templates-lang/cpp_names.h"

#include <algorithm>

#include "templates-lang/cpp_macros.h"
#include "templates-lang/cpp_scanner.h"

namespace bora::lang {

static_assert(std::ranges::is_sorted(kCppMacros));

bool is_cpp_macro(std::string_view name) {
  return name.starts_with("SYS_") || std::ranges::binary_search(kCppMacros, name);
}

bool is_cpp_word(std::string_view name) {
  return is_cpp_keyword(name) || is_cpp_macro(name);
}

bool is_reserved_for_implementation(std::string_view name) {
  const bool is_capital = name.size() > 1 && name[1] >= 'A' && name[1] <= 'Z';
  return (name.starts_with('_') && is_capital) || name.find("__") != std::string_view::npos ||
         name.starts_with("bora_") || name.starts_with("BORA_");
}

}  // namespace bora::lang
