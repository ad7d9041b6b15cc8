#include "runtime/web/http_date.h"

#include <array>
#include <chrono>

#include "runtime/http/characters.h"
#include "runtime/http/response_head.h"

namespace bora::web {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Reads a date from left to right; after something that does not fit, nothing else is read.
class DateScanner {
 public:
  explicit DateScanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return ok_ && rest_.empty(); }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] char next() const { return rest_.empty() ? '\0' : rest_.front(); }

  void literal(std::string_view text) {
    ok_ = ok_ && rest_.starts_with(text);
    if (ok_) rest_.remove_prefix(text.size());
  }

  int number(std::size_t digits) {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      ok_ = ok_ && http::is_digit(next());
      if (!ok_) return 0;
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }

  /// Returns 1 to 12.
  unsigned month() {
    for (std::size_t i = 0; ok_ && i < kMonths.size(); ++i) {
      if (!rest_.starts_with(kMonths[i])) continue;
      rest_.remove_prefix(3);
      return static_cast<unsigned>(i + 1);
    }
    ok_ = false;
    return 1;
  }

  /// Skips the letters of the weekday, which follows from the date.
  std::size_t letters() {
    std::size_t count = 0;
    for (; ok_ && http::to_lower(next()) >= 'a' && http::to_lower(next()) <= 'z'; ++count) {
      rest_.remove_prefix(1);
    }
    return count;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

struct DateFields {
  int year = 1970;
  unsigned month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

void read_time(DateScanner& scanner, DateFields& date) {
  date.hour = scanner.number(2);
  scanner.literal(":");
  date.minute = scanner.number(2);
  scanner.literal(":");
  date.second = scanner.number(2);
}

/// "Sun, 06 Nov 1994 08:49:37 GMT" and "Sunday, 06-Nov-94 08:49:37 GMT", after the comma.
void read_with_comma(DateScanner& scanner, DateFields& date) {
  scanner.literal(", ");
  date.day = scanner.number(2);
  const bool is_rfc850 = scanner.next() == '-';
  const std::string_view separator = is_rfc850 ? "-" : " ";
  scanner.literal(separator);
  date.month = scanner.month();
  scanner.literal(separator);
  date.year = scanner.number(is_rfc850 ? 2 : 4);
  // RFC 9110 takes a two-digit year that is more than 50 years ahead for one of the past century.
  if (is_rfc850) date.year += date.year < 70 ? 2000 : 1900;
  scanner.literal(" ");
  read_time(scanner, date);
  scanner.literal(" GMT");
}

/// "Sun Nov  6 08:49:37 1994", after the weekday.
void read_asctime(DateScanner& scanner, DateFields& date) {
  scanner.literal(" ");
  date.month = scanner.month();
  scanner.literal(" ");
  const bool has_one_digit = scanner.next() == ' ';
  if (has_one_digit) scanner.literal(" ");
  date.day = scanner.number(has_one_digit ? 1 : 2);
  scanner.literal(" ");
  read_time(scanner, date);
  scanner.literal(" ");
  date.year = scanner.number(4);
}

}  // namespace

std::string format_http_date(std::int64_t seconds) {
  return http::format_http_date(seconds);
}

std::optional<std::int64_t> parse_http_date(std::string_view text) {
  using namespace std::chrono;
  DateScanner scanner(text);
  DateFields date;
  if (scanner.letters() < 3) return std::nullopt;
  if (scanner.next() == ',') {
    read_with_comma(scanner, date);
  } else {
    read_asctime(scanner, date);
  }
  const year_month_day day(year(date.year), month(date.month),
                           std::chrono::day(static_cast<unsigned>(date.day)));
  // 60 is a leap second.
  if (!scanner.at_end() || !day.ok() || date.hour > 23 || date.minute > 59 || date.second > 60) {
    return std::nullopt;
  }
  return (sys_days(day).time_since_epoch() + hours(date.hour) + minutes(date.minute) +
          seconds(date.second)) /
         seconds(1);
}

}  // namespace bora::web
