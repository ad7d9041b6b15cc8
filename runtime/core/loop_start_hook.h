#pragma once

namespace bora {

class IOLoop;

/// Called by each IOLoop::start(), on the loop's thread and before the first turn. One for the
/// process: the net layer's, which tells a supervisor that a worker is ready, or in development
/// builds that which tells `bora dev`. Null: none.
using LoopStartHook = void (*)(IOLoop& loop);
/// @returns  The one that was set.
LoopStartHook set_loop_start_hook(LoopStartHook hook) noexcept;

}  // namespace bora
