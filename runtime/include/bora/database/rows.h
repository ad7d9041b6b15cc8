#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <bora/database/detail/fields.h>
#include <bora/database/value.h>

namespace bora::database {

/// The engine's storage for the result of a statement.
class RowSource {
 public:
  virtual ~RowSource() = default;
  [[nodiscard]] virtual std::size_t rows() const noexcept = 0;
  [[nodiscard]] virtual std::size_t columns() const noexcept = 0;
  [[nodiscard]] virtual std::string_view column_name(std::size_t column) const noexcept = 0;
  [[nodiscard]] virtual Cell cell(std::size_t row, std::size_t column) const noexcept = 0;
  /// The number of rows that the statement inserted, changed or removed.
  [[nodiscard]] virtual std::uint64_t affected() const noexcept = 0;
};

/// One row of a result. It is valid as long as its Rows, or a copy of them.
class Row {
 public:
  Row(const RowSource& source, std::size_t row) noexcept : source_(&source), row_(row) {}

  /// The value of a column as the engine has it; columns count from 0.
  /// @throws ConversionError  There is no such column.
  [[nodiscard]] Cell cell(std::size_t column) const {
    require(column);
    return source_->cell(row_, column);
  }
  [[nodiscard]] bool is_null(std::size_t column) const { return cell(column).is_null(); }
  /// @throws ConversionError  There is no such column, or its value is not a T.
  template <ColumnValue T>
  [[nodiscard]] T get(std::size_t column) const {
    require(column);
    try {
      return Column<T>::read(source_->cell(row_, column));
    } catch (const ConversionError& failure) {
      name_column(failure, column);
    }
  }
  template <ColumnValue T>
  [[nodiscard]] T get(std::string_view name) const {
    return get<T>(index_of(name));
  }

 private:
  template <class T>
  friend class RowReader;

  void require(std::size_t column) const;
  [[nodiscard]] std::size_t index_of(std::string_view name) const;
  [[noreturn]] void name_column(const ConversionError& failure, std::size_t column) const;

  const RowSource* source_;
  std::size_t row_;
};

/// The result of a statement. Copies share it.
class Rows {
 public:
  Rows() = default;
  explicit Rows(std::shared_ptr<const RowSource> source) noexcept : source_(std::move(source)) {}

  /// The number of rows; 0 for a statement that returns none.
  [[nodiscard]] std::size_t size() const noexcept { return source_ ? source_->rows() : 0; }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// The number of rows that the statement inserted, changed or removed.
  [[nodiscard]] std::uint64_t affected() const noexcept {
    return source_ ? source_->affected() : 0;
  }
  /// The number of columns, and their names; both count from 0.
  [[nodiscard]] std::size_t columns() const noexcept { return source_ ? source_->columns() : 0; }
  [[nodiscard]] std::string_view column_name(std::size_t column) const noexcept {
    return source_->column_name(column);
  }
  /// A row, from 0 to size() - 1; no other index is allowed.
  [[nodiscard]] Row operator[](std::size_t row) const noexcept { return {*source_, row}; }

  class Iterator {
   public:
    Iterator(const Rows& rows, std::size_t row) noexcept : rows_(&rows), row_(row) {}
    Row operator*() const noexcept { return (*rows_)[row_]; }
    Iterator& operator++() noexcept {
      ++row_;
      return *this;
    }
    bool operator==(const Iterator& other) const noexcept { return row_ == other.row_; }

   private:
    const Rows* rows_;
    std::size_t row_;
  };
  [[nodiscard]] Iterator begin() const noexcept { return {*this, 0}; }
  [[nodiscard]] Iterator end() const noexcept { return {*this, size()}; }

  /// All rows as values; see Querier::query().
  /// @throws ConversionError  A column is not of the type that T needs.
  template <class T>
  [[nodiscard]] std::vector<T> as() const;

  [[nodiscard]] const RowSource* source() const noexcept { return source_.get(); }

 private:
  std::shared_ptr<const RowSource> source_;
};

namespace detail {
template <class T>
inline constexpr bool is_tuple = false;
template <class... T>
inline constexpr bool is_tuple<std::tuple<T...>> = true;
template <class A, class B>
inline constexpr bool is_tuple<std::pair<A, B>> = true;

void require_columns(const RowSource& source, std::size_t wanted);
std::size_t find_column(const RowSource& source, std::string_view name);
}  // namespace detail

/// Makes values of rows. A row with one column gives that column; other rows give a std::tuple or
/// std::pair by position, or a struct whose fields have the columns' names.
template <class T>
class RowReader {
 public:
  /// @throws ConversionError  The columns are not those that T needs.
  explicit RowReader(const RowSource& source) {
    if constexpr (ColumnValue<T>) {
      detail::require_columns(source, 1);
    } else if constexpr (detail::is_tuple<T>) {
      detail::require_columns(source, std::tuple_size_v<T>);
    } else {
      static_assert(std::is_aggregate_v<T>,
                    "a row becomes a value that a column can have, a std::tuple, or a struct");
      find(source, std::make_index_sequence<kFields>());
    }
  }

  /// @throws ConversionError  A value of the row is not of the type that T needs.
  [[nodiscard]] T read(const Row& row) const {
    if constexpr (ColumnValue<T>) {
      return row.template get<T>(0);
    } else if constexpr (detail::is_tuple<T>) {
      return by_position(row, std::make_index_sequence<std::tuple_size_v<T>>());
    } else {
      return by_name(row, std::make_index_sequence<kFields>());
    }
  }

 private:
  static consteval std::size_t fields() {
    if constexpr (ColumnValue<T> || detail::is_tuple<T>) {
      return 0;
    } else {
      return detail::count_fields<T>();
    }
  }
  static constexpr std::size_t kFields = fields();

  template <std::size_t... kIndex>
  void find(const RowSource& source, std::index_sequence<kIndex...>) {
    ((columns_[kIndex] = detail::find_column(source, detail::kFieldName<T, kIndex>)), ...);
  }
  template <std::size_t... kIndex>
  T by_position(const Row& row, std::index_sequence<kIndex...>) const {
    return T{row.template get<std::tuple_element_t<kIndex, T>>(kIndex)...};
  }
  template <std::size_t... kIndex>
  T by_name(const Row& row, std::index_sequence<kIndex...>) const {
    return T{row.template get<detail::FieldType<T, kIndex>>(columns_[kIndex])...};
  }

  std::array<std::size_t, kFields == 0 ? 1 : kFields> columns_{};
};

template <class T>
std::vector<T> Rows::as() const {
  std::vector<T> values;
  if (source_ == nullptr) return values;
  const RowReader<T> reader(*source_);
  values.reserve(size());
  for (std::size_t i = 0; i < size(); ++i) values.push_back(reader.read((*this)[i]));
  return values;
}

}  // namespace bora::database
