#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace blog {

/// HTML of a text in CommonMark. HTML in the text and links that run scripts are left out.
std::string html_of(std::string_view markdown);

/// "Café & more" as part of an address: "caf-more"; never empty.
std::string slug_of(std::string_view title);

/// "tea, C++ ,tea" → {"c++", "tea"}: small letters, each once, in order, ten at most.
std::vector<std::string> tags_of(std::string_view list);

/// The text of html_of()'s result, without tags.
std::string text_of(std::string_view html);

/// The first words of a text, for lists.
std::string beginning_of(std::string_view text, std::size_t bytes);

/// "2026-11-30" and "2026-11-30T20:15:00Z".
std::string day(std::chrono::sys_seconds time);
std::string rfc3339(std::chrono::sys_seconds time);

}  // namespace blog
