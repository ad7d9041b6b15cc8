#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace bora::text {

/// A member of a list whose members have weights (RFC 9110, 12.4.2).
struct WeightedItem {
  std::string_view name;        ///< "text/html", "gzip", "pt-BR"; not empty.
  std::string_view parameters;  ///< the text between the name and its weight: "level=1; x"
  int weight = 1000;            ///< in thousandths; 0 means refused
};

/// Takes the members of Accept, Accept-Encoding or Accept-Language one after another; all such
/// fields are read by it. It gives a result for every field:
///
/// - Members without a name are left out.
/// - `q` may be written in either case. A weight has at most three decimals: further ones are
///   dropped, and more than 1 counts as 1. A weight that is no number is a refusal.
/// - Commas and semicolons within quotes separate nothing.
class WeightedList {
 public:
  explicit WeightedList(std::string_view field) : rest_(field) {}

  [[nodiscard]] std::optional<WeightedItem> next();

 private:
  std::string_view rest_;
};

/// The members that are not refused, the most wanted ones first; those with the same weight stay in
/// the field's order.
[[nodiscard]] std::vector<WeightedItem> by_weight(std::string_view field);

}  // namespace bora::text
