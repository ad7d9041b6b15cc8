#include <bora/render/refused_values.h>

#include <algorithm>
#include <atomic>

#include <bora/core/log.h>

namespace bora::render {
namespace {

std::atomic<bool> is_logged = false;

}  // namespace

void log_refused_values(bool is_on) {
  is_logged.store(is_on, std::memory_order_relaxed);
}

namespace detail {

void note_refused(std::string_view value, const std::source_location& where) {
  if (!is_logged.load(std::memory_order_relaxed)) return;
  constexpr std::size_t kShown = 120;
  app_log.warning(where.file_name(), ":", where.line(), ": this value is not allowed there and ",
                  "was left out: ", value.substr(0, std::min(value.size(), kShown)),
                  value.size() > kShown ? "…" : "");
}

}  // namespace detail

}  // namespace bora::render
