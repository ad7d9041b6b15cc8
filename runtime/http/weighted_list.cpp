#include "runtime/http/weighted_list.h"

#include <algorithm>

#include "runtime/http/characters.h"

namespace bora::http {
namespace {

constexpr int kFull = 1000;

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Where `separator` stands outside of quotes, or the end.
std::size_t find_separator(std::string_view text, char separator) {
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') is_quoted = !is_quoted;
    if (text[i] == '\\' && is_quoted) ++i;
    if (i < text.size() && text[i] == separator && !is_quoted) return i;
  }
  return text.size();
}

/// Takes what stands before `separator` off `rest`.
std::string_view take(std::string_view& rest, char separator) {
  const std::size_t end = find_separator(rest, separator);
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return trim(taken);
}

/// "0.5" as 500.
int parse_weight(std::string_view text) {
  if (text.empty() || !is_digit(text[0])) return 0;
  if (text.size() > 1 && text[1] != '.') return 0;
  int weight = text[0] - '0';
  for (std::size_t i = 2; i < std::max<std::size_t>(text.size(), 5); ++i) {
    if (i < text.size() && !is_digit(text[i])) return 0;
    if (i < 5) weight = weight * 10 + (i < text.size() ? text[i] - '0' : 0);
  }
  return std::min(weight, kFull);
}

bool is_weight(std::string_view parameter) {
  return parameter.size() >= 2 && to_lower(parameter[0]) == 'q' && parameter[1] == '=';
}

/// Takes a member's parameters apart: what stands before its weight, and that.
void read_parameters(std::string_view text, WeightedItem& item) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto begin = static_cast<std::size_t>(rest.data() - text.data());
    const std::string_view parameter = take(rest, ';');
    if (!is_weight(parameter)) continue;
    item.weight = parse_weight(parameter.substr(2));
    text = text.substr(0, begin);
    if (text.ends_with(';')) text.remove_suffix(1);
    break;
  }
  item.parameters = trim(text);
}

}  // namespace

std::optional<WeightedItem> WeightedList::next() {
  while (!rest_.empty()) {
    std::string_view member = take(rest_, ',');
    WeightedItem item;
    item.name = take(member, ';');
    if (item.name.empty()) continue;
    read_parameters(member, item);
    return item;
  }
  return std::nullopt;
}

std::vector<WeightedItem> by_weight(std::string_view field) {
  std::vector<WeightedItem> items;
  WeightedList list(field);
  while (const std::optional<WeightedItem> item = list.next()) {
    if (item->weight > 0) items.push_back(*item);
  }
  std::sort(items.begin(), items.end(), [](const WeightedItem& a, const WeightedItem& b) {
    if (a.weight != b.weight) return a.weight > b.weight;
    return a.name.data() < b.name.data();  // in the field's order
  });
  return items;
}

}  // namespace bora::http
