#pragma once

namespace bora::web {

/// Ends all EventStreams of this thread: closed() is set, as if their clients had left. A program whose
/// successor listens already does this; browsers connect again by themselves.
void end_event_streams();

}  // namespace bora::web
