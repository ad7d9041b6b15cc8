#include "inbox.h"

#include <algorithm>

namespace i18n {

Inbox sample_inbox(std::int64_t unread, std::chrono::system_clock::time_point now) {
  using std::chrono::hours;
  using std::chrono::minutes;
  return {{{"Ada", "Analytical engines", now - minutes(3)},
           {"Борис", "Привет из Казани", now - hours(5)},
           {"ليلى", "صور من دمشق", now - hours(24 * 40)}},
          unread,
          1'234'567};
}

std::string fill(std::string_view text, std::int64_t count) {
  constexpr std::string_view kPlace = "{count}";
  const std::size_t at = text.find(kPlace);
  if (at == std::string_view::npos) return std::string(text);
  return std::string(text.substr(0, at)) + std::to_string(count) +
         std::string(text.substr(at + kPlace.size()));
}

}  // namespace i18n
