#include "runtime/auth/json_text.h"

#include <cmath>
#include <set>
#include <vector>

namespace bora::auth {

using nlohmann::json;

std::optional<json> parse_object(std::string_view text) {
  if (text.size() > kMaxJSON) return std::nullopt;
  std::vector<std::set<std::string>> names;
  bool is_fine = true;
  const auto look = [&](int, json::parse_event_t event, json& value) {
    if (event == json::parse_event_t::object_start) names.emplace_back();
    if (event == json::parse_event_t::object_end) names.pop_back();
    if (event == json::parse_event_t::key)
      is_fine = names.back().insert(value.get<std::string>()).second && is_fine;
    return true;
  };
  json value = json::parse(text.begin(), text.end(), look, false);
  if (value.is_discarded() || !is_fine || !value.is_object()) return std::nullopt;
  return value;
}

std::optional<std::string> text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::optional<std::int64_t> number_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  const double value = found->get<double>();
  if (!(std::fabs(value) < 1e15)) return std::nullopt;
  return static_cast<std::int64_t>(std::floor(value));
}

}  // namespace bora::auth
