#include <bora/core/queues.h>

namespace bora::detail {

void throw_queue_closed() {
  throw QueueClosed();
}

std::string describe(const QueueState& state) {
  std::string text = state.name;
  text += " (" + std::to_string(state.size);
  if (state.maxsize != 0) text += " of " + std::to_string(state.maxsize);
  const auto add = [&text](std::size_t count, const char* what) {
    if (count != 0) text += ", " + std::to_string(count) + what;
  };
  add(state.putting, " putting");
  add(state.getting, " getting");
  add(state.unfinished, " unfinished");
  if (state.is_closed) text += ", closed";
  return text + ")";
}

}  // namespace bora::detail
