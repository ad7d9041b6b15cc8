#include "templates-lang/source_text.h"

#include <algorithm>
#include <utility>

namespace bora::lang {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

SourceText::SourceText(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)) {
  line_starts_.push_back(text_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
  for (std::size_t at = text_.find('\n'); at != std::string::npos; at = text_.find('\n', at + 1)) {
    line_starts_.push_back(static_cast<std::uint32_t>(at + 1));
  }
}

Position SourceText::position(std::uint32_t offset) const {
  offset = std::max(offset, line_starts_.front());
  const auto next_line = std::ranges::upper_bound(line_starts_, offset);
  const auto line = static_cast<std::uint32_t>(next_line - line_starts_.begin());
  return {line, offset - *(next_line - 1) + 1};
}

std::string_view SourceText::line(std::uint32_t number) const {
  if (number < 1 || number > line_count()) return {};
  std::string_view rest = std::string_view(text_).substr(line_starts_[number - 1]);
  rest = rest.substr(0, rest.find('\n'));
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  return rest;
}

}  // namespace bora::lang
