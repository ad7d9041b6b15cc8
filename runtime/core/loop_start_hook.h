#pragma once

namespace bora {

class IOLoop;

/// Called by each IOLoop::start(), on the loop's thread and before the first turn. There is one for
/// the process: the net layer's, which tells a supervisor that a worker is ready, or in development
/// builds one that tells `bora dev`. It may be null.
using LoopStartHook = void (*)(IOLoop& loop);
/// @returns  The previous one.
LoopStartHook set_loop_start_hook(LoopStartHook hook) noexcept;

}  // namespace bora
