#include <bora/http/cookie_jar.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <stdexcept>

#include <bora/core/io_loop.h>
#include <bora/http/http_headers.h>

#include "runtime/core/host_name.h"
#include "runtime/http/characters.h"
#include "runtime/http/client/client_url.h"
#include "runtime/http/client/public_suffix.h"
#include "runtime/http/ip_address.h"
#include "runtime/text/characters.h"

namespace bora::http {

namespace {

constexpr std::size_t kMaxPair = 4096;
constexpr std::size_t kMaxAttribute = 1024;
constexpr std::size_t kMaxPerDomain = 50;
constexpr std::size_t kMaxEntries = 3000;
constexpr std::int64_t kMaxAge = 400 * 86400;  // RFC 6265bis, 5.5

std::int64_t seconds_now() {
  const Clock& clock =
      IOLoop::current_if_any() == nullptr ? Clock::system() : IOLoop::current().clock();
  return std::chrono::duration_cast<std::chrono::seconds>(clock.since_epoch()).count();
}

std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

std::optional<int> leading_number(std::string_view text, std::size_t least, std::size_t most) {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  if (digits < least || digits > most) return std::nullopt;
  int value = 0;
  std::from_chars(text.data(), text.data() + digits, value);
  return value;
}

// RFC 6265bis, 5.1.1: dates are read as leniently as browsers do.
std::optional<std::int64_t> parse_cookie_date(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths = {
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
  std::optional<int> hour, minute, second, day, month, year;
  const auto is_delimiter = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '\t' || (byte >= 0x20 && byte <= 0x2f) || (byte >= 0x3b && byte <= 0x40) ||
           (byte >= 0x5b && byte <= 0x60) || (byte >= 0x7b && byte <= 0x7e);
  };
  std::size_t at = 0;
  while (at < text.size()) {
    while (at < text.size() && is_delimiter(text[at])) ++at;
    std::size_t end = at;
    while (end < text.size() && !is_delimiter(text[end])) ++end;
    const std::string_view token = text.substr(at, end - at);
    at = end;
    if (token.empty()) continue;
    if (!hour && token.find(':') != std::string_view::npos) {
      std::string_view rest = token;
      const auto h = leading_number(take_until(rest, ':'), 1, 2);
      const auto m = leading_number(take_until(rest, ':'), 1, 2);
      const auto s = leading_number(rest, 1, 2);
      if (h && m && s) {
        hour = h;
        minute = m;
        second = s;
        continue;
      }
    }
    if (const auto number = leading_number(token, 1, 2); !day && number) {
      day = number;
      continue;
    }
    if (!month && token.size() >= 3) {
      const auto* const found = std::find_if(kMonths.begin(), kMonths.end(), [&](auto name) {
        return equals_ignoring_case(token.substr(0, 3), name);
      });
      if (found != kMonths.end()) {
        month = static_cast<int>(found - kMonths.begin()) + 1;
        continue;
      }
    }
    if (const auto number = leading_number(token, 2, 4); !year && number) year = number;
  }
  if (!hour || !day || !month || !year) return std::nullopt;
  if (*year >= 70 && *year <= 99) *year += 1900;
  if (*year >= 0 && *year <= 69) *year += 2000;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *year < 1601 || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return std::int64_t{days} * 86400 + *hour * 3600 + *minute * 60 + *second;
}

bool is_ip(std::string_view host) {
  return IPAddress::parse(host).has_value();
}

/// RFC 6265bis, 5.1.3.
bool domain_matches(std::string_view host, std::string_view domain) {
  if (host == domain) return true;
  return host.size() > domain.size() && host.ends_with(domain) &&
         host[host.size() - domain.size() - 1] == '.' && !is_ip(host);
}

/// 5.1.4.
bool path_matches(std::string_view path, std::string_view cookie_path) {
  if (!path.starts_with(cookie_path)) return false;
  return path.size() == cookie_path.size() || cookie_path.ends_with('/') ||
         path[cookie_path.size()] == '/';
}

std::string_view path_of(const ClientURL& url) {
  return std::string_view(url.target).substr(0, url.target.find('?'));
}

bool begins_with(std::string_view name, std::string_view prefix) {
  return name.size() >= prefix.size() &&
         equals_ignoring_case(name.substr(0, prefix.size()), prefix);
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

}  // namespace

bool CookieJar::set(std::string_view text, std::string_view field) try {
  const ClientURL url = parse_client_url(text);
  if (has_control(field)) return false;
  std::string_view rest = field;
  std::string_view pair = take_until(rest, ';');
  Entry entry;
  if (pair.find('=') != std::string_view::npos)
    entry.name = text::trim_blanks(take_until(pair, '='));
  entry.value = text::trim_blanks(pair);
  if (entry.name.size() + entry.value.size() > kMaxPair ||
      (entry.name.empty() && entry.value.empty()))
    return false;

  std::optional<std::int64_t> expires;
  std::optional<std::int64_t> max_age;
  std::string path;
  const std::int64_t now = seconds_now();
  while (!rest.empty()) {
    std::string_view value = take_until(rest, ';');
    const std::string_view name = text::trim_blanks(take_until(value, '='));
    value = text::trim_blanks(value);
    if (value.size() > kMaxAttribute) continue;
    if (equals_ignoring_case(name, "Expires")) {
      if (const auto date = parse_cookie_date(value)) expires = std::min(*date, now + kMaxAge);
    } else if (equals_ignoring_case(name, "Max-Age")) {
      const bool is_negative = value.starts_with('-');
      const std::string_view digits = value.substr(is_negative ? 1 : 0);
      if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) continue;
      std::int64_t seconds = kMaxAge;
      if (std::from_chars(digits.data(), digits.data() + digits.size(), seconds).ec != std::errc())
        seconds = kMaxAge;
      max_age = is_negative || seconds == 0 ? INT64_MIN : now + std::min(seconds, kMaxAge);
    } else if (equals_ignoring_case(name, "Domain")) {
      if (value.starts_with('.')) value.remove_prefix(1);
      entry.domain = comparable_host(value);
    } else if (equals_ignoring_case(name, "Path")) {
      path = value;
    } else if (equals_ignoring_case(name, "Secure")) {
      entry.is_secure = true;
    }
  }
  if (max_age) {
    entry.expires = *max_age;
  } else if (expires) {
    entry.expires = *expires;
  }

  if (!entry.domain.empty()) {
    const bool is_suffix = http::is_public_suffix(entry.domain) ||
                           (is_public_suffix && is_public_suffix(entry.domain));
    if (is_suffix && entry.domain != url.host) return false;
    if (!domain_matches(url.host, entry.domain)) return false;
    entry.is_host_only = is_suffix;
  } else {
    entry.domain = url.host;
  }
  const bool names_root = path == "/";
  if (!path.starts_with('/')) {
    const std::string_view own = path_of(url);
    path = own.substr(0, std::max<std::size_t>(own.rfind('/'), 1));
  }
  entry.path = std::move(path);

  // 5.7: the prefix of a name is a promise. A cookie without a name must not look as if it had one.
  if (entry.is_secure && !url.is_secure) return false;
  if (begins_with(entry.name, "__Secure-") && !entry.is_secure) return false;
  if (begins_with(entry.name, "__Host-") && !(entry.is_secure && entry.is_host_only && names_root))
    return false;
  if (entry.name.empty() &&
      (begins_with(entry.value, "__Host-") || begins_with(entry.value, "__Secure-")))
    return false;
  // A cookie that was set over https is not changed over http.
  if (!url.is_secure && !entry.is_secure) {
    for (const Kept& kept : entries_) {
      if (kept.entry.is_secure && kept.entry.name == entry.name &&
          (domain_matches(kept.entry.domain, entry.domain) ||
           domain_matches(entry.domain, kept.entry.domain)) &&
          path_matches(entry.path, kept.entry.path))
        return false;
    }
  }
  keep(std::move(entry));
  return true;
} catch (const std::invalid_argument&) {
  return false;
}

void CookieJar::keep(Entry entry) {
  const std::int64_t now = seconds_now();
  std::erase_if(entries_, [&](const Kept& kept) { return kept.entry.expires <= now; });
  const auto same = std::find_if(entries_.begin(), entries_.end(), [&](const Kept& kept) {
    return kept.entry.name == entry.name && kept.entry.domain == entry.domain &&
           kept.entry.path == entry.path && kept.entry.is_host_only == entry.is_host_only;
  });
  if (entry.expires <= now) {
    if (same != entries_.end()) entries_.erase(same);
    return;
  }
  const std::uint64_t moment = ++clock_;
  if (same != entries_.end()) {
    same->entry = std::move(entry);
    same->used = moment;
    return;
  }
  const auto drop_oldest = [&](auto belongs) {
    auto oldest = entries_.end();
    std::size_t count = 0;
    for (auto kept = entries_.begin(); kept != entries_.end(); ++kept) {
      if (!belongs(*kept)) continue;
      ++count;
      if (oldest == entries_.end() || kept->used < oldest->used) oldest = kept;
    }
    return std::pair(count, oldest);
  };
  const auto [own, oldest_own] =
      drop_oldest([&](const Kept& kept) { return kept.entry.domain == entry.domain; });
  if (own >= kMaxPerDomain) {
    entries_.erase(oldest_own);
  } else if (entries_.size() >= kMaxEntries) {
    entries_.erase(drop_oldest([](const Kept&) { return true; }).second);
  }
  entries_.push_back({std::move(entry), moment, moment});
}

std::string CookieJar::get(std::string_view text) {
  const ClientURL url = parse_client_url(text);
  const std::string_view path = path_of(url);
  const std::int64_t now = seconds_now();
  std::vector<Kept*> chosen;
  for (Kept& kept : entries_) {
    const Entry& entry = kept.entry;
    const bool is_for_host =
        entry.is_host_only ? entry.domain == url.host : domain_matches(url.host, entry.domain);
    if (is_for_host && entry.expires > now && (url.is_secure || !entry.is_secure) &&
        path_matches(path, entry.path))
      chosen.push_back(&kept);
  }
  std::sort(chosen.begin(), chosen.end(), [](const Kept* a, const Kept* b) {
    if (a->entry.path.size() != b->entry.path.size())
      return a->entry.path.size() > b->entry.path.size();
    return a->created < b->created;
  });
  std::string line;
  for (Kept* const kept : chosen) {
    kept->used = ++clock_;
    if (!line.empty()) line += "; ";
    if (!kept->entry.name.empty()) line.append(kept->entry.name).append("=");
    line += kept->entry.value;
  }
  return line;
}

std::vector<CookieJar::Entry> CookieJar::entries() const {
  const std::int64_t now = seconds_now();
  std::vector<Entry> result;
  for (const Kept& kept : entries_) {
    if (kept.entry.expires > now) result.push_back(kept.entry);
  }
  return result;
}

}  // namespace bora::http
