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

/// How Locale::format_date() writes.
struct DateFormat {
  /// Minutes that the reader's clock is behind UTC: 300 in New York, -60 in Berlin (as JavaScript's
  /// getTimezoneOffset() tells).
  int gmt_offset = 0;
  /// "3 minutes ago" rather than the time, for what is less than a day past.
  bool relative = true;
  /// No time of day for other days than today.
  bool shorter = false;
  /// Always day, month, year and time.
  bool full_format = false;
};

class Catalogue;

/// One language (or its variant in one country) as a program speaks it.
///
/// Immutable and valid to the program's end, so references to it are shared freely between threads.
class Locale {
 public:
  /// The first of `codes`, best first, that is supported: "pt-br" finds pt_BR, else pt. None: the
  /// default locale.
  static const Locale& get_closest(std::span<const std::string_view> codes);

  /// For locale::load_translations() and its like.
  Locale(std::string code, std::unique_ptr<const Catalogue> catalogue);
  ~Locale();
  Locale(const Locale&) = delete;
  Locale& operator=(const Locale&) = delete;

  [[nodiscard]] const std::string& code() const { return code_; }
  /// The language's name for itself: "Português (Brasil)" for pt_BR, "Português" for pt. It is
  /// "Unknown" for a code that is not in Bora's list.
  [[nodiscard]] std::string_view name() const { return name_; }
  /// Whether it is written from right to left.
  [[nodiscard]] bool rtl() const { return rtl_; }

  /// `message` in this language, or `message` itself. The result is valid as long as `message` is.
  [[nodiscard]] std::string_view translate(std::string_view message) const;
  /// The form that goes with `count`. If there is no translation, `message` for a `count` of 1,
  /// else `plural`.
  [[nodiscard]] std::string_view translate(std::string_view message, std::string_view plural,
                                           std::int64_t count) const;
  /// The same for a message that means different things in different places:
  /// `pgettext("law", "right")`. Only gettext's catalogues know contexts; without a translation for
  /// this one, `message` comes back as it is.
  [[nodiscard]] std::string_view pgettext(std::string_view context, std::string_view message) const;
  [[nodiscard]] std::string_view pgettext(std::string_view context, std::string_view message,
                                          std::string_view plural, std::int64_t count) const;

  /// "3 minutes ago", "yesterday at 10:33 pm", "April 3, 2021 at 1:05 am".
  [[nodiscard]] std::string format_date(Moment date, const DateFormat& format = {}) const;
  /// @param now  What `date` is compared with; without it the system's time.
  [[nodiscard]] std::string format_date(Moment date, const DateFormat& format, Moment now) const;
  /// "Friday, January 22"; without `dow`, "January 22".
  [[nodiscard]] std::string format_day(Moment date, int gmt_offset = 0, bool dow = true) const;
  /// "A, B and C".
  [[nodiscard]] std::string list(std::span<const std::string> parts) const;
  /// "1,234,567": with commas for English, else as it is.
  [[nodiscard]] std::string friendly_number(std::int64_t value) const;

 private:
  std::string code_;
  std::string_view name_;
  bool rtl_;
  std::unique_ptr<const Catalogue> catalogue_;  ///< Null: translates nothing.
};

namespace locale {

/// Locale::get_closest().
const Locale& get(std::string_view code);
const Locale& get(std::initializer_list<std::string_view> codes);

/// Loads every `de.csv`, `pt_BR.csv` … of `directory`. Each line holds a message, its translation
/// and, if the message has a plural, "singular" or "plural", in quotes where commas or quotes stand
/// in the text:
///
///     "Sign out","Abmelden"
///     "one entry","ein Eintrag","singular"
///     "many entries","viele Einträge","plural"
///
/// UTF-8, with or without a mark, or UTF-16 with one. What can't be used (a file's name that is no
/// locale's, a third column that is neither word) is logged and left out.
///
/// Replaces all that was loaded before. Meant for the program's start; locales that were handed out
/// before stay valid, and as they were.
/// @throws std::system_error  `directory` can't be read.
void load_translations(const std::string& directory);

/// Loads every `de/LC_MESSAGES/DOMAIN.mo` of `directory`, as msgfmt makes them. A file that is
/// broken is logged and left out. Further as load_translations().
void load_gettext_translations(const std::string& directory, std::string_view domain);

/// The locale for those of whom nothing better is known: "en_US" unless this says another.
void set_default_locale(std::string_view code);

/// Codes of all that was loaded, and the default's; sorted.
std::vector<std::string> get_supported_locales();

}  // namespace locale
}  // namespace bora
