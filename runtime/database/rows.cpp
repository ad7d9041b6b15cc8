#include <bora/database/rows.h>

namespace bora::database {
namespace {

std::string names_of(const RowSource& source) {
  std::string names;
  for (std::size_t i = 0; i < source.columns(); ++i) {
    if (i > 0) names += ", ";
    names += source.column_name(i);
  }
  return names.empty() ? "none" : names;
}

}  // namespace

void Row::require(std::size_t column) const {
  if (column < source_->columns()) return;
  throw ConversionError("there is no column " + std::to_string(column) + ": the result has " +
                        std::to_string(source_->columns()));
}

std::size_t Row::index_of(std::string_view name) const {
  return detail::find_column(*source_, name);
}

void Row::name_column(const ConversionError& failure, std::size_t column) const {
  throw ConversionError("column '" + std::string(source_->column_name(column)) +
                        "': " + failure.what());
}

namespace detail {

void require_columns(const RowSource& source, std::size_t wanted) {
  if (source.columns() == wanted) return;
  throw ConversionError("the program asks for " + std::to_string(wanted) +
                        (wanted == 1 ? " column" : " columns") + ", the statement gives " +
                        std::to_string(source.columns()) + " (" + names_of(source) + ")");
}

std::size_t find_column(const RowSource& source, std::string_view name) {
  for (std::size_t i = 0; i < source.columns(); ++i) {
    if (source.column_name(i) == name) return i;
  }
  throw ConversionError("there is no column '" + std::string(name) +
                        "'; the statement gives: " + names_of(source));
}

}  // namespace detail
}  // namespace bora::database
