#include "compiler/routes/table_reader.h"

#include <algorithm>
#include <utility>

#include "compiler/routes/codes.h"
#include "compiler/routes/cpp_names.h"

namespace bora::compiler {
namespace {

std::string listed(const std::vector<std::string>& words) {
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) list += i + 1 == words.size() ? " and " : ", ";
    list += "'" + words[i] + "'";
  }
  return list;
}

/// Whether the table has an unknown key that is probably meant to be `key`. It was reported
/// already.
bool is_misspelt(const TomlValue& table, const char* key) {
  return std::ranges::any_of(table.entries, [key](const TomlEntry& other) {
    return lang::nearest_name(other.key, {key}) == key;
  });
}

}  // namespace

void TableReader::check_keys(const TomlValue& table, const Keys& keys, const char* code,
                             const std::string& what) {
  for (const TomlEntry& entry : table.entries) {
    if (std::ranges::find(keys.known, entry.key) != keys.known.end()) continue;
    if (std::ranges::find(keys.later, entry.key) != keys.later.end()) {
      report(codes::kNotSupportedYet, entry.key_span, "'" + entry.key + "' is not supported yet");
      continue;
    }
    const std::string nearest = lang::nearest_name(entry.key, keys.known);
    report(code, entry.key_span, "unknown " + what + " '" + printable(entry.key) + "'",
           nearest.empty() ? "there are " + listed(keys.known) : "did you mean '" + nearest + "'?");
  }
}

const TomlEntry* TableReader::find(const TomlValue& table, const char* key, Kind kind) {
  const auto found = std::ranges::find(table.entries, key, &TomlEntry::key);
  if (found == table.entries.end()) return nullptr;
  return check_kind(found->value, kind, std::string("'") + key + "'") ? &*found : nullptr;
}

const TomlEntry* TableReader::find_required(const TomlEntry& entry, const char* key, Kind kind) {
  const auto found = std::ranges::find(entry.value.entries, key, &TomlEntry::key);
  if (found != entry.value.entries.end()) return find(entry.value, key, kind);
  if (!is_misspelt(entry.value, key)) {
    report(codes::kMissingKey, entry.key_span, "'" + entry.key + "' has no '" + key + "'");
  }
  return nullptr;
}

bool TableReader::check_kind(const TomlValue& value, Kind kind, const std::string& what) {
  if (value.kind == kind) return true;
  std::string help;
  if (kind == Kind::array && value.kind == Kind::string) help = "put it in brackets: [\"…\"]";
  report(codes::kWrongType, value.span,
         what + " must be " + std::string(kind_name(kind)) + ", not " +
             std::string(kind_name(value.kind)),
         std::move(help));
  return false;
}

std::vector<Text> TableReader::strings(const TomlValue& table, const char* key,
                                       const std::string& what) {
  std::vector<Text> result;
  const TomlEntry* array = find(table, key, Kind::array);
  if (array == nullptr) return result;
  for (const TomlValue& item : array->value.items) {
    if (check_kind(item, Kind::string, what)) result.push_back(text_of(item));
  }
  return result;
}

bool TableReader::check_name(const TomlEntry& entry) {
  if (is_plain_identifier(entry.key) && !is_reserved_name(entry.key)) return true;
  const std::string better = as_identifier(entry.key);
  std::string message = "'" + printable(entry.key) + "' can't be a name in C++";
  if (is_plain_identifier(entry.key)) message = "'" + entry.key + "' is a reserved name in C++";
  report(codes::kBadName, entry.key_span, std::move(message),
         is_reserved_name(better) ? "letters, digits and '_', beginning with a letter"
                                  : "did you mean '" + better + "'?");
  return false;
}

void TableReader::report(const char* code, lang::Span span, std::string message, std::string help) {
  sink_.report(lang::error_at(code, source_, span, std::move(message), std::move(help)));
}

std::string TableReader::printable(std::string_view text) {
  std::string result;
  for (const char c : text) result += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? '?' : c;
  return result;
}

}  // namespace bora::compiler
