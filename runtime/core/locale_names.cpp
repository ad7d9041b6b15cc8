#include "runtime/core/locale_names.h"

#include <algorithm>
#include <iterator>

namespace bora {
namespace {

struct LocaleName {
  std::string_view code;
  std::string_view name;
};

/// Sorted by code.
constexpr LocaleName kNames[] = {
    {"af_ZA", "Afrikaans"},
    {"am_ET", "አማርኛ"},
    {"ar_AR", "العربية"},
    {"bg_BG", "Български"},
    {"bn_IN", "বাংলা"},
    {"bs_BA", "Bosanski"},
    {"ca_ES", "Català"},
    {"cs_CZ", "Čeština"},
    {"cy_GB", "Cymraeg"},
    {"da_DK", "Dansk"},
    {"de_DE", "Deutsch"},
    {"el_GR", "Ελληνικά"},
    {"en_GB", "English (UK)"},
    {"en_US", "English (US)"},
    {"es_ES", "Español (España)"},
    {"es_LA", "Español"},
    {"et_EE", "Eesti"},
    {"eu_ES", "Euskara"},
    {"fa_IR", "فارسی"},
    {"fi_FI", "Suomi"},
    {"fr_CA", "Français (Canada)"},
    {"fr_FR", "Français"},
    {"ga_IE", "Gaeilge"},
    {"gl_ES", "Galego"},
    {"he_IL", "עברית"},
    {"hi_IN", "हिन्दी"},
    {"hr_HR", "Hrvatski"},
    {"hu_HU", "Magyar"},
    {"id_ID", "Bahasa Indonesia"},
    {"is_IS", "Íslenska"},
    {"it_IT", "Italiano"},
    {"ja_JP", "日本語"},
    {"ko_KR", "한국어"},
    {"lt_LT", "Lietuvių"},
    {"lv_LV", "Latviešu"},
    {"mk_MK", "Македонски"},
    {"ml_IN", "മലയാളം"},
    {"ms_MY", "Bahasa Melayu"},
    {"nb_NO", "Norsk (bokmål)"},
    {"nl_NL", "Nederlands"},
    {"nn_NO", "Norsk (nynorsk)"},
    {"pa_IN", "ਪੰਜਾਬੀ"},
    {"pl_PL", "Polski"},
    {"pt_BR", "Português (Brasil)"},
    {"pt_PT", "Português (Portugal)"},
    {"ro_RO", "Română"},
    {"ru_RU", "Русский"},
    {"sk_SK", "Slovenčina"},
    {"sl_SI", "Slovenščina"},
    {"sq_AL", "Shqip"},
    {"sr_RS", "Српски"},
    {"sv_SE", "Svenska"},
    {"sw_KE", "Kiswahili"},
    {"ta_IN", "தமிழ்"},
    {"te_IN", "తెలుగు"},
    {"th_TH", "ภาษาไทย"},
    {"tl_PH", "Filipino"},
    {"tr_TR", "Türkçe"},
    {"uk_UA", "Українська"},
    {"vi_VN", "Tiếng Việt"},
    {"zh_CN", "中文(简体)"},
    {"zh_TW", "中文(繁體)"},
};

}  // namespace

std::string_view locale_name(std::string_view code) {
  const auto* found = std::lower_bound(
      std::begin(kNames), std::end(kNames), code,
      [](const LocaleName& name, std::string_view wanted) { return name.code < wanted; });
  if (found == std::end(kNames) || !found->code.starts_with(code)) return "Unknown";
  if (found->code.size() == code.size()) return found->name;
  if (found->code[code.size()] != '_') return "Unknown";
  // The code names no country ("pt"): if the table has several countries of the language, the
  // country is left out of the name.
  const LocaleName* const next = std::next(found);
  const bool has_countries = next != std::end(kNames) && next->code.starts_with(code);
  if (!has_countries) return found->name;
  const std::string_view language = found->name.substr(0, found->name.find('('));
  return language.substr(0, language.find_last_not_of(' ') + 1);
}

}  // namespace bora
