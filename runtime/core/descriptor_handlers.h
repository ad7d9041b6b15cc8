#pragma once

#include <map>
#include <memory>
#include <source_location>

#include <asio/io_context.hpp>

#include <bora/core/io_loop.h>

#include "runtime/core/turn.h"

namespace bora {

/// The descriptors that a loop watches for a program (IOLoop::add_handler).
class DescriptorHandlers {
 public:
  explicit DescriptorHandlers(asio::io_context& context)
      : context_(context), turn_(Turn::of(context)) {}
  ~DescriptorHandlers();
  DescriptorHandlers(const DescriptorHandlers&) = delete;
  DescriptorHandlers& operator=(const DescriptorHandlers&) = delete;

  void add(int fd, IOLoop::DescriptorHandler handler, unsigned events,
           const std::source_location& where);
  void update(int fd, unsigned events);
  void remove(int fd) noexcept;

 private:
  struct Watch;

  asio::io_context& context_;
  Turn& turn_;
  std::map<int, std::shared_ptr<Watch>> watches_;
};

}  // namespace bora
