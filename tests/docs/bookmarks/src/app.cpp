#include "app.h"

#include <chrono>
#include <utility>

#include "handlers.h"
#include "routes.h"

namespace bookmarks {
namespace {

bora::web::Settings with_defaults(bora::web::Settings settings) {
  settings.login_url = route::login();
  settings.cross_origin_protection = true;
  settings.xsrf_cookies = true;
  return settings;
}

}  // namespace

App::App(const std::string& database, bora::web::Settings settings, Probe probe)
    : probe_(std::move(probe)),
      application_(routes::table, with_defaults(std::move(settings))),
      hourly_([this] { return find_dead_links(); }, std::chrono::hours(1)) {
  application_.set_state(Store(database));
  hourly_.start();
}

bora::Task<void> App::find_dead_links() {
  std::int64_t last = 0;
  auto& store = application_.state<Store>();
  for (auto some = store.list(last, 10); !some.empty(); some = store.list(last, 10)) {
    for (const Bookmark& bookmark : some) {
      bora::Task<bool> probing = probe_(bookmark.url);
      const bool is_there = co_await probing;
      store.mark(bookmark.id, !is_there);
      last = bookmark.id;
    }
  }
}

}  // namespace bookmarks
