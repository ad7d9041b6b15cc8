#include "templates-lang/allowances.h"

#include <algorithm>

#include "templates-lang/characters.h"

namespace bora::lang {
namespace {

constexpr std::string_view kMark = "bora: allow";
constexpr std::string_view kOpeners[] = {"{# ", "# ", "// "};
constexpr std::string_view kWholeFile = "-file";

constexpr std::size_t kMaxComment = 400;  // the longest comment that is read, so that one endless
                                          // line takes linear time

/// Returns the words of a text.
std::set<std::string, std::less<>> words(std::string_view text) {
  std::set<std::string, std::less<>> codes;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_word_byte(text[end])) ++end;
    if (end > at) codes.emplace(text.substr(at, end - at));
    at = std::max(end, at + 1);
  }
  return codes;
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

/// Returns the opener of a comment with which `text` ends; empty if there is none.
std::string_view opener_before(std::string_view text) {
  for (const std::string_view opener : kOpeners) {
    if (text.ends_with(opener)) return opener;
  }
  return {};
}

/// Whether there are only blanks beside text[begin, end) on its lines.
bool is_alone(std::string_view text, std::size_t begin, std::size_t end) {
  while (begin > 0 && is_space(text[begin - 1])) --begin;
  while (end < text.size() && is_space(text[end])) ++end;
  return (begin == 0 || text[begin - 1] == '\n') && (end == text.size() || text[end] == '\n');
}

}  // namespace

Allowances::Allowances(const SourceText& source) {
  const std::string_view text = source.text();
  for (std::size_t at = text.find(kMark); at != std::string_view::npos;
       at = text.find(kMark, at + 1)) {
    const std::string_view opener = opener_before(text.substr(0, at));
    if (opener.empty()) continue;
    const bool is_template = opener.front() == '{';
    const std::string_view rest = text.substr(at, kMaxComment);
    const std::string_view comment = rest.substr(0, rest.find(is_template ? "#}" : "\n", 1));
    const std::string_view behind = comment.substr(kMark.size());
    if (behind.starts_with(kWholeFile)) {
      in_file_.merge(words(behind.substr(kWholeFile.size())));
      continue;
    }
    const Codes codes = words(behind);
    const std::uint32_t line = source.position(static_cast<std::uint32_t>(at)).line;
    by_line_[line].insert(codes.begin(), codes.end());
    const std::size_t begin = at - opener.size();
    const std::size_t end = at + comment.size() + (is_template ? 2 : 0);
    if (is_alone(text, begin, std::min(end, text.size())))
      by_line_[line + 1].insert(codes.begin(), codes.end());
  }
}

bool Allowances::allows(std::string_view code, std::uint32_t line) const {
  if (in_file_.contains(code)) return true;
  const auto found = by_line_.find(line);
  return found != by_line_.end() && found->second.contains(code);
}

}  // namespace bora::lang
