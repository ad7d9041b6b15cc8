#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace bora {

/// The messages of one language. Null where there is no translation.
class Catalogue {
 public:
  virtual ~Catalogue() = default;
  /// @param context  Empty: none.
  [[nodiscard]] virtual const std::string* find(std::string_view context,
                                                std::string_view message) const = 0;
  [[nodiscard]] virtual const std::string* find_plural(std::string_view context,
                                                       std::string_view message,
                                                       std::string_view plural,
                                                       std::int64_t count) const = 0;
};

/// @param text  A CSV file of any encoding that a mark tells, else UTF-8.
/// @param name  For the log.
std::unique_ptr<const Catalogue> read_csv_catalogue(std::string_view text, std::string_view name);

/// @param data   A .mo file, as anybody may have made it.
/// @param error  If it can't be used: why.
/// @returns  Null if it can't be used.
std::unique_ptr<const Catalogue> read_gettext_catalogue(std::string_view data, std::string& error);

}  // namespace bora
