#pragma once

#include <memory>
#include <source_location>
#include <string>

#include <libpq-fe.h>

#include <bora/database/rows.h>

namespace bora::postgres {

struct ClearResult {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ClearResult>;

/// libpq's result as rows: all of them as text, or all of them in the binary format.
class Result final : public database::RowSource {
 public:
  Result(ResultPtr result, std::uint64_t affected) noexcept
      : result_(std::move(result)),
        rows_(static_cast<std::size_t>(PQntuples(result_.get()))),
        columns_(static_cast<std::size_t>(PQnfields(result_.get()))),
        affected_(affected),
        is_binary_(PQbinaryTuples(result_.get()) != 0) {}

  [[nodiscard]] std::size_t rows() const noexcept override { return rows_; }
  [[nodiscard]] std::size_t columns() const noexcept override { return columns_; }
  [[nodiscard]] std::string_view column_name(std::size_t column) const noexcept override {
    return PQfname(result_.get(), static_cast<int>(column));
  }
  [[nodiscard]] database::Cell cell(std::size_t row, std::size_t column) const noexcept override;
  [[nodiscard]] std::uint64_t affected() const noexcept override { return affected_; }

 private:
  ResultPtr result_;
  std::size_t rows_;
  std::size_t columns_;
  std::uint64_t affected_;
  bool is_binary_;
};

[[nodiscard]] std::uint64_t affected_by(const PGresult* result) noexcept;
[[nodiscard]] bool is_failure(const PGresult* result) noexcept;
[[nodiscard]] std::string code_of(const PGresult* result);
/// Whether the connection can't be used after an error with this code.
[[nodiscard]] bool is_end_of_connection(std::string_view code) noexcept;
/// Throws the failure in a result: Error or ConnectionError.
[[noreturn]] void throw_failure(const PGresult* result, const std::source_location& where);

}  // namespace bora::postgres
