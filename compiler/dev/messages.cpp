#include "compiler/dev/messages.h"

#include <charconv>
#include <cstddef>
#include <system_error>

namespace bora::compiler {

std::vector<std::string> fields_of(std::string_view body) {
  std::vector<std::string> fields;
  while (!body.empty()) {
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), size);
    const auto prefix = static_cast<std::size_t>(end - body.data());
    if (error != std::errc() || prefix >= body.size() || body[prefix] != ':' ||
        body.size() - prefix - 1 < size)
      return {};
    fields.emplace_back(body.substr(prefix + 1, size));
    body.remove_prefix(prefix + 1 + size);
  }
  return fields;
}

bool take_message(std::string& input, std::string& word, std::string& body) {
  const std::size_t end = input.find('\n');
  if (end == std::string::npos) return false;
  const std::size_t blank = input.find(' ');
  std::size_t size = 0;
  bool is_well_formed = blank < end && blank + 1 < end;
  if (is_well_formed) {
    const char* const stop = input.data() + end;
    is_well_formed = std::from_chars(input.data() + (blank + 1), stop, size).ptr == stop;
  }
  if (!is_well_formed) {
    input.clear();
    return false;
  }
  if (input.size() - end - 1 < size) return false;
  word = input.substr(0, blank);
  body = input.substr(end + 1, size);
  input.erase(0, end + 1 + size);
  return true;
}

}  // namespace bora::compiler
