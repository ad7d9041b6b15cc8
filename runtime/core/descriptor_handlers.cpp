#include "runtime/core/descriptor_handlers.h"

#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include <asio/posix/stream_descriptor.hpp>

#include <bora/core/detail/loop_access.h>
#include <bora/core/log.h>

namespace bora {

using asio::posix::stream_descriptor;

/// One descriptor. Its pending waits share it; a wait that ends after remove() finds that out.
struct DescriptorHandlers::Watch : std::enable_shared_from_this<Watch> {
  Watch(asio::io_context& context, Turn& of_loop, int watched, IOLoop::DescriptorHandler callback,
        const std::source_location& added)
      : turn(of_loop),
        fd(watched),
        handler(std::move(callback)),
        where(added),
        descriptor(context) {
    asio::error_code failure;
    descriptor.assign(watched, failure);
    if (failure) throw std::system_error(failure, "add_handler(" + std::to_string(fd) + ")");
  }

  void wait_for(unsigned wanted) {
    events = wanted;
    wait(IOLoop::READ, stream_descriptor::wait_read);
    wait(IOLoop::WRITE, stream_descriptor::wait_write);
  }

  void wait(unsigned event, stream_descriptor::wait_type type) {
    if ((events & event) == 0 || (waiting & event) != 0 || is_removed) return;
    waiting |= event;
    descriptor.async_wait(
        type, [self = shared_from_this(), event, type](const asio::error_code& failure) {
          const Turn::Handler scope(self->turn);
          self->waiting &= ~event;
          if (self->is_removed || (self->events & event) == 0) return;
          if (failure && failure != asio::error::operation_aborted) {
            gen_log.error("descriptor ", self->fd, " can't be watched: ", failure.message());
            return;
          }
          if (!failure) self->call(event);
          self->wait(event, type);
        });
  }

  void call(unsigned event) noexcept {
    detail::LoopAccess::begin_work(loop);
    try {
      handler(fd, event);
    } catch (...) {
      app_log.exception("Exception in a descriptor's handler");
    }
    if (const std::int64_t milliseconds = detail::LoopAccess::end_work(loop)) {
      app_log.warning("the loop was kept for ", milliseconds, " ms by the handler of descriptor ",
                      fd, ", added in ", where.file_name(), ":", where.line());
    }
  }

  void stop() noexcept {
    is_removed = true;
    descriptor.release();  // it belongs to the program
  }

  IOLoop& loop = IOLoop::current();
  Turn& turn;
  int fd;
  IOLoop::DescriptorHandler handler;
  std::source_location where;
  stream_descriptor descriptor;
  unsigned events = 0;
  unsigned waiting = 0;
  bool is_removed = false;
};

DescriptorHandlers::~DescriptorHandlers() {
  for (const auto& [fd, watch] : watches_) watch->stop();
}

void DescriptorHandlers::add(int fd, IOLoop::DescriptorHandler handler, unsigned events,
                             const std::source_location& where) {
  if (watches_.contains(fd)) {
    throw std::invalid_argument("descriptor " + std::to_string(fd) + " has a handler already");
  }
  const auto watch = std::make_shared<Watch>(context_, turn_, fd, std::move(handler), where);
  watches_.emplace(fd, watch);
  watch->wait_for(events);
}

void DescriptorHandlers::update(int fd, unsigned events) {
  const auto found = watches_.find(fd);
  if (found == watches_.end()) {
    throw std::invalid_argument("descriptor " + std::to_string(fd) + " has no handler");
  }
  found->second->wait_for(events);
}

void DescriptorHandlers::remove(int fd) noexcept {
  const auto found = watches_.find(fd);
  if (found == watches_.end()) return;
  const std::shared_ptr<Watch> watch = found->second;
  watches_.erase(found);
  watch->stop();
}

}  // namespace bora
