#include "handlers/home.h"

#include "site.h"
#include "views/home.h"

namespace app {

bora::Task<void> Home::get() {
  constexpr int kLatest = 3;
  const std::vector<Entry> entries = co_await site().entries.newest(kLatest);
  render(views::home{.latest = entries});
}

}  // namespace app
