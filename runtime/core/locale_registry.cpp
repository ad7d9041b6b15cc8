#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <system_error>
#include <utility>

#include <bora/core/locale.h>
#include <bora/core/log.h>

#include "runtime/core/catalogue.h"

// All locales of the program. Loading makes a new set of them, which replaces the former one at
// once. The former one is kept, because references into it were handed out.

namespace bora {
namespace {

namespace fs = std::filesystem;

using Catalogues = std::map<std::string, std::unique_ptr<const Catalogue>, std::less<>>;

struct LocaleSet {
  std::map<std::string, std::shared_ptr<const Locale>, std::less<>> locales;
  const Locale* fallback = nullptr;
};

class Registry {
 public:
  Registry() { set_default("en_US"); }

  [[nodiscard]] const LocaleSet& current() const { return *current_.load(); }

  void replace(Catalogues catalogues) {
    const std::lock_guard lock(mutex_);
    auto set = std::make_unique<LocaleSet>();
    for (auto& [code, catalogue] : catalogues) {
      set->locales[code] = std::make_shared<const Locale>(code, std::move(catalogue));
    }
    use(std::move(set));
  }

  void set_default(std::string code) {
    const std::lock_guard lock(mutex_);
    auto set = std::make_unique<LocaleSet>();
    if (!sets_.empty()) {
      set->locales = sets_.back()->locales;
      const auto former = set->locales.find(default_code_);
      if (former != set->locales.end() && is_made_up_) set->locales.erase(former);
    }
    default_code_ = std::move(code);
    use(std::move(set));
  }

 private:
  void use(std::unique_ptr<LocaleSet> set) {
    std::shared_ptr<const Locale>& fallback = set->locales[default_code_];
    is_made_up_ = fallback == nullptr;
    if (is_made_up_) fallback = std::make_shared<const Locale>(default_code_, nullptr);
    set->fallback = fallback.get();
    current_ = set.get();
    sets_.push_back(std::move(set));
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<const LocaleSet>> sets_;
  std::atomic<const LocaleSet*> current_{nullptr};
  std::string default_code_;
  bool is_made_up_ = false;  ///< The default has no catalogue.
};

Registry& registry() {
  static Registry the_registry;
  return the_registry;
}

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

/// "de", "pt_BR".
bool is_locale_code(std::string_view code) {
  const std::size_t bar = code.find('_');
  const std::string_view language = code.substr(0, bar);
  const std::string_view country =
      bar == std::string_view::npos ? std::string_view("A") : code.substr(bar + 1);
  return !language.empty() && !country.empty() &&
         std::all_of(language.begin(), language.end(), is_lower) &&
         std::all_of(country.begin(), country.end(), is_upper);
}

/// Does not depend on the C locale.
std::string with_case(std::string_view text, char first, char last) {
  std::string result(text);
  for (char& c : result) {
    if (c >= first && c <= last) c = static_cast<char>(c ^ 0x20);
  }
  return result;
}

const Locale* find_closest(const LocaleSet& set, std::string_view wanted) {
  std::string code(wanted);
  std::replace(code.begin(), code.end(), '-', '_');
  const std::size_t bar = code.find('_');
  const bool has_more_parts =
      bar != std::string::npos && code.find('_', bar + 1) != std::string::npos;
  if (code.empty() || has_more_parts) return nullptr;  // "zh_Hant_TW"
  const std::string language = with_case(code.substr(0, bar), 'A', 'Z');
  if (bar != std::string::npos) code = language + '_' + with_case(code.substr(bar + 1), 'a', 'z');
  auto found = set.locales.find(code);
  if (found == set.locales.end()) found = set.locales.find(language);
  return found == set.locales.end() ? nullptr : found->second.get();
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) throw std::system_error(errno, std::generic_category(), path.string());
  return text;
}

}  // namespace

const Locale& Locale::get_closest(std::span<const std::string_view> codes) {
  const LocaleSet& set = registry().current();
  for (const std::string_view code : codes) {
    const Locale* found = find_closest(set, code);
    if (found != nullptr) return *found;
  }
  return *set.fallback;
}

namespace locale {

const Locale& get(std::string_view code) {
  return Locale::get_closest({&code, 1});
}

const Locale& get(std::initializer_list<std::string_view> codes) {
  return Locale::get_closest({codes.begin(), codes.size()});
}

void set_default_locale(std::string_view code) {
  registry().set_default(std::string(code));
}

std::vector<std::string> get_supported_locales() {
  std::vector<std::string> codes;
  for (const auto& [code, locale] : registry().current().locales) codes.push_back(code);
  return codes;
}

void load_translations(const std::string& directory) {
  Catalogues catalogues;
  for (const auto& entry : fs::directory_iterator(directory)) {
    const fs::path& path = entry.path();
    if (path.extension() != ".csv") continue;
    const std::string code = path.stem().string();
    if (!is_locale_code(code)) {
      gen_log.error("Translations ", path.string(), ": '", code, "' is no locale");
      continue;
    }
    catalogues[code] = read_csv_catalogue(read_file(path), path.string());
  }
  registry().replace(std::move(catalogues));
}

void load_gettext_translations(const std::string& directory, std::string_view domain) {
  Catalogues catalogues;
  for (const auto& entry : fs::directory_iterator(directory)) {
    const fs::path path = entry.path() / "LC_MESSAGES" / (std::string(domain) + ".mo");
    if (!fs::exists(path)) continue;
    std::string error;
    auto catalogue = read_gettext_catalogue(read_file(path), error);
    if (catalogue == nullptr) {
      gen_log.error("Translations ", path.string(), ": ", error);
    } else {
      catalogues[entry.path().filename().string()] = std::move(catalogue);
    }
  }
  registry().replace(std::move(catalogues));
}

}  // namespace locale
}  // namespace bora
