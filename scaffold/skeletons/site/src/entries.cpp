#include "entries.h"

#include <algorithm>
#include <ctime>
#include <utility>

namespace app {
namespace {

// In UTF-8 every byte that does not begin with the bits 10 begins a character.
bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

// Browsers send a line end as CR LF, but count it as one character.
bool counts(char c) { return begins_character(c) && c != '\r'; }

std::string problem_of(std::string_view text, std::string_view what, std::size_t max) {
  if (text.empty()) return "Please enter " + std::string(what) + ".";
  const auto count = std::count_if(text.begin(), text.end(), counts);
  if (static_cast<std::size_t>(count) > max) {
    return "Please use at most " + std::to_string(max) + " characters.";
  }
  return {};
}

}  // namespace

std::string_view Entry::initial() const {
  if (name.empty()) return {};
  const auto end = std::find_if(name.begin() + 1, name.end(), begins_character);
  return {name.begin(), end};
}

bool EntryForm::check() {
  name_problem = problem_of(name, "your name", kMaxName);
  message_problem = problem_of(message, "a message", kMaxMessage);
  return name_problem.empty() && message_problem.empty();
}

void EntryStore::add(Entry entry) {
  if (entries_.size() == kMaxEntries) entries_.pop_back();
  entries_.insert(entries_.begin(), std::move(entry));
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[16];
  return {text, std::strftime(text, sizeof(text), "%Y-%m-%d", &utc)};
}

}  // namespace app
