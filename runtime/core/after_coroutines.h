#pragma once

#include <bora/core/io_loop.h>
#include <bora/core/unique_function.h>

namespace bora {

/// Calls `callback`, which must not throw, after the coroutines that resume in this turn of the
/// thread's loop have run: code that gathers their output sends it then.
void call_after_coroutines(UniqueFunction<void()> callback);

}  // namespace bora
