#include <bora/core/locale.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <ctime>
#include <utility>

#include "runtime/core/catalogue.h"
#include "runtime/core/locale_names.h"

namespace bora {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};

std::tm local_time(std::int64_t seconds, int gmt_offset) {
  const auto time = static_cast<std::time_t>(seconds - gmt_offset * kMinute);
  std::tm local{};
  gmtime_r(&time, &local);
  return local;
}

struct Placeholder {
  std::string_view name;
  std::string_view value;
};

/// Fills in the `%(name)s` and `%(name)d` of a translation. Any other text stays as it is, because
/// a translator's mistake must not end a request.
std::string fill(std::string_view pattern, std::initializer_list<Placeholder> values) {
  std::string text;
  while (true) {
    const std::size_t begin = pattern.find("%(");
    text += pattern.substr(0, begin);
    if (begin == std::string_view::npos) return text;
    pattern.remove_prefix(begin);
    const std::size_t end = pattern.find(')');
    const bool is_whole = end != std::string_view::npos && end + 1 < pattern.size() &&
                          (pattern[end + 1] == 's' || pattern[end + 1] == 'd');
    const std::string_view name = is_whole ? pattern.substr(2, end - 2) : std::string_view();
    const auto* found = std::find_if(values.begin(), values.end(),
                                     [&](const Placeholder& one) { return one.name == name; });
    const bool is_known = is_whole && found != values.end();
    text += is_known ? found->value : pattern.substr(0, 2);
    pattern.remove_prefix(is_known ? end + 2 : 2);
  }
}

std::string two_digits(int value) {
  return {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
}

std::string time_of_day(const std::tm& time, std::string_view code) {
  const bool is_afternoon = time.tm_hour >= 12;
  const std::string minutes = ':' + two_digits(time.tm_min);
  const int hour = time.tm_hour % 12 == 0 ? 12 : time.tm_hour % 12;
  if (code == "zh_CN") {
    const std::string half = is_afternoon ? "\u4e0b\u5348" : "\u4e0a\u5348";
    return half + std::to_string(hour) + minutes;
  }
  if (code != "en" && code != "en_US") return std::to_string(time.tm_hour) + minutes;
  return std::to_string(hour) + minutes + (is_afternoon ? " pm" : " am");
}

bool same_day(const std::tm& a, const std::tm& b) {
  return a.tm_year == b.tm_year && a.tm_yday == b.tm_yday;
}

}  // namespace

Locale::Locale(std::string code, std::unique_ptr<const Catalogue> catalogue)
    : code_(std::move(code)), name_(locale_name(code_)), catalogue_(std::move(catalogue)) {
  rtl_ = code_.starts_with("fa") || code_.starts_with("ar") || code_.starts_with("he");
}

Locale::~Locale() = default;

// Messages.

std::string_view Locale::translate(std::string_view message) const {
  const std::string* found = catalogue_ ? catalogue_->find({}, message) : nullptr;
  return found != nullptr ? std::string_view(*found) : message;
}

std::string_view Locale::translate(std::string_view message, std::string_view plural,
                                   std::int64_t count) const {
  const std::string* found =
      catalogue_ ? catalogue_->find_plural({}, message, plural, count) : nullptr;
  if (found != nullptr) return *found;
  return count == 1 ? message : plural;
}

std::string_view Locale::pgettext(std::string_view context, std::string_view message) const {
  const std::string* found = catalogue_ ? catalogue_->find(context, message) : nullptr;
  return found != nullptr ? std::string_view(*found) : message;
}

std::string_view Locale::pgettext(std::string_view context, std::string_view message,
                                  std::string_view plural, std::int64_t count) const {
  const std::string* found =
      catalogue_ ? catalogue_->find_plural(context, message, plural, count) : nullptr;
  return found != nullptr ? std::string_view(*found) : translate(message, plural, count);
}

// Dates, lists, numbers: the English texts here are the keys that catalogues translate.

namespace {

/// "3 minutes ago"; `age` is less than a day.
std::string relative_date(const Locale& locale, std::int64_t age) {
  struct Unit {
    std::string_view one;
    std::string_view many;
    std::string_view name;
    std::int64_t seconds;
  };
  static constexpr Unit kUnits[] = {
      {"1 second ago", "%(seconds)d seconds ago", "seconds", 1},
      {"1 minute ago", "%(minutes)d minutes ago", "minutes", kMinute},
      {"1 hour ago", "%(hours)d hours ago", "hours", kHour},
  };
  const Unit& unit = kUnits[age < 50 ? 0 : age < 50 * kMinute ? 1 : 2];
  const std::int64_t count =
      std::lrint(static_cast<double>(age) / static_cast<double>(unit.seconds));
  return fill(locale.translate(unit.one, unit.many, count), {{unit.name, std::to_string(count)}});
}

/// Returns the pattern for a date `days` in the past; -1 means in the future.
std::string_view date_pattern(const DateFormat& format, std::int64_t days, bool is_yesterday) {
  constexpr std::int64_t kElevenMonths = 334;  // the same month a year ago would mislead
  const bool shorter = format.shorter;
  if (!format.full_format && days >= 0) {
    if (days == 0) return "%(time)s";
    if (days == 1 && is_yesterday && format.relative) {
      return shorter ? "yesterday" : "yesterday at %(time)s";
    }
    if (days < 5) return shorter ? "%(weekday)s" : "%(weekday)s at %(time)s";
    if (days < kElevenMonths) {
      return shorter ? "%(month_name)s %(day)s" : "%(month_name)s %(day)s at %(time)s";
    }
  }
  return shorter ? "%(month_name)s %(day)s, %(year)s"
                 : "%(month_name)s %(day)s, %(year)s at %(time)s";
}

std::string fill_date(const Locale& locale, std::string_view pattern, const std::tm& local) {
  const std::string day = std::to_string(local.tm_mday);
  const std::string year = std::to_string(local.tm_year + 1900);
  const std::string time = time_of_day(local, locale.code());
  return fill(locale.translate(pattern),
              {{"month_name", locale.translate(kMonths[static_cast<std::size_t>(local.tm_mon)])},
               {"weekday", locale.translate(kWeekdays[static_cast<std::size_t>(local.tm_wday)])},
               {"day", day},
               {"year", year},
               {"time", time}});
}

}  // namespace

std::string Locale::format_date(Moment date, const DateFormat& format) const {
  return format_date(date, format, std::chrono::system_clock::now());
}

std::string Locale::format_date(Moment date, const DateFormat& format, Moment now) const {
  std::int64_t age = now.seconds() - date.seconds();
  if (format.relative && age < 0 && age > -kMinute) age = 0;  // clocks differ a little
  const bool is_future = age < 0;
  if (format.relative && !format.full_format && !is_future && age < kDay) {
    return relative_date(*this, age);
  }
  const std::tm local = local_time(now.seconds() - age, format.gmt_offset);
  const std::tm yesterday = local_time(now.seconds() - kDay, format.gmt_offset);
  const std::int64_t days = is_future ? -1 : age / kDay;
  return fill_date(*this, date_pattern(format, days, same_day(local, yesterday)), local);
}

std::string Locale::format_day(Moment date, int gmt_offset, bool dow) const {
  return fill_date(*this, dow ? "%(weekday)s, %(month_name)s %(day)s" : "%(month_name)s %(day)s",
                   local_time(date.seconds(), gmt_offset));
}

std::string Locale::list(std::span<const std::string> parts) const {
  if (parts.empty()) return {};
  if (parts.size() == 1) return parts[0];
  const std::string_view comma = code_.starts_with("fa") ? " \u0648 " : ", ";
  std::string commas;
  for (const std::string& part : parts.first(parts.size() - 1)) {
    if (!commas.empty()) commas += comma;
    commas += part;
  }
  return fill(translate("%(commas)s and %(last)s"), {{"commas", commas}, {"last", parts.back()}});
}

std::string Locale::friendly_number(std::int64_t value) const {
  std::string digits = std::to_string(value);
  if (code_ != "en" && code_ != "en_US") return digits;
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  for (std::size_t place = digits.size(); place > first + 3;) digits.insert(place -= 3, ",");
  return digits;
}

}  // namespace bora
