#pragma once

#include <bora/net/io_stream.h>
#include <bora/net/netutil.h>

#include <memory>
#include <string>

#include "runtime/net/ssl_engine.h"

namespace bora::net {

/// A connected socket, and the TLS that is spoken on it; null: clear text. What one protocol hands
/// over to another.
struct Transport {
  FileDescriptor socket;
  std::unique_ptr<SSLEngine> tls;  ///< Behind its handshake.
};

/// Makes a stream of an open transport.
///
/// @param received  What was read from it and not used: the stream's next read begins with it.
/// @param unsent    What is to be sent before anything that is written to the stream.
/// @throws std::system_error  The socket can't be watched; it is closed.
IOStream open_stream(Transport transport, std::string received, std::string unsent,
                     const StreamOptions& options = {});

/// What a stream leaves behind when its transport goes elsewhere.
struct StreamRest {
  std::string received;  ///< And not read by anybody.
  std::string unsent;    ///< Written, and not yet sent.
};

/// The opposite of open_stream(): the stream is closed for all that have a part in it, but its
/// socket stays open.
/// @returns  Without a socket if the stream was closed already.
Transport take_transport(IOStream stream, StreamRest& rest);

}  // namespace bora::net
