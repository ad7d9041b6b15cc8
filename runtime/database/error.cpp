#include <bora/database/error.h>

namespace bora::database {

std::string Error::text_of(const std::string& what, const ErrorDetails& details,
                           const std::source_location& where) {
  std::string text = what;
  if (!details.code.empty()) text += " [" + details.code + "]";
  if (!details.detail.empty()) text += "; " + details.detail;
  if (!details.hint.empty()) text += "; " + details.hint;
  if (details.position != 0) {
    text += "; at character " + std::to_string(details.position) + " of the statement";
  }
  if (where.line() != 0) {
    text += "; the statement of ";
    text += where.file_name();
    text += ':' + std::to_string(where.line());
  }
  return text;
}

}  // namespace bora::database
