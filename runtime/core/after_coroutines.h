#pragma once

#include <bora/core/io_loop.h>
#include <bora/core/unique_function.h>

namespace bora {

/// Calls `callback`, which must not throw, when the coroutines that go on in this turn of the
/// thread's loop have done so: what gathers their output sends it then.
void call_after_coroutines(UniqueFunction<void()> callback);

}  // namespace bora
