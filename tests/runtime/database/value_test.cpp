#include <bora/database/value.h>

#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <bora/database/rows.h>

#include "runtime/database/binary.h"
#include "tests/support/catch.h"

using bora::database::Cell;
using bora::database::Column;
using bora::database::ConversionError;
using bora::database::Parameter;
using bora::database::UUID;

namespace {

Cell text(std::string_view value) {
  return {.kind = Cell::Kind::text, .text = value};
}

template <class T>
T read(std::string_view value) {
  return Column<T>::read(text(value));
}

template <class T>
std::string written(const T& value) {
  Parameter parameter;
  Column<T>::write(value, parameter);
  return parameter.to_text();
}

}  // namespace

TEST_CASE("values: what is no value is refused", "[database]") {
  using Times = std::chrono::sys_seconds;
  for (const char* wrong :
       {"", "1", "2024-13-01 00:00:00", "2024-02-30", "2024-01-01 1:00:00", "2024-01-01 00:00:00+",
        "2024-01-01 00:00:00.", "2024-01-01 BC 00:00:00", "99999999-01-01", "2023-02-29",
        "2024-01-01 00"}) {
    INFO(wrong);
    CHECK_THROWS_AS(read<Times>(wrong), ConversionError);
  }
  for (const char* wrong : {"", "{", "}", "{1", "{1,}", "{,}", "{\"a}", "{\"a\"b}", "{1}x", "1,2",
                            "{{1}", "{{}", "{{\"}", "[1:2]", "[1:2]=1", "{\"a\\"}) {
    INFO(wrong);
    CHECK_THROWS_AS(read<std::vector<std::string>>(wrong), ConversionError);
  }
  for (const char* wrong : {"", "\\x0", "\\x0g", "0a"}) {
    INFO(wrong);
    CHECK_THROWS_AS(read<std::vector<std::byte>>(wrong), ConversionError);
  }
  for (const char* wrong : {"", " 1", "1 ", "0x1", "1.0", "99999999999999999999", "-"}) {
    INFO(wrong);
    CHECK_THROWS_AS(read<int>(wrong), ConversionError);
    CHECK_THROWS_AS(read<unsigned long>(wrong), ConversionError);
  }
  for (const char* wrong :
       {"", "999999999999999999 days", "1 mon", "1 year 2 days", "x", "1 day ", "01:00:00x"}) {
    INFO(wrong);
    CHECK_THROWS_AS(read<std::chrono::seconds>(wrong), ConversionError);
  }
  CHECK_THROWS_AS(read<bool>("yes"), ConversionError);
  CHECK_THROWS_AS(read<double>("1,5"), ConversionError);
  CHECK_FALSE(UUID::parse("f81d4fae-7dec-11d0-a765-00a0c91e6bf"));
  CHECK_FALSE(UUID::parse("f81d4fae-7dec-11d0-a765-00a0c91e6bf6a"));
  CHECK_FALSE(UUID::parse("g81d4fae-7dec-11d0-a765-00a0c91e6bf6"));
}

TEST_CASE("values: cut anywhere, an array or a time is read or refused", "[database]") {
  for (const std::string whole : {"{1,NULL,\"a\\\"b\",{c,\"}\"}}",
                                  "2024-02-29T23:59:59.123456+05:30", "-3 days -04:05:06.7"}) {
    for (std::size_t size = 0; size <= whole.size(); ++size) {
      const Cell cell = text(std::string_view(whole).substr(0, size));
      const auto attempt = [&cell](auto reader) {
        try {
          reader(cell);
        } catch (const ConversionError&) {
        }
      };
      attempt([](const Cell& c) {
        static_cast<void>(Column<std::vector<std::optional<std::string>>>::read(c));
      });
      attempt([](const Cell& c) { static_cast<void>(Column<std::chrono::sys_seconds>::read(c)); });
      attempt([](const Cell& c) { static_cast<void>(Column<std::chrono::seconds>::read(c)); });
    }
  }
}

TEST_CASE("values: how parameters look", "[database]") {
  using namespace std::chrono;
  CHECK(written(sys_time<microseconds>(-1us)) == "1969-12-31 23:59:59.999999+00:00");
  CHECK(written(sys_seconds(0s)) == "1970-01-01 00:00:00+00:00");
  CHECK(written(hours(-30)) == "-30:00:00");
  CHECK(written(year_month_day(year(7), month(1), day(2))) == "0007-01-02");
  CHECK(written(0.1) == "0.1");
  CHECK(written(std::vector<std::optional<std::string>>{"a\"\\", std::nullopt}) ==
        "{\"a\\\"\\\\\",NULL}");
  CHECK(written(std::vector<std::vector<int>>{{1}, {2}}) == "{{\"1\"},{\"2\"}}");
  CHECK(written(std::vector<std::vector<std::byte>>{{std::byte{10}}}) == "{\"\\\\x0a\"}");
  CHECK_THROWS_AS(written(year_month_day(year(2023), month(2), day(29))), ConversionError);
  CHECK(read<std::vector<std::string>>("{}").empty());
  CHECK(read<seconds>("1 day 00:00:01") == seconds(86'401));
}

TEST_CASE("values: binary forms cut anywhere, and bytes at random, are read or refused",
          "[database]") {
  using bora::database::detail::cell_of_binary;
  std::mt19937 random(3);
  constexpr std::uint32_t kTypes[] = {16,   17,   20,   21,   23,   25,   700,  701,  1007,  1082,
                                      1083, 1114, 1184, 1186, 1231, 1700, 2950, 3802, 50'000};
  const auto attempt = [](const auto& read) {
    try {
      static_cast<void>(read());
      return 1;
    } catch (const ConversionError&) {
      return 0;
    }
  };
  using Arrays = std::vector<std::vector<std::optional<std::string>>>;
  int done = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string bytes(random() % 40, '\0');
    for (char& byte : bytes) {
      // Small numbers are sizes and counts.
      byte = static_cast<char>(random() % 3 == 0 ? random() : random() % 3 == 0 ? random() % 4 : 0);
    }
    for (const std::uint32_t type : kTypes) {
      const Cell cell = cell_of_binary(type, bytes);
      done += attempt([&] { return Column<std::string>::read(cell); });
      done += attempt([&] { return Column<std::int64_t>::read(cell); });
      done += attempt([&] { return Column<unsigned>::read(cell); });
      done += attempt([&] { return Column<float>::read(cell); });
      done += attempt([&] { return Column<bool>::read(cell); });
      done += attempt([&] { return Column<UUID>::read(cell); });
      done += attempt([&] { return Column<std::vector<std::byte>>::read(cell); });
      done += attempt([&] { return Column<std::chrono::system_clock::time_point>::read(cell); });
      done += attempt([&] { return Column<std::chrono::year_month_day>::read(cell); });
      done += attempt([&] { return Column<std::chrono::nanoseconds>::read(cell); });
      done += attempt([&] { return Column<std::vector<int>>::read(cell); });
      done += attempt([&] { return Column<Arrays>::read(cell); });
    }
  }
  CHECK(done > 1000);
  // An array of two times two, whole and cut.
  std::string array(12, '\0');
  array[3] = 2;
  array[11] = 23;
  for (int i = 0; i < 2; ++i) array += std::string("\0\0\0\2\0\0\0\1", 8);
  for (char i = 1; i <= 4; ++i) array += std::string("\0\0\0\4\0\0\0", 7) + i;
  using Square = std::vector<std::vector<int>>;
  CHECK(Column<Square>::read(cell_of_binary(1007, array)) == Square{{1, 2}, {3, 4}});
  for (std::size_t size = 0; size < array.size(); ++size) {
    CHECK_THROWS_AS(Column<Square>::read(cell_of_binary(1007, array.substr(0, size))),
                    ConversionError);
  }
}
