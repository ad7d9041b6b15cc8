#include "text.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include <cmark.h>

#include <bora/core/escape.h>

namespace blog {
namespace {

constexpr std::size_t kMaxSlug = 80;
constexpr std::size_t kMaxTags = 10;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Whether a link is a path or has one of three schemes. Since this is a list of what is allowed, it
// does not matter what a browser makes of "java\nscript:".
bool leads_somewhere(std::string_view url) {
  const std::size_t end = url.find_first_of(":/?#");
  if (end == std::string_view::npos || url[end] != ':') return true;
  std::string scheme(url.substr(0, end));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(), lower);
  return scheme == "http" || scheme == "https" || scheme == "mailto";
}

std::string formatted(std::chrono::sys_seconds time, bool has_clock) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(time - days);
  char text[40];
  if (has_clock) {
    std::snprintf(text, sizeof(text), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
  } else {
    std::snprintf(text, sizeof(text), "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  }
  return text;
}

}  // namespace

std::string html_of(std::string_view markdown) {
  const std::unique_ptr<cmark_node, decltype(&cmark_node_free)> document(
      cmark_parse_document(markdown.data(), markdown.size(),
                           CMARK_OPT_VALIDATE_UTF8 | CMARK_OPT_SMART),
      &cmark_node_free);
  const std::unique_ptr<cmark_iter, decltype(&cmark_iter_free)> iterator(
      cmark_iter_new(document.get()), &cmark_iter_free);
  while (cmark_iter_next(iterator.get()) != CMARK_EVENT_DONE) {
    cmark_node* node = cmark_iter_get_node(iterator.get());
    const cmark_node_type type = cmark_node_get_type(node);
    if (type != CMARK_NODE_LINK && type != CMARK_NODE_IMAGE) continue;
    if (!leads_somewhere(cmark_node_get_url(node))) cmark_node_set_url(node, "");
  }
  // Without CMARK_OPT_UNSAFE, HTML in the text is left out.
  const std::unique_ptr<char, decltype(&std::free)> html(
      cmark_render_html(document.get(), CMARK_OPT_DEFAULT), &std::free);
  return html.get();
}

std::string slug_of(std::string_view title) {
  std::string slug;
  for (const char c : title) {
    if (is_word(lower(c))) {
      slug += lower(c);
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
    if (slug.size() == kMaxSlug) break;
  }
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return slug.empty() ? "entry" : slug;
}

std::vector<std::string> tags_of(std::string_view list) {
  std::vector<std::string> tags;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string tag(trimmed(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 1, list.size()));
    std::transform(tag.begin(), tag.end(), tag.begin(), lower);
    if (!tag.empty() && tag.find('/') == std::string::npos) tags.push_back(tag);
  }
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  if (tags.size() > kMaxTags) tags.resize(kMaxTags);
  return tags;
}

std::string text_of(std::string_view html) {
  std::string text;
  bool is_in_tag = false;
  for (const char c : html) {
    if (c == '<') is_in_tag = true;
    if (!is_in_tag) text += c == '\n' ? ' ' : c;
    if (c == '>') is_in_tag = false;
  }
  return bora::xhtml_unescape(text);
}

std::string beginning_of(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  text = text.substr(0, bytes);
  const std::size_t blank = text.rfind(' ');
  if (blank != std::string_view::npos) text = text.substr(0, blank);
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0x80) != 0)
    text.remove_suffix(1);
  return std::string(text) + " …";
}

std::string day(std::chrono::sys_seconds time) {
  return formatted(time, false);
}
std::string rfc3339(std::chrono::sys_seconds time) {
  return formatted(time, true);
}

}  // namespace blog
