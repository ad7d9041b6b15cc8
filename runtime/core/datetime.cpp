#include <bora/core/datetime.h>

#include <chrono>
#include <ctime>
#include <stdexcept>

#include <fmt/core.h>

namespace bora::datetime {
namespace {

constexpr std::string_view kDays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                      "Thursday", "Friday", "Saturday"};
constexpr std::string_view kMonths[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

std::tm utc_of(Moment moment) {
  const auto time = static_cast<std::time_t>(moment.seconds());
  std::tm utc{};
  gmtime_r(&time, &utc);
  return utc;
}

std::string field(char letter, const std::tm& time, Moment moment) {
  const int hour12 = time.tm_hour % 12 == 0 ? 12 : time.tm_hour % 12;
  switch (letter) {
    case 'Y':
      return fmt::format("{:04}", time.tm_year + 1900);
    case 'y':
      return fmt::format("{:02}", (time.tm_year % 100 + 100) % 100);
    case 'm':
      return fmt::format("{:02}", time.tm_mon + 1);
    case 'd':
      return fmt::format("{:02}", time.tm_mday);
    case 'e':
      return fmt::format("{:2}", time.tm_mday);
    case 'j':
      return fmt::format("{:03}", time.tm_yday + 1);
    case 'H':
      return fmt::format("{:02}", time.tm_hour);
    case 'I':
      return fmt::format("{:02}", hour12);
    case 'p':
      return time.tm_hour < 12 ? "AM" : "PM";
    case 'M':
      return fmt::format("{:02}", time.tm_min);
    case 'S':
      return fmt::format("{:02}", time.tm_sec);
    case 'f':
      return fmt::format("{:06}", moment.nanoseconds() / 1000);
    case 's':
      return std::to_string(moment.seconds());
    case 'a':
      return std::string(kDays[time.tm_wday].substr(0, 3));
    case 'A':
      return std::string(kDays[time.tm_wday]);
    case 'b':
      return std::string(kMonths[time.tm_mon].substr(0, 3));
    case 'B':
      return std::string(kMonths[time.tm_mon]);
    case 'u':
      return std::to_string(time.tm_wday == 0 ? 7 : time.tm_wday);
    case 'w':
      return std::to_string(time.tm_wday);
    case 'F':
      return format(moment, "%Y-%m-%d");
    case 'T':
      return format(moment, "%H:%M:%S");
    case 'R':
      return format(moment, "%H:%M");
    case 'z':
      return "+0000";
    case 'Z':
      return "UTC";
    case '%':
      return "%";
    default:
      throw std::invalid_argument(fmt::format("datetime::format: '%{}' is not known", letter));
  }
}

}  // namespace

Moment now() {
  return std::chrono::system_clock::now();
}

std::string format(Moment moment, std::string_view pattern) {
  const std::tm time = utc_of(moment);
  std::string text;
  while (true) {
    const std::size_t percent = pattern.find('%');
    text += pattern.substr(0, percent);
    if (percent == std::string_view::npos) return text;
    if (percent + 1 == pattern.size()) {
      throw std::invalid_argument("datetime::format: nothing follows the last '%'");
    }
    text += field(pattern[percent + 1], time, moment);
    pattern.remove_prefix(percent + 2);
  }
}

std::string iso8601(Moment moment) {
  return format(moment, "%Y-%m-%dT%H:%M:%SZ");
}

std::string http_date(Moment moment) {
  return format(moment, "%a, %d %b %Y %H:%M:%S GMT");
}

}  // namespace bora::datetime
