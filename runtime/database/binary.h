#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <bora/database/value.h>

// PostgreSQL's binary format, in results that were asked for in it (Statement::binary()).
// https://www.postgresql.org/docs/current/protocol-overview.html says little: the format of each
// type is that of its send function in the server's sources.

namespace bora::database::detail {

/// Makes a cell of a value with the type's OID. Types that have a kind of cell get that kind; other
/// types get the kind `binary`, and the functions below read them.
Cell cell_of_binary(std::uint32_t type, std::string_view bytes) noexcept;

// These take cells of the kind `binary`, and refuse values of another type.

/// The text that the server would write, for types that this file knows.
std::string text_of_binary(const Cell& cell);
double real_of_binary(const Cell& cell);
UUID uuid_of_binary(const Cell& cell);
/// Microseconds since 1970; infinity is the largest and the smallest number.
std::int64_t timestamp_of_binary(const Cell& cell);
/// Days since 1970.
std::int64_t date_of_binary(const Cell& cell);
std::int64_t duration_of_binary(const Cell& cell);

/// The parts of an array.
struct BinaryArray {
  std::int32_t dimensions = 0;
  std::uint32_t element_type = 0;
  std::int32_t size = 0;     ///< of its first dimension
  std::size_t elements = 0;  ///< Where they begin in the cell's bytes.
};
BinaryArray array_of_binary(const Cell& cell);
/// Returns the next element of an array, at `at`, which moves on. An element of an array of arrays
/// is itself an array, whose bytes are made in `memory`.
Cell element_of_binary(const Cell& cell, const BinaryArray& array, std::size_t& at,
                       std::string& memory);

}  // namespace bora::database::detail
