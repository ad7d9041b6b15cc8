#include "handlers/home.h"

#include <algorithm>
#include <cstddef>

#include "site.h"
#include "views/home.h"

namespace app {

void Home::get() {
  constexpr std::size_t kLatest = 3;
  const auto entries = site().entries.newest();
  render(views::home{.latest = entries.first(std::min(kLatest, entries.size()))});
}

}  // namespace app
