#include "runtime/text/weighted_list.h"

#include <algorithm>

#include "runtime/text/characters.h"
#include "runtime/text/fields.h"

namespace bora::text {
namespace {

constexpr int kFull = 1000;

/// Returns 500 for "0.5".
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

/// Reads a member's parameters: the text before its weight, and the weight.
void read_parameters(std::string_view text, WeightedItem& item) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto begin = static_cast<std::size_t>(rest.data() - text.data());
    const std::string_view parameter = take_member(rest, ';');
    if (!is_weight(parameter)) continue;
    item.weight = parse_weight(parameter.substr(2));
    text = text.substr(0, begin);
    if (text.ends_with(';')) text.remove_suffix(1);
    break;
  }
  item.parameters = trim_blanks(text);
}

}  // namespace

std::optional<WeightedItem> WeightedList::next() {
  while (!rest_.empty()) {
    std::string_view member = take_member(rest_, ',');
    WeightedItem item;
    item.name = take_member(member, ';');
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

}  // namespace bora::text
