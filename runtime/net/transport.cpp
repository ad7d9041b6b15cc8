#include "runtime/net/transport.h"

#include <utility>

#include "runtime/net/stream_core.h"

namespace bora::net {

namespace {

/// The way to IOStream's constructor.
struct OpenStream : IOStream {
  explicit OpenStream(detail::StreamRef core) noexcept : IOStream(std::move(core)) {}
};

}  // namespace

IOStream open_stream(Transport transport, std::string received, std::string unsent,
                     const StreamOptions& options) {
  detail::StreamRef core(
      new StreamCore(std::move(transport.socket), options, StreamCore::Kind::socket));
  core->take_over(std::move(transport.tls), std::move(received), std::move(unsent));
  return OpenStream(std::move(core));
}

Transport take_transport(IOStream stream, StreamRest& rest) {
  return detail::StreamAccess::core(stream)->give_up(rest);
}

}  // namespace bora::net
