#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace bora {

/// The messages of one language. find() returns null where there is no translation.
class Catalogue {
 public:
  virtual ~Catalogue() = default;
  /// @param context  Empty means none.
  [[nodiscard]] virtual const std::string* find(std::string_view context,
                                                std::string_view message) const = 0;
  [[nodiscard]] virtual const std::string* find_plural(std::string_view context,
                                                       std::string_view message,
                                                       std::string_view plural,
                                                       std::int64_t count) const = 0;
};

/// @param text  A CSV file in the encoding that its byte order mark tells, else UTF-8.
/// @param name  The file's name, for the log.
std::unique_ptr<const Catalogue> read_csv_catalogue(std::string_view text, std::string_view name);

/// @param data   A .mo file; it may come from anybody.
/// @param error  Set to the reason if it can't be used.
/// @returns  Null if it can't be used.
std::unique_ptr<const Catalogue> read_gettext_catalogue(std::string_view data, std::string& error);

}  // namespace bora
