// Generated pages beside the same pages written by hand: microseconds for a page, and their ratio.
//
// This is not Google Benchmark, which measures one function after the other. On a machine whose
// speed changes from second to second, only measurements side by side can be compared. Here both
// functions take turns in short rounds, the ratio is taken within each round, and its median
// counts.

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <bora/render/output.h>

#include "bench/templates/hand_written.h"
#include "bench/templates/rounds.h"
#include "views/fortunes.h"
#include "views/page.h"
#include "views/table.h"
#include "views/teams.h"
#include "views/values.h"

namespace {

constexpr double kAim = 1.25;
bool all_reached = true;

template <class Hand, class Generated>
void compare(const char* name, const Hand& hand, const Generated& generated) {
  const std::string expected(hand());
  const std::string text(generated());
  if (expected != text) {
    std::fprintf(stderr, "%s: the pages differ\n--- by hand\n%s\n--- generated\n%s\n", name,
                 expected.c_str(), text.c_str());
    std::exit(1);
  }
  const bench::Comparison result = bench::compare(hand, generated);
  all_reached = all_reached && result.ratio <= kAim;
  std::printf("%-10s %8zu bytes  by hand %8.3f us  generated %8.3f us  ratio %.2f\n", name,
              text.size(), result.first * 1e6, result.second * 1e6, result.ratio);
}

std::vector<bench::Link> make_links() {
  std::vector<bench::Link> links;
  for (int i = 0; i < 8; ++i) {
    links.push_back({"section-" + std::to_string(i), "Section & part " + std::to_string(i)});
  }
  return links;
}

// Four texts each, of 8 to 47 bytes; one in ten has something to escape.
std::vector<bench::Item> make_items() {
  std::vector<bench::Item> items;
  for (int i = 0; i < 50; ++i) {
    const std::string number = std::to_string(i * 7919 % 1000);
    items.push_back(
        {i * 37, "item-number-" + number, "Kitchen table, oak, " + number + " cm",
         i % 5 == 0 ? "Mills & Sons" : "Workshop",
         "In store since " + number +
             (i % 5 == 0 ? " <days>, last of its kind" : " days, more come every week")});
  }
  return items;
}

std::vector<bench::Team> make_teams() {
  return {{"Jiangsu", 43}, {"Beijing", 27}, {"Guangzhou", 22}, {"Shandong", 12}};
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

// --check: ends with status 1 if a page needs more than 1.25 times the time.
int main(int argc, char** argv) {
  const std::string title = "Kitchen \"and\" garden";
  const auto links = make_links();
  const auto items = make_items();
  const auto teams = make_teams();
  const auto fortunes = make_fortunes();
  const auto rows = make_rows();
  bench::HandBuffer buffer;
  bora::render::Output out;
  const auto written = [&](const auto& write) {
    write();
    return buffer.text();
  };
  const auto rendered = [&](const auto& page) {
    out.clear();
    page.bora_render(out);
    return out.text();
  };

  compare(
      "table", [&] { return written([&] { bench::write_table(buffer, rows); }); },
      [&] { return rendered(views::table{.rows = rows}); });
  compare(
      "teams", [&] { return written([&] { bench::write_teams(buffer, 2015, teams); }); },
      [&] { return rendered(views::teams{.year = 2015, .teams = teams}); });
  compare(
      "fortunes", [&] { return written([&] { bench::write_fortunes(buffer, fortunes); }); },
      [&] { return rendered(views::fortunes{.fortunes = fortunes}); });
  compare(
      "page", [&] { return written([&] { bench::write_page(buffer, title, links, items); }); },
      [&] { return rendered(views::page{.title = title, .links = links, .items = items}); });
  compare(
      "values", [&] { return written([&] { bench::write_values(buffer, items); }); },
      [&] { return rendered(views::values{.items = items}); });
  const bool is_check = argc > 1 && std::string_view(argv[1]) == "--check";
  return is_check && !all_reached ? 1 : 0;
}
