#include "runtime/net/worker.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include <bora/core/io_loop.h>
#include <bora/core/log.h>

#include "runtime/core/loop_start_hook.h"

namespace bora::net {
namespace {

std::optional<WorkerRole>& own_role() {
  static std::optional<WorkerRole> role;
  return role;
}

void say(char word) noexcept {
  // If this fails, the supervisor has died, or will receive the next message.
  static_cast<void>(::write(own_role()->channel.get(), &word, 1));
}

void beat(IOLoop& loop) {
  say(kHeartbeat);
  loop.call_later(own_role()->heartbeat, [&loop] { beat(loop); });
}

void listen_to_supervisor(IOLoop& loop, int channel) {
  char word = 0;
  ssize_t count = 0;
  while ((count = ::read(channel, &word, 1)) == 1) {
    if (word == kStop) loop.stop_gracefully();
    if (word == kStopNow) loop.stop();
  }
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  loop.remove_handler(channel);
  gen_log.warning("the supervisor has ended: stopping");
  loop.stop_gracefully();
}

// The first loop that starts serves the channel for the rest of the process.
void on_loop_start(IOLoop& loop) {
  set_loop_start_hook(nullptr);
  const int channel = own_role()->channel.get();
  loop.add_handler(
      channel, [&loop](int fd, unsigned) { listen_to_supervisor(loop, fd); }, IOLoop::READ);
  loop.add_callback([&loop] {
    // From here on the channel reports the supervisor's end, and the loop can act on it.
    ::prctl(PR_SET_PDEATHSIG, 0);
    say(kReady);
    if (own_role()->heartbeat.count() > 0) beat(loop);
  });
}

}  // namespace

void become_worker(WorkerRole role) noexcept {
  own_role() = std::move(role);
  set_loop_start_hook(&on_loop_start);
}

const WorkerRole* worker_role() noexcept {
  return own_role() ? &*own_role() : nullptr;
}

}  // namespace bora::net
