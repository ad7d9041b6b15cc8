#pragma once

#include <string>
#include <string_view>

#include <bora/core/locale.h>
#include <bora/filters.h>
#include <bora/web.h>

#include "inbox.h"

namespace i18n {

struct Language {
  std::string_view code;
  std::string_view name;  ///< in the language itself, for those who speak it
};
/// English, the language of the templates, and those of locale/.
inline constexpr Language kLanguages[] = {
    {"en", "English"}, {"de", "Deutsch"}, {"ru", "Русский"}, {"ar", "العربية"}};

/// Sends the visitor to the page in the browser's language.
class Begin : public bora::web::RequestHandler {
 public:
  void get();
};

class ShowInbox : public bora::web::RequestHandler {
 public:
  void get(std::string language);
};

}  // namespace i18n
