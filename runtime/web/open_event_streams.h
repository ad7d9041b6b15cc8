#pragma once

namespace bora::web {

/// Ends all EventStreams of this thread, and those that are made later: closed() is set, as if
/// their clients had left. A program whose successor listens already calls this; browsers connect
/// again by themselves, at first perhaps on a connection that they have kept.
void end_event_streams();
/// Allows them again.
void allow_event_streams();

}  // namespace bora::web
