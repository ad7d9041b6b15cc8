#include "templates-lang/whitespace.h"

#include <algorithm>
#include <cstddef>

#include "templates-lang/characters.h"

namespace bora::lang {
namespace {

void append_single(std::string& out, std::string_view blanks) {
  if (blanks.find('\n') != std::string_view::npos) {
    out += '\n';
    return;
  }
  bool follows_blank = false;
  for (char c : blanks) {
    const bool is_plain = c == ' ' || c == '\t';
    if (!is_plain) out += c;
    if (is_plain && !follows_blank) out += ' ';
    follows_blank = is_plain;
  }
}

void append_reduced(std::string& out, std::string_view text, WhitespaceMode mode) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_blank(text[end])) ++end;
    if (end == at) {
      out += text[at++];
      continue;
    }
    if (mode == WhitespaceMode::single) {
      append_single(out, text.substr(at, end - at));
    } else {
      out += ' ';
    }
    at = end;
  }
}

bool begins_with_word(std::string_view text, std::string_view word) {
  return text.size() >= word.size() &&
         std::ranges::equal(text.substr(0, word.size()), word, {}, to_lower);
}

// Whether `text` begins with the tag name `name`, and the name ends there.
bool has_tag_name(std::string_view text, std::string_view name) {
  if (!begins_with_word(text, name)) return false;
  if (text.size() == name.size()) return true;
  const char next = text[name.size()];
  return is_blank(next) || next == '>' || next == '/';
}

std::string_view opened_element(std::string_view behind_bracket) {
  for (std::string_view name : {"pre", "textarea"}) {
    if (has_tag_name(behind_bracket, name)) return name;
  }
  return {};
}

std::size_t find_end_tag(std::string_view text, std::string_view element) {
  for (std::size_t at = text.find("</"); at != std::string_view::npos;
       at = text.find("</", at + 2)) {
    if (has_tag_name(text.substr(at + 2), element)) return at;
  }
  return text.size();
}

}  // namespace

std::optional<WhitespaceMode> parse_whitespace_mode(std::string_view word) {
  if (word == "all") return WhitespaceMode::all;
  if (word == "single") return WhitespaceMode::single;
  if (word == "oneline") return WhitespaceMode::oneline;
  return std::nullopt;
}

WhitespaceMode default_whitespace_mode(std::string_view file_name) {
  const bool is_reduced = file_name.ends_with(".html") || file_name.ends_with(".js");
  return is_reduced ? WhitespaceMode::single : WhitespaceMode::all;
}

std::string WhitespaceReducer::reduce(std::string_view chunk) {
  std::string out;
  out.reserve(chunk.size());
  const auto take = [&](std::size_t end) {
    const std::string_view part = chunk.substr(0, end);
    if (mode_ == WhitespaceMode::all || !element_.empty()) {
      out += part;
    } else {
      append_reduced(out, part, mode_);
    }
    chunk.remove_prefix(end);
  };
  std::size_t look = 0;
  while (!chunk.empty()) {
    if (!element_.empty()) {
      take(find_end_tag(chunk, element_));
      if (!chunk.empty()) element_ = {};
      look = 0;
      continue;
    }
    const std::size_t bracket = std::min(chunk.find('<', look), chunk.size());
    if (bracket == chunk.size()) {
      take(bracket);
      break;
    }
    look = bracket + 1;
    const std::string_view element = opened_element(chunk.substr(look));
    if (element.empty()) continue;
    take(bracket);
    element_ = element;
  }
  return out;
}

}  // namespace bora::lang
