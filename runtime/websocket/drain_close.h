#pragma once

#include <bora/websocket/websocket.h>

namespace bora::websocket {

/// The close code and reason for peers when a loop stops. A program whose successor has its socket
/// already uses kCloseServiceRestart.
struct DrainClose {
  CloseCode code = kCloseGoingAway;
  const char* reason = "going away";
};
inline DrainClose drain_close;

}  // namespace bora::websocket
