#include "compiler/routes/cpp_names.h"

#include <algorithm>

#include "runtime/text/characters.h"
#include "templates-lang/characters.h"
#include "templates-lang/cpp_names.h"

namespace bora::compiler {
namespace {}  // namespace

bool is_plain_identifier(std::string_view text) {
  return !text.empty() && !lang::is_digit(text.front()) && std::ranges::all_of(text, text::is_word);
}

bool is_reserved_name(std::string_view identifier) {
  return lang::is_unusable_name(identifier) || identifier.starts_with('_');
}

bool is_qualified_name(std::string_view text) {
  if (text.starts_with("::")) text.remove_prefix(2);
  while (true) {
    const std::size_t colons = text.find("::");
    const std::string_view part = text.substr(0, colons);
    if (!is_plain_identifier(part) || lang::is_unusable_name(part)) return false;
    if (colons == std::string_view::npos) return true;
    text.remove_prefix(colons + 2);
  }
}

std::string as_identifier(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const char kept = text::is_word(c) ? c : '_';
    if (kept != '_' || (!result.empty() && result.back() != '_')) result += kept;
  }
  if (result.empty() || lang::is_digit(result.front())) result.insert(0, "route_");
  if (result.ends_with('_')) result.pop_back();
  if (lang::is_cpp_word(result)) result += '_';
  return result;
}

}  // namespace bora::compiler
