#pragma once

#include <bora/websocket/websocket.h>

namespace bora::websocket {

/// What peers are told when a loop stops. A program whose successor has its socket already says
/// kCloseServiceRestart.
struct DrainClose {
  CloseCode code = kCloseGoingAway;
  const char* reason = "going away";
};
inline DrainClose drain_close;

}  // namespace bora::websocket
