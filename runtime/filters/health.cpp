#include <bora/filters/health.h>

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/core/log.h>
#include <bora/web/http_error.h>

namespace bora::filters {
namespace {

struct Check {
  std::string name;
  std::function<Task<void>()> run;
  std::chrono::nanoseconds limit;
};

struct Checks {
  std::mutex mutex;
  std::vector<std::shared_ptr<const Check>> all;

  std::vector<std::shared_ptr<const Check>> list() {
    const std::lock_guard lock(mutex);
    return all;
  }
};

Checks& checks() {
  static Checks instance;
  return instance;
}

Task<bool> passes(std::shared_ptr<const Check> check) {
  try {
    Task<void> running = with_timeout(check->limit, check->run(), TimeoutOptions{.cancel = true});
    co_await running;
    co_return true;
  } catch (const std::exception&) {
    app_log.exception("The health check '" + check->name + "' failed");
  }
  co_return false;
}

void answer_plainly(web::RequestHandler& handler) {
  handler.set_header("Content-Type", "text/plain; charset=UTF-8");
  handler.set_header("Cache-Control", "no-store");
}

}  // namespace

void Health::add_check(std::string name, std::function<Task<void>()> check, Period limit) {
  auto made = std::make_shared<const Check>(Check{std::move(name), std::move(check), limit.time()});
  const std::lock_guard lock(checks().mutex);
  checks().all.push_back(std::move(made));
}

void Health::remove_check(const std::string& name) {
  const std::lock_guard lock(checks().mutex);
  std::erase_if(checks().all, [&name](const auto& check) { return check->name == name; });
}

void LiveHandler::get() {
  answer_plainly(*this);
  write("ok\n");
}

Task<void> ReadyHandler::get() {
  std::string text;
  bool is_ready = !IOLoop::current().is_stopping();
  if (!is_ready) text += "stopping\n";
  const auto list = checks().list();
  std::vector<Task<bool>> running;
  for (const auto& check : list) running.push_back(passes(check));
  if (!running.empty()) {
    auto waiting = multi(std::move(running));
    const std::vector<bool> passed = co_await waiting;
    for (std::size_t i = 0; i < list.size(); ++i) {
      text += list[i]->name + (passed[i] ? ": ok\n" : ": failed\n");
      is_ready = is_ready && passed[i];
    }
  }
  answer_plainly(*this);
  set_status(is_ready ? 200 : 503);
  write(text.empty() ? "ok\n" : text);
}

}  // namespace bora::filters
