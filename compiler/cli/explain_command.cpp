#include "compiler/cli/explain_command.h"

#include <ostream>

#include "compiler/diagnostics/catalog.h"

namespace bora::compiler {

ExitStatus run_explain(const std::string& code, Host& host) {
  std::string upper = code;
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  const CatalogEntry* entry = find_code(upper);
  if (entry == nullptr) {
    return usage_error(host, "explain",
                       "there is no code '" + code + "'; codes look like T012, R101 or E002");
  }
  host.out.text << entry->code << ": " << entry->summary << '\n';
  return ExitStatus::fine;
}

}  // namespace bora::compiler
