#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <bora/core/moment.h>

// Translations and the habits of a language. Catalogues are loaded when the program starts:
//
//     bora::locale::load_translations("locale");   // locale/de.csv, locale/pt_BR.csv …
//     bora::locale::get("de_AT").translate("Sign out")

namespace bora {

/// How Locale::format_date() writes a date.
struct DateFormat {
  /// The minutes that the reader's clock is behind UTC: 300 in New York, -60 in Berlin (the result
  /// of JavaScript's getTimezoneOffset()).
  int gmt_offset = 0;
  /// If true, writes "3 minutes ago" rather than the time if the date is less than a day past.
  bool relative = true;
  /// If true, leaves out the time of day for other days than today.
  bool shorter = false;
  /// If true, always writes day, month, year and time.
  bool full_format = false;
};

class Catalogue;

/// One language (or its variant in one country) that a program can use.
///
/// A Locale is immutable and valid until the program ends, so threads share references to it
/// freely.
class Locale {
 public:
  /// Returns the first supported locale of `codes`, in their order: "pt-br" finds pt_BR, or else
  /// pt. If none is supported, returns the default locale.
  static const Locale& get_closest(std::span<const std::string_view> codes);

  /// For locale::load_translations() and locale::load_gettext_translations().
  Locale(std::string code, std::unique_ptr<const Catalogue> catalogue);
  ~Locale();
  Locale(const Locale&) = delete;
  Locale& operator=(const Locale&) = delete;

  [[nodiscard]] const std::string& code() const { return code_; }
  /// The language's name for itself: "Português (Brasil)" for pt_BR, "Português" for pt. It is
  /// "Unknown" for a code that is not in Bora's list.
  [[nodiscard]] std::string_view name() const { return name_; }
  /// Whether the language is written from right to left.
  [[nodiscard]] bool rtl() const { return rtl_; }

  /// Returns `message` in this language, or `message` itself if there is no translation. The result
  /// is valid as long as `message` is.
  [[nodiscard]] std::string_view translate(std::string_view message) const;
  /// Returns the form that goes with `count`. Without a translation that is `message` for a `count`
  /// of 1, else `plural`.
  [[nodiscard]] std::string_view translate(std::string_view message, std::string_view plural,
                                           std::int64_t count) const;
  /// The same for a message whose meaning depends on the place: `pgettext("law", "right")`. Only
  /// gettext's catalogues know contexts; without a translation for this one, `message` comes back
  /// as it is.
  [[nodiscard]] std::string_view pgettext(std::string_view context, std::string_view message) const;
  [[nodiscard]] std::string_view pgettext(std::string_view context, std::string_view message,
                                          std::string_view plural, std::int64_t count) const;

  /// Returns for example "3 minutes ago", "yesterday at 10:33 pm" or "April 3, 2021 at 1:05 am".
  [[nodiscard]] std::string format_date(Moment date, const DateFormat& format = {}) const;
  /// @param now  The time that `date` is compared with; the other overload takes the system's time.
  [[nodiscard]] std::string format_date(Moment date, const DateFormat& format, Moment now) const;
  /// Returns for example "Friday, January 22"; without `dow`, "January 22".
  [[nodiscard]] std::string format_day(Moment date, int gmt_offset = 0, bool dow = true) const;
  /// Returns for example "A, B and C".
  [[nodiscard]] std::string list(std::span<const std::string> parts) const;
  /// Returns for example "1,234,567": English has commas, other languages have none.
  [[nodiscard]] std::string friendly_number(std::int64_t value) const;

 private:
  std::string code_;
  std::string_view name_;
  bool rtl_;
  std::unique_ptr<const Catalogue> catalogue_;  ///< If null, nothing is translated.
};

namespace locale {

/// The same as Locale::get_closest() with one code.
const Locale& get(std::string_view code);
const Locale& get(std::initializer_list<std::string_view> codes);

/// Loads every `de.csv`, `pt_BR.csv` … of `directory`. Each line holds a message, its translation
/// and, if the message has a plural, "singular" or "plural"; a field is quoted where commas or
/// quotes stand in the text:
///
///     "Sign out","Abmelden"
///     "one entry","ein Eintrag","singular"
///     "many entries","viele Einträge","plural"
///
/// The files are UTF-8, with or without a byte order mark, or UTF-16 with one. A file or line that
/// can't be used (the file's name is no locale's, a third column is neither word) is logged and
/// left out.
///
/// The call replaces everything that was loaded before. It is meant for the program's start;
/// locales that were handed out before stay valid and unchanged.
/// @throws std::system_error  `directory` can't be read.
void load_translations(const std::string& directory);

/// Loads every `de/LC_MESSAGES/DOMAIN.mo` of `directory`, as msgfmt makes them. A broken file is
/// logged and left out. Otherwise it works as load_translations().
void load_gettext_translations(const std::string& directory, std::string_view domain);

/// Sets the locale for users whose language is unknown. The default is "en_US".
void set_default_locale(std::string_view code);

/// The codes of all loaded locales and of the default one, sorted.
std::vector<std::string> get_supported_locales();

}  // namespace locale
}  // namespace bora
