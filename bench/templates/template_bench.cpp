// Generated pages beside the same pages written by hand: microseconds a page and their ratio.

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <bora/render/output.h>

#include "bench/templates/hand_written.h"
#include "views/fortunes.h"
#include "views/table.h"
#include "views/users.h"

namespace {

constexpr int kRounds = 25;
constexpr double kRoundSeconds = 0.02;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// The time of one call, from a round of about kRoundSeconds.
template <class Function>
double round_of(const Function& function, long calls) {
  const double begin = cpu_seconds();
  for (long i = 0; i < calls; ++i) function();
  return (cpu_seconds() - begin) / static_cast<double>(calls);
}

template <class Function>
long calls_of_a_round(const Function& function) {
  long calls = 1;
  while (round_of(function, calls) * static_cast<double>(calls) < kRoundSeconds) calls *= 2;
  return calls;
}

// Both take turns, so that a slow moment of the machine meets both; the best round of each counts.
template <class Hand, class Generated>
void compare(const char* name, const Hand& hand, const Generated& generated) {
  const std::string expected(hand());
  const std::string text(generated());
  if (expected != text) {
    std::fprintf(stderr, "%s: the pages differ\n--- by hand\n%s\n--- generated\n%s\n", name,
                 expected.c_str(), text.c_str());
    std::exit(1);
  }
  const long hand_calls = calls_of_a_round(hand);
  const long generated_calls = calls_of_a_round(generated);
  double hand_best = 1e9;
  double generated_best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    hand_best = std::min(hand_best, round_of(hand, hand_calls));
    generated_best = std::min(generated_best, round_of(generated, generated_calls));
  }
  std::printf("%-10s %8zu bytes  by hand %8.3f us  generated %8.3f us  ratio %.2f\n", name,
              text.size(), hand_best * 1e6, generated_best * 1e6, generated_best / hand_best);
}

std::vector<bench::User> make_users() {
  std::vector<bench::User> users;
  for (int i = 0; i < 70; ++i) {
    users.push_back({"user number " + std::to_string(i) + (i % 10 == 0 ? " & <friends>" : ""),
                     i % 3 == 0 ? "administrator" : "reader", i * 37});
  }
  return users;
}

std::vector<bench::Fortune> make_fortunes() {
  std::vector<bench::Fortune> fortunes;
  for (int i = 1; i <= 11; ++i) {
    fortunes.push_back({i, "A computer program does what you tell it to do, not what you want."});
  }
  fortunes.push_back(
      {12, "<script>alert(\"This should not be displayed in a browser.\");</script>"});
  return fortunes;
}

std::vector<bench::Row> make_rows() {
  std::vector<bench::Row> rows(1000);
  for (int i = 0; i < 1000; ++i) {
    for (int j = 0; j < 10; ++j) rows[static_cast<std::size_t>(i)].cells[j] = i * (j + 1);
  }
  return rows;
}

}  // namespace

int main() {
  const std::string title = "Users of \"Bora\"";
  const auto users = make_users();
  const auto fortunes = make_fortunes();
  const auto rows = make_rows();
  bench::HandBuffer buffer;
  bora::render::Output out;
  const auto rendered = [&](const auto& page) {
    out.clear();
    page.bora_render(out);
    return out.text();
  };

  compare(
      "users",
      [&] {
        bench::write_users(buffer, title, users);
        return buffer.text();
      },
      [&] { return rendered(views::users{.title = title, .users = users}); });
  compare(
      "fortunes",
      [&] {
        bench::write_fortunes(buffer, fortunes);
        return buffer.text();
      },
      [&] { return rendered(views::fortunes{.fortunes = fortunes}); });
  compare(
      "table",
      [&] {
        bench::write_table(buffer, rows);
        return buffer.text();
      },
      [&] { return rendered(views::table{.rows = rows}); });
}
