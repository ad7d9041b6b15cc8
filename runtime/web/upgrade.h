#pragma once

#include <string>
#include <string_view>

#include <bora/net/io_stream.h>

namespace bora::web {

class RequestHandler;

/// A connection whose request was answered by 101 Switching Protocols.
struct TakenConnection {
  net::IOStream stream;
  std::string head;  ///< the answer, to be sent first
};

/// Ends the request of `handler` as an answer 101 does, with the access line and on_finish(),
/// except for the sending, and takes its connection.
/// @param fields  "Name: value\r\n" for each field of the new protocol. Cookies and fields that the
///                handler has set come after them.
/// @throws std::logic_error        The answer has begun.
/// @throws net::StreamClosedError  The client has left.
TakenConnection take_connection(RequestHandler& handler, std::string_view fields);

}  // namespace bora::web
