#include "compiler/cli/explain_command.h"

#include <ostream>
#include <vector>

#include "compiler/diagnostics/catalog.h"
#include "compiler/diagnostics/error_page.h"
#include "runtime/text/characters.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {
namespace {

ExitStatus list_codes(Host& host) {
  for (const CatalogEntry& entry : catalog())
    host.out.text << entry.code << "  " << entry.summary << '\n';
  return ExitStatus::fine;
}

std::string unknown_code(const std::string& code) {
  std::vector<std::string> codes;
  for (const CatalogEntry& entry : catalog()) codes.emplace_back(entry.code);
  const std::string nearest = lang::nearest_name(code, codes);
  return "there is no code '" + code + "'" +
         (nearest.empty() ? "; `bora explain` lists them all"
                          : "; did you mean '" + nearest + "'?");
}

}  // namespace

ExitStatus run_explain(const std::string& code, Host& host) {
  if (code.empty()) return list_codes(host);
  std::string upper = code;
  for (char& c : upper) {
    c = text::to_upper(c);
  }
  if (find_code(upper) == nullptr) return usage_error(host, "explain", unknown_code(code));
  host.out.text << page_for_terminal(error_page(upper), host.out.uses_colors);
  return ExitStatus::fine;
}

}  // namespace bora::compiler
