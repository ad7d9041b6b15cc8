#include <bora/testing/bind_unused_port.h>

#include <utility>

namespace bora::testing {
namespace {
constexpr int kBacklog = 128;
}

BoundPort bind_unused_port(bool reuse_port, std::string_view address) {
  auto sockets = net::bind_sockets(0, address, kBacklog, reuse_port);
  const int port = net::local_port(sockets.front().get());
  return {std::move(sockets.front()), port};
}

}  // namespace bora::testing
